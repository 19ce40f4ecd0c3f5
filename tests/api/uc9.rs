//! UC9 of the requirements: mobility around Toulouse. Five members; what telecom flows forbid is inherited by what is
//! made from them.

use node::domain::time::Clock;
use serde_json::{Value, json};
use tests::check::check;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{described, segment, text};
use tests::member::Member;
use tests::node::Setup;
use tests::on_both;

on_both!(uc9_what_is_allowed_and_what_is_refused);

const DAY: i64 = 24 * 3600 * 1000;
const PLANNING: &str = "planification_mobilite";
const FLOWS: &str = "zone_o,zone_d,tranche,volume\nA,B,7,120\nA,C,7,19\nB,C,8,20\n";
const SENT: &str = "zone_o,zone_d,tranche,volume\nA,B,7,120\nB,C,8,20\n";

fn is(left: &str, operator: &str, right: Value) -> Value {
    json!({"leftOperand": left, "operator": operator, "rightOperand": right})
}

fn with(mut value: Value, more: Value) -> Value {
    value.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    value
}

/// Flows of the operator: planning only, no resale, no publication, twelve months, in France, no cell below twenty, and
/// for public bodies only.
fn flows() -> Value {
    let constraint = json!([
        is("purpose", "isA", json!(PLANNING)),
        is("fiducie:processingPlace", "eq", json!("FR")),
        is("fiducie:memberKind", "isAnyOf", json!(["epci", "etablissement_public"])),
        is("fiducie:contributors", "gteq", json!(20)),
    ]);
    let columns = json!([
        {"name": "zone_o", "type": "text"}, {"name": "zone_d", "type": "text"},
        {"name": "tranche", "type": "integer"}, {"name": "volume", "type": "integer", "contributors": true},
    ]);
    let policy = json!({
        "permission": [{"action": "use", "constraint": constraint}],
        "prohibition": [{"action": "distribute"}, {"action": "sell"}],
        "obligation": [{"action": "delete", "constraint": [is("elapsedTime", "lteq", json!("P1Y"))]}],
    });
    let flows = described(json!({"file": "flux_od.csv"}), json!([]));
    let offers = json!([{"policy": policy, "term": {"for": "P1Y"}}]);
    with(
        flows,
        json!({"title": "Flux origine-destination", "rung": "ouvert_identifie", "status": "interet_general",
        "columns": columns, "offers": offers}),
    )
}

/// Open data, as a national access point takes them.
fn open(file: &str, title: &str) -> Value {
    let open = described(json!({"file": file}), json!([{"action": "use"}]));
    with(
        open,
        json!({"title": title, "theme": "TRAN", "rung": "ouvert", "status": "interet_general", "licence": "ODbL-1.0",
        "conforms_to": ["https://gtfs.org/schedule/"]}),
    )
}

async fn declare(member: &Member, kind: &str, place: &str) {
    let what = json!({"place": place, "law": "FR", "claims": [{"about": "memberKind", "value": kind}]});
    member.call(&member.token, reqwest::Method::PUT, "/members/self/statement", Some(&what)).await.ok();
}

async fn received(member: &Member, peer: &Member, dataset: &str, purpose: &str) -> (String, String) {
    let agreement = member.contract(peer, dataset, purpose).await;
    let transfer = member.transfer(&agreement, purpose).await;
    (String::from_utf8(member.pulled(&transfer).await.0).unwrap(), agreement)
}

async fn uc9_what_is_allowed_and_what_is_refused(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let names = ["tisseo", "metropole", "sicoval", "telecom", "employeur"];
    let setup = |name: &str| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    let federation = Federation::of(names.map(setup).into_iter().collect()).await;
    let [tisseo, metropole, sicoval, telecom, employer] = [0, 1, 2, 3, 4].map(|i| federation.member(i));
    federation.nodes[0].put("gtfs.zip", "PK");
    federation.nodes[2].put("horaires.csv", "ligne;arret;heure\n79;Labège;07:42\n");
    federation.nodes[3].put("flux_od.csv", FLOWS);
    clock.advance(1000);
    declare(&metropole, "epci", "FR").await;
    declare(&employer, "entreprise", "FR").await;

    // Terms and admission: the operator's flows go to public bodies that plan, in France.
    let flux = telecom.publish(&flows()).await;
    employer.refused(&clock, &telecom, &flux, (PLANNING, "/permission/0/constraint/2")).await;
    sicoval.refused(&clock, &telecom, &flux, (PLANNING, "/permission/0/constraint/2")).await;
    metropole.refused(&clock, &telecom, &flux, ("revente_donnees", "/permission/0/constraint/0")).await;
    declare_later(&metropole, &clock, "epci", "US").await;
    metropole.refused(&clock, &telecom, &flux, (PLANNING, "/permission/0/constraint/1")).await;
    declare_later(&metropole, &clock, "epci", "FR").await;

    // Planners join flows with supply; a cell below the operator's minimum is in no byte that leaves.
    let (bytes, agreement) = received(&metropole, &telecom, &flux, PLANNING).await;
    assert_eq!(bytes, SENT);
    let gtfs = tisseo.publish(&open("gtfs.zip", "GTFS Tisséo")).await;
    assert_eq!(received(&metropole, &tisseo, &gtfs, PLANNING).await.0, "PK");
    // SICOVAL's neighbour gets the continuity of timetables.
    let hours = sicoval.publish(&open("horaires.csv", "Horaires interurbains")).await;
    assert!(received(&metropole, &sicoval, &hours, PLANNING).await.0.contains("Labège"));
    // The national access point reads the open supply, with licence and schema, and nothing of the flows as open.
    tisseo.catalogued().await;
    let shown = tisseo.public(&format!("/catalog/datasets/{}.ttl", segment(&gtfs))).await.text();
    assert!(shown.contains("gtfs.org") && shown.contains("dct:license"), "{shown}");

    // What is made from the flows inherits: it is neither opened nor offered on.
    federation.nodes[1].put("croisement.csv", "zone;offre;volume\nA;3;120\n");
    let from = json!([{"dataset": flux, "agreement": agreement}]);
    let opened = with(open("croisement.csv", "Offre et demande"), json!({"derived_from": from.clone()}));
    let faults = metropole.post("/datasets", &opened).await.problem(422);
    assert_eq!(faults["faults"][0]["field"], "/offers/0/policy");
    assert!(faults["faults"][0].to_string().contains("/prohibition/0"), "{faults:#}");
    let mut kept = opened.clone();
    kept["rung"] = json!("existence_seule");
    for none in ["offers", "source"] {
        kept.as_object_mut().unwrap().remove(none);
    }
    let kept = metropole.publish(&kept).await;
    let lineage = metropole.get(&format!("/datasets/{}", segment(&kept))).await.ok();
    assert_eq!(lineage["description"]["derived_from"][0]["agreement"], agreement.as_str(), "{lineage:#}");

    // Twelve months: no byte after them, and what was received is to be deleted.
    clock.advance(366 * DAY);
    declare_later(&metropole, &clock, "epci", "FR").await;
    let body = json!({"agreement": agreement, "purpose": PLANNING});
    metropole.post("/transfers", &body).await.problem(403);
    for member in [&metropole, &telecom] {
        node::app::duty::round::round(member.app(), &member.hosted()).await.unwrap();
        let duty = &member.all("/duties").await[0];
        assert_eq!((text(&duty["action"]), text(&duty["state"])), ("delete".into(), "overdue".into()));
    }
    check(&federation).await;
}

async fn declare_later(member: &Member, clock: &Clock, kind: &str, place: &str) {
    clock.advance(1000);
    declare(member, kind, place).await;
}
