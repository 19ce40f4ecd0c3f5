//! A whole log from its files: `checkpoint`, `tile/…`, and the checkpoints seen before (C2SP tlog-tiles).

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::path::Path;

use contracts::did::DidDocument;
use contracts::jwk::Jwk;
use contracts::leaf::Leaf;
use contracts::tlog::tile::{self, Holds, Tile};
use contracts::tlog::{Hash, leaf_hash};

use super::MAX_FILE;
use super::anchor::Anchors;
use super::dates::{Bounds, Dates};
use super::finding::Finding;
use super::pruned::Pruned;
use super::report::{Kind, Report};
use super::{checkpoint, cosigned, stamps};
use crate::log::tree::Edge;

/// What the log says of how long it shows its entries.
pub const RETENTION: &str = "retention";
/// The newest checkpoint of a log's folder.
pub const CHECKPOINT: &str = "checkpoint";
/// The owner's DID document, as it was served with the log.
pub const DOCUMENT: &str = "did.json";
/// Checkpoints by size, as they were seen before.
pub const SEEN: &str = "checkpoints";

/// Whether a folder holds a log.
pub fn is_log(folder: &Path) -> bool {
    folder.join(CHECKPOINT).is_file()
}

/// Recomputes the log of a folder from its first entry on.
pub fn verify(folder: &Path, anchors: &Anchors) -> Report {
    let mut report = Report::new(Kind::Log);
    if let Err(finding) = judge(folder, anchors, &mut report) {
        report.findings.push(finding);
    }
    report.conclude()
}

fn judge(folder: &Path, anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let text = text(folder, CHECKPOINT)?.ok_or_else(|| missing(CHECKPOINT))?;
    let (head, note) = checkpoint::read(&text)?;
    let keys = keys(folder)?;
    checkpoint::judge(anchors, report, (&head, &note), &keys)?;
    report.field("origin", &head.origin);
    report.field("size", head.size);
    let mut vouched = cosigned::vouched(anchors, &head, &note)?;
    let mut dates = Dates::default();
    cosigned::date(&mut dates, vouched.as_ref());
    let mut roots = BTreeMap::new();
    for (size, text) in seen(folder)? {
        let (before, note) = checkpoint::read(&text)?;
        checkpoint::judge(anchors, report, (&before, &note), &keys)?;
        if before.origin != head.origin || before.size != size {
            return Err(Finding::Altered(format!("{SEEN}/{size} is a checkpoint of something else")));
        }
        if before.size > head.size {
            return Err(Finding::BadSignature(format!(
                "rolled back: the log had {} entries and now has {}",
                before.size, head.size
            )));
        }
        let earlier = cosigned::vouched(anchors, &before, &note)?;
        cosigned::date(&mut dates, earlier.as_ref());
        if vouched.as_ref().map(|v| v.size) < earlier.as_ref().map(|v| v.size) {
            vouched = earlier;
        }
        roots.insert(before.size, before.root);
    }
    report.field("checkpoints", roots.len());
    let log = (head.origin.as_str(), head.size, keys.as_slice());
    stamps::judge(folder, anchors, report, log, &mut roots, &mut dates)?;
    roots.entry(head.size).or_insert(head.root);
    let pruned = Pruned::read(folder, head.size)?;
    let walked = walk(folder, &pruned, &roots, &dates.bounds())?;
    if walked.root != head.root {
        return Err(Finding::BadSignature(
            "the entries do not have the root that the checkpoint states".into(),
        ));
    }
    report.field("entries", walked.entries);
    cosigned::conclude(anchors, report, head.size, vouched);
    report.findings.push(whole(&head.origin, head.size, walked.entries));
    report.findings.extend(Pruned::finding(walked.first, walked.unseen));
    report.findings.extend(walked.back.map(dated_back));
    report.findings.extend(walked.untrue.map(dated_falsely));
    Ok(())
}

struct Walked {
    root: Hash,
    /// The first leaf whose hash was there: those before it are known by what is above them.
    first: u64,
    /// Checkpoints seen before whose size lies among those leaves, so that nothing can be compared.
    unseen: usize,
    /// Entries whose bytes were there.
    entries: u64,
    /// How many are dated before the one before them, and the first of them.
    back: Option<(u64, u64)>,
    /// How many are dated otherwise than others' clocks allow, and the first of them.
    untrue: Option<(u64, u64)>,
}

/// From the first entry to the last: every tile must be the one its entries give.
fn walk(
    folder: &Path,
    pruned: &Pruned,
    roots: &BTreeMap<u64, Hash>,
    dates: &Bounds,
) -> Result<Walked, Finding> {
    let (mut edge, mut complete) = (Edge::default(), Vec::new());
    let mut above: BTreeMap<(u32, u64), Hash> = BTreeMap::new();
    let skipped = pruned.skip(folder)?;
    let first = skipped.iter().map(|(level, ..)| tile::WIDTH << (8 * level)).sum();
    let mut unseen = roots.keys().filter(|size| (1..=first).contains(*size)).count();
    for (level, index, root) in skipped {
        edge.push_at(level + 1, root, &mut complete);
        above.insert((level, index), root);
        grown(&edge, roots)?;
        unseen -= usize::from(roots.contains_key(&edge.size()));
    }
    let (mut entries, mut back, mut untrue, mut latest) = (0, None, None, i64::MIN);
    for tile in Tile::all(Holds::Hashes(0), pruned.size).skip((first / tile::WIDTH) as usize) {
        let bundle = bytes(folder, &Tile { holds: Holds::Entries, ..tile })?;
        let hashes = match (bytes(folder, &tile)?, &bundle) {
            (Some(hashes), _) => tile::read_hashes(&tile, &hashes).map_err(altered)?,
            (None, None) => return Err(missing(&tile.to_string())),
            (None, Some(_)) => Vec::new(),
        };
        let bundle = bundle.map(|bytes| own(&tile, &bytes)).transpose()?;
        for place in 0..tile.width as usize {
            let index = edge.size();
            let mut hash = hashes.get(place).copied();
            if let Some(entry) = bundle.as_ref().and_then(|bundle| bundle.get(place)) {
                let found = leaf_hash(entry);
                if hash.is_some_and(|hash| hash != found) {
                    return Err(Finding::BadSignature(format!(
                        "entry {index} is not the one that was hashed"
                    )));
                }
                hash = Some(found);
                let at = Leaf::parse(entry).map_err(|e| Finding::Altered(format!("entry {index}: {e}")))?.at;
                let told =
                    |told: Option<(u64, u64)>| told.map_or((1, index), |(count, first)| (count + 1, first));
                back = if at < latest { Some(told(back)) } else { back };
                untrue = if dates.contradict(index, at) { Some(told(untrue)) } else { untrue };
                latest = latest.max(at);
                entries += 1;
            }
            let hash = hash.ok_or_else(|| missing(&tile.to_string()))?;
            edge.push(hash, &mut complete);
            grown(&edge, roots)?;
        }
        above.extend(complete.drain(..).map(|tile| ((tile.level, tile.index), tile.root)));
    }
    for tile in Tile::hashes(pruned.size) {
        let Holds::Hashes(level @ 1..) = tile.holds else { continue };
        let stored = match bytes(folder, &tile)? {
            Some(stored) => tile::read_hashes(&tile, &stored).map_err(altered)?,
            None if pruned.retention.has_pruned(&tile) => continue,
            None => return Err(missing(&tile.to_string())),
        };
        let ours = tile.range().map(|index| above.get(&(level - 1, index)).copied());
        if ours.collect::<Option<Vec<_>>>().as_ref() != Some(&stored) {
            return Err(Finding::BadSignature(format!("{tile} is not that of the entries")));
        }
    }
    Ok(Walked { root: edge.root(), first, unseen, entries, back, untrue })
}

/// Compares the tree at a size that was seen before: the log must be the continuation of it.
fn grown(edge: &Edge, roots: &BTreeMap<u64, Hash>) -> Result<(), Finding> {
    let size = edge.size();
    match roots.get(&size) {
        Some(root) if *root != edge.root() => Err(Finding::BadSignature(format!(
            "forked: the first {size} entries are not those of the checkpoint of {size}"
        ))),
        _ => Ok(()),
    }
}

fn own(tile: &Tile, bytes: &[u8]) -> Result<Vec<Vec<u8>>, Finding> {
    let entries = Tile { holds: Holds::Entries, ..*tile };
    Ok(tile::read_bundle(&entries, bytes).map_err(altered)?.into_iter().map(<[u8]>::to_vec).collect())
}

/// A file below the folder; `None` when there is none.
pub(super) fn file(folder: &Path, name: &str) -> Result<Option<Vec<u8>>, Finding> {
    let unreadable = |what: String| Finding::Altered(format!("{name}: {what}"));
    let path = folder.join(name);
    match std::fs::metadata(&path) {
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(unreadable(e.to_string())),
        Ok(found) if found.len() > MAX_FILE as u64 => {
            return Err(unreadable(format!("over {MAX_FILE} bytes")));
        }
        Ok(_) => {}
    }
    std::fs::read(&path).map(Some).map_err(|e| unreadable(e.to_string()))
}

fn text(folder: &Path, name: &str) -> Result<Option<String>, Finding> {
    let text = file(folder, name)?.map(String::from_utf8);
    text.transpose().map_err(|_| Finding::Altered(format!("{name}: not UTF-8")))
}

/// A partial tile may have been dropped once the full one was there.
pub(super) fn bytes(folder: &Path, tile: &Tile) -> Result<Option<Vec<u8>>, Finding> {
    if let Some(bytes) = file(folder, &tile.to_string())? {
        return Ok(Some(bytes));
    }
    let full = Tile { width: tile::WIDTH, ..*tile };
    let Some(bytes) = file(folder, &full.to_string())? else { return Ok(None) };
    Ok(match tile.holds {
        Holds::Hashes(_) => bytes.get(..tile.width as usize * 32).map(<[u8]>::to_vec),
        Holds::Entries => {
            let entries = tile::read_bundle(&full, &bytes).map_err(altered)?;
            Some(tile::bundle(entries.into_iter().take(tile.width as usize)).map_err(altered)?)
        }
    })
}

/// The keys of the document that came with the log.
fn keys(folder: &Path) -> Result<Vec<Jwk>, Finding> {
    let Some(bytes) = file(folder, DOCUMENT)? else { return Ok(Vec::new()) };
    let document: DidDocument =
        serde_json::from_slice(&bytes).map_err(|e| Finding::Altered(format!("{DOCUMENT}: {e}")))?;
    Ok(document.methods().filter_map(|(_, method)| method.jwk()).collect())
}

/// Checkpoints seen before, by the size their names give.
fn seen(folder: &Path) -> Result<Vec<(u64, String)>, Finding> {
    let Ok(entries) = std::fs::read_dir(folder.join(SEEN)) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.map_err(|e| Finding::Altered(format!("{SEEN}: {e}")))?.file_name();
        let name = name.to_string_lossy().into_owned();
        let size =
            name.parse().map_err(|_| Finding::Altered(format!("{SEEN}/{name}: not named by a size")))?;
        if let Some(text) = text(folder, &format!("{SEEN}/{name}"))? {
            found.push((size, text));
        }
    }
    Ok(found)
}

pub(super) fn altered(error: contracts::format::FormatError) -> Finding {
    Finding::Altered(error.to_string())
}

fn missing(name: &str) -> Finding {
    Finding::Altered(format!("{name} is missing"))
}

fn whole(origin: &str, size: u64, entries: u64) -> Finding {
    let (fr, en) = if entries == size {
        (
            format!("Journal {origin} entier : {size} inscription(s), chacune recalculée."),
            format!("The log {origin} is whole: {size} entries, each recomputed."),
        )
    } else {
        (
            format!(
                "Arbre du journal {origin} entier : {size} inscription(s), dont {entries} lues ; le contenu des autres n'est pas dans le dossier."
            ),
            format!(
                "The tree of the log {origin} is whole: {size} entries, {entries} of them read; the others are not in the folder."
            ),
        )
    };
    Finding::Log { code: "log-whole", refuses: false, fr, en }
}

fn dated_back((count, first): (u64, u64)) -> Finding {
    Finding::Log {
        code: "dated-back",
        refuses: false,
        fr: format!(
            "À noter : {count} inscription(s) datée(s) avant la précédente, d'abord la {first} ; l'ordre du journal fait foi, non la date."
        ),
        en: format!(
            "Note: {count} entries dated before the one before them, the first is {first}; the order of the log counts, not the date."
        ),
    }
}

fn dated_falsely((count, first): (u64, u64)) -> Finding {
    Finding::Log {
        code: "dated-falsely",
        refuses: true,
        fr: format!(
            "{count} inscription(s) porte(nt) une date que les cosignatures ou horodatages démentent, d'abord la {first}."
        ),
        en: format!(
            "{count} entries bear a date that cosignatures or time stamps contradict, the first is {first}."
        ),
    }
}
