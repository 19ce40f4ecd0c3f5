//! One member of the demonstration: a whole node in this process, driven from outside through its management API.

use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde::de::DeserializeOwned;
use tokio::task::JoinHandle;
use url::Url;

use super::pki::Authority;
use crate::app::member::create::NewMember;
use crate::app::{App, Hosted};
use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::init;
use crate::cli::private::{private_file, private_folder};
use crate::config::{self, Config};
use crate::identity::seal::MasterSecret;
use crate::startup::{Application, Options, Stopper};
use crate::store::Store;
use crate::text::Lang;

/// Longest wait for something that should follow by itself.
const PATIENCE: Duration = Duration::from_secs(30);
/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(10);

/// Who a party is.
pub struct Profile {
    /// Its folder, and the beginning of its files' names.
    pub key: &'static str,
    pub name: &'static str,
    /// What it is, as the story tells it.
    pub role: &'static str,
    /// The country whose law binds the one who runs its node; all process in France.
    pub law: &'static str,
}

/// What all parties share.
pub struct Ground<'a> {
    /// Folder of the nodes.
    pub nodes: PathBuf,
    pub authority: &'a Authority,
    pub lang: Lang,
}

/// A running node with its only member.
pub struct Party {
    pub key: &'static str,
    pub name: &'static str,
    pub role: &'static str,
    pub url: String,
    pub did: String,
    pub dir: PathBuf,
    pub client: Client,
    app: Arc<App>,
    stopper: Stopper,
    serving: JoinHandle<std::io::Result<()>>,
}

impl Party {
    /// Makes the node's folder on a free port, and serves it. `data`: folders whose files it may publish.
    pub async fn start(profile: &Profile, ground: &Ground<'_>, data: &[PathBuf]) -> Result<Self, Failed> {
        let dir = ground.nodes.join(profile.key);
        private_folder(&dir)?;
        for folder in ["data", "received", "tls"] {
            private_folder(&dir.join(folder))?;
        }
        ground.authority.certify(&dir.join("tls"), profile.name)?;
        private_file(&dir.join("secret"), MasterSecret::generate_text().as_bytes())?;
        // Bound before anything is written about it: nobody else can take the port meanwhile.
        let failed = |e: std::io::Error| Failed::Setup(format!("127.0.0.1: {e}"));
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        let text = settings(port, ground, data)?;
        private_file(&dir.join(config::FILE), text.as_bytes())?;
        let config = config::from_text(&dir, &text, []).map_err(|e| Failed::Setup(e.to_string()))?;
        Store::migrate(&config.database_url()).await.map_err(|e| Failed::Setup(e.to_string()))?;
        let url = format!("https://localhost:{port}");
        let new = NewMember {
            name: profile.name.to_owned(),
            base_url: Url::parse(&url).map_err(|e| Failed::Internal(e.to_string()))?,
            place: Some("FR".into()),
            law: Some(profile.law.into()),
        };
        let made = init::add(&config, init::open(&config).await?, new, ground.lang).await?;
        let client = Client::to(&config, made.access, ground.lang)?;
        let (app, stopper, serving) = serve(config, listener).await?;
        let Profile { key, name, role, .. } = *profile;
        Ok(Self { key, name, role, url, did: made.did, dir, client, app, stopper, serving })
    }

    /// What only who holds this node can do: its memory, for the scenes in which it is robbed or tampered with.
    pub fn inside(&self) -> Option<(&Arc<App>, Arc<Hosted>)> {
        self.app.members.all().into_iter().next().map(|hosted| (&self.app, hosted))
    }

    /// Reads `path` of the management API until `settled`.
    pub async fn until<T: DeserializeOwned>(
        &self,
        path: &str,
        settled: impl Fn(&T) -> bool,
    ) -> Result<T, Failed> {
        let end = Instant::now() + PATIENCE;
        loop {
            let found = self.client.get(path).await?;
            if settled(&found) {
                return Ok(found);
            }
            if Instant::now() >= end {
                return Err(Failed::Waiting(format!("{}: {path}", self.name)));
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Reads `path`, which appears a moment after its cause.
    pub async fn appears(&self, path: &str) -> Result<Vec<u8>, Failed> {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.client.bytes(path).await {
                Err(Failed::Answered(problem)) if problem.status == 404 && Instant::now() < end => {
                    tokio::time::sleep(LOOK).await;
                }
                other => return other,
            }
        }
    }

    /// Stops the node and waits for its end.
    pub async fn stop(self) {
        self.stopper.stop(false).await;
        if let Ok(Err(error)) = self.serving.await {
            tracing::warn!(%error, node = self.key, "ended with an error");
        }
    }
}

async fn serve(
    config: Config,
    listener: TcpListener,
) -> Result<(Arc<App>, Stopper, JoinHandle<std::io::Result<()>>), Failed> {
    let options = Options { listener: Some(listener), ..Options::default() };
    let application = Application::build(config, options).await.map_err(|e| Failed::Setup(e.to_string()))?;
    let (app, stopper) = (application.app.clone().into_inner(), application.stopper());
    Ok((app, stopper, tokio::spawn(application.run())))
}

/// The configuration: what differs from the defaults.
fn settings(port: u16, ground: &Ground<'_>, data: &[PathBuf]) -> Result<String, Failed> {
    let mut folders = vec!["data".to_owned()];
    folders.extend(data.iter().map(|folder| folder.display().to_string()));
    let mut table = toml::toml! {
        [listen]
        workers = 1
        [outgoing]
        private_networks = ["127.0.0.0/8", "::1/128"]
    };
    let mut put = |section: &str, key: &str, value: toml::Value| {
        if let toml::Value::Table(keys) =
            table.entry(section).or_insert_with(|| toml::Value::Table(toml::Table::new()))
        {
            keys.insert(key.to_owned(), value);
        }
    };
    put("listen", "address", format!("127.0.0.1:{port}").into());
    put("outgoing", "authorities", vec![ground.authority.file.display().to_string()].into());
    put("data", "folders", folders.into());
    put("contracts", "language", ground.lang.pick("fr", "en").into());
    toml::to_string(&table).map_err(|e| Failed::Internal(e.to_string()))
}
