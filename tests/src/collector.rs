//! A real OpenTelemetry collector between the nodes and the test: it receives OTLP as in operation, and hands on what it
//! understood of it, in JSON.

use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::web::{self, Data, Json};
use actix_web::{App, HttpResponse, HttpServer};
use serde_json::Value;

use crate::process::free_port;
use crate::reference::repository;
use crate::temporary::Folder;

/// One export as the collector hands it on: its path, and its body.
type Handed = Data<Mutex<Vec<(String, Value)>>>;

pub struct Collector {
    /// Base address that nodes send to.
    pub address: String,
    handed: Handed,
    server: ServerHandle,
    child: Child,
    _folder: Folder,
}

/// A span, with the service that made it.
#[derive(Debug, Clone)]
pub struct Span {
    pub service: String,
    pub trace: String,
    pub id: String,
    pub parent: String,
    pub name: String,
}

async fn take(handed: Handed, path: web::Path<String>, body: Json<Value>) -> HttpResponse {
    handed.lock().unwrap().push((path.into_inner(), body.into_inner()));
    HttpResponse::Ok().json(serde_json::json!({}))
}

impl Collector {
    /// Starts the collector of this machine, or says why there is none.
    pub async fn start() -> Result<Self, String> {
        let found = Command::new(repository().join("tests/collector")).output().unwrap();
        if !found.status.success() {
            return Err(String::from_utf8_lossy(&found.stderr).trim().to_owned());
        }
        let program = String::from_utf8(found.stdout).unwrap();
        let (receives, hands) = (free_port(), free_port());
        let handed: Handed = Data::new(Mutex::default());
        let shared = handed.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(shared.clone())
                .app_data(web::JsonConfig::default().limit(64 << 20))
                .route("/v1/{kind}", web::post().to(take))
        });
        let server = server.workers(1).disable_signals().bind(("127.0.0.1", hands)).unwrap().run();
        let handle = server.handle();
        // Its own thread: the runtime of a test is not actix's.
        std::thread::spawn(move || actix_web::rt::System::new().block_on(server));
        let folder = Folder::default();
        let text = format!(
            "receivers:\n  otlp:\n    protocols:\n      http:\n        endpoint: 127.0.0.1:{receives}\n\
             exporters:\n  otlphttp:\n    endpoint: http://127.0.0.1:{hands}\n    encoding: json\n    compression: none\n\
             service:\n  telemetry:\n    metrics:\n      level: none\n  pipelines:\n\
             \x20   traces:\n      receivers: [otlp]\n      exporters: [otlphttp]\n\
             \x20   metrics:\n      receivers: [otlp]\n      exporters: [otlphttp]\n"
        );
        let config = folder.write("collector.yaml", text);
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = Command::new(program.trim());
        command.arg("--config").arg(&config).stdout(Stdio::null()).stderr(log);
        let child = command.spawn().unwrap();
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", receives)).is_err() {
            let said = std::fs::read_to_string(folder.path().join("log")).unwrap();
            assert!(begun.elapsed() < Duration::from_secs(30), "the collector does not listen: {said}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let address = format!("http://127.0.0.1:{receives}");
        Ok(Self { address, handed, server: handle, child, _folder: folder })
    }

    fn of(&self, kind: &str) -> Vec<Value> {
        let handed = self.handed.lock().unwrap();
        handed.iter().filter(|(path, _)| path == kind).map(|(_, body)| body.clone()).collect()
    }

    /// The spans that arrived.
    pub fn spans(&self) -> Vec<Span> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let mut spans = Vec::new();
        for resource in self.of("traces").iter().flat_map(|t| list(&t["resourceSpans"])) {
            let service = service(&resource);
            for scope in list(&resource["scopeSpans"]) {
                spans.extend(list(&scope["spans"]).iter().map(|s| Span {
                    service: service.clone(),
                    trace: text(&s["traceId"]),
                    id: text(&s["spanId"]),
                    parent: text(&s["parentSpanId"]),
                    name: text(&s["name"]),
                }));
            }
        }
        spans
    }

    /// The data points of a metric of a service, newest export last.
    pub fn points(&self, from: &str, name: &str) -> Vec<Value> {
        let mut points = Vec::new();
        for resource in self.of("metrics").iter().flat_map(|m| list(&m["resourceMetrics"])) {
            if service(&resource) != from {
                continue;
            }
            for metric in list(&resource["scopeMetrics"]).iter().flat_map(|s| list(&s["metrics"])) {
                if metric["name"] == name {
                    points.extend(list(&metric["sum"]["dataPoints"]));
                    points.extend(list(&metric["histogram"]["dataPoints"]));
                }
            }
        }
        points
    }
}

fn list(value: &Value) -> Vec<Value> {
    value.as_array().cloned().unwrap_or_default()
}

fn service(resource: &Value) -> String {
    attribute(&resource["resource"], "service.name")
}

/// An attribute of a resource or data point, as text.
pub fn attribute(of: &Value, key: &str) -> String {
    let found = list(&of["attributes"]).into_iter().find(|a| a["key"] == key);
    found.map(|a| a["value"]["stringValue"].as_str().unwrap_or_default().to_owned()).unwrap_or_default()
}

impl Drop for Collector {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        // Dropped without waiting: the thread ends with the test.
        drop(self.server.stop(false));
    }
}
