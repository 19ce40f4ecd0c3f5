//! One port for TLS and for plain HTTP: the first byte of a connection tells them apart.

use std::net::TcpListener;

use tokio::io::copy_bidirectional;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;

/// First byte of a TLS handshake (RFC 8446, 5.1).
const HANDSHAKE: u8 = 0x16;

/// Passes connections on, to one port or the other of this machine.
pub fn start(listener: TcpListener, tls: u16, plain: u16) -> JoinHandle<()> {
    listener.set_nonblocking(true).unwrap();
    let listener = tokio::net::TcpListener::from_std(listener).unwrap();
    tokio::spawn(async move {
        while let Ok((mut from, _)) = listener.accept().await {
            tokio::spawn(async move {
                let mut first = [0];
                if !matches!(from.peek(&mut first).await, Ok(1)) {
                    return;
                }
                let port = if first[0] == HANDSHAKE { tls } else { plain };
                if let Ok(mut to) = TcpStream::connect(("127.0.0.1", port)).await {
                    let _ended = copy_bidirectional(&mut from, &mut to).await;
                }
            });
        }
    })
}
