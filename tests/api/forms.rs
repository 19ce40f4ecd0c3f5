//! The same message in other forms: contexts, names, lists, slashes, filters.

use serde_json::{Value, json};
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, segment};
use tests::member::Member;
use tests::on_both;

on_both!(
    requests_in_every_form_are_one_request,
    slashes_more_or_less_mean_the_same,
    filters_are_done_or_refused_with_the_reason,
);

const CONTEXT: &str = contracts::dsp::CONTEXT;

async fn stage(engine: Engine) -> (Federation, Member, Member, String) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    (federation, eau, epci, dataset)
}

/// A request in compact form, as the schemas have it.
async fn request(eau: &Member, epci: &Member, dataset: &str, number: usize) -> Value {
    let mut offer = epci.catalogue_of(eau).await["dataset"][0]["hasPolicy"][0].clone();
    offer["target"] = json!(dataset);
    json!({
        "@context": [CONTEXT], "@type": "ContractRequestMessage", "offer": offer, "purpose": PURPOSE,
        "consumerPid": format!("urn:form:{number}"), "callbackAddress": format!("{}/dsp/2025-1", epci.base),
    })
}

async fn requests_in_every_form_are_one_request(engine: Engine) {
    let (_federation, eau, epci, dataset) = stage(engine).await;
    type Change = fn(&mut Value);
    let forms: [(&str, Change); 12] = [
        ("as the schemas have it", |_| {}),
        ("more contexts", |m| {
            m["@context"] = json!(["https://example.org/ns.jsonld", CONTEXT, {"x": "urn:x"}])
        }),
        ("one context, not in a list", |m| m["@context"] = json!(CONTEXT)),
        ("a prefixed type", |m| m["@type"] = json!("dspace:ContractRequestMessage")),
        ("an expanded type in a list", |m| {
            m["@type"] = json!(["https://w3id.org/dspace/2025/1/ContractRequestMessage"]);
        }),
        ("prefixed members", |m| rename(m, "dspace:")),
        ("expanded members", |m| rename(m, "https://w3id.org/dspace/2025/1/")),
        ("lists where values are usual", |m| {
            for member in ["consumerPid", "callbackAddress", "offer"] {
                m[member] = json!([m[member]]);
            }
        }),
        ("values as objects", |m| {
            m["consumerPid"] = json!({"@id": m["consumerPid"]});
            m["callbackAddress"] = json!({"@value": m["callbackAddress"]});
        }),
        ("values where lists are usual", |m| {
            let rule = m["offer"]["permission"][0].take();
            m["offer"]["permission"] = rule;
        }),
        ("policy terms with prefix and namespace", |m| {
            let rule = &mut m["offer"]["permission"][0];
            rule["action"] = json!("odrl:use");
            rule["constraint"][0]["leftOperand"] = json!("http://www.w3.org/ns/odrl/2/recipient");
        }),
        ("members nobody knows", |m| m["edc:colour"] = json!({"deep": [1, 2, {"@type": "x"}]})),
    ];
    for (number, (what, change)) in forms.into_iter().enumerate() {
        let mut message = request(&eau, &epci, &dataset, number).await;
        change(&mut message);
        let answered = epci.say(&eau, "/negotiations/request", &message).await;
        assert_eq!(answered.status, 201, "{what}: {}", answered.text());
        let id = answered.json()["providerPid"].as_str().unwrap().to_owned();
        // The offer is the published one, however it is written: agreed without a person.
        let agreed =
            eau.until(&format!("/negotiations/{}", segment(&id)), |n| n["state"] != "REQUESTED").await;
        assert_ne!(agreed["agreement"], Value::Null, "{what}: {agreed:#}");
        assert_eq!(agreed["peer_id"], format!("urn:form:{number}"), "{what}");
    }
    for (what, change) in [
        ("no context", (|m| drop(m.as_object_mut().unwrap().remove("@context"))) as Change),
        ("another context only", |m| m["@context"] = json!(["https://w3id.org/dspace/2024/1/context.json"])),
        ("a type of another version", |m| {
            m["@type"] = json!("https://w3id.org/dspace/2024/1/ContractRequestMessage");
        }),
        ("two process names", |m| m["consumerPid"] = json!(["urn:a", "urn:b"])),
        ("two offers", |m| m["offer"] = json!([m["offer"], m["offer"]])),
        ("a number for a name", |m| m["consumerPid"] = json!(7)),
        ("both kinds of address", |m| m["providerPid"] = json!("urn:x")),
        ("no address", |m| drop(m.as_object_mut().unwrap().remove("callbackAddress"))),
    ] {
        let mut message = request(&eau, &epci, &dataset, 99).await;
        change(&mut message);
        let error =
            epci.say(&eau, "/negotiations/request", &message).await.refusal(400, "ContractNegotiationError");
        assert!(error["reason"][0].as_str().is_some_and(|r| r.len() > 15), "{what}: {error:#}");
    }
    assert_eq!(eau.all("/negotiations").await.len(), 12);
}

fn rename(message: &mut Value, prefix: &str) {
    let members = message.as_object_mut().unwrap();
    for name in ["consumerPid", "callbackAddress", "offer"] {
        let value = members.remove(name).unwrap();
        members.insert(format!("{prefix}{name}"), value);
    }
}

async fn slashes_more_or_less_mean_the_same(engine: Engine) {
    let (_federation, eau, epci, dataset) = stage(engine).await;
    let body = serde_json::to_vec(&json!({"@context": [CONTEXT], "@type": "CatalogRequestMessage"})).unwrap();
    for path in ["/catalog/request", "/catalog/request/", "//catalog//request//"] {
        let token = epci.peer_token(&eau.did, &body);
        let answered = epci.say_with(&eau, path, body.clone(), &token).await;
        assert_eq!(answered.ok()["dataset"].as_array().map(Vec::len), Some(1), "{path}");
    }
    epci.ask(&eau, &format!("/catalog//datasets/{}/", segment(&dataset))).await.ok();
    for path in
        ["/.well-known/dspace-version", "/.well-known/dspace-version/", "//.well-known//dspace-version"]
    {
        assert_eq!(eau.public(path).await.ok()["protocolVersions"][0]["version"], "2025-1", "{path}");
    }
    // A callback address with a slash at its end.
    let mut message = request(&eau, &epci, &dataset, 1).await;
    message["callbackAddress"] = json!(format!("{}/dsp/2025-1/", epci.base));
    let id = epci.say(&eau, "/negotiations/request/", &message).await.ok()["providerPid"]
        .as_str()
        .unwrap()
        .to_owned();
    // The consumer does not know the process: it answers, so it was reached at the right path.
    let ended = eau.until(&format!("/negotiations/{}", segment(&id)), |n| n["state"] == "TERMINATED").await;
    assert!(
        ended["reason"].as_str().is_some_and(|r| r.contains("404") && r.contains("negotiation")),
        "{ended:#}"
    );
}

async fn filters_are_done_or_refused_with_the_reason(engine: Engine) {
    let (_federation, eau, epci, _) = stage(engine).await;
    for _ in 0..2 {
        eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    }
    let ask = |filter: Value| {
        let (eau, epci) = (eau.clone(), epci.clone());
        async move {
            let message = json!({"@context": [CONTEXT], "@type": "CatalogRequestMessage", "filter": filter});
            epci.say(&eau, "/catalog/request", &message).await
        }
    };
    // What Eclipse EDC always sends, in its compact and its expanded form.
    let edc =
        json!([{"@type": "QuerySpec", "offset": 0, "limit": 50, "sortOrder": "ASC", "filterExpression": []}]);
    let ns = "https://w3id.org/edc/v0.0.1/ns/";
    let mut expanded = json!({"@type": format!("{ns}QuerySpec")});
    for (name, value) in [("offset", json!(0)), ("limit", json!(50)), ("sortOrder", json!("ASC"))] {
        expanded[format!("{ns}{name}")] = json!([{"@value": value}]);
    }
    for (filter, expected) in [
        (edc, 3),
        (json!([expanded]), 3),
        (json!({"@type": "QuerySpec", "limit": 2}), 2),
        (json!([{"@type": "QuerySpec", "offset": 1, "limit": 50}]), 2),
        (json!([]), 3),
    ] {
        let page = ask(filter.clone()).await.ok();
        assert_eq!(page["dataset"].as_array().map(Vec::len), Some(expected), "{filter}");
    }
    let criterion = json!({"operandLeft": "id", "operator": "=", "operandRight": "x"});
    for (filter, named) in [
        (json!([{"@type": "QuerySpec", "filterExpression": [criterion]}]), "filterExpression"),
        (json!([{"@type": "QuerySpec", "sortField": "title"}]), "sortField"),
        (json!([{"limit": -1}]), "limit"),
        (json!([{"limit": 1.5}]), "limit"),
        (json!([{"keyword": "eau"}]), "keyword"),
        (json!(["SELECT *"]), "filter"),
        (json!("SELECT *"), "filter"),
    ] {
        let error = ask(filter.clone()).await.refusal(400, "CatalogError");
        assert!(error["reason"].to_string().contains(named), "{filter}: {error:#}");
    }
}
