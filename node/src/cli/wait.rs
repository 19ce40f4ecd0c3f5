//! `--wait SECONDS`: follow something on the node until it has settled.

use std::time::{Duration, Instant};

use clap::Args;
use serde::de::DeserializeOwned;

use super::client::Client;
use super::exit::Failed;
use super::output::Output;
use crate::text;

/// First and longest pause between two looks.
const FIRST: Duration = Duration::from_millis(50);
const LONGEST: Duration = Duration::from_secs(2);

#[derive(Debug, Clone, Copy, Args)]
pub struct Wait {
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    wait: u64,
}

impl Wait {
    /// Reads `path` again until `settled`. Not settled in time is exit code 8; with 0 the first answer stands.
    pub async fn until<T: DeserializeOwned>(
        self,
        client: &Client,
        out: Output,
        path: &str,
        first: T,
        settled: impl Fn(&T) -> bool,
        shown: impl Fn(&T) -> String,
    ) -> Result<T, Failed> {
        let mut last = first;
        if self.wait == 0 {
            return Ok(last);
        }
        let spinner = out.spinner(shown(&last));
        let end = Instant::now() + Duration::from_secs(self.wait);
        let mut pause = FIRST;
        while !settled(&last) {
            if Instant::now() >= end {
                spinner.finish_and_clear();
                let seconds = self.wait.to_string();
                let state = shown(&last);
                let values = [("seconds", seconds.as_str()), ("state", state.as_str())];
                return Err(Failed::Waiting(text::fill(out.lang, "cli.not-settled", &values)));
            }
            tokio::time::sleep(pause).await;
            pause = (pause * 2).min(LONGEST);
            last = client.get(path).await?;
            spinner.set_message(shown(&last));
        }
        spinner.finish_and_clear();
        Ok(last)
    }
}
