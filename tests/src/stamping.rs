//! A time-stamping authority (RFC 3161): `openssl ts`, behind an address that nodes can call.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpResponse, HttpServer};

use crate::authority;
use crate::temporary::Folder;

/// How an authority signs.
#[derive(Debug, Clone, Copy)]
pub struct Manner {
    /// `rsa:2048`, or the name of a curve.
    pub key: &'static str,
    pub digest: &'static str,
    /// Digest by which its certificate is named.
    pub named: &'static str,
    /// Digits after the second.
    pub digits: u8,
}

impl Default for Manner {
    fn default() -> Self {
        Self { key: "rsa:2048", digest: "sha256", named: "sha256", digits: 0 }
    }
}

/// Keys, certificates and configuration of an authority.
pub struct TimeAuthority {
    folder: Arc<Folder>,
}

/// The authority at an address.
pub struct Listening {
    pub url: String,
    up: Arc<AtomicBool>,
}

impl TimeAuthority {
    pub fn new(manner: Manner) -> Self {
        let folder = Arc::new(Folder::named("tsa"));
        folder.write("req.cnf", "[req]\ndistinguished_name = dn\n[dn]\n");
        folder.write("serial", "01\n");
        folder.write(
            "tsa.cnf",
            format!(
                "[tsa]\ndefault_tsa = one\n[one]\nserial = serial\nsigner_cert = tsa.pem\ncerts = ca.pem\n\
                 signer_key = tsa.key\nsigner_digest = {}\ndefault_policy = 1.2.3.4.1\n\
                 digests = sha256,sha384,sha512\naccuracy = secs:1, millisecs:500\nordering = yes\ntsa_name = yes\n\
                 clock_precision_digits = {}\ness_cert_id_chain = no\ness_cert_id_alg = {}\n",
                manner.digest, manner.digits, manner.named
            ),
        );
        let this = Self { folder };
        let key: Vec<&str> = match manner.key {
            rsa if rsa.starts_with("rsa") => vec!["-newkey", rsa],
            "P-256" => vec!["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"],
            "P-384" => vec!["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-384"],
            other => panic!("unknown key {other}"),
        };
        let request = ["req", "-config", "req.cnf", "-nodes"];
        let root = "-x509 -days 3650 -subj /CN=Time -addext basicConstraints=critical,CA:TRUE \
                    -addext keyUsage=critical,keyCertSign -newkey rsa:2048 -keyout ca.key -out ca.pem";
        this.done(&[&request[..], &root.split_whitespace().collect::<Vec<_>>()].concat());
        this.certify("tsa", &key, "critical,timeStamping");
        this
    }

    /// The authority's certificate, which verifiers trust.
    pub fn root(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Answers a request.
    pub fn reply(&self, query: &[u8]) -> Vec<u8> {
        reply(self.folder.path(), query)
    }

    /// Whether `openssl` itself accepts a token over a file.
    pub fn accepts(&self, data: &Path, token: &Path) -> bool {
        let [data, token] = [data, token].map(|path| path.to_str().unwrap().to_owned());
        let arguments = ["ts", "-verify", "-data", &data, "-in", &token, "-token_in", "-CAfile", "ca.pem"];
        openssl(self.folder.path(), &arguments).status.success()
    }

    /// Lets nodes ask it.
    pub fn listen(&self) -> Listening {
        let _already = rustls::crypto::aws_lc_rs::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://localhost:{}/tsr", listener.local_addr().unwrap().port());
        let up = Arc::new(AtomicBool::new(true));
        let state = Data::new((Arc::clone(&self.folder), Arc::clone(&up)));
        let server =
            HttpServer::new(move || App::new().app_data(state.clone()).default_service(web::to(serve)))
                .workers(1)
                .disable_signals()
                .listen_rustls_0_23(listener, authority::server())
                .unwrap()
                .run();
        tokio::spawn(server);
        Listening { url, up }
    }

    /// The same time stamp, signed by another certificate of the authority.
    pub fn signed_by(&self, name: &str, token: &[u8]) -> Vec<u8> {
        self.folder.write("good.der", token);
        let take = "cms -verify -noverify -inform DER -in good.der -out info.der";
        self.done(&take.split_whitespace().collect::<Vec<_>>());
        let sign = "cms -sign -cades -binary -nodetach -nosmimecap -md sha256 -econtent_type 1.2.840.113549.1.9.16.1.4 \
                    -in info.der -outform DER -out other.der";
        let [certificate, key] = ["pem", "key"].map(|end| format!("{name}.{end}"));
        let own = ["-signer", certificate.as_str(), "-inkey", &key];
        self.done(&[&sign.split_whitespace().collect::<Vec<_>>()[..], &own].concat());
        std::fs::read(self.folder.path().join("other.der")).unwrap()
    }

    /// One more certificate of the authority, for this use.
    pub fn certify(&self, name: &str, key: &[&str], usage: &str) {
        let extensions = format!("keyUsage = critical,digitalSignature\nextendedKeyUsage = {usage}\n");
        self.folder.write("ext.cnf", extensions);
        let [secret, asked, certificate] = ["key", "csr", "pem"].map(|end| format!("{name}.{end}"));
        let request = ["req", "-config", "req.cnf", "-nodes", "-subj", "/CN=Stamps"];
        self.done(&[&request[..], key, &["-keyout", &secret, "-out", &asked]].concat());
        let sign = ["x509", "-req", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "3650"];
        let files = ["-in", asked.as_str(), "-extfile", "ext.cnf", "-out", &certificate];
        self.done(&[&sign[..], &files].concat());
    }

    fn done(&self, arguments: &[&str]) {
        let output = openssl(self.folder.path(), arguments);
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

impl Listening {
    /// Lets it fail, or work again.
    pub fn set_up(&self, up: bool) {
        self.up.store(up, Ordering::SeqCst);
    }
}

async fn serve(state: Data<(Arc<Folder>, Arc<AtomicBool>)>, query: Bytes) -> HttpResponse {
    if !state.1.load(Ordering::SeqCst) {
        return HttpResponse::ServiceUnavailable().finish();
    }
    let answer = web::block(move || reply(state.0.path(), &query)).await.unwrap();
    HttpResponse::Ok().content_type("application/timestamp-reply").body(answer)
}

fn reply(folder: &Path, query: &[u8]) -> Vec<u8> {
    let name = uuid::Uuid::new_v4().to_string();
    let (asked, answer) = (format!("{name}.tsq"), format!("{name}.tsr"));
    std::fs::write(folder.join(&asked), query).unwrap();
    let output = openssl(
        folder,
        &["ts", "-reply", "-config", "tsa.cnf", "-section", "one", "-queryfile", &asked, "-out", &answer],
    );
    std::fs::read(folder.join(&answer))
        .unwrap_or_else(|e| panic!("{e}: {}", String::from_utf8_lossy(&output.stderr)))
}

fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl").current_dir(folder).args(arguments).output().unwrap()
}
