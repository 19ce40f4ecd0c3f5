//! The listener: sockets, TLS, limits on connections.

use std::fs::Permissions;
use std::net::{SocketAddr, TcpListener};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::web::Data;
use actix_web::{App as Service, HttpServer};
use socket2::SockRef;

use super::StartError;
use super::tls::Certificates;
use crate::app::App;
use crate::config::ListenAddress;
use crate::http::{self, Edge};
use crate::workers::Workers;

enum Socket {
    Tcp(Vec<TcpListener>),
    Unix(UnixListener),
}

/// Binds and starts the HTTP server. TLS certificates are watched by a worker.
pub(super) fn start(
    app: &Data<App>,
    edge: &Data<Edge>,
    given: Option<TcpListener>,
    workers: &Workers,
) -> Result<(Server, Vec<SocketAddr>), StartError> {
    let config = &app.config;
    let failed = |cause| StartError::Listen { address: config.listen.address.clone(), cause };
    let socket = match given {
        Some(listener) => Socket::Tcp(vec![listener]),
        None => bind(&config.listen.address).map_err(failed)?,
    };
    let threads = match config.listen.workers {
        0 => std::thread::available_parallelism().map_or(2, usize::from),
        n => n,
    };
    let limits = &config.limits;
    let (app_data, edge_data) = (app.clone(), edge.clone());
    let mut server = HttpServer::new(move || {
        let routes = http::routes(app_data.clone(), edge_data.clone());
        Service::new().wrap(from_fn(http::outer)).configure(routes)
    })
    .workers(threads)
    .max_connections((limits.connections / threads).max(1))
    .max_connection_rate(limits.handshakes)
    .client_request_timeout(Duration::from_secs(limits.head_s))
    .client_disconnect_timeout(Duration::from_secs(limits.head_s))
    .keep_alive(Duration::from_secs(limits.idle_s))
    .shutdown_timeout(limits.shutdown_s);
    let mut addresses = Vec::new();
    match socket {
        Socket::Unix(listener) => server = server.listen_uds(listener).map_err(failed)?,
        Socket::Tcp(listeners) => {
            let tls = if config.tls() { Some(Certificates::load(config)?) } else { None };
            let patience = Duration::from_secs(limits.stall_s.saturating_mul(2).max(1));
            for listener in listeners {
                be_patient(&listener, patience).map_err(failed)?;
                addresses.push(listener.local_addr().map_err(failed)?);
                server = match &tls {
                    Some(certificates) => server.listen_rustls_0_23(listener, certificates.server_config()),
                    None => server.listen(listener),
                }
                .map_err(failed)?;
            }
            if let Some(certificates) = tls {
                let every = Duration::from_secs(config.listen.reload_s);
                workers.start("certificates", Arc::clone(&certificates).watch(every, workers.stop_signal()));
            }
        }
    }
    Ok((server.run(), addresses))
}

fn bind(address: &str) -> std::io::Result<Socket> {
    match ListenAddress::parse(address).map_err(std::io::Error::other)? {
        ListenAddress::Tcp(addresses) => {
            Ok(Socket::Tcp(addresses.iter().map(TcpListener::bind).collect::<Result<_, _>>()?))
        }
        ListenAddress::Unix(path) => {
            // A socket left by a process that died refuses connections; a living one accepts.
            if path.exists() && UnixStream::connect(&path).is_err() {
                std::fs::remove_file(&path)?;
            }
            let listener = UnixListener::bind(&path)?;
            // Whatever the umask: the reverse proxy connects as another user of the node's group.
            std::fs::set_permissions(&path, Permissions::from_mode(0o660))?;
            Ok(Socket::Unix(listener))
        }
    }
}

/// A connection whose other end takes nothing any more is given up by the kernel too, with what still waits in it.
/// Connections inherit this from their listener.
fn be_patient(listener: &TcpListener, patience: Duration) -> std::io::Result<()> {
    SockRef::from(listener).set_tcp_user_timeout(Some(patience))
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;

    use super::*;

    #[test]
    fn connections_inherit_the_patience_of_their_listener() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        be_patient(&listener, Duration::from_secs(7)).unwrap();
        let _caller = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
        let (accepted, _) = listener.accept().unwrap();
        assert_eq!(SockRef::from(&accepted).tcp_user_timeout().unwrap(), Some(Duration::from_secs(7)));
    }
}
