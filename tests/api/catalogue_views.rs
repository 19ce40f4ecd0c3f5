//! The catalogue for readers: forms, caches, pages, and those who harvest it.

use std::collections::BTreeSet;

use node::domain::time::Clock;
use reqwest::Method;
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed, described, segment, text};
use tests::member::Member;
use tests::national::{Harvester, Visit};
use tests::node::Setup;
use tests::on_both;

on_both!(
    each_form_has_an_address_and_a_name,
    who_has_it_gets_nothing_again,
    pages_are_of_one_catalogue,
    the_national_harvester_takes_every_open_dataset_twice,
    what_is_for_one_caller_stays_with_it,
    other_views_say_the_same,
    the_publisher_is_told_what_to_mend,
);

fn open() -> Value {
    let mut open = described(json!({"file": "a.csv"}), json!([{"action": "use"}]));
    open["status"] = json!("publique");
    open["rung"] = json!("ouvert");
    open["licence"] = json!("LO-2.0");
    open["keywords"] = json!(["eau", "débit"]);
    open["period"] = json!({"start": "2024-01-01", "end": "2039-12-31"});
    open
}

async fn get(member: &Member, path: &str, headers: &[(&str, &str)]) -> Answer {
    member.raw(Method::GET, path, headers, Vec::new()).await
}

async fn each_form_has_an_address_and_a_name(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    let id = eau.publish(&open()).await;
    let one = format!("/catalog/datasets/{}", segment(&id));
    for (end, kind) in [
        ("ttl", "text/turtle; charset=utf-8"),
        ("jsonld", "application/ld+json; charset=utf-8"),
        ("rdf", "application/rdf+xml; charset=utf-8"),
        ("xml", "application/rdf+xml; charset=utf-8"),
        ("nt", "application/n-triples; charset=utf-8"),
    ] {
        for path in ["/catalog", "/catalog/open", &one] {
            let answer = eau.public(&format!("{path}.{end}")).await;
            assert_eq!((answer.status, answer.header("content-type")), (200, kind), "{path}.{end}");
            assert!(answer.text().contains(&id), "{path}.{end}: {}", answer.text());
            let accept = kind.split(';').next().unwrap();
            let negotiated = get(&eau, path, &[("accept", accept)]).await;
            assert_eq!(
                (negotiated.status, negotiated.header("content-type")),
                (200, kind),
                "{path} {accept}"
            );
            assert!(negotiated.header("vary").contains("Accept"), "{path}");
            let head = eau.raw(Method::HEAD, &format!("{path}.{end}"), &[], Vec::new()).await;
            assert_eq!((head.status, head.body.len(), head.header("content-type")), (200, 0, kind));
            assert_eq!(head.header("etag"), answer.header("etag"));
        }
    }
    for path in ["/catalog", "/catalog/open", &one] {
        let refused = get(&eau, path, &[("accept", "image/png, text/turtle;q=0")]).await;
        assert_eq!(refused.status, 406, "{path}");
        assert!(refused.text().contains("text/turtle"), "{}", refused.text());
    }
    for path in ["/catalog.exe", "/catalog/open.exe", &format!("{one}.exe"), "/catalog/datasets/x.ttl"] {
        assert_eq!(eau.public(path).await.status, 404, "{path}");
    }
    // An address is an IRI or it is refused; nothing of a query reaches the graph but what is meant.
    assert_eq!(eau.public("/catalog.ttl?after=x").await.status, 400);
    assert_eq!(eau.public("/catalog.ttl?modified_since=yesterday").await.status, 400);
    let odd = eau.public("/catalog.ttl?x=%3E%20%22%0A").await;
    assert!(odd.status == 200 && !odd.text().contains("%3E"), "{}", odd.text());
}

async fn who_has_it_gets_nothing_again(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = Setup { clock: clock.clone(), ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![setup]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    eau.publish(&open()).await;
    // In the second of a change, a date would not tell a second change from the first.
    let early = eau.public("/catalog.ttl").await;
    assert!(early.header("last-modified").is_empty() && early.header("etag").starts_with('"'));
    clock.advance(5_000);
    let first = eau.public("/catalog.ttl").await;
    let (tag, date) = (first.header("etag").to_owned(), first.header("last-modified").to_owned());
    assert!(!date.is_empty() && first.header("cache-control").contains("public"));
    let packed = get(&eau, "/catalog.ttl", &[("accept-encoding", "gzip")]).await;
    assert_eq!(packed.header("content-encoding"), "gzip");
    assert_ne!(packed.header("etag"), tag, "other bytes, other tag");
    assert!(packed.body.len() * 2 < first.body.len());
    for headers in [
        vec![("if-none-match", tag.as_str())],
        vec![("if-none-match", packed.header("etag"))],
        vec![("if-none-match", "*")],
        vec![("if-modified-since", date.as_str())],
    ] {
        let again = get(&eau, "/catalog.ttl", &headers).await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{headers:?}");
    }
    let other = get(&eau, "/catalog.ttl", &[("if-none-match", "\"x\""), ("if-modified-since", &date)]).await;
    assert_eq!(other.status, 200, "the tag counts, not the date");
    assert_eq!(get(&eau, "/catalog.rdf", &[("if-none-match", &tag)]).await.status, 200, "another form");
    // What nobody may know of changes nothing; what they may does.
    let mut hidden = open();
    hidden["rung"] = json!("invisible");
    hidden["exclusion"] = json!("securite");
    hidden.as_object_mut().unwrap().remove("offers");
    eau.publish(&hidden).await;
    assert_eq!(get(&eau, "/catalog.ttl", &[("if-none-match", &tag)]).await.status, 304);
    assert_eq!(get(&eau, "/catalog.ttl", &[("if-modified-since", &date)]).await.status, 304);
    eau.publish(&open()).await;
    clock.advance(5_000);
    assert_eq!(get(&eau, "/catalog.ttl", &[("if-none-match", &tag)]).await.status, 200);
    assert_eq!(get(&eau, "/catalog.ttl", &[("if-modified-since", &date)]).await.status, 200);
}

/// The identifiers on all pages from an address on; `between` runs after the first page.
async fn walk(member: &Member, start: &str, between: impl AsyncFnOnce()) -> Vec<String> {
    let (mut path, mut found, mut between) = (start.to_owned(), Vec::new(), Some(between));
    loop {
        let answer = member.public(&path).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        for line in answer.text().lines().filter(|line| line.contains("terms/identifier> \"urn:uuid:")) {
            found.push(line.split('"').nth(1).unwrap().to_owned());
        }
        if let Some(between) = between.take() {
            between().await;
        }
        let Some((_, rest)) = answer.header("link").split_once(&member.base) else { return found };
        path = rest.split_once('>').unwrap().0.to_owned();
    }
}

async fn pages_are_of_one_catalogue(engine: Engine) {
    let clock = Clock::fixed(Clock::System.now());
    let setup = Setup { clock: clock.clone(), ..Setup::new(engine, "eau") };
    let federation = Federation::of(vec![setup]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    let mut ids = Vec::new();
    for _ in 0..205 {
        clock.advance(1);
        ids.push(eau.publish(&open()).await);
    }
    clock.advance(1_000);
    let changed = async || {
        clock.advance(1_000);
        for (at, title) in [(3, "Déjà lu"), (150, "Pas encore lu")] {
            let mut revised = open();
            (revised["id"], revised["title"]) = (json!(ids[at]), json!(title));
            eau.publish(&revised).await;
        }
        let gone = format!("/datasets/{}", segment(&ids[160]));
        assert_eq!(eau.call(&eau.token, Method::DELETE, &gone, None).await.status, 204);
        eau.publish(&open()).await;
    };
    let found = walk(&eau, "/catalog.nt", changed).await;
    let unique: BTreeSet<&String> = found.iter().collect();
    assert_eq!(unique.len(), found.len(), "a dataset came twice");
    // Nothing is lost, nothing that came later is in; what was withdrawn meanwhile is not shown any more.
    let expected: BTreeSet<&String> = ids.iter().filter(|id| **id != ids[160]).collect();
    assert_eq!(unique, expected);
    // A page asked for after a change says what it said.
    let first = eau.public("/catalog.nt").await;
    let second = first.header("link").split_once(&eau.base).unwrap().1.split_once('>').unwrap().0.to_owned();
    let before = eau.public(&second).await.text();
    clock.advance(1_000);
    let mut revised = open();
    (revised["id"], revised["title"]) = (json!(ids[150]), json!("Encore autre chose"));
    eau.publish(&revised).await;
    assert_eq!(eau.public(&second).await.text(), before);
    // An hour later it says what is.
    clock.advance(2 * 3_600_000);
    assert!(eau.public(&second).await.text().contains("Encore autre chose"));
    let since = clock.now().plus_seconds(-3 * 3600).rfc3339();
    assert_eq!(walk(&eau, &format!("/catalog.nt?modified_since={since}"), async || {}).await.len(), 205);
    assert_eq!(walk(&eau, "/catalog.nt?modified_since=2200-01-01", async || {}).await.len(), 0);
}

async fn the_national_harvester_takes_every_open_dataset_twice(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    for i in 0..120 {
        let mut open = open();
        open["title"] = json!({"en": format!("Flows {i}"), "fr": format!("Débits {i} à l'été")});
        open["format"] = json!(["CSV", "GEOJSON"]);
        eau.publish(&open).await;
    }
    eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    let now = Clock::System.now().plus_seconds(60).rfc3339();
    for end in [".ttl", ".rdf", ".jsonld", ".nt", ""] {
        let start = format!("{}/catalog/open{end}", eau.base);
        let mut harvester = Harvester::default();
        let first = harvester.visit(&eau.client, &start, &now).await.unwrap();
        assert_eq!(first, Visit { pages: 2, created: 120, ..Visit::default() }, "{end}");
        let again = harvester.visit(&eau.client, &start, &now).await.unwrap();
        assert_eq!(again, Visit { pages: 2, unchanged: 120, ..Visit::default() }, "{end}");
        assert!(
            harvester.kept.values().all(|kept| kept.title.ends_with("à l'été") && kept.resources.len() == 2)
        );
    }
    // It would take closed data for open: that is why the open subset has its own address.
    let whole = Harvester::default().visit(&eau.client, &format!("{}/catalog.ttl", eau.base), &now).await;
    assert!(whole.unwrap().lost.iter().any(|lost| lost.contains("no resource")));
}

async fn what_is_for_one_caller_stays_with_it(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    let id = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    for path in ["/catalog.ttl".to_owned(), format!("/catalog/datasets/{}.ttl", segment(&id))] {
        let bearer = format!("Bearer {}", epci.peer_token(&eau.did, b""));
        let mine = get(&eau, &path, &[("authorization", &bearer)]).await;
        let everybodys = eau.public(&path).await;
        assert!(mine.text().contains("odrl:hasPolicy") && !everybodys.text().contains("odrl:hasPolicy"));
        assert!(mine.header("cache-control").starts_with("private"), "{}", mine.header("cache-control"));
        assert!(mine.header("last-modified").is_empty());
        for answer in [&mine, &everybodys] {
            assert!(answer.header("vary").contains("Authorization"));
        }
        let tag = mine.header("etag").to_owned();
        assert_eq!(get(&eau, &path, &[("if-none-match", &tag)]).await.status, 200, "another caller");
        let bearer = format!("Bearer {}", epci.peer_token(&eau.did, b""));
        let again = get(&eau, &path, &[("authorization", &bearer), ("if-none-match", &tag)]).await;
        assert_eq!(again.status, 304);
    }
    // The same datasets and offers as the protocol's catalogue.
    let shown = epci.catalogue_of(&eau).await;
    let offer = text(&shown["dataset"][0]["hasPolicy"][0]["@id"]);
    let bearer = format!("Bearer {}", epci.peer_token(&eau.did, b""));
    let rdf = get(&eau, "/catalog.nt", &[("authorization", &bearer)]).await.text();
    assert!(rdf.contains(&format!("<{offer}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>")), "{rdf}");
    assert!(rdf.contains(&format!("<{id}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>")));
}

async fn other_views_say_the_same(engine: Engine) {
    let federation = Federation::start(engine, &["eau", "epci"]).await;
    let [eau, epci] = [0, 1].map(|i| federation.member(i));
    federation.nodes[0].put("a.csv", "a\n1\n");
    eau.catalogued().await;
    let mut titled = open();
    titled["title"] = json!("Été & <b>hiver</b>");
    let id = eau.publish(&titled).await;
    let mut named = closed("a.csv", &epci, PURPOSE);
    named["description"] = json!("Pour les seuls partenaires nommés de ce jeu.");
    let existing = eau.publish(&named).await;
    let mut hidden = open();
    hidden["title"] = json!("Le jeu invisible");
    (hidden["rung"], hidden["exclusion"]) = (json!("invisible"), json!("securite"));
    hidden.as_object_mut().unwrap().remove("offers");
    let secret = eau.publish(&hidden).await;
    let one = format!("/catalog/datasets/{}", segment(&id));
    let browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
    let page = get(&eau, &one, &[("accept", browser), ("accept-language", "en")]).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("Été &amp; &lt;b&gt;hiver") && page.text().contains("Ask for these data"));
    assert!(page.header("content-security-policy").contains("default-src 'none'"));
    // Where a distribution says to ask is a page that everybody may read.
    let rdf = eau.public(&format!("{one}.nt")).await.text();
    let access = rdf.lines().find(|line| line.contains("dcat#accessURL")).unwrap();
    let address = access.rsplit('<').next().unwrap().split('>').next().unwrap();
    let (address, anchor) = address.split_once('#').unwrap();
    let asked = eau.public(address.strip_prefix(&eau.base).unwrap()).await;
    assert!(asked.status == 200 && asked.text().contains(&format!("id=\"{anchor}\"")), "{address}");
    for path in [
        "/catalog.html",
        "/catalog.schema.jsonld",
        "/catalog.rss",
        "/catalog.atom",
        "/catalog.csv",
        "/sitemap.xml",
        "/catalog/open.html",
        "/catalog/open.rss",
        "/catalog/open.csv",
    ] {
        let answer = eau.public(path).await;
        let text = answer.text();
        assert!(answer.status == 200 && answer.header("etag").starts_with('"'), "{path}: {text}");
        assert!(text.contains(segment(&id)) && !text.contains(segment(&secret)), "{path}: {text}");
        assert!(!text.contains("Le jeu invisible") && !text.contains("seuls partenaires"), "{path}: {text}");
        let announced = !path.contains("open") && !path.ends_with("csv");
        assert_eq!(text.contains(segment(&existing)), announced, "{path}: {text}");
        let again = get(&eau, path, &[("if-none-match", answer.header("etag"))]).await;
        assert_eq!(again.status, 304, "{path}");
    }
    for path in ["/sitemap-2.xml", "/sitemap-0.xml", &format!("{one}.rss"), "/catalog/datasets/x.html"] {
        assert_eq!(eau.public(path).await.status, 404, "{path}");
    }
    assert!(eau.public("/robots.txt").await.text().contains(&format!("Sitemap: {}/sitemap.xml", eau.base)));
}

async fn the_publisher_is_told_what_to_mend(engine: Engine) {
    let federation = Federation::start(engine, &["eau"]).await;
    let eau = federation.member(0);
    federation.nodes[0].put("a.csv", "a\n1\n");
    let mut described = open();
    let id = eau.publish(&described).await;
    let path = format!("/datasets/{}/quality", segment(&id));
    let poor = eau.get(&path).await.ok();
    let codes: Vec<String> =
        poor["mend"].as_array().unwrap().iter().map(|mend| text(&mend["code"])).collect();
    assert_eq!(codes, ["contact", "rights", "byte_size"]);
    assert_eq!((&poor["points"], &poor["of"], &poor["rating"]), (&json!(325), &json!(405), &json!("good")));
    described["id"] = json!(id);
    described["contact"] = json!({"name": "Service données", "email": "donnees@eau.example"});
    described["rights"] = json!("Réutilisation libre.");
    described["byte_size"] = json!(4);
    eau.publish(&described).await;
    let well = eau.get(&path).await.ok();
    assert_eq!(
        (&well["points"], &well["rating"], &well["mend"]),
        (&json!(355), &json!("excellent"), &json!([]))
    );
    for wrong in [
        json!({"name": "x"}),
        json!({"name": "x", "email": "a b@c"}),
        json!({"name": "x", "url": "http://x"}),
    ] {
        described["contact"] = wrong;
        assert_eq!(eau.post("/datasets", &described).await.status, 422);
    }
    described.as_object_mut().unwrap().remove("contact");
    (described["hvd"], described["rung"]) = (json!(["mobility"]), json!("ouvert_identifie"));
    described["exclusion"] = json!("securite");
    let refused = eau.post("/datasets", &described).await.problem(422);
    assert!(refused.to_string().contains("/hvd"), "{refused}");
}
