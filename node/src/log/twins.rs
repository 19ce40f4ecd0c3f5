//! Two members' logs about one contract: does every exchange have its twin, and do both say the same of it?

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::extract::{ExtractEntry, LogExtract};
use contracts::leaf::Leaf;

/// What one log says of one exchange.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Told {
    /// Place and second of its first entry.
    index: u64,
    at: i64,
    opened: bool,
    /// Bytes, digest and ending: by the provider of what it handed over, by the consumer of what it received.
    closed: Option<(u64, String, String)>,
    /// The provider's process died: at most so many bytes left.
    orphaned: Option<u64>,
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

/// An exchange that is not as it should be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub reference: String,
    pub what: String,
}

/// What a comparison found, exchange by exchange.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Compared {
    pub pairs: Vec<Pair>,
    /// Too young to be missed: the other entry may still come.
    pub awaited: Vec<String>,
    /// Cut before its end, and the consumer knows nothing of it: perhaps nothing reached it. Or cut by the consumer,
    /// which says that less reached it than left.
    pub unheard: Vec<String>,
    pub differences: Vec<Difference>,
    /// The first entries, in the provider's log and in the consumer's, of what is not settled yet.
    pub unsettled: (Option<u64>, Option<u64>),
}

/// The exchanges that a log knows of.
pub fn references(extract: &LogExtract) -> Vec<String> {
    told(std::slice::from_ref(extract)).into_keys().collect()
}

/// Whether every delivery in a log is closed and, where the consumer received something, acknowledged.
pub fn settled(extract: &LogExtract) -> bool {
    told(std::slice::from_ref(extract)).values().all(|told| match (&told.closed, &told.acknowledged) {
        (None, _) => told.orphaned.is_some(),
        // The consumer's log has no openings and waits for nobody.
        (Some((bytes, ..)), None) => !told.opened || *bytes == 0,
        (Some(_), Some(_)) => true,
    })
}

/// Compares what both logs say. What began after `late` (seconds) is not missed yet.
pub fn compare(provider: &[LogExtract], consumer: &[LogExtract], late: i64) -> Compared {
    let (given, mut taken) = (told(provider), told(consumer));
    let mut compared = Compared::default();
    for (reference, given) in given {
        let other = taken.remove(&reference);
        // Closed and paired long ago; only its receipt is in this part of the log.
        if !given.opened && given.closed.is_none() && given.orphaned.is_none() && other.is_none() {
            continue;
        }
        let at = given.at.max(other.as_ref().map_or(i64::MIN, |told| told.at));
        let places = (Some(given.index), other.as_ref().map(|told| told.index));
        let judged = judge(&reference, &given, other.as_ref());
        compared.put(reference, judged, at > late, places);
    }
    for (reference, taken) in taken {
        let judged = Judged::Differs("only the consumer knows of it".into());
        compared.put(reference, judged, taken.at > late, (None, Some(taken.index)));
    }
    compared
}

enum Judged {
    Pair(u64, String),
    Open,
    Unheard,
    Differs(String),
}

fn judge(reference: &str, given: &Told, taken: Option<&Told>) -> Judged {
    let (handed, sent, ending) = match (&given.closed, given.orphaned) {
        (Some(closed), _) => closed.clone(),
        (None, Some(at_most)) => (at_most, String::new(), "orphaned".to_owned()),
        (None, None) => return Judged::Open,
    };
    let Some((bytes, received, end)) = taken.and_then(|told| told.closed.clone()) else {
        return match ending == "complete" {
            true => Judged::Differs("only the provider knows of it".into()),
            false => Judged::Unheard,
        };
    };
    if given.acknowledged.as_ref().is_some_and(|said| *said != (bytes, received.clone())) {
        return Judged::Differs("the receipt says something else than the consumer's log".into());
    }
    // What was on the wire when it was cut left the provider and reached nobody.
    let same = if ending == "complete" { handed == bytes && sent == received } else { handed >= bytes };
    match same {
        true => Judged::Pair(bytes, ending),
        // The consumer broke off, or died, with the rest still on the wire: the provider cannot know.
        false if end != "complete" && bytes < handed => Judged::Unheard,
        false if handed == bytes => {
            Judged::Differs(format!("{bytes} bytes, but not the same ones: {reference}"))
        }
        false => Judged::Differs(format!("{handed} bytes left, {bytes} arrived")),
    }
}

impl Compared {
    fn put(&mut self, reference: String, judged: Judged, young: bool, places: (Option<u64>, Option<u64>)) {
        match judged {
            Judged::Pair(bytes, ending) => return self.pairs.push(Pair { reference, bytes, ending }),
            _ if young => self.awaited.push(reference),
            Judged::Open => self.differ(reference, "still open"),
            Judged::Unheard => self.unheard.push(reference),
            Judged::Differs(what) => self.differ(reference, &what),
        }
        let least = |one: Option<u64>, other: Option<u64>| one.into_iter().chain(other).min();
        self.unsettled = (least(self.unsettled.0, places.0), least(self.unsettled.1, places.1));
    }

    fn differ(&mut self, reference: String, what: &str) {
        self.differences.push(Difference { reference, what: what.to_owned() });
    }
}

fn told(extracts: &[LogExtract]) -> BTreeMap<String, Told> {
    let mut all: BTreeMap<String, Told> = BTreeMap::new();
    for entry in extracts.iter().flat_map(|extract| &extract.entries) {
        let bytes = URL_SAFE_NO_PAD.decode(&entry.leaf).unwrap_or_default();
        let Ok(Leaf { kind, at, reference: Some(reference), .. }) = Leaf::parse(&bytes) else { continue };
        if !kind.starts_with("delivery.") {
            continue;
        }
        let first = Told { index: entry.index, at, ..Told::default() };
        let told = all.entry(reference).or_insert(first);
        let number = |field: &str| value(entry, field).parse().unwrap_or_default();
        match kind.as_str() {
            "delivery.opened" => told.opened = true,
            "delivery.closed" | "delivery.received" => {
                told.closed = Some((number("bytes"), value(entry, "sha256"), value(entry, "ending")));
            }
            "delivery.orphaned" => told.orphaned = Some(number("at-most")),
            "delivery.acknowledged" => told.acknowledged = Some((number("bytes"), value(entry, "sha256"))),
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
                let leaf = json!({"alg": "sha-256", "at": 100, "c": {}, "kind": kind, "ref": reference, "v": 1});
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

    fn said(given: &LogExtract, taken: &LogExtract) -> Compared {
        compare(std::slice::from_ref(given), std::slice::from_ref(taken), 100)
    }

    fn difference(given: &LogExtract, taken: &LogExtract) -> String {
        let compared = said(given, taken);
        assert_eq!(compared.pairs, []);
        compared.differences.first().map(|d| d.what.clone()).unwrap_or_default()
    }

    #[test]
    fn an_exchange_without_its_twin_or_with_other_bytes_is_seen() {
        let one = "0123456789abcdef0123456789abcdef";
        let whole = closed("10", "complete");
        let given = log(&[("delivery.opened", one, &[]), ("delivery.closed", one, &whole)]);
        let taken = log(&[("delivery.received", one, &whole)]);
        assert_eq!((said(&given, &taken).pairs.len(), said(&given, &taken).unsettled), (1, (None, None)));
        assert!(difference(&given, &log(&[])).contains("only the provider"));
        assert!(difference(&log(&[]), &taken).contains("only the consumer"));
        let fewer = log(&[("delivery.received", one, &closed("9", "complete"))]);
        assert!(difference(&given, &fewer).contains("9 arrived"));
        let broken = log(&[("delivery.received", one, &closed("9", "broken"))]);
        assert_eq!(
            said(&given, &broken).unheard,
            [one],
            "the last byte was on the wire when the consumer died"
        );
        let other =
            log(&[("delivery.received", one, &[("bytes", "10"), ("sha256", "cd"), ("ending", "complete")])]);
        assert!(difference(&given, &other).contains("not the same"));
        let open = log(&[("delivery.opened", one, &[])]);
        assert!(!settled(&open) && difference(&open, &taken).contains("open"));
        let cut = log(&[("delivery.opened", one, &[]), ("delivery.closed", one, &closed("12", "revoked"))]);
        assert_eq!(said(&cut, &log(&[("delivery.received", one, &closed("9", "broken"))])).pairs[0].bytes, 9);
        assert!(!settled(&cut), "its receipt is still to come");
        assert_eq!(said(&cut, &log(&[])).unheard, [one]);
        let lied = log(&[
            ("delivery.opened", one, &[]),
            ("delivery.closed", one, &whole),
            ("delivery.acknowledged", one, &closed("3", "")),
        ]);
        assert!(difference(&lied, &taken).contains("receipt"));
        // A receipt alone belongs to what was paired before.
        assert_eq!(
            said(&log(&[("delivery.acknowledged", one, &closed("10", ""))]), &log(&[])),
            Compared::default()
        );
    }

    #[test]
    fn what_is_young_is_awaited() {
        let one = "0123456789abcdef0123456789abcdef";
        let taken = log(&[("delivery.received", one, &closed("10", "complete"))]);
        let young = compare(&[], std::slice::from_ref(&taken), 99);
        assert_eq!((young.awaited.len(), young.differences.len()), (1, 0));
        assert_eq!(young.unsettled, (None, Some(0)));
    }
}
