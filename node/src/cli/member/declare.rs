//! `fiducie member declare`.

use contracts::api::member::{Charter, Claim, MemberView, Statement};

use super::Declare;
use crate::cli::Global;
use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::output::table;

impl Declare {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let Self { place, law, charter, charter_version, claim } = self;
        let charter = charter.zip(charter_version).map(|(id, version)| Charter { id, version });
        let claims = claim.iter().map(|one| read(one)).collect();
        let wanted = Statement { place, law, charter, claims };
        let member: MemberView = Client::open(global)?.put("/members/self/statement", &wanted).await?;
        global.output().result(&member.statement, |statement| {
            let row = |s: &Statement| {
                let charter = s.charter.as_ref().map(|c| format!("{} {}", c.id, c.version));
                let claims = s.claims.iter().map(|one| format!("{}={}", one.about, one.value));
                let claims: Vec<String> = claims.collect();
                vec![s.place.clone(), s.law.clone(), charter.unwrap_or_else(|| "-".into()), claims.join(" ")]
            };
            table(&statement.iter().map(row).collect::<Vec<_>>())
        })
    }
}

/// `about=value`; the node says which of them it knows.
fn read(claim: &str) -> Claim {
    let (about, value) = claim.split_once('=').unwrap_or((claim, ""));
    Claim { about: about.to_owned(), value: value.to_owned(), until: None }
}
