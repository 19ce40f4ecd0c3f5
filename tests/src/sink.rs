//! A foreign peer's address: takes messages of the protocol, and bytes in whatever way a test scripts.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rustls::{ServerConnection, StreamOwned};
use serde_json::Value;

use crate::authority;
use crate::flow::PATIENCE;

/// What the sink does with a request that brings bytes.
#[derive(Debug, Clone)]
pub enum Act {
    /// Reads everything, then answers this.
    Answer(u16),
    /// Answers at once, without reading.
    AtOnce(u16),
    /// Sends elsewhere.
    Redirect(String),
    /// Reads everything and never answers.
    Never,
    /// Reads a byte now and then.
    Drip,
}

/// A request that brought bytes.
#[derive(Debug, Clone)]
pub struct Brought {
    pub line: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
    pub at: Instant,
}

#[derive(Debug, Default)]
struct State {
    acts: VecDeque<Act>,
    brought: Vec<Brought>,
    messages: Vec<(String, Value)>,
}

/// The running double. Its thread ends with the process.
pub struct Sink {
    pub base: String,
    state: Arc<Mutex<State>>,
}

type Tls = BufReader<StreamOwned<ServerConnection, TcpStream>>;

impl Sink {
    /// Does each act once, and the last one from then on.
    pub fn start(acts: &[Act]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        let (config, state) = (Arc::new(authority::server()), Arc::new(Mutex::new(State::default())));
        state.lock().unwrap().acts = acts.iter().cloned().collect();
        let kept = Arc::clone(&state);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(Arc::clone(&config)).unwrap();
                let state = Arc::clone(&kept);
                std::thread::spawn(move || {
                    serve(BufReader::new(StreamOwned::new(connection, stream)), &state)
                });
            }
        });
        Self { base, state }
    }

    /// Where protocol messages to this peer go.
    pub fn callback(&self) -> String {
        format!("{}/dsp", self.base)
    }

    pub fn brought(&self) -> Vec<Brought> {
        self.state.lock().unwrap().brought.clone()
    }

    /// The protocol's messages by the last part of their path.
    pub fn messages(&self, kind: &str) -> Vec<Value> {
        let state = self.state.lock().unwrap();
        state.messages.iter().filter(|(path, _)| path.ends_with(kind)).map(|(_, m)| m.clone()).collect()
    }

    /// Waits until there is one.
    pub async fn message(&self, kind: &str) -> Value {
        let started = Instant::now();
        loop {
            if let Some(message) = self.messages(kind).pop() {
                return message;
            }
            assert!(started.elapsed() < PATIENCE, "no message of kind {kind} comes");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

fn serve(mut stream: Tls, state: &Mutex<State>) {
    // A connection that breaks ends its thread; what it brought is kept.
    while let Some(()) = request(&mut stream, state) {}
}

fn request(stream: &mut Tls, state: &Mutex<State>) -> Option<()> {
    let mut line = String::new();
    stream.read_line(&mut line).ok().filter(|n| *n > 0)?;
    let mut headers = BTreeMap::new();
    loop {
        let mut field = String::new();
        stream.read_line(&mut field).ok().filter(|n| *n > 0)?;
        let Some((name, value)) = field.trim_end().split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length: usize = headers.get("content-length").and_then(|v| v.parse().ok()).unwrap_or(0);
    let path = line.split(' ').nth(1)?.to_owned();
    if path.starts_with("/dsp/") {
        let mut body = vec![0; length];
        stream.read_exact(&mut body).ok()?;
        state.lock().unwrap().messages.push((path, serde_json::from_slice(&body).unwrap_or_default()));
        return answer(stream, 200, "");
    }
    let act = {
        let mut state = state.lock().unwrap();
        if state.acts.len() > 1 { state.acts.pop_front()? } else { state.acts.front().cloned()? }
    };
    let mut body = Vec::new();
    let whole = |stream: &mut Tls, body: &mut Vec<u8>| stream.by_ref().take(length as u64).read_to_end(body);
    let reply = match &act {
        Act::AtOnce(status) => Some((*status, String::new())),
        Act::Answer(status) => whole(stream, &mut body).ok().map(|_| (*status, String::new())),
        Act::Redirect(to) => whole(stream, &mut body).ok().map(|_| (307, format!("location: {to}\r\n"))),
        Act::Never => {
            let _ = whole(stream, &mut body);
            None
        }
        Act::Drip => None,
    };
    let brought = Brought { line: line.trim_end().to_owned(), headers, body, at: Instant::now() };
    state.lock().unwrap().brought.push(brought);
    match (reply, act) {
        (Some((status, fields)), _) => answer(stream, status, &fields),
        (None, Act::Drip) => {
            let mut byte = [0];
            while stream.read(&mut byte).is_ok_and(|n| n > 0) {
                std::thread::sleep(Duration::from_millis(500));
            }
            None
        }
        (None, _) => {
            // Until the other side has had enough.
            let _ = stream.read(&mut [0]);
            None
        }
    }
}

fn answer(stream: &mut Tls, status: u16, fields: &str) -> Option<()> {
    let tls = stream.get_mut();
    write!(tls, "HTTP/1.1 {status} Scripted\r\n{fields}content-length: 0\r\n\r\n").ok()?;
    tls.flush().ok()
}
