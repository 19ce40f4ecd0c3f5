//! The two databases: how to connect, what makes a commit durable, and the few statements that differ.

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor, Row};
use url::Url;

use super::Error;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// One setting that durability depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    pub name: &'static str,
    pub value: String,
    /// Whether an answered write survives the loss of power with it.
    pub safe: bool,
}

/// Where the database is, read once.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) engine: Engine,
    options: AnyConnectOptions,
    /// Of SQLite.
    file: Option<PathBuf>,
}

/// SQLite's own cache of a connection, in KiB. Readers are many, and what they read lies in the system's cache already.
const WRITING: u32 = 8_192;
const READING: u32 = 2_048;

const TIMEOUT: Duration = Duration::from_secs(5);

impl Address {
    pub(super) fn parse(url: &str) -> Result<Self, Error> {
        sqlx::any::install_default_drivers();
        let mut url = Url::parse(url)
            .map_err(|e| Error::Address(format!("{e}; write sqlite:///path or postgres://…")))?;
        let engine = match url.scheme() {
            "sqlite" => {
                if !url.query_pairs().any(|(name, _)| name == "mode") {
                    url.query_pairs_mut().append_pair("mode", "rwc");
                }
                Engine::Sqlite
            }
            "postgres" | "postgresql" => Engine::Postgres,
            other => return Err(Error::Address(format!("`{other}` is neither sqlite nor postgres"))),
        };
        // `postgresql` is an alias that the driver list does not have.
        let text = url.as_str().replacen("postgresql:", "postgres:", 1);
        let options: AnyConnectOptions =
            text.parse().map_err(|e: sqlx::Error| Error::Address(e.to_string()))?;
        // An address with escapes is left to the driver.
        let writes = url.query_pairs().any(|(name, mode)| name == "mode" && mode == "rwc")
            && !url.path().contains('%');
        let file = (engine == Engine::Sqlite && writes)
            .then(|| PathBuf::from(url.path()))
            .filter(|path| path.is_absolute());
        Ok(Self { engine, options: options.disable_statement_logging(), file })
    }

    pub(super) async fn connect(&self) -> Result<AnyConnection, Error> {
        self.private()?;
        let connect = AnyConnection::connect_with(&self.options);
        let mut conn = tokio::time::timeout(TIMEOUT, connect)
            .await
            .map_err(|_| Error::Unavailable(format!("no connection within {} s", TIMEOUT.as_secs())))??;
        prepare(self.engine, WRITING, &mut conn).await?;
        Ok(conn)
    }

    /// A new database file can be read by its owner only, whatever the umask; the files beside it take its mode.
    fn private(&self) -> Result<(), Error> {
        let Some(file) = self.file.as_ref().filter(|file| !file.exists()) else { return Ok(()) };
        let made = OpenOptions::new().write(true).create(true).truncate(false).mode(0o600).open(file);
        made.map(drop).map_err(|e| Error::Unavailable(format!("{}: {e}", file.display())))
    }

    pub(super) fn pool(&self, size: u32) -> AnyPool {
        let engine = self.engine;
        AnyPoolOptions::new()
            .max_connections(size)
            // A file does not go away between two reads; a server may.
            .test_before_acquire(engine == Engine::Postgres)
            .acquire_timeout(TIMEOUT)
            .after_connect(move |conn, _| Box::pin(async move { prepare(engine, READING, conn).await }))
            .connect_lazy_with(self.options.clone())
    }
}

async fn prepare(engine: Engine, cache: u32, conn: &mut AnyConnection) -> Result<(), sqlx::Error> {
    let settings = match engine {
        // FULL: a commit waits for the disk in WAL mode too.
        Engine::Sqlite => format!(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000; \
             PRAGMA foreign_keys = ON; PRAGMA temp_store = MEMORY; PRAGMA cache_size = -{cache}; \
             PRAGMA wal_autocheckpoint = 8000; PRAGMA secure_delete = FAST"
        ),
        Engine::Postgres => {
            "SET synchronous_commit = on; SET statement_timeout = '30s'; SET lock_timeout = '5s'".to_owned()
        }
    };
    conn.execute(sqlx::AssertSqlSafe(settings)).await?;
    Ok(())
}

impl Engine {
    pub(super) fn begin(self) -> &'static str {
        match self {
            Self::Sqlite => "BEGIN IMMEDIATE",
            Self::Postgres => "BEGIN",
        }
    }

    /// Begins to read everything as it is at one instant, for as long as it takes.
    pub(super) fn snapshot(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &["BEGIN"],
            Self::Postgres => {
                &["SET statement_timeout = 0", "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"]
            }
        }
    }

    /// What a transaction over whole tables is freed from.
    pub(super) fn unhurried(self) -> &'static [&'static str] {
        match self {
            Self::Sqlite => &[],
            Self::Postgres => &["SET statement_timeout = 0"],
        }
    }

    /// The settings as they are on this connection.
    pub(super) async fn durability(self, conn: &mut AnyConnection) -> Result<Vec<Setting>, Error> {
        let checks: &[(&'static str, &'static str, &[&str])] = match self {
            Self::Sqlite => &[
                ("journal_mode", "SELECT journal_mode FROM pragma_journal_mode", &["wal"]),
                ("synchronous", "SELECT CAST(synchronous AS TEXT) FROM pragma_synchronous", &["2", "3"]),
            ],
            Self::Postgres => &[
                ("fsync", "SELECT current_setting('fsync')", &["on"]),
                (
                    "synchronous_commit",
                    "SELECT current_setting('synchronous_commit')",
                    &["on", "remote_write", "remote_apply", "local"],
                ),
                ("full_page_writes", "SELECT current_setting('full_page_writes')", &["on"]),
            ],
        };
        let mut settings = Vec::with_capacity(checks.len());
        for (name, sql, good) in checks {
            let value: String = sqlx::query(*sql).fetch_one(&mut *conn).await?.try_get(0)?;
            settings.push(Setting { name, safe: good.contains(&value.as_str()), value });
        }
        Ok(settings)
    }
}
