//! The exposure ladder: each rung shows and gives what it says, and nothing else.

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, described, segment};
use tests::member::Member;
use tests::on_both;

on_both!(each_rung_allows_one_request_and_refuses_another,);

/// A dataset at a rung, with an offer where the rung has one.
fn at(rung: &str, partner: &Member) -> Value {
    let constraint = match rung {
        "partenaires_nommes" => {
            json!([{"leftOperand": "recipient", "operator": "eq", "rightOperand": partner.did}])
        }
        _ => json!([{"leftOperand": "purpose", "operator": "isA", "rightOperand": PURPOSE}]),
    };
    let mut value = described(json!({"file": "a.csv"}), json!([{"action": "use", "constraint": constraint}]));
    value["title"] = json!(format!("Jeu {rung}"));
    value["rung"] = json!(rung);
    value["status"] = json!("interet_general");
    value["licence"] = json!("LO-2.0");
    if matches!(rung, "existence_seule" | "invisible") {
        value.as_object_mut().unwrap().remove("source");
        value.as_object_mut().unwrap().remove("offers");
    }
    value
}

async fn each_rung_allows_one_request_and_refuses_another(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci", "region"]).await;
    let [eau, epci, region] = [0, 1, 2].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    for rung in ontology::rung::Rung::ALL.map(ontology::rung::Rung::code) {
        let id = eau.publish(&at(rung, &epci)).await;
        let page = format!("/catalog/datasets/{}", segment(&id));
        let turtle = [("accept", "text/turtle")];
        let shown = eau.raw(reqwest::Method::GET, &page, &turtle, vec![]).await;
        let described = shown.text().contains("Débits par pas de cinq minutes");
        let found = eau.public("/catalog/search?q=jeu").await.ok();
        let listed = found["items"].as_array().unwrap().iter().any(|item| item["id"] == id.as_str());
        match rung {
            // Described to anybody; bytes under a contract of somebody who is known.
            "ouvert" | "ouvert_identifie" => {
                assert!(shown.status == 200 && described && listed, "{rung}: {}", shown.text());
                epci.contract(&eau, &id, PURPOSE).await;
                eau.public(&format!("/data/{}", segment(&id))).await.problem(401);
            }
            // Described to anybody; nothing can leave until there is an engine or a framework for it.
            "agregat_public" | "membres_du_cadre" | "requete_sure" => {
                assert!(shown.status == 200 && described && listed, "{rung}: {}", shown.text());
                let negotiation = epci.negotiate(&eau, &id, PURPOSE).await;
                let ended = epci.negotiation(&negotiation, "TERMINATED").await;
                assert!(!ended["agreement"].is_string(), "{rung}: {ended:#}");
            }
            // Announced to anybody; described and given to those it names.
            "partenaires_nommes" => {
                assert!(shown.status == 200 && !described && listed, "{rung}: {}", shown.text());
                epci.contract(&eau, &id, PURPOSE).await;
                let asked = json!({"peer": eau.did, "dataset": id, "purpose": PURPOSE});
                region.post("/negotiations", &asked).await.problem(404);
            }
            // Announced to anybody, given to nobody.
            "existence_seule" => {
                assert!(shown.status == 200 && !described && listed, "{rung}: {}", shown.text());
                let asked = json!({"peer": eau.did, "dataset": id, "purpose": PURPOSE});
                epci.post("/negotiations", &asked).await.problem(404);
            }
            // Known to the member's own people only.
            "invisible" => {
                let own = eau.get("/search?q=invisible").await.ok();
                assert_eq!(own["items"][0]["id"], id.as_str());
                assert!(shown.status == 404 && !listed, "{rung}: {}", shown.text());
                let asked = json!({"peer": eau.did, "dataset": id, "purpose": PURPOSE});
                epci.post("/negotiations", &asked).await.problem(404);
            }
            other => panic!("no test of rung {other}"),
        }
    }
}
