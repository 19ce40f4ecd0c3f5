//! A fresh database with two hosted members.

use std::path::PathBuf;

use contracts::id::{MemberId, ParticipantId};
use node::domain::event::{Event, MemberEvent};
use node::domain::member::Member;
use node::domain::time::{Clock, Timestamp};
use node::identity::keys::{KeyRow, Keyring};
use node::identity::seal::MasterSecret;
use node::store::{Committed, Engine, Error, LogKey, Options, Store};
use sqlx::{AnyConnection, AssertSqlSafe, Connection};
use url::Url;

pub const T0: Timestamp = Timestamp(1_800_000_000_000);

pub struct Fixture {
    pub url: String,
    pub clock: Clock,
    pub members: Vec<(Member, Keyring, Vec<KeyRow>)>,
    folder: Option<PathBuf>,
}

impl Fixture {
    pub async fn new(engine: Engine) -> Option<Self> {
        sqlx::any::install_default_drivers();
        let name = format!("fiducie_{}", uuid::Uuid::new_v4().simple());
        let (url, folder) = match engine {
            Engine::Sqlite => {
                let folder = std::env::temp_dir().join(&name);
                std::fs::create_dir_all(&folder).unwrap();
                (format!("sqlite://{}/db.sqlite", folder.display()), Some(folder))
            }
            Engine::Postgres => {
                let Ok(server) = std::env::var("FIDUCIE_TEST_POSTGRES") else {
                    tests::skip::skipped("store on PostgreSQL", "no PostgreSQL server (run tests/run)");
                    return None;
                };
                let mut conn = AnyConnection::connect(&server).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
                    .execute(&mut conn)
                    .await
                    .unwrap();
                let mut url = Url::parse(&server).unwrap();
                url.set_path(&name);
                (url.to_string(), None)
            }
        };
        Store::migrate(&url).await.unwrap();
        let secret = MasterSecret::from_text(&MasterSecret::generate_text()).unwrap();
        let members = ["eau", "ville"].map(|name| {
            let member = Member {
                id: MemberId::parse(format!("urn:uuid:{name}")).unwrap(),
                did: ParticipantId::did(format!("did:web:{name}.example.org")).unwrap(),
                name: name.to_owned(),
                base_url: Url::parse(&format!("https://{name}.example.org")).unwrap(),
            };
            let (keys, rows) = Keyring::generate(&member, &secret, T0).unwrap();
            (member, keys, rows)
        });
        Some(Self { url, clock: Clock::fixed(T0), members: members.into(), folder })
    }

    pub fn options(&self) -> Options {
        Options { clock: self.clock.clone(), ..Options::new(&self.url) }
    }

    pub async fn open(&self) -> Store {
        self.open_with(self.options()).await
    }

    pub async fn open_with(&self, options: Options) -> Store {
        let store = Store::open(options).await.unwrap();
        self.give_keys(&store);
        store
    }

    pub fn give_keys(&self, store: &Store) {
        for (member, keys, _) in &self.members {
            store.set_log_key(member.id.clone(), LogKey::of(member.log_origin(1), keys, T0).unwrap());
        }
    }

    /// Of SQLite.
    pub fn folder(&self) -> Option<&std::path::Path> {
        self.folder.as_deref()
    }

    pub fn member(&self, number: usize) -> &MemberId {
        &self.members[number].0.id
    }

    pub fn id(&self, number: usize) -> MemberId {
        self.member(number).clone()
    }

    /// A connection beside the store, to look and to tamper.
    pub async fn aside(&self) -> AnyConnection {
        AnyConnection::connect(&self.url).await.unwrap()
    }

    pub async fn tamper(&self, sql: &str) {
        let mut conn = self.aside().await;
        let done = sqlx::query(AssertSqlSafe(sql)).execute(&mut conn).await.unwrap();
        assert!(done.rows_affected() > 0, "{sql}");
        conn.close().await.unwrap();
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

pub fn event(n: usize) -> Event {
    Event::Member(MemberEvent::KeyAdded { kid: format!("key {n}") })
}

/// Records so many events in one write.
pub async fn record(store: &Store, member: &MemberId, count: usize) -> Committed<()> {
    store
        .write(member, move |tx| {
            Box::pin(async move {
                (0..count).for_each(|n| tx.record(event(n)));
                Ok::<_, Error>(())
            })
        })
        .await
        .unwrap()
}
