//! `fiducie log erase`: what opens the entries about one person in one year.

use clap::Args;
use contracts::api::log::{EraseOpenings, ErasedView};

use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::output::Output;
use crate::text;

#[derive(Debug, Args)]
pub struct Erase {
    #[arg(long, value_name = "DID", required_unless_present = "own")]
    subject: Option<String>,
    #[arg(long, conflicts_with = "subject")]
    own: bool,
    #[arg(long, value_name = "YEAR")]
    year: i64,
    #[arg(long, value_name = "TEXT")]
    ground: String,
}

impl Erase {
    pub async fn run(self, client: &Client, out: &Output) -> Result<(), Failed> {
        let body = EraseOpenings { subject: self.subject, year: self.year, ground: self.ground };
        let erased: ErasedView = client.post("/log/erasures", &body).await?;
        out.result(&erased, |erased| {
            let key = if erased.scrubbed { "cli.erased" } else { "cli.erased-not-scrubbed" };
            text::fill(out.lang, key, &[("year", &erased.year.to_string())])
        })
    }
}
