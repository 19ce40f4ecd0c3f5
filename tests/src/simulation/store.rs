//! Where nodes keep their databases: files that are copied, or databases of a PostgreSQL server made from templates.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};

static MADE: AtomicU64 = AtomicU64::new(0);

#[derive(Debug, Clone)]
pub enum Databases {
    Files,
    Server(String),
}

impl Databases {
    pub fn are_files(&self) -> bool {
        matches!(self, Self::Files)
    }

    fn named(server: &str, name: &str) -> String {
        let mut url = url::Url::parse(server).unwrap();
        url.set_path(name);
        url.into()
    }

    async fn run(server: &str, sql: String) {
        let mut connection = PgConnection::connect(server).await.unwrap_or_else(|e| panic!("{server}: {e}"));
        // Names are made here: letters, digits and underscores.
        connection.execute(AssertSqlSafe(sql)).await.unwrap();
        connection.close().await.unwrap();
    }

    fn template_name(node: usize) -> String {
        format!("simulation_{}_template_{node}", std::process::id())
    }

    /// An empty database for a node to be copied.
    pub async fn template(&self, place: &Path, node: usize) -> String {
        match self {
            Self::Files => format!("sqlite://{}", place.join("node.sqlite").display()),
            Self::Server(server) => {
                let name = Self::template_name(node);
                Self::run(server, format!("CREATE DATABASE {name}")).await;
                Self::named(server, &name)
            }
        }
    }

    /// A copy of the template for a story.
    pub async fn copy(&self, template: &Path, node: usize, place: &Path) -> String {
        match self {
            Self::Files => {
                let file = place.join("node.sqlite");
                std::fs::copy(template.join("node.sqlite"), &file).unwrap();
                format!("sqlite://{}", file.display())
            }
            Self::Server(server) => {
                let number = MADE.fetch_add(1, Ordering::Relaxed);
                let name = format!("simulation_{}_{number}", std::process::id());
                let template = Self::template_name(node);
                Self::run(server, format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY"))
                    .await;
                Self::named(server, &name)
            }
        }
    }

    /// Removes what a story used; files go with their folder.
    pub async fn remove(&self, url: &str) {
        if let Self::Server(server) = self {
            let name = url.rsplit('/').next().unwrap_or_default();
            Self::run(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }

    pub async fn remove_templates(&self, count: usize) {
        if let Self::Server(server) = self {
            for node in 0..count {
                let name = Self::template_name(node);
                Self::run(server, format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
            }
        }
    }
}

/// A consistent copy of a SQLite database at another place, though a node works on it.
pub async fn snapshot(url: &str, to: &Path) {
    let _ = std::fs::remove_file(to);
    let mut connection = sqlx::SqliteConnection::connect(url).await.unwrap();
    let sql = format!("VACUUM INTO '{}'", to.display());
    connection.execute(AssertSqlSafe(sql)).await.unwrap();
    connection.close().await.unwrap();
}
