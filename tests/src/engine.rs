//! Every test of a whole node runs on both databases.

use std::path::Path;
use std::time::Duration;

use sqlx::{AssertSqlSafe, Connection, PgConnection};

use crate::skip::skipped;

/// Names a PostgreSQL server on which the tests may create databases.
pub const POSTGRES: &str = "FIDUCIE_TEST_POSTGRES";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Address of a new, empty database.
    pub async fn database(self, folder: &Path) -> String {
        match self {
            Self::Sqlite => format!("sqlite://{}", folder.join("node.sqlite").display()),
            Self::Postgres => {
                let server = std::env::var(POSTGRES).unwrap();
                let name = format!("t{}", uuid::Uuid::new_v4().simple());
                let mut connection = PgConnection::connect(&server).await.unwrap();
                sqlx::raw_sql(AssertSqlSafe(format!("CREATE DATABASE {name}")))
                    .execute(&mut connection)
                    .await
                    .unwrap();
                let (server, _) = server.rsplit_once('/').unwrap();
                format!("{server}/{name}")
            }
        }
    }
}

/// Runs a test on an engine, or says that it cannot.
pub fn run<F: Future<Output = ()>>(engine: Engine, name: &str, test: impl FnOnce(Engine) -> F) {
    if engine == Engine::Postgres && std::env::var_os(POSTGRES).is_none() {
        skipped(name, "no PostgreSQL server (run tests/run)");
        return;
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let patience = Duration::from_secs(240);
    let ended = runtime.block_on(async { tokio::time::timeout(patience, test(engine)).await });
    assert!(ended.is_ok(), "{name} is stuck: no end after {patience:?}");
}

/// Makes a test of each function, once per engine: `tests::on_both!(publish, withdraw);`.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test]
            fn $name() {
                $crate::engine::run($crate::engine::Engine::Sqlite, concat!(module_path!(), "::", stringify!($name)), super::$name);
            })+
        }
        mod postgres {
            $(#[test]
            fn $name() {
                $crate::engine::run($crate::engine::Engine::Postgres, concat!(module_path!(), "::", stringify!($name)), super::$name);
            })+
        }
    };
}
