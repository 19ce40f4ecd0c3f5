//! Folders and databases that last as long as a test.

use std::path::{Path, PathBuf};

use sqlx::{Connection, Executor};

/// A new folder, removed when dropped.
pub struct Scratch(Option<PathBuf>);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("fiducie-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        Self(Some(folder))
    }

    pub fn path(&self) -> &Path {
        self.0.as_deref().unwrap()
    }

    /// Leaves it for a look.
    pub fn keep(mut self) {
        if let Some(folder) = self.0.take() {
            eprintln!("kept: {}", folder.display());
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        if let Some(folder) = &self.0 {
            let _ = std::fs::remove_dir_all(folder);
        }
    }
}

/// Creates an empty database on a PostgreSQL server; gives its address.
pub fn database(server: &str, name: &str) -> String {
    let mut address = url::Url::parse(server).unwrap_or_else(|e| panic!("{server}: {e}"));
    let create = async {
        let mut conn = sqlx::PgConnection::connect(server).await.unwrap_or_else(|e| panic!("{server}: {e}"));
        // Names are made by the tests: letters, digits and underscores.
        for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
            conn.execute(sqlx::AssertSqlSafe(sql)).await.unwrap();
        }
    };
    match tokio::runtime::Handle::try_current() {
        Ok(handle) => tokio::task::block_in_place(|| handle.block_on(create)),
        Err(_) => tokio::runtime::Runtime::new().unwrap().block_on(create),
    }
    address.set_path(name);
    address.into()
}
