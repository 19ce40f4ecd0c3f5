//! One dataset for each rung of the exposure ladder, and what a stranger learns of each.

use contracts::api::dataset::Published;
use ontology::rung::{Needs, Rung};
use serde_json::{Value, json};

use super::data::Dataset;
use super::stage::Stage;
use crate::cli::client::segment;
use crate::cli::exit::Failed;

/// The délégataire publishes at every rung; somebody without a node asks for each description.
pub async fn climb(stage: &mut Stage, dataset: &Dataset) -> Result<(), Failed> {
    let Stage { provider, authority, voice, outsider, .. } = stage;
    voice.step("demo.ladder", &[("provider", provider.name)]);
    for rung in Rung::ALL {
        let label = rung.label(voice.lang());
        let described = at(dataset, rung, label, &authority.did);
        let published: Published = provider.client.post("/datasets", &described).await?;
        let address =
            format!("{}/catalog/datasets/{}", provider.url.trim_end_matches('/'), segment(&published.id));
        let asked = outsider.get(address).header("accept", "application/n-triples").send().await;
        let answer = asked.map_err(|e| Failed::Internal(format!("asking for a description: {e}")))?;
        let found = answer.status().is_success();
        let text =
            answer.text().await.map_err(|e| Failed::Internal(format!("reading a description: {e}")))?;
        // Of existence alone, nobody says how often it changes.
        let key = match (found, text.contains("accrualPeriodicity")) {
            (false, _) => "demo.ladder-nothing",
            (true, false) => "demo.ladder-existence",
            (true, true) => "demo.ladder-full",
        };
        voice.tell(key, &[("rung", label)]);
        if rung == Rung::Invisible && found {
            voice.not_refused();
        }
    }
    Ok(())
}

fn at(dataset: &Dataset, rung: Rung, label: &str, authority: &str) -> Value {
    let mut description = dataset.description.clone();
    description["rung"] = rung.code().into();
    description["title"] = format!("{} ({label})", dataset.title).into();
    description["status"] = "interet_general".into();
    description["licence"] = "LO-2.0".into();
    description["format"] = "text/csv".into();
    if rung.needs() != Needs::Never {
        let mut constraints =
            vec![json!({"leftOperand": "purpose", "operator": "isA", "rightOperand": "service_public"})];
        if rung == Rung::PartenairesNommes {
            constraints
                .push(json!({"leftOperand": "recipient", "operator": "eq", "rightOperand": authority}));
        }
        description["offers"] =
            json!([{"policy": {"permission": [{"action": "use", "constraint": constraints}]}}]);
    } else if let Some(members) = description.as_object_mut() {
        members.remove("source");
    }
    description
}
