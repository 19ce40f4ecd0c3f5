//! `fiducie status`.

use contracts::api::member::MemberView;
use contracts::api::status::Status;
use serde_json::json;

use super::Global;
use super::client::Client;
use super::exit::Failed;

pub async fn run(global: &Global) -> Result<(), Failed> {
    let client = Client::open(global)?;
    let member: MemberView = client.get("/members/self").await?;
    let status: Status = client.get("/status").await?;
    let ok = status.checks.iter().all(|c| c.ok);
    global.output().result(&json!({ "member": member, "status": status }), |_| {
        let mut text = format!("{}  {}\n{}\n", member.name, member.did, member.base_url);
        for check in &status.checks {
            text.push_str(&format!(
                "{}  {}: {}\n",
                if check.ok { "ok" } else { "!!" },
                check.name,
                check.detail
            ));
        }
        text
    })?;
    if ok {
        Ok(())
    } else if global.json {
        Err(Failed::ToldBusy)
    } else {
        Err(Failed::Busy("not everything is right, see above".into()))
    }
}
