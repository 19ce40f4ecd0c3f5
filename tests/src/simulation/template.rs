//! Nodes made once, each with one member; every seed begins with copies of them.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use node::app::member::create::{NewMember, create};
use node::config::{self, Config};
use node::domain::time::{Clock, Timestamp};
use node::identity::seal::MasterSecret;
use node::startup;
use node::store::Store;
use url::Url;

use super::store::Databases;

/// Most nodes of a story.
pub const MOST: usize = 5;
/// When every story begins: 2027-01-01T00:00:00Z.
pub const START: Timestamp = Timestamp(1_798_761_600_000);

pub fn host(node: usize) -> String {
    format!("n{node}.example")
}

pub fn base(node: usize) -> Url {
    Url::parse(&format!("https://{}", host(node))).unwrap()
}

pub fn did(node: usize) -> String {
    contracts::did::from_base_url(&base(node)).unwrap().to_string()
}

/// A node's configuration in a folder. What came back from a copy is for the invariants to find, not for its partners:
/// they do nothing while a node starts, and it would wait for them in real time.
pub fn config(folder: &Path, database: &str) -> Config {
    let text = format!(
        "[listen]\naddress = \"127.0.0.1:1\"\nworkers = 1\n[database]\nurl = \"{database}\"\nreaders = 1\n\
         [outgoing]\nprivate_networks = []\n[log]\npartners = \"off\"\n"
    );
    config::from_text(folder, &text, std::iter::empty()).unwrap()
}

/// Makes the nodes, below a folder that outlives all seeds.
pub async fn make(folder: &Path, databases: &Databases) -> Vec<PathBuf> {
    let mut made = Vec::new();
    for node in 0..MOST {
        let place = folder.join(format!("template{node}"));
        std::fs::create_dir_all(&place).unwrap();
        let secret = place.join("secret");
        std::fs::write(&secret, MasterSecret::generate_text()).unwrap();
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(0o600)).unwrap();
        let url = databases.template(&place, node).await;
        let config = config(&place, &url);
        Store::migrate(&config.database_url()).await.unwrap();
        let clock = Clock::fixed(START);
        let store = startup::store::open(&config, &clock).await.unwrap();
        let new = NewMember {
            name: format!("n{node}"),
            base_url: base(node),
            place: Some("FR".into()),
            law: Some("FR".into()),
        };
        create(&store, &config::secret(&config).unwrap(), new, START).await.unwrap();
        store.close().await;
        made.push(place);
    }
    made
}
