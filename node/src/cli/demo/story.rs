//! The story: three members, what they ask of each other, what is given and what is refused.

use contracts::api::catalog::{AskCatalog, PeerCatalog};
use contracts::api::dataset::Published;
use ontology::purpose::Purpose;
use serde_json::Value;

use super::act::{self, Answer};
use super::data::Dataset;
use super::offer;
use super::party::Party;
use super::stage::Stage;
use crate::cli::exit::Failed;
use crate::dataplane::digest::Sha256;

/// What the authority does with the data, and what it may not.
const RIGHT: &str = "performance_reseau_eau";
const WRONG: &str = "controle_individuel";
const OTHER: &str = "revente_donnees";

/// A dataset as published.
pub struct Shown {
    pub id: String,
    pub title: String,
    pub file: std::path::PathBuf,
}

/// Bytes that went from one member to the other, under the name both logs give to it.
pub struct Exchange {
    pub reference: String,
    /// SHA-256 of the published file, hexadecimal.
    pub sha256: String,
    /// The published file and the received one, in bytes.
    pub bytes: u64,
    /// False if the exchange was cut.
    pub whole: bool,
}

/// Step 1: the datasets are described and published. The large one, to be cut later, comes last.
pub async fn publish(stage: &mut Stage, datasets: &[Dataset], large: &Dataset) -> Result<(), Failed> {
    let Stage { provider, authority, voice, .. } = stage;
    voice.step("demo.publish", &[("provider", provider.name)]);
    let until = format!("{}-12-31T23:59:59Z", stage.year + 1);
    let last = offer::for_public_service(large);
    let described = datasets.iter().map(|d| (d, offer::for_authority(d, &authority.did, &until)));
    for (dataset, description) in described.chain([(large, last)]) {
        let published: Published = provider.client.post("/datasets", &description).await?;
        let revision = published.revision.to_string();
        let values = [("title", dataset.title.as_str()), ("revision", &revision)];
        voice.tell("demo.published", &values);
        let (title, file) = (dataset.title.clone(), dataset.file.clone());
        stage.shown.push(Shown { id: published.id, title, file });
    }
    let reads = offer::READS.to_string();
    voice
        .tell("demo.terms-authority", &[("authority", authority.name), ("reads", &reads), ("until", &until)]);
    voice.tell("demo.terms-service", &[("title", &large.title)]);
    Ok(())
}

/// Step 2: the région sees what its place on the ladder allows, and gets nothing.
pub async fn neighbour(stage: &mut Stage) -> Result<(), Failed> {
    let Stage { provider, region, voice, .. } = stage;
    voice.step("demo.neighbour", &[("region", region.name), ("provider", provider.name)]);
    let seen = catalogue(region, provider).await?;
    for dataset in &stage.shown {
        let key = if seen.contains(&dataset.id) { "demo.seen" } else { "demo.unseen" };
        voice.tell(key, &[("title", &dataset.title)]);
    }
    let asked = [stage.shown.first(), stage.shown.last()];
    for dataset in asked.into_iter().flatten() {
        let purpose = label(RIGHT, voice.lang());
        let values = [("region", region.name), ("title", dataset.title.as_str()), ("purpose", purpose)];
        voice.tell("demo.neighbour-asks", &values);
        match act::negotiate(region, provider, &dataset.id, RIGHT).await? {
            Answer::Refused(reason) => voice.refused(&reason),
            Answer::Given(_) => voice.not_refused(),
        }
    }
    Ok(())
}

/// Step 3: the authority asks for a purpose that the policy does not give.
pub async fn wrong_purpose(stage: &mut Stage) -> Result<(), Failed> {
    let Stage { provider, authority, voice, .. } = stage;
    let Some(dataset) = stage.shown.first() else { return Ok(()) };
    let values = [
        ("authority", authority.name),
        ("title", dataset.title.as_str()),
        ("purpose", label(WRONG, voice.lang())),
    ];
    voice.step("demo.wrong-purpose", &values);
    match act::negotiate(authority, provider, &dataset.id, WRONG).await? {
        Answer::Refused(reason) => voice.refused(&reason),
        Answer::Given(_) => voice.not_refused(),
    }
    Ok(())
}

/// Step 4: the authority asks rightly, for every dataset but the large one.
pub async fn agree(stage: &mut Stage) -> Result<(), Failed> {
    let purpose = label(RIGHT, stage.voice.lang());
    let values = [("authority", stage.authority.name), ("purpose", purpose)];
    stage.voice.step("demo.right-purpose", &values);
    for index in 0..stage.shown.len().saturating_sub(1) {
        contract(stage, index).await?;
    }
    stage.voice.tell("demo.signed-how", &[]);
    Ok(())
}

/// Concludes the contract about one dataset.
pub async fn contract(stage: &mut Stage, index: usize) -> Result<String, Failed> {
    let Stage { provider, authority, voice, shown, contracts, .. } = stage;
    let Some(dataset) = shown.get(index) else { return Err(Failed::Internal("no such dataset".into())) };
    match act::negotiate(authority, provider, &dataset.id, RIGHT).await? {
        Answer::Given(id) => {
            voice.tell("demo.signed", &[("title", &dataset.title), ("contract", &id)]);
            contracts.push(id.clone());
            Ok(id)
        }
        Answer::Refused(reason) => Err(Failed::Refused(reason)),
    }
}

/// Step 5: every dataset under contract is fetched.
pub async fn exchange(stage: &mut Stage) -> Result<(), Failed> {
    let values = [("authority", stage.authority.name), ("provider", stage.provider.name)];
    stage.voice.step("demo.exchange", &values);
    for index in 0..stage.contracts.len() {
        let transfer = begin(stage, index).await?;
        let name = stage.received_name(index);
        one(stage, index, &transfer, &name).await?;
        stage.transfers.push(transfer);
    }
    Ok(())
}

/// Starts the transfer of a contract.
pub async fn begin(stage: &Stage, index: usize) -> Result<String, Failed> {
    let contract = stage.contracts.get(index).map(String::as_str).unwrap_or_default();
    match act::start(&stage.authority, contract, RIGHT).await? {
        Answer::Given(transfer) => Ok(transfer.id),
        Answer::Refused(reason) => Err(Failed::Refused(reason)),
    }
}

/// One whole exchange; both digests are taken from the files.
async fn one(stage: &mut Stage, index: usize, transfer: &str, name: &str) -> Result<(), Failed> {
    let Some(dataset) = stage.shown.get(index) else { return Ok(()) };
    let pulled = match act::fetch(&stage.authority, transfer, name).await? {
        Answer::Given(pulled) => pulled,
        Answer::Refused(reason) => return Err(Failed::Refused(reason)),
    };
    let [pulled] = pulled.files.as_slice() else {
        return Err(Failed::Internal(format!("{} files instead of one", pulled.files.len())));
    };
    let reference = pulled.reference.clone();
    let (source, received) = (digest(&dataset.file)?, digest(std::path::Path::new(&pulled.file))?);
    let equal = source == received && pulled.sha256 == received.0;
    let bytes = received.1.to_string();
    let key = if equal { "demo.pulled" } else { "demo.pulled-different" };
    let values = [("title", dataset.title.as_str()), ("bytes", &bytes), ("sha256", &received.0)];
    stage.voice.tell(key, &values);
    if !equal {
        return Err(Failed::Refused("digest".into()));
    }
    stage.exchanges.push(Exchange { reference, sha256: source.0, bytes: source.1, whole: true });
    Ok(())
}

/// Step 6: the last read that the contract gives, one more, and another purpose than the agreed one.
pub async fn too_many(stage: &mut Stage) -> Result<(), Failed> {
    let Some(transfer) = stage.transfers.first().cloned() else { return Ok(()) };
    let reads = offer::READS.to_string();
    stage.voice.step("demo.too-many", &[("reads", &reads)]);
    let first = stage.received_name(0);
    for read in 1..offer::READS {
        one(stage, 0, &transfer, &format!("{read}-{first}")).await?;
    }
    stage.voice.tell("demo.one-more", &[]);
    match act::fetch(&stage.authority, &transfer, &format!("{}-{first}", offer::READS)).await? {
        Answer::Refused(reason) => stage.voice.refused(&reason),
        Answer::Given(_) => stage.voice.not_refused(),
    }
    let lang = stage.voice.lang();
    stage.voice.tell("demo.other-purpose", &[("purpose", label(OTHER, lang))]);
    let contract = stage.contracts.last().map(String::as_str).unwrap_or_default();
    match act::start(&stage.authority, contract, OTHER).await? {
        Answer::Refused(reason) => stage.voice.refused(&reason),
        Answer::Given(_) => stage.voice.not_refused(),
    }
    Ok(())
}

/// Identifiers of the datasets a peer shows.
async fn catalogue(party: &Party, provider: &Party) -> Result<Vec<String>, Failed> {
    let ask = AskCatalog { peer: provider.did.clone(), dataset: None };
    let answer: PeerCatalog = party.client.post("/catalog", &ask).await?;
    let datasets = answer.catalog.get("dataset").and_then(Value::as_array).cloned().unwrap_or_default();
    let id = |dataset: &Value| Some(dataset.get("@id")?.as_str()?.to_owned());
    Ok(datasets.iter().filter_map(id).collect())
}

/// A purpose as a person reads it.
fn label(code: &'static str, lang: ontology::Lang) -> &'static str {
    Purpose::parse(code).map_or(code, |purpose| purpose.label(lang))
}

/// SHA-256 of a file in hexadecimal, and its size.
pub fn digest(file: &std::path::Path) -> Result<(String, u64), Failed> {
    let failed = |e: std::io::Error| Failed::Setup(format!("{}: {e}", file.display()));
    let mut source = std::fs::File::open(file).map_err(failed)?;
    let (mut sha256, mut buffer) = (Sha256::default(), vec![0; 1 << 16]);
    loop {
        match std::io::Read::read(&mut source, &mut buffer).map_err(failed)? {
            0 => break,
            n => sha256.update(&buffer[..n]),
        }
    }
    let bytes = sha256.bytes();
    Ok((sha256.finish().hex(), bytes))
}
