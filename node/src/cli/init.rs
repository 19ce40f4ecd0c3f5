//! `fiducie init`: a working node in a folder that only its owner can read.

use std::fs;
use std::path::{Path, PathBuf};

use clap::Args;
use rcgen::{CertificateParams, DnType, KeyPair};
use serde_json::json;
use time::{Duration, OffsetDateTime};
use url::Url;

use super::Global;
use super::access::{self, Access};
use super::exit::Failed;
use super::output::Output;
use super::private;
use crate::app::member::create::{NewMember, create};
use crate::config::{self, Config};
use crate::domain::time::{Clock, Timestamp};
use crate::identity::seal::MasterSecret;
use crate::startup::store;
use crate::store::Store;
use crate::text::{self, Lang};

/// Validity of the self-signed certificate, in days.
const SELF_SIGNED_DAYS: i64 = 825;

#[derive(Debug, Args)]
pub struct Init {
    #[arg(long)]
    name: Option<String>,
    #[arg(long, default_value = "https://localhost:8443")]
    url: Url,
    #[arg(long, value_name = "COUNTRY")]
    place: Option<String>,
    #[arg(long, value_name = "COUNTRY")]
    law: Option<String>,
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    #[arg(long, value_name = "FILE", requires = "key")]
    certificate: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "certificate")]
    key: Option<PathBuf>,
    #[arg(long, conflicts_with = "certificate")]
    behind_proxy: bool,
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

impl Init {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let dir = std::path::absolute(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
        if dir.join(config::FILE).exists() {
            let shown = dir.display().to_string();
            return Err(Failed::Setup(text::fill(out.lang, "cli.node-there", &[("dir", &shown)])));
        }
        private::private_folder(&dir)?;
        for folder in ["data", "received", "tls"] {
            private::private_folder(&dir.join(folder))?;
        }
        private::private_file(&dir.join("secret"), MasterSecret::generate_text().as_bytes())?;
        let self_signed = self.certificate.is_none() && !self.behind_proxy;
        if self_signed {
            certificate(&dir, &self.url)?;
        }
        let text = self.config()?;
        let config =
            config::from_text(&dir, &text, std::env::vars()).map_err(|e| Failed::Setup(e.to_string()))?;
        Store::migrate(&config.database_url()).await.map_err(|e| Failed::Setup(e.to_string()))?;
        let name = self
            .name
            .clone()
            .or(global.member.clone())
            .unwrap_or_else(|| self.url.host_str().unwrap_or("node").to_owned());
        let new = NewMember { name, base_url: self.url, place: self.place, law: self.law };
        let made = add(&config, open(&config).await?, new, out.lang).await?;
        // Written last: the file is the sign that the folder holds a complete node.
        private::private_file(&dir.join(config::FILE), text.as_bytes())?;
        report(out, &dir, &made, self_signed)
    }

    /// The configuration of the new node: what differs from the defaults.
    fn config(&self) -> Result<String, Failed> {
        let port = self.url.port_or_known_default().unwrap_or(8443);
        let listen = self.listen.clone().unwrap_or_else(|| format!("127.0.0.1:{port}"));
        let mut listen_section = toml::Table::new();
        listen_section.insert("address".into(), listen.into());
        let mut file = |key: &str, path: &Path| -> Result<(), Failed> {
            let path = std::path::absolute(path).map_err(|e| Failed::Usage(e.to_string()))?;
            listen_section.insert(key.into(), path.display().to_string().into());
            Ok(())
        };
        if let (Some(certificate), Some(key)) = (&self.certificate, &self.key) {
            file("certificate", certificate)?;
            file("key", key)?;
        }
        if self.behind_proxy {
            listen_section.insert("certificate".into(), "".into());
            listen_section.insert("key".into(), "".into());
            listen_section.insert("behind_proxy".into(), true.into());
        }
        let mut whole = toml::Table::new();
        whole.insert("listen".into(), listen_section.into());
        if let Some(url) = &self.database {
            whole.insert(
                "database".into(),
                toml::Table::from_iter([("url".to_owned(), url.clone().into())]).into(),
            );
        }
        let text = toml::to_string(&whole).map_err(|e| Failed::Internal(e.to_string()))?;
        Ok(format!(
            "# Every key and its default: fiducie.reference.toml in the folder deploy of the project.\n\n{text}"
        ))
    }
}

/// A member just made, as it is reported.
pub(super) struct Made {
    pub access: Access,
    pub did: String,
    pub file: PathBuf,
}

/// The database of a stopped node.
pub(super) async fn open(config: &Config) -> Result<Store, Failed> {
    store::open(config, &Clock::System).await.map_err(|e| Failed::Setup(e.to_string()))
}

/// Makes a member in the database of a stopped node, closes it, and keeps the access to it.
pub(super) async fn add(config: &Config, store: Store, new: NewMember, lang: Lang) -> Result<Made, Failed> {
    let secret = config::secret(config).map_err(Failed::Setup)?;
    let created = create(&store, &secret, new, Clock::System.now()).await;
    store.close().await;
    let created = created.map_err(|e| Failed::of(e, lang))?;
    let member = &created.hosted.member;
    let url = member.base_url.as_str().trim_end_matches('/').to_owned();
    let access = Access { member: member.name.clone(), url, token: created.token };
    let file = access::save(&config.dir, &access)?;
    Ok(Made { did: member.did.to_string(), access, file })
}

fn report(out: Output, dir: &Path, made: &Made, self_signed: bool) -> Result<(), Failed> {
    if self_signed {
        out.note(text::get(out.lang, "cli.self-signed"));
    }
    let shown = dir.display().to_string();
    let access = made.file.display().to_string();
    let result = json!({
        "dir": shown, "member": made.access.member, "did": made.did, "url": made.access.url,
        "access": access, "self_signed": self_signed,
    });
    out.result(&result, |_| {
        let values = [
            ("dir", shown.as_str()),
            ("did", made.did.as_str()),
            ("url", made.access.url.as_str()),
            ("access", access.as_str()),
            ("member", made.access.member.as_str()),
        ];
        text::fill(out.lang, "cli.made", &values)
    })
}

/// A self-signed certificate for the host of the address and for this machine.
fn certificate(dir: &Path, url: &Url) -> Result<(), Failed> {
    let failed = |e: rcgen::Error| Failed::Internal(format!("certificate: {e}"));
    let host = url.host_str().unwrap_or("localhost").trim_matches(['[', ']']).to_owned();
    let mut names = vec![host.clone(), "localhost".into(), "127.0.0.1".into(), "::1".into()];
    names.dedup();
    let mut params = CertificateParams::new(names).map_err(failed)?;
    let now: OffsetDateTime = Timestamp::to_date(Clock::System.now());
    params.not_before = now - Duration::days(1);
    params.not_after = now + Duration::days(SELF_SIGNED_DAYS);
    params.distinguished_name.push(DnType::CommonName, host);
    let key = KeyPair::generate().map_err(failed)?;
    let certificate = params.self_signed(&key).map_err(failed)?;
    private::private_file(&dir.join("tls/certificate.pem"), certificate.pem().as_bytes())?;
    private::private_file(&dir.join("tls/key.pem"), key.serialize_pem().as_bytes())?;
    fs::metadata(dir.join("tls/key.pem")).map(drop).map_err(|e| Failed::Setup(e.to_string()))
}
