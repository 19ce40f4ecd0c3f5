//! A PostgreSQL server of one test's own, which it may cut off and start again.

use std::process::Stdio;

use sqlx::{Connection, Executor};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::reference::repository;

/// Lives as long as the value: the script behind it ends with its input.
pub struct Cluster {
    /// Address of its empty database.
    pub url: String,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    _child: Child,
}

impl Cluster {
    pub async fn start() -> Self {
        let mut command = Command::new(repository().join("tests/postgres"));
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let input = child.stdin.take().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = output.next_line().await.unwrap().expect("the server did not start");
        Self { url, input, output, _child: child }
    }
    async fn tell(&mut self, word: &str) {
        self.input.write_all(format!("{word}\n").as_bytes()).await.unwrap();
        assert_eq!(self.output.next_line().await.unwrap().as_deref(), Some(word));
    }
    /// Cuts it off at once.
    pub async fn cut(&mut self) {
        self.tell("stop").await;
    }
    pub async fn back(&mut self) {
        self.tell("start").await;
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
