//! What the machine itself can do, measured in the same run: no figure of a node can be better.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::{App, HttpServer, web};
use aws_lc_rs::digest;
use futures_util::future::join_all;
use node::identity::public::{Alg, PublicKey};
use node::identity::signer::Signer;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConnection, Stream};

use super::figure::Figure;
use crate::api::http;
use crate::authority::{Authority, server};

/// Connections of the TLS echo, and requests in flight of the HTTPS echo.
const CONNECTIONS: usize = 8;
const IN_FLIGHT: usize = 64;

pub struct Machine {
    pub fdatasync: f64,
    pub sign: f64,
    pub verify: f64,
    pub sha256: f64,
    pub tls_echo: f64,
    pub https_echo: f64,
}

impl Machine {
    /// Each for `seconds`.
    pub async fn measure(folder: &Path, authority: &Authority, seconds: f64) -> Self {
        let time = Duration::from_secs_f64(seconds);
        Self {
            fdatasync: fdatasync(folder, time),
            sign: sign(time),
            verify: verify(time),
            sha256: sha256(time),
            tls_echo: tls_echo(authority, time),
            https_echo: https_echo(authority, time).await,
        }
    }

    pub fn figures(&self) -> Vec<Figure> {
        vec![
            Figure::new("fdatasync_per_s", self.fdatasync, "/s").note("4 KiB each, one after another"),
            Figure::new("ecdsa_sign_per_s", self.sign, "/s").note("P-256, josekit, one core"),
            Figure::new("ecdsa_verify_per_s", self.verify, "/s").note("P-256, one core"),
            Figure::new("sha256_mb_per_s", self.sha256, "MB/s").note("one core"),
            Figure::new("tls_echo_per_s", self.tls_echo, "/s")
                .note("64 bytes, 8 connections, both ends here"),
            Figure::new("https_echo_per_s", self.https_echo, "/s")
                .note("same HTTP server and client as the reads, 64 in flight, both ends here"),
        ]
    }
}

/// How often per second `work` runs.
fn rate(time: Duration, mut work: impl FnMut()) -> f64 {
    let (begun, mut times) = (Instant::now(), 0_u64);
    while begun.elapsed() < time {
        work();
        times += 1;
    }
    times as f64 / begun.elapsed().as_secs_f64()
}

/// Flushes per second.
pub(super) fn fdatasync(folder: &Path, time: Duration) -> f64 {
    let path = folder.join("fdatasync");
    let file = std::fs::File::create(&path).unwrap();
    // Allocated before, as a write-ahead log is after its first round.
    (0..1024).for_each(|page| file.write_all_at(&[1; 4096], page * 4096).unwrap());
    file.sync_all().unwrap();
    let mut page = 0;
    let rate = rate(time, || {
        file.write_all_at(&[page as u8; 4096], (page % 1024) * 4096).unwrap();
        file.sync_data().unwrap();
        page += 1;
    });
    let _ = std::fs::remove_file(path);
    rate
}

fn signer() -> Signer {
    let made = Signer::generate(Alg::Es256).unwrap();
    Signer::from_pkcs8(Alg::Es256, "did:web:bench#k", &made.pkcs8).unwrap()
}

fn sign(time: Duration) -> f64 {
    let signer = signer();
    rate(time, || drop(signer.sign(b"a message of ordinary length").unwrap()))
}

fn verify(time: Duration) -> f64 {
    let made = Signer::generate(Alg::Es256).unwrap();
    let signer = Signer::from_pkcs8(Alg::Es256, "did:web:bench#k", &made.pkcs8).unwrap();
    let key = PublicKey::from_jwk("did:web:bench#k", &made.jwk).unwrap();
    let signature = signer.sign(b"message").unwrap();
    rate(time, || assert!(key.verify(b"message", &signature)))
}

/// Hashes of log entries of so many bytes per second, on one core.
pub(super) fn leaves(bytes: usize, time: Duration) -> f64 {
    let entry = vec![7; bytes];
    rate(time, || {
        std::hint::black_box(contracts::tlog::leaf_hash(&entry));
    })
}

fn sha256(time: Duration) -> f64 {
    let piece = vec![7; 1 << 20];
    let per_s = rate(time, || {
        std::hint::black_box(digest::digest(&digest::SHA256, &piece));
    });
    per_s * (1 << 20) as f64 / 1e6
}

fn client_config(authority: &Authority) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(authority.pem().as_bytes()).unwrap()).unwrap();
    Arc::new(ClientConfig::builder().with_root_certificates(roots).with_no_client_auth())
}

/// Round trips of 64 bytes over TLS on loopback.
fn tls_echo(authority: &Authority, time: Duration) -> f64 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let (server, client) = (Arc::new(server()), client_config(authority));
    let (ended, trips) = (AtomicBool::new(false), AtomicU64::new(0));
    let begun = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CONNECTIONS {
            let (client, ended, trips) = (Arc::clone(&client), &ended, &trips);
            scope.spawn(move || {
                let mut conn =
                    ClientConnection::new(client, ServerName::try_from("localhost").unwrap()).unwrap();
                let mut socket = TcpStream::connect(address).unwrap();
                socket.set_nodelay(true).unwrap();
                let mut stream = Stream::new(&mut conn, &mut socket);
                let mut piece = [1; 64];
                while !ended.load(Ordering::Relaxed) {
                    stream.write_all(&piece).unwrap();
                    stream.read_exact(&mut piece).unwrap();
                    trips.fetch_add(1, Ordering::Relaxed);
                }
            });
            let (mut socket, _) = listener.accept().unwrap();
            let server = Arc::clone(&server);
            scope.spawn(move || {
                socket.set_nodelay(true).unwrap();
                let mut conn = ServerConnection::new(server).unwrap();
                let mut stream = Stream::new(&mut conn, &mut socket);
                let mut piece = [0; 64];
                while stream.read_exact(&mut piece).is_ok() && stream.write_all(&piece).is_ok() {}
            });
        }
        std::thread::sleep(time);
        ended.store(true, Ordering::Relaxed);
    });
    trips.load(Ordering::Relaxed) as f64 / begun.elapsed().as_secs_f64()
}

/// Requests per second through the same server and client libraries that the reads use, with nothing behind them.
async fn https_echo(authority: &Authority, time: Duration) -> f64 {
    let server = HttpServer::new(|| App::new().route("/", web::get().to(|| async { "a;b\n1;2\n" })))
        .workers(2)
        .bind_rustls_0_23("127.0.0.1:0", server())
        .unwrap();
    let url = format!("https://localhost:{}/", server.addrs()[0].port());
    let running = server.run();
    let handle = running.handle();
    tokio::spawn(running);
    let (http, begun) = (http(&authority.pem()), Instant::now());
    let counts = join_all((0..IN_FLIGHT).map(|_| async {
        let mut count = 0_u64;
        while begun.elapsed() < time {
            assert!(http.get(&url).send().await.unwrap().bytes().await.is_ok());
            count += 1;
        }
        count
    }));
    let rate = counts.await.iter().sum::<u64>() as f64 / begun.elapsed().as_secs_f64();
    handle.stop(false).await;
    rate
}
