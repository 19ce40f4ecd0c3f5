//! What a caller may not know of leaves no trace: over random catalogues and callers, every route of a node that has
//! hidden datasets answers byte for byte like that of a node that never had them.
//!
//! Both nodes run one after the other at the same address and time, so that nothing else can differ.

use std::time::Duration;

use contracts::feed::HEADER;
use node::domain::time::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::described;
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::on_both;
use tests::random::Random;

on_both!(hidden_datasets_leave_no_trace, the_comparison_finds_what_is_not_hidden,);

/// Random catalogues of one run.
const CATALOGUES: u64 = 3;
const RUNGS: [&str; 7] = [
    "ouvert",
    "ouvert_identifie",
    "agregat_public",
    "membres_du_cadre",
    "partenaires_nommes",
    "requete_sure",
    "existence_seule",
];
const WORDS: [&str; 10] = [
    "volumes",
    "chaleur",
    "réseaux",
    "tarification",
    "mobilité",
    "forages",
    "déchets",
    "écoles",
    "subventions",
    "pluviométrie",
];
/// In titles of hidden datasets only, beside the common words.
const SECRET: &str = "xylophone";

/// What is published, in its order; hidden steps are left out on the second node.
struct Step {
    hidden: bool,
    description: Value,
    withdraw: bool,
}

fn uuid(random: &mut Random) -> String {
    let (a, b) = (random.number(), random.number());
    format!(
        "urn:uuid:{:08x}-{:04x}-4{:03x}-8{:03x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        b >> 52,
        b & 0xffff_ffff_ffff
    )
}

fn pick<'a>(random: &mut Random, of: &[&'a str]) -> &'a str {
    of[random.below(of.len() as u64) as usize]
}

fn description(random: &mut Random, hidden: bool, partners: &[String]) -> Value {
    let rung = pick(random, &RUNGS);
    let constraint = match rung {
        "partenaires_nommes" => {
            let partner = pick(random, &partners.iter().map(String::as_str).collect::<Vec<_>>()).to_owned();
            json!([{"leftOperand": "recipient", "operator": "eq", "rightOperand": partner}])
        }
        _ if random.one_in(3) => {
            json!([{"leftOperand": "recipient", "operator": "isAnyOf", "rightOperand": [partners[0]]}])
        }
        _ => json!([]),
    };
    let permission = json!([{"action": "use", "constraint": constraint}]);
    let mut value = described(json!({"file": "a.csv"}), permission);
    let extra = if hidden { SECRET } else { pick(random, &WORDS) };
    value["id"] = json!(uuid(random));
    value["title"] = json!(format!("{} {} {extra}", pick(random, &WORDS), pick(random, &WORDS)));
    value["description"] = json!(format!("{} de {}.", pick(random, &WORDS), extra));
    value["theme"] = json!([pick(random, &["ENVI", "TRAN", "ENER", "EDUC"])]);
    value["keywords"] = json!([pick(random, &WORDS), extra]);
    value["location"]["code"] = json!(pick(random, &["35238", "44109", "33063"]));
    value["producer"] = json!({"name": format!("Régie {}", pick(random, &["A", "B", extra]))});
    value["format"] = json!([pick(random, &["CSV", "JSON", "GEOJSON"])]);
    value["frequency"] = json!(pick(random, &["DAILY", "ANNUAL"]));
    value["status"] = json!("interet_general");
    value["licence"] = json!("LO-2.0");
    value["rung"] = json!(rung);
    if random.one_in(2) {
        value["columns"] = json!([{"name": extra, "type": "text"}]);
        value["series"] = json!({"id": format!("https://eau.example/series/{}", pick(random, &["a", "b"])),
            "title": extra, "description": "Une série."});
    }
    value["offers"][0]["id"] = json!(uuid(random));
    if rung == "existence_seule" {
        none(&mut value, "offers");
        none(&mut value, "source");
    }
    if hidden {
        match random.below(3) {
            0 => {
                value["rung"] = json!("invisible");
                none(&mut value, "offers");
                none(&mut value, "source");
            }
            // A draft of any rung, whole or in parts.
            part => {
                value["draft"] = json!(true);
                if part == 2 {
                    none(&mut value, "offers");
                }
            }
        }
    }
    value
}

fn none(value: &mut Value, field: &str) {
    value.as_object_mut().unwrap().remove(field);
}

fn steps(random: &mut Random, partners: &[String]) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    for _ in 0..16 {
        let hidden = random.one_in(3);
        let description = description(random, hidden, partners);
        steps.push(Step { hidden, description: description.clone(), withdraw: false });
        // Changed, or withdrawn.
        if random.one_in(3) {
            let mut changed = description.clone();
            changed["title"] = json!(format!("{} changé", changed["title"].as_str().unwrap()));
            steps.push(Step { hidden, description: changed, withdraw: false });
        }
        if random.one_in(5) {
            steps.push(Step { hidden, description, withdraw: true });
        }
    }
    steps
}

/// What is asked, and of what kind the caller is.
enum Ask {
    /// An address below the member's, with headers; whoever asks first goes on to the pages after it.
    Get(String, Vec<(&'static str, &'static str)>),
    /// The Dataspace Protocol: method, path, body; as a participant only.
    Dsp(Method, String, Value),
}

fn questions(steps: &[Step]) -> Vec<Ask> {
    let get = |path: &str| Ask::Get(path.to_owned(), Vec::new());
    let mut all = Vec::new();
    for end in ["ttl", "jsonld", "rdf", "nt", "html", "rss", "atom", "csv", "schema.jsonld"] {
        all.push(get(&format!("/catalog.{end}")));
        all.push(get(&format!("/catalog/open.{end}")));
    }
    all.push(get("/catalog.nt?modified_since=2020-01-01"));
    all.push(Ask::Get("/catalog".into(), vec![("accept", "text/turtle")]));
    for path in ["/sitemap.xml", "/sitemap-1.xml", "/robots.txt", "/log/uses", "/openapi.json"] {
        all.push(get(path));
    }
    all.push(get("/catalog/feed"));
    all.push(get("/catalog/datasets?limit=3"));
    all.push(get("/catalog/search?limit=2"));
    // Words of all, of the hidden alone, with a slip, and filters.
    for word in WORDS.iter().chain(&[SECRET, "xylophones", "xylofone", "chaluer", "regie"]) {
        all.push(get(&format!("/catalog/search?q={word}")));
    }
    for filter in [
        "theme=ENVI",
        "rung=invisible",
        "rung=partenaires_nommes",
        "commune=35238",
        "freshness=7d",
        "format=CSV",
    ] {
        all.push(get(&format!("/catalog/search?{filter}&limit=2")));
    }
    let mut ids: Vec<&str> = steps.iter().map(|step| step.description["id"].as_str().unwrap()).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in &ids {
        let segment = id.strip_prefix("urn:uuid:").unwrap();
        for path in ["", ".ttl", ".html", "/delta", "/delta?since=1"] {
            all.push(get(&format!("/catalog/datasets/{segment}{path}")));
        }
        all.push(Ask::Dsp(Method::GET, format!("/catalog/datasets/{segment}"), Value::Null));
        let offer = json!({"@id": "urn:uuid:00000000-0000-4000-8000-000000000001", "@type": "Offer", "target": id,
            "permission": [{"action": "use"}]});
        let request = json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
            "@type": "ContractRequestMessage", "consumerPid": "urn:uuid:00000000-0000-4000-8000-000000000002",
            "offer": offer, "callbackAddress": "https://localhost:1/dsp/2025-1"});
        all.push(Ask::Dsp(Method::POST, "/negotiations/request".into(), request));
    }
    let request = json!({"@context": ["https://w3id.org/dspace/2025/1/context.jsonld"],
        "@type": "CatalogRequestMessage"});
    all.push(Ask::Dsp(Method::POST, "/catalog/request".into(), request));
    let hidden = steps.iter().find(|step| step.hidden).map(|step| step.description["id"].as_str().unwrap());
    for query in [
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }".to_owned(),
        "SELECT (COUNT(DISTINCT ?d) AS ?n) { ?d a <http://www.w3.org/ns/dcat#Dataset> }".to_owned(),
        "SELECT ?t (COUNT(?d) AS ?n) { ?d <http://www.w3.org/ns/dcat#theme> ?t } GROUP BY ?t".to_owned(),
        "SELECT ?d ?t { ?d <http://purl.org/dc/terms/title> ?t } ORDER BY ?d ?t".to_owned(),
        "SELECT ?d ?t { ?d <http://purl.org/dc/terms/title> ?t }".to_owned(),
        "SELECT DISTINCT ?p { ?s ?p ?o } LIMIT 20".to_owned(),
        "SELECT ?s ?p ?o { ?s ?p ?o } LIMIT 50".to_owned(),
        "SELECT ?o { ?s ?p ?o FILTER(isLiteral(?o)) } LIMIT 40".to_owned(),
        format!("ASK {{ ?s ?p ?o FILTER(CONTAINS(STR(?o), \"{SECRET}\")) }}"),
        format!("CONSTRUCT {{ <{0}> ?p ?o }} WHERE {{ <{0}> ?p ?o }}", hidden.unwrap_or(ids[0])),
        format!("ASK {{ {{ <{0}> ?p ?o }} UNION {{ ?s ?p <{0}> }} }}", hidden.unwrap_or(ids[0])),
    ] {
        let query: String = url::form_urlencoded::byte_serialize(query.as_bytes()).collect();
        all.push(get(&format!("/sparql?query={query}")));
    }
    all
}

/// What of an answer a caller can read, but for what the connection adds.
fn seen(answer: &Answer) -> String {
    let headers =
        ["etag", "last-modified", "link", "content-type", "vary", "cache-control", "content-length"];
    let headers: Vec<String> =
        headers.iter().map(|name| format!("{name}: {}", answer.header(name))).collect();
    // Of a seal, what is signed: keys and signatures of two nodes are never the same.
    let sealed = answer.header(HEADER).split('.').nth(1).unwrap_or_default();
    format!("{}\n{}\n{sealed}\n\n{}", answer.status, headers.join("\n"), answer.text())
}

/// Where an answer goes on, below the member's address.
fn next(member: &Member, path: &str, answer: &Answer) -> Option<String> {
    let link = answer.header("link");
    let named = link.split(',').find(|one| one.contains("rel=\"next\""))?;
    let url = named.split(['<', '>']).nth(1)?;
    let below = url.strip_prefix(&member.base).unwrap_or(url).to_owned();
    (below != path).then_some(below)
}

/// A search or a list goes on by a cursor inside it.
fn cursor(path: &str, answer: &Answer) -> Option<String> {
    let body: Value = serde_json::from_slice(&answer.body).ok()?;
    let cursor = body["next"].as_str()?;
    let bare = path.split("&cursor=").next().unwrap();
    let joint = if bare.contains('?') { '&' } else { '?' };
    Some(format!("{bare}{joint}cursor={cursor}"))
}

/// One address as a caller asks for it.
async fn get(eau: &Member, caller: Option<&Member>, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut sent = headers.to_vec();
    let bearer = caller.map(|caller| format!("Bearer {}", caller.peer_token(&eau.did, b"")));
    if let Some(bearer) = &bearer {
        sent.push(("authorization", bearer));
    }
    eau.raw(Method::GET, path, &sent, Vec::new()).await
}

/// Everything that a caller is told: each question with its answer, and the pages that follow.
async fn told(eau: &Member, caller: Option<&Member>, questions: &[Ask]) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for question in questions {
        match (question, caller) {
            (Ask::Get(path, headers), _) => {
                let mut path = path.clone();
                for _ in 0..12 {
                    let mut answer = get(eau, caller, &path, headers).await;
                    // A place among the questions may be given back a little after the answer before.
                    for _ in 0..100 {
                        if answer.status != 503 {
                            break;
                        }
                        tokio::time::sleep(Duration::from_millis(50)).await;
                        answer = get(eau, caller, &path, headers).await;
                    }
                    all.push((path.clone(), seen(&answer)));
                    let Some(after) = next(eau, &path, &answer).or_else(|| cursor(&path, &answer)) else {
                        break;
                    };
                    path = after;
                }
            }
            (Ask::Dsp(method, path, body), Some(caller)) => {
                let answer = match *method {
                    Method::GET => caller.ask(eau, path).await,
                    _ => caller.say(eau, path, body).await,
                };
                // The names of a negotiation that began are drawn.
                if !(answer.status == 201 && path.starts_with("/negotiations")) {
                    all.push((format!("{method} {path} {}", body["offer"]["target"]), seen(&answer)));
                }
            }
            (Ask::Dsp(..), None) => {}
        }
    }
    all
}

/// Runs a node through the steps and asks it everything as everybody, at the end and with pages under way.
async fn run(
    engine: Engine,
    (port, clock): (u16, &Clock),
    steps: &[Step],
    skip: impl Fn(&Step) -> bool,
    callers: &[Option<Member>],
    questions: &[Ask],
) -> Vec<Vec<(String, String)>> {
    let setup = Setup { clock: clock.clone(), ..Setup::new(engine, "eau") };
    let mut node = TestNode::make(setup, port).await;
    node.run(None).await.unwrap();
    node.put("a.csv", "a\n1\n");
    let eau = node.members[0].clone();
    eau.catalogued().await;
    let half = steps.len() / 2;
    let mut begun = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        if at == half {
            // Pages begun now are followed when more was hidden since.
            for path in ["/catalog/search?limit=2", "/catalog.nt?limit=2"] {
                begun.push((path, eau.public(path).await));
            }
        }
        if skip(step) || (at >= half && !step.hidden) {
            continue;
        }
        publish(&eau, step).await;
    }
    let mut all = Vec::new();
    let mut pages = Vec::new();
    for (path, first) in begun {
        pages.push((path.to_owned(), seen(&first)));
        if let Some(after) = next(&eau, path, &first).or_else(|| cursor(path, &first)) {
            pages.push((after.clone(), seen(&eau.public(&after).await)));
        }
    }
    all.push(pages);
    for step in steps.iter().skip(half).filter(|step| !step.hidden && !skip(step)) {
        publish(&eau, step).await;
    }
    for caller in callers {
        all.push(told(&eau, caller.as_ref(), questions).await);
    }
    node.stop(false).await;
    all
}

async fn publish(eau: &Member, step: &Step) {
    if step.withdraw {
        let id = step.description["id"].as_str().unwrap().strip_prefix("urn:uuid:").unwrap();
        eau.call(&eau.token, Method::DELETE, &format!("/datasets/{id}"), None).await;
    } else {
        let answer = eau.post("/datasets", &step.description).await;
        // What was withdrawn may come back, but not as a draft.
        assert!(answer.status == 201 || answer.status == 409, "{}: {:#}", answer.text(), step.description);
    }
}

struct World {
    _federation: Federation,
    callers: Vec<Option<Member>>,
    partners: Vec<String>,
    clock: Clock,
    port: u16,
}

async fn world(engine: Engine) -> World {
    let clock = Clock::fixed(Clock::System.now());
    let setup = |name: &str| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    let federation = Federation::of(vec![setup("epci"), setup("region")]).await;
    let [epci, region] = [0, 1].map(|i| federation.member(i));
    let partners = vec![epci.did.clone(), "did:web:somebody.example".to_owned()];
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    World { _federation: federation, callers: vec![None, Some(epci), Some(region)], partners, clock, port }
}

async fn hidden_datasets_leave_no_trace(engine: Engine) {
    let world = world(engine).await;
    for seed in 0..CATALOGUES {
        let steps = steps(&mut Random::new(seed), &world.partners);
        let questions = questions(&steps);
        let place = (world.port, &world.clock);
        let with = run(engine, place, &steps, |_| false, &world.callers, &questions).await;
        let without = run(engine, place, &steps, |step| step.hidden, &world.callers, &questions).await;
        let (mut asked, mut refused) = (0, 0);
        for (caller, (with, without)) in with.iter().zip(&without).enumerate() {
            for ((path, one), (other_path, other)) in with.iter().zip(without) {
                assert_eq!((path, one), (other_path, other), "catalogue {seed}, caller {caller}");
                assert!(!one.starts_with('5'), "{path}: {one}");
                asked += 1;
                refused += usize::from(one.starts_with('4'));
            }
            assert_eq!(with.len(), without.len());
        }
        assert!(asked > 300 && refused > 10 && refused < asked / 2, "{asked} answers, {refused} refusals");
    }
}

/// The comparison sees what there is to see: a dataset that is announced only makes a difference.
async fn the_comparison_finds_what_is_not_hidden(engine: Engine) {
    let world = world(engine).await;
    let mut steps = steps(&mut Random::new(99), &world.partners);
    let step = steps.iter_mut().find(|step| !step.hidden && step.description["rung"] == "existence_seule");
    let marked = step.unwrap().description["id"].clone();
    let questions = questions(&steps);
    let place = (world.port, &world.clock);
    let all = run(engine, place, &steps, |_| false, &world.callers[..1], &questions).await;
    let less = |step: &Step| step.description["id"] == marked;
    let less = run(engine, place, &steps, less, &world.callers[..1], &questions).await;
    let differ: Vec<&str> =
        all[1].iter().zip(&less[1]).filter(|(a, b)| a != b).map(|((path, _), _)| path.as_str()).collect();
    for path in [
        "/catalog.ttl",
        "/catalog.html",
        "/catalog.atom",
        "/catalog/feed",
        "/sitemap-1.xml",
        "/catalog/search?limit=2",
    ] {
        assert!(differ.contains(&path), "{path} shows no difference: {differ:?}");
    }
}
