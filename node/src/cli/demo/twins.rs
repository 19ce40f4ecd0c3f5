//! Two members' logs about one contract: does every exchange have its twin, and do both say the same of it?

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::extract::{ExtractEntry, LogExtract};
use contracts::leaf::Leaf;

/// What one log says of one exchange.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Told {
    opened: bool,
    /// Bytes, digest and ending: by the provider of what it handed over, by the consumer of what it received.
    closed: Option<(u64, String, String)>,
    acknowledged: Option<(u64, String)>,
}

/// An exchange as both logs agree on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub reference: String,
    /// Bytes that the consumer received.
    pub bytes: u64,
    /// Why it ended, in the provider's words.
    pub ending: String,
}

/// The exchanges that a log knows of.
pub fn references(extract: &LogExtract) -> Vec<String> {
    told(extract).into_keys().collect()
}

/// Whether every delivery in a log is closed and, where the consumer received something, acknowledged.
pub fn settled(extract: &LogExtract) -> bool {
    told(extract).values().all(|told| match (&told.closed, &told.acknowledged) {
        (None, _) => false,
        // The consumer's log has no openings and waits for nobody.
        (Some((bytes, ..)), None) => !told.opened || *bytes == 0,
        (Some(_), Some(_)) => true,
    })
}

/// The exchanges of both logs, or what differs.
pub fn compare(provider: &LogExtract, consumer: &LogExtract) -> Result<Vec<Pair>, String> {
    let (given, taken) = (told(provider), told(consumer));
    if let Some(alone) = taken.keys().find(|reference| !given.contains_key(*reference)) {
        return Err(format!("{alone}: only the consumer knows of it"));
    }
    let mut pairs = Vec::new();
    for (reference, told) in given {
        let Some((handed, sent, ending)) = told.closed else {
            return Err(format!("{reference}: still open"));
        };
        let Some((bytes, received, _)) = taken.get(&reference).and_then(|t| t.closed.clone()) else {
            return Err(format!("{reference}: only the provider knows of it"));
        };
        if told.acknowledged.is_some_and(|said| said != (bytes, received.clone())) {
            return Err(format!("{reference}: the receipt says something else than the consumer's log"));
        }
        // What was on the wire when it was cut left the provider and reached nobody.
        let same = if ending == "complete" { handed == bytes && sent == received } else { handed >= bytes };
        if !same {
            return Err(format!("{reference}: {handed} bytes left, {bytes} arrived"));
        }
        pairs.push(Pair { reference, bytes, ending });
    }
    Ok(pairs)
}

fn told(extract: &LogExtract) -> BTreeMap<String, Told> {
    let mut all: BTreeMap<String, Told> = BTreeMap::new();
    for entry in &extract.entries {
        let bytes = URL_SAFE_NO_PAD.decode(&entry.leaf).unwrap_or_default();
        let Ok(Leaf { kind, reference: Some(reference), .. }) = Leaf::parse(&bytes) else { continue };
        if !kind.starts_with("delivery.") {
            continue;
        }
        let told = all.entry(reference).or_default();
        let bytes = value(entry, "bytes").parse().unwrap_or_default();
        match kind.as_str() {
            "delivery.opened" => told.opened = true,
            "delivery.closed" | "delivery.received" => {
                told.closed = Some((bytes, value(entry, "sha256"), value(entry, "ending")));
            }
            "delivery.acknowledged" => told.acknowledged = Some((bytes, value(entry, "sha256"))),
            _ => {}
        }
    }
    all
}

fn value(entry: &ExtractEntry, field: &str) -> String {
    entry.openings.get(field).map(|opening| opening.value.clone()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    type Told<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)]);

    fn log(entries: &[Told<'_>]) -> LogExtract {
        let entries: Vec<Value> = entries
            .iter()
            .map(|(kind, reference, fields)| {
                let leaf = json!({"alg": "sha-256", "at": 0, "c": {}, "kind": kind, "ref": reference, "v": 1});
                let opening = |(k, v): &(&str, &str)| ((*k).to_owned(), json!({"value": v, "salt": ""}));
                let openings: serde_json::Map<_, _> = fields.iter().map(opening).collect();
                json!({"index": 0, "leaf": URL_SAFE_NO_PAD.encode(leaf.to_string()), "proof": [], "openings": openings})
            })
            .collect();
        serde_json::from_value(json!({
            "type": "fiducie-log-extract", "v": 1, "participant": "did:web:eau.example", "origin": "", "checkpoint": "",
            "key": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"}, "entries": entries,
        }))
        .unwrap()
    }

    fn closed<'a>(bytes: &'a str, ending: &'a str) -> [(&'a str, &'a str); 3] {
        [("bytes", bytes), ("sha256", "ab"), ("ending", ending)]
    }

    #[test]
    fn an_exchange_without_its_twin_or_with_other_bytes_is_seen() {
        let one = "0123456789abcdef0123456789abcdef";
        let whole = closed("10", "complete");
        let given = log(&[("delivery.opened", one, &[]), ("delivery.closed", one, &whole)]);
        let taken = log(&[("delivery.received", one, &whole)]);
        assert_eq!(compare(&given, &taken).unwrap().len(), 1);
        assert!(compare(&given, &log(&[])).unwrap_err().contains("only the provider"));
        assert!(compare(&log(&[]), &taken).unwrap_err().contains("only the consumer"));
        let fewer = log(&[("delivery.received", one, &closed("9", "complete"))]);
        assert!(compare(&given, &fewer).unwrap_err().contains("9 arrived"));
        let open = log(&[("delivery.opened", one, &[])]);
        assert!(!settled(&open) && compare(&open, &taken).is_err());
        let cut = log(&[("delivery.opened", one, &[]), ("delivery.closed", one, &closed("12", "revoked"))]);
        assert_eq!(
            compare(&cut, &log(&[("delivery.received", one, &closed("9", "broken"))])).unwrap()[0].bytes,
            9
        );
        assert!(!settled(&cut), "its receipt is still to come");
    }
}
