//! The signed feed: forged pages are not believed, long ones are followed, partners see what is theirs.

use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use actix_web::web::{self, Bytes, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::feed::{HEADER, PageSeal};
use contracts::jcs::sha256_b64url;
use node::domain::time::Clock;
use node::identity::feed::sign_page;
use node::identity::keys::Purpose;
use reqwest::Method;
use serde_json::{Value, json};
use tests::engine::Engine;
use tests::flow::{PURPOSE, closed};
use tests::member::{Member, client};
use tests::node::{Setup, TestNode};
use tests::relay::{Answered, Asked, answer, pass, run};
use tests::{authority, on_both};

on_both!(
    a_forged_page_is_not_believed,
    a_long_feed_is_followed_page_by_page,
    a_partner_is_told_what_strangers_are_not,
);

type Forgery = Box<dyn Fn(&mut Answered) + Send>;
type Change = Arc<Mutex<Option<Forgery>>>;

/// Who stands before a node and changes what its feed says.
struct Between {
    client: reqwest::Client,
    host: String,
    base: String,
    change: Change,
}

async fn pass_on(between: Data<Between>, request: HttpRequest, body: Bytes) -> HttpResponse {
    let asked = Asked { host: Some(between.host.clone()), ..Asked::of(&request, body) };
    let mut answered = pass(&between.client, &between.base, &asked).await;
    if let (Some(answered), Some(change)) = (&mut answered, &*between.change.lock().unwrap())
        && asked.path.starts_with("/catalog/feed")
    {
        change(answered);
    }
    answer(answered)
}

/// A provider behind somebody, and who follows it.
async fn followed(engine: Engine, clock: &Clock) -> (Vec<TestNode>, Change) {
    let front = TcpListener::bind("127.0.0.1:0").unwrap();
    let public = front.local_addr().unwrap().port();
    let config = format!("[federation]\nmembers = [\"did:web:localhost%3A{public}\"]\nevery_s = 0\n");
    let setup = |name: &str| Setup { clock: clock.clone(), ..Setup::new(engine, name) };
    let eau = TestNode::start(Setup { public: Some(public), ..setup("eau") }).await;
    let (host, base) = (format!("localhost:{public}"), format!("https://localhost:{}", eau.port));
    let change = Change::default();
    let between = Data::new(Between { client: client(), host, base, change: Arc::clone(&change) });
    let server =
        HttpServer::new(move || App::new().app_data(between.clone()).default_service(web::to(pass_on)));
    run(server.workers(1).listen_rustls_0_23(front, authority::server()).unwrap().run());
    let nodes = vec![eau, TestNode::start(Setup { config, ..setup("epci") }).await];
    for node in &nodes {
        node.put("a.csv", "a\n1\n");
        node.members[0].catalogued().await;
    }
    (nodes, change)
}

async fn follow(member: &Member, source: &Member) -> tests::answer::Answer {
    member.post(&format!("/harvest/sources/{}", source.did.replace('%', "%25")), &Value::Null).await
}

fn set(answered: &mut Answered, seal: Option<String>) {
    answered.headers.retain(|(name, _)| *name != HEADER);
    answered.headers.extend(seal.map(|seal| (HEADER, seal)));
}

fn seal_of(text: &str) -> PageSeal {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text.split('.').nth(1).unwrap()).unwrap()).unwrap()
}

async fn a_forged_page_is_not_believed(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let (nodes, change) = followed(engine, &clock).await;
    let [eau, epci] = [0, 1].map(|i| nodes[i].members[0].clone());
    eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    clock.advance(60_000);
    let strange = epci.keys();
    let now = clock.now();
    let resealed =
        move |seal: PageSeal| sign_page(&seal, &strange.current(Purpose::Sign, now).unwrap().signer).unwrap();
    let by_another = resealed.clone();
    let true_page = eau.public("/catalog/feed").await;
    let (old_body, old_seal) = (true_page.body.clone(), true_page.header(HEADER).to_owned());
    let replayed = (old_body.clone(), old_seal.clone());
    let header = |answered: &Answered| {
        answered.headers.iter().find(|(name, _)| *name == HEADER).map(|(_, seal)| seal.clone()).unwrap()
    };
    let forgeries: Vec<(&str, Forgery)> = vec![
        ("another byte", Box::new(|a| a.body = Bytes::from([a.body.as_ref(), b"\n"].concat()))),
        ("no seal", Box::new(|a| set(a, None))),
        (
            "no signature",
            Box::new(move |a| {
                let seal = header(a);
                set(a, Some(format!("{}.AAAA", seal.rsplit_once('.').unwrap().0)));
            }),
        ),
        ("not a seal", Box::new(|a| set(a, Some("a.b.c".into())))),
        (
            "sealed by another member, in its own name",
            Box::new(move |a| {
                let seal = seal_of(&header(a));
                set(a, Some(resealed(PageSeal { digest: sha256_b64url(&a.body), ..seal })));
            }),
        ),
        (
            "the seal of another page",
            Box::new(move |a| {
                let seal = seal_of(&header(a));
                set(a, Some(by_another(PageSeal { page: format!("{}?after=x", seal.page), ..seal })));
            }),
        ),
    ];
    for (what, forgery) in forgeries {
        *change.lock().unwrap() = Some(forgery);
        let answer = follow(&epci, &eau).await;
        assert_eq!(answer.status, 502, "{what}: {}", answer.text());
        assert!(epci.all("/harvest/records").await.is_empty(), "{what}");
    }
    // What was true yesterday, told again.
    clock.advance(2 * 3_600_000);
    *change.lock().unwrap() = Some(Box::new(move |a| {
        a.body = replayed.0.clone();
        set(a, Some(replayed.1.clone()));
    }));
    assert_eq!(follow(&epci, &eau).await.status, 502, "an old page");
    *change.lock().unwrap() = None;
    assert_eq!(follow(&epci, &eau).await.ok()["added"], 1, "the nearest thing that is right");
    let sources = epci.all("/harvest/sources").await;
    assert_eq!((&sources[0]["fault"], &sources[0]["datasets"]), (&Value::Null, &json!(1)), "{sources:#?}");
}

async fn a_long_feed_is_followed_page_by_page(engine: Engine) {
    const DATASETS: usize = 105;
    let clock = Clock::fixed(Clock::System.now());
    let (nodes, _) = followed(engine, &clock).await;
    let [eau, epci] = [0, 1].map(|i| nodes[i].members[0].clone());
    let mut ids = Vec::new();
    for number in 0..DATASETS {
        let mut one = closed("a.csv", &epci, PURPOSE);
        one["title"] = json!(format!("Débits {number}"));
        ids.push(eau.publish(&one).await);
        clock.advance(10);
    }
    clock.advance(60_000);
    // Each page is sealed as itself, and no dataset is on two.
    let (mut path, mut seen, mut pages) = ("/catalog/feed".to_owned(), Vec::new(), 0);
    loop {
        let page = eau.public(&path).await;
        let (seal, text) = (seal_of(page.header(HEADER)), page.text());
        assert_eq!((&seal.page, &seal.digest), (&format!("{}{path}", eau.base), &sha256_b64url(&page.body)));
        seen.extend(ids.iter().filter(|id| {
            text.contains(&format!("object> <{id}>")) || text.contains(&format!("object <{id}>"))
        }));
        pages += 1;
        let link = page.header("link");
        let Some(next) = link.split(',').find(|one| one.contains("rel=\"next\"")) else {
            assert!(text.contains("resume"), "the last page does not say where to go on");
            break;
        };
        path = next.split(['<', '>']).nth(1).unwrap().strip_prefix(&eau.base).unwrap().to_owned();
    }
    assert_eq!((pages, seen.len()), (2, DATASETS));
    let first = follow(&epci, &eau).await.ok();
    assert_eq!((&first["added"], &first["quarantined"]), (&json!(DATASETS), &json!(0)), "{first:#}");
    let mut changed = closed("a.csv", &epci, PURPOSE);
    (changed["id"], changed["title"]) = (json!(ids[2]), json!("Débits corrigés"));
    eau.publish(&changed).await;
    let mut hidden = closed("a.csv", &epci, PURPOSE);
    (hidden["id"], hidden["rung"]) = (json!(ids[104]), json!("invisible"));
    ["source", "offers"].iter().for_each(|name| drop(hidden.as_object_mut().unwrap().remove(*name)));
    eau.publish(&hidden).await;
    clock.advance(60_000);
    let delta = follow(&epci, &eau).await.ok();
    assert_eq!(
        (&delta["changed"], &delta["deleted"], &delta["added"]),
        (&json!(1), &json!(1), &json!(0)),
        "{delta:#}"
    );
    assert!(delta["bytes"].as_u64().unwrap() * 20 < first["bytes"].as_u64().unwrap(), "{delta:#}");
    assert_eq!(epci.all("/harvest/records").await.len(), DATASETS - 1);
}

async fn a_partner_is_told_what_strangers_are_not(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let (nodes, _) = followed(engine, &clock).await;
    let [eau, epci] = [0, 1].map(|i| nodes[i].members[0].clone());
    let region = TestNode::start(Setup { clock: clock.clone(), ..Setup::new(engine, "region") }).await;
    let region = region.members[0].clone();
    let mut described = closed("a.csv", &epci, PURPOSE);
    described["description"] = json!("Pour le partenaire seul.");
    let dataset = eau.publish(&described).await;
    clock.advance(60_000);
    let seen = async |caller: Option<&Member>| {
        let bearer = caller.map(|c| format!("Bearer {}", c.peer_token(&eau.did, b""))).unwrap_or_default();
        let headers: &[(&str, &str)] = &[("authorization", &bearer)];
        let headers = if bearer.is_empty() { &[] } else { headers };
        let page = eau.raw(Method::GET, "/catalog/feed", headers, Vec::new()).await;
        assert_eq!(
            (page.status, seal_of(page.header(HEADER)).by.as_str()),
            (200, &*eau.did),
            "{}",
            page.text()
        );
        (page.text(), page.header("cache-control").to_owned())
    };
    let (stranger, open) = seen(None).await;
    let (other, _) = seen(Some(&region)).await;
    let (partner, closed) = seen(Some(&epci)).await;
    for told in [&stranger, &other, &partner] {
        assert!(told.contains(&dataset), "{told}");
    }
    for told in [&stranger, &other] {
        assert!(!told.contains("Pour le partenaire seul") && !told.contains("hasPolicy"), "{told}");
    }
    assert!(partner.contains("Pour le partenaire seul") && partner.contains("hasPolicy"), "{partner}");
    assert!(closed.contains("private") || closed.contains("no-store"), "{closed}; {open}");
    assert_ne!(open, closed);
    // A token that is not bound to this member shows nothing more than an error.
    let bearer = format!("Bearer {}", epci.peer_token(&region.did, b""));
    let wrong = eau.raw(Method::GET, "/catalog/feed", &[("authorization", &bearer)], Vec::new()).await;
    assert_eq!(wrong.status, 401, "{}", wrong.text());
}
