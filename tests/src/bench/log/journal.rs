//! A member with a log in a store of its own: the store as the node opens it, without the node around it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use contracts::id::MemberId;
use node::app::Hosted;
use node::app::member::create::{NewMember, create};
use node::app::member::keys;
use node::domain::time::Clock;
use node::identity::seal::MasterSecret;
use node::store::{Options, Store};

pub struct Journal {
    pub store: Store,
    pub member: MemberId,
    pub hosted: Arc<Hosted>,
    folder: PathBuf,
}

const SECRET: &str = "secret";

fn options(folder: &Path) -> Options {
    Options::new(format!("sqlite://{}", folder.join("log.sqlite").display()))
}

fn secret(folder: &Path) -> MasterSecret {
    MasterSecret::from_text(&std::fs::read_to_string(folder.join(SECRET)).unwrap()).unwrap()
}

impl Journal {
    /// A new one.
    pub async fn create(folder: &Path) -> Self {
        let folder = folder.to_owned();
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join(SECRET), MasterSecret::generate_text().as_bytes()).unwrap();
        Store::migrate(&options(&folder).url).await.unwrap();
        let store = Store::open(options(&folder)).await.unwrap();
        let base_url = "https://localhost:8443".parse().unwrap();
        let new = NewMember { name: "bench".into(), base_url, place: None, law: None };
        let created = create(&store, &secret(&folder), new, Clock::System.now()).await.unwrap();
        let hosted = created.hosted;
        Self { store, member: hosted.id().clone(), hosted, folder }
    }

    /// One that was written before, whatever became of who wrote it.
    pub async fn open(folder: &Path) -> Self {
        let folder = folder.to_owned();
        let store = Store::open(options(&folder)).await.unwrap();
        let member = store.members().await.unwrap().remove(0);
        let hosted =
            Arc::new(keys::open(&store, member, &secret(&folder), Clock::System.now()).await.unwrap());
        Self { store, member: hosted.id().clone(), hosted, folder }
    }

    /// How many entries it has.
    pub async fn size(&self) -> u64 {
        let mut reader = self.store.read(&self.member).await.unwrap();
        reader.log_head().await.unwrap().map_or(0, |head| head.size)
    }

    /// Bytes of its database on disk.
    pub fn bytes(&self) -> u64 {
        ["log.sqlite", "log.sqlite-wal"]
            .iter()
            .filter_map(|name| std::fs::metadata(self.folder.join(name)).ok())
            .map(|found| found.len())
            .sum()
    }
}
