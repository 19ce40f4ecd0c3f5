//! A PostgreSQL server of one test's own, which it may cut off and start again.

use std::process::Stdio;

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
