//! Files of a node searched for bytes that must not lie about in them.

use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use contracts::archive::Kind;
use node::identity::pieces::Opener;
use node::identity::seal::MasterSecret;
use sqlx::{AnyConnection, Connection, Row};

use crate::engine::Engine;

/// Where bytes may lie, by the name of the place: its files.
pub struct Place {
    pub name: &'static str,
    files: Vec<Vec<u8>>,
}

impl Place {
    pub fn new(name: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        Self { name, files: vec![bytes.into()] }
    }

    pub fn len(&self) -> usize {
        self.files.iter().map(Vec::len).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether these very bytes are there.
    pub fn holds(&self, sought: &[u8]) -> bool {
        assert!(sought.len() >= 12, "too short to be told from chance");
        self.files.iter().any(|file| file.windows(sought.len()).any(|found| found == sought))
    }

    /// The first of these texts that is there.
    pub fn first_of<'t>(&self, texts: &'t [String]) -> Option<&'t String> {
        assert!(texts.iter().all(|text| text.len() >= 12), "too short to be told from chance");
        self.files.iter().find_map(|file| {
            let file = String::from_utf8_lossy(file);
            texts.iter().find(|text| file.contains(text.as_str()))
        })
    }
}

/// The database's own files, and what it has written ahead `since`, as they lie on the disk now.
pub async fn database(engine: Engine, url: &str, since: SystemTime) -> Vec<Place> {
    match engine {
        Engine::Sqlite => {
            let file = PathBuf::from(url.trim_start_matches("sqlite://"));
            let beside = PathBuf::from(format!("{}-wal", file.display()));
            vec![
                Place::new("database", std::fs::read(&file).unwrap()),
                Place::new("written ahead", std::fs::read(beside).unwrap_or_default()),
            ]
        }
        Engine::Postgres => {
            let mut conn = AnyConnection::connect(url).await.unwrap();
            sqlx::raw_sql("CHECKPOINT").execute(&mut conn).await.unwrap();
            let sql = "SELECT current_setting('data_directory') AS folder, \
                       CAST((SELECT oid FROM pg_database WHERE datname = current_database()) AS BIGINT) AS oid";
            let row = sqlx::query(sql).fetch_one(&mut conn).await.unwrap();
            conn.close().await.unwrap();
            let (folder, oid): (String, i64) = (row.get("folder"), row.get("oid"));
            let folder = PathBuf::from(folder);
            vec![
                all("database", &folder.join("base").join(oid.to_string()), SystemTime::UNIX_EPOCH),
                all("written ahead", &folder.join("pg_wal"), since),
            ]
        }
    }
}

/// All files of a folder that were written since.
fn all(name: &'static str, folder: &Path, since: SystemTime) -> Place {
    let read = std::fs::read_dir(folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let files = read.map(|found| found.unwrap().path()).filter(|path| {
        // A server may remove one meanwhile.
        path.metadata().is_ok_and(|file| file.is_file() && file.modified().is_ok_and(|at| at >= since))
    });
    Place { name, files: files.map(|path| std::fs::read(path).unwrap_or_default()).collect() }
}

/// A backup, decrypted.
pub fn backup(file: &Path, secret: &Path) -> String {
    let secret = MasterSecret::from_text(&std::fs::read_to_string(secret).unwrap()).unwrap();
    let file = BufReader::new(std::fs::File::open(file).unwrap());
    let mut text = String::new();
    Opener::new(file, &secret, Kind::NodeBackup).unwrap().read_to_string(&mut text).unwrap();
    text
}
