//! A whole node on a free port, with its own folder, database and certificate.

mod running;
mod setup;

use std::net::TcpListener;
use std::sync::Arc;

use node::app::member::create::{NewMember, create};
use node::app::{App, Discretion, Leniency};
use node::config::{self, Config};
use node::domain::time::Clock;
use node::identity::seal::MasterSecret;
use node::startup::{self, Options};
use node::store::Store;
use serde_json::{Value, json};
use url::Url;

use running::Running;
pub use setup::Setup;

use crate::authority;
use crate::member::{Member, client};
use crate::temporary::Folder;

pub struct TestNode {
    pub folder: Folder,
    pub config: Config,
    pub clock: Clock,
    discretion: Discretion,
    leniency: Leniency,
    pub port: u16,
    pub members: Vec<Member>,
    tokens: Vec<(String, String)>,
    running: Option<Running>,
}

impl TestNode {
    /// Makes the node and its members, and starts it.
    pub async fn start(setup: Setup) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let mut node = Self::make(setup, listener.local_addr().unwrap().port()).await;
        node.run(Some(listener)).await.unwrap();
        node
    }

    /// Makes the node and its members, to listen on a port.
    pub async fn make(setup: Setup, port: u16) -> Self {
        let folder = Folder::default();
        let (certificate, key) = authority::issue();
        folder.write("tls/certificate.pem", certificate);
        folder.write("tls/key.pem", key);
        folder.write("authority.pem", authority::root());
        folder.write("secret", MasterSecret::generate_text());
        folder.write("data/.keep", "");
        folder.write("received/.keep", "");
        for (name, content) in &setup.files {
            folder.write(name, content);
        }
        let url = match &setup.database {
            Some(url) => url.clone(),
            None => setup.engine.database(folder.path()).await,
        };
        let text = format!(
            "[listen]\naddress = \"127.0.0.1:{port}\"\nworkers = 1\n\
             [database]\nurl = \"{url}\"\nreaders = 3\n\
             [outgoing]\nauthorities = [\"authority.pem\"]\nprivate_networks = [{}]\n\
             connect_s = {}\nanswer_s = {}\n{}",
            setup.private_networks,
            setup.answer_s.min(20),
            setup.answer_s,
            setup.config
        );
        folder.write(config::FILE, &text);
        let config = config::from_text(folder.path(), &text, std::iter::empty()).unwrap();
        Store::migrate(&config.database_url()).await.unwrap();
        let tokens = members(&config, &setup, setup.public.unwrap_or(port)).await;
        Self {
            folder,
            config,
            clock: setup.clock,
            discretion: setup.discretion,
            leniency: setup.leniency,
            port,
            members: Vec::new(),
            tokens,
            running: None,
        }
    }

    /// Starts the node again after [`Self::stop`], at the same address.
    pub async fn run(&mut self, listener: Option<TcpListener>) -> Result<(), String> {
        let options = Options {
            clock: self.clock.clone(),
            listener,
            discretion: self.discretion,
            leniency: self.leniency,
            ..Options::default()
        };
        let running = Running::start(self.config.clone(), options).await?;
        self.members = self.tokens.iter().map(|(did, token)| member(&running.app, did, token)).collect();
        self.running = Some(running);
        Ok(())
    }

    /// Lets the tests speak for the members that commands have made since, as the files in `access/` do.
    pub fn read_access(&mut self) {
        let files = std::fs::read_dir(self.folder.path().join("access")).unwrap();
        self.tokens = files
            .map(|file| {
                let access: Value =
                    serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap();
                let url = Url::parse(access["url"].as_str().unwrap()).unwrap();
                let did = contracts::did::from_base_url(&url).unwrap();
                (did.to_string(), access["token"].as_str().unwrap().to_owned())
            })
            .collect();
        if let Some(running) = &self.running {
            self.members = self.tokens.iter().map(|(did, token)| member(&running.app, did, token)).collect();
        }
    }

    pub fn app(&self) -> &Arc<App> {
        &self.running.as_ref().expect("the node is stopped").app
    }

    /// Stops the node; with `graceful`, requests in flight get their time.
    pub async fn stop(&mut self, graceful: bool) {
        self.members.clear();
        let Some(Running { app, stopper, thread }) = self.running.take() else { return };
        drop(app);
        stopper.stop(graceful).await;
        tokio::task::spawn_blocking(|| thread.join()).await.unwrap().unwrap();
    }

    /// Writes a file into the folder that the node may publish from.
    pub fn put(&self, name: &str, content: impl AsRef<[u8]>) {
        self.folder.write(&format!("data/{name}"), content);
    }
}

async fn members(config: &Config, setup: &Setup, port: u16) -> Vec<(String, String)> {
    let secret = config::secret(config).unwrap();
    let store = startup::store::open(config, &setup.clock).await.unwrap();
    let mut made = Vec::new();
    for (name, path) in &setup.members {
        let base = format!("https://localhost:{port}{path}");
        let base_url = Url::parse(&base).unwrap();
        let new =
            NewMember { name: name.clone(), base_url, place: Some("FR".into()), law: Some("FR".into()) };
        let created = create(&store, &secret, new, setup.clock.now()).await.unwrap();
        let access = json!({"member": name, "url": base, "token": created.token});
        std::fs::create_dir_all(config.dir.join("access")).unwrap();
        std::fs::write(config.dir.join(format!("access/{name}.json")), access.to_string()).unwrap();
        made.push((created.hosted.did().to_string(), created.token));
    }
    store.close().await;
    made
}

fn member(app: &Arc<App>, did: &str, token: &str) -> Member {
    let hosted = app.members.all().into_iter().find(|h| h.did().as_str() == did).unwrap();
    Member {
        name: hosted.member.name.clone(),
        base: hosted.member.base_url.as_str().trim_end_matches('/').to_owned(),
        did: did.to_owned(),
        token: token.to_owned(),
        client: client(),
        app: Arc::clone(app),
    }
}

impl Drop for TestNode {
    fn drop(&mut self) {
        let Some(Running { app, stopper, thread }) = self.running.take() else { return };
        drop(app);
        self.members.clear();
        let stopping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(stopper.stop(false));
            let _ = thread.join();
        });
        let _ = stopping.join();
    }
}
