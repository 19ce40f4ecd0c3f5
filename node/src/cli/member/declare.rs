//! `fiducie member declare`.

use contracts::api::member::{Charter, MemberView, Statement};

use super::Declare;
use crate::cli::Global;
use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::output::table;

impl Declare {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let Self { place, law, charter, charter_version } = self;
        let charter = charter.zip(charter_version).map(|(id, version)| Charter { id, version });
        let wanted = Statement { place, law, charter };
        let member: MemberView = Client::open(global)?.put("/members/self/statement", &wanted).await?;
        global.output().result(&member.statement, |statement| {
            let row = |s: &Statement| {
                let charter = s.charter.as_ref().map(|c| format!("{} {}", c.id, c.version));
                vec![s.place.clone(), s.law.clone(), charter.unwrap_or_else(|| "-".into())]
            };
            table(&statement.iter().map(row).collect::<Vec<_>>())
        })
    }
}
