//! `fiducie status`.

use contracts::api::member::MemberView;
use contracts::api::status::Status;
use serde_json::json;

use super::Global;
use super::client::Client;
use super::exit::Failed;
use crate::text;

pub async fn run(global: &Global) -> Result<(), Failed> {
    let client = Client::open(global)?;
    let member: MemberView = client.get("/members/self").await?;
    let status: Status = client.get("/status").await?;
    let ok = status.checks.iter().all(|c| c.ok);
    let out = global.output();
    out.result(&json!({ "member": member, "status": status }), |_| {
        let mut shown = format!("{}  {}\n{}\n", member.name, member.did, member.base_url);
        for check in &status.checks {
            let mark = text::get(out.lang, if check.ok { "cli.check-ok" } else { "cli.check-wrong" });
            shown.push_str(&format!("{mark}  {}: {}\n", check.name, check.detail));
        }
        shown
    })?;
    if ok {
        Ok(())
    } else if global.json {
        Err(Failed::ToldBusy)
    } else {
        Err(Failed::Busy(text::get(out.lang, "cli.not-ready").into()))
    }
}
