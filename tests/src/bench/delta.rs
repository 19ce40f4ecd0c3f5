//! Many catalogues, each with one change in a hundred: bytes of what is new by their feeds, beside reading them whole.

use std::path::Path;
use std::time::Duration;

use contracts::api::member::AddedMember;
use contracts::harvest::Report;
use serde_json::{Value, json};

use super::SMALL;
use super::catalogue::described;
use super::edc::load;
use super::figure::Figure;
use crate::api::{Api, http, segment};
use crate::authority::Authority;
use crate::process::{Node, Setup};

/// One dataset in so many changes.
const ONE_IN: usize = 100;
/// What was published in the last five seconds is told twice.
const SETTLED: Duration = Duration::from_secs(6);

/// How much is published.
#[derive(Debug, Clone)]
pub struct Sizes {
    pub catalogues: usize,
    /// Of each.
    pub datasets: usize,
}

/// One node carries all catalogues, another follows them.
pub async fn run(folder: &Path, sizes: &Sizes, tell: impl Fn(&Figure)) -> Vec<Figure> {
    let root = folder.join("delta");
    let authority = Authority::new(&root.join("authority"));
    let mut host = Node::init(&root, "host", &authority, &Setup::default());
    std::fs::write(host.dir.join("data/small.csv"), SMALL).unwrap();
    host.start().await;
    let mut members = vec![(host.did.clone(), host.api.clone())];
    for number in 1..sizes.catalogues {
        let wanted = json!({"name": format!("m{number}"), "url": format!("{}/m{number}", host.url)});
        let added: AddedMember = host.api.post("/members", &wanted).await.unwrap_or_else(|e| panic!("{e}"));
        members.push((added.did, Api::new(&authority.pem(), &added.base_url, &added.token)));
    }
    let listed: Vec<String> = members.iter().map(|(did, _)| format!("\"{did}\"")).collect();
    let settings = format!("[federation]\nmembers = [{}]\nevery_s = 0\n", listed.join(", "));
    let mut reader = Node::init(&root, "reader", &authority, &Setup { settings, ..Setup::default() });
    reader.start().await;

    let mut published = Vec::new();
    for (_, api) in &members {
        published.push(tokio::sync::Mutex::new(vec![(String::new(), Value::Null); sizes.datasets]));
        let kept = published.last().unwrap();
        load::all(sizes.datasets, 16, async |number| {
            let wanted = described(number, &reader.did);
            let id = api.publish(&wanted).await.unwrap_or_else(|e| panic!("dataset {number}: {e}")).id;
            kept.lock().await[number] = (id, wanted);
        })
        .await;
    }
    tokio::time::sleep(SETTLED).await;
    let first = follow(&reader, &members).await;
    let mut changes = 0;
    for ((_, api), kept) in members.iter().zip(published) {
        for (id, mut wanted) in kept.into_inner().into_iter().step_by(ONE_IN) {
            wanted["id"] = id.into();
            wanted["version"] = "2".into();
            api.publish(&wanted).await.unwrap_or_else(|e| panic!("{e}"));
            changes += 1;
        }
    }
    tokio::time::sleep(SETTLED).await;
    let mut whole = 0;
    for (_, api) in &members {
        whole += crawl(&authority, api.base()).await;
    }
    let delta = follow(&reader, &members).await;
    assert_eq!(
        (delta.changed, first.added),
        (changes, (sizes.catalogues * sizes.datasets) as u64),
        "{delta:?}"
    );
    let note = format!(
        "{} catalogues of {} datasets, {changes} changed: {} kB by their feeds, {} kB of Turtle whole, {} kB by feeds at first",
        sizes.catalogues,
        sizes.datasets,
        delta.bytes / 1000,
        whole / 1000,
        first.bytes / 1000,
    );
    let share = 100.0 * delta.bytes as f64 / whole as f64;
    let figure = Figure::new("delta_bytes_vs_full", share, "%").at_most(3.0).note(note);
    tell(&figure);
    vec![figure]
}

/// What following all of them brought, in sum.
async fn follow(reader: &Node, members: &[(String, Api)]) -> Report {
    let mut sum = Report::default();
    for (did, _) in members {
        let path = format!("/harvest/sources/{}", segment(did));
        let one: Report = reader.api.post(&path, &Value::Null).await.unwrap_or_else(|e| panic!("{did}: {e}"));
        (sum.bytes, sum.added, sum.changed) =
            (sum.bytes + one.bytes, sum.added + one.added, sum.changed + one.changed);
    }
    sum
}

/// Bytes of a catalogue with all its pages.
async fn crawl(authority: &Authority, base: &str) -> u64 {
    let (http, mut next, mut bytes) = (http(&authority.pem()), Some(format!("{base}/catalog.ttl")), 0);
    while let Some(url) = next.take() {
        let answer = http.get(&url).send().await.unwrap().error_for_status().unwrap();
        let link = answer.headers().get("link").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        bytes += answer.bytes().await.unwrap().len() as u64;
        let named = link.split(',').find(|one| one.contains("rel=\"next\""));
        next = named.and_then(|one| one.split(['<', '>']).nth(1)).map(ToOwned::to_owned);
    }
    bytes
}
