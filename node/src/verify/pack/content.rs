//! What a pack is made of, read from its files.

use std::collections::BTreeMap;

use contracts::contract::ContractFile;
use contracts::evidence::{CHECKPOINT, EXTRACT, MANIFEST, Manifest, SEAL};
use contracts::extract::LogExtract;
use contracts::leaf::Leaf;
use contracts::receipt::ReceiptFile;
use contracts::tlog::proof::LogProof;
use ontology::Lang;

use super::wrong;
use crate::verify::finding::Finding;
use crate::verify::replay::Opened;

/// Contents by name.
pub type Files = BTreeMap<String, Vec<u8>>;

/// A pack as its files tell it; nothing is verified yet.
#[derive(Debug)]
pub struct Pack {
    pub manifest: Manifest,
    pub extract: LogExtract,
    /// The leaves of the extract's entries, in their order.
    pub leaves: Vec<Leaf>,
    /// By identifier of the agreement.
    pub contracts: BTreeMap<String, (String, ContractFile)>,
    pub receipts: BTreeMap<String, ReceiptFile>,
    /// Single proofs and reports, by index of the entry.
    pub proofs: BTreeMap<u64, LogProof>,
    pub decisions: BTreeMap<u64, String>,
    pub checkpoint: String,
}

/// Name of a readable file of a pack.
pub fn readable(what: &str, lang: Lang) -> String {
    format!("{what}.{}.md", lang.pick("fr", "en"))
}

/// Name of the file of a thing with an identifier.
pub fn named(folder: &str, id: &str, end: &str) -> String {
    let id = id.strip_prefix("urn:uuid:").unwrap_or(id);
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '-' || c == '.' { c } else { '_' };
    format!("{folder}/{}{end}", id.chars().map(safe).collect::<String>())
}

/// Whether a file is judged by itself as well. Single proofs are judged with the keys of the pack.
pub fn is_proof(name: &str) -> bool {
    [".contract.json", ".receipt.json", ".log.json"].iter().any(|end| name.ends_with(end))
}

impl Pack {
    /// Reads what a pack must hold; refuses files that have no place in one.
    pub fn read(manifest: Manifest, files: &Files) -> Result<Self, Finding> {
        let (extract, checkpoint) = (json(files, EXTRACT)?, text(files, CHECKPOINT)?);
        let mut pack = Self {
            manifest,
            extract,
            checkpoint,
            leaves: Vec::new(),
            contracts: BTreeMap::new(),
            receipts: BTreeMap::new(),
            proofs: BTreeMap::new(),
            decisions: BTreeMap::new(),
        };
        for entry in &pack.extract.entries {
            pack.leaves.push(entry.leaf().map_err(|e| wrong(EXTRACT, &e.to_string()))?);
        }
        for name in files.keys() {
            pack.place(name, files)?;
        }
        Ok(pack)
    }

    fn place(&mut self, name: &str, files: &Files) -> Result<(), Finding> {
        let index = |text: &str| {
            let index: Option<u64> = text.parse().ok().filter(|n: &u64| n.to_string() == text);
            index.ok_or_else(|| wrong(name, "is not named by the index of an entry"))
        };
        let known = |what, lang| readable(what, lang);
        let texts = ["index", "instructions"].map(|what| [Lang::Fr, Lang::En].map(|lang| known(what, lang)));
        if let Some(rest) = below(name, "contracts/", ".contract.json") {
            let bytes = files.get(name).map(Vec::as_slice).unwrap_or_default();
            let file = ContractFile::parse(bytes).map_err(|e| wrong(name, &e.to_string()))?;
            let id = file.contract.id.to_string();
            if named("contracts", &id, ".contract.json") != name {
                return Err(wrong(name, &format!("{rest} is not its contract's identifier")));
            }
            self.contracts.insert(id, (name.to_owned(), file));
        } else if let Some(rest) = below(name, "receipts/", ".receipt.json") {
            let file: ReceiptFile = json(files, name)?;
            if file.receipt.reference != rest {
                return Err(wrong(name, "is the receipt of another exchange"));
            }
            self.receipts.insert(rest.to_owned(), file);
        } else if let Some(rest) = below(name, "log/entries/", ".tlog-proof") {
            let proof = LogProof::parse(&text(files, name)?).map_err(|e| wrong(name, &e.to_string()))?;
            self.proofs.insert(index(rest)?, proof);
        } else if let Some(rest) = below(name, "decisions/", ".decision.json") {
            self.decisions.insert(index(rest)?, text(files, name)?);
        } else if ![MANIFEST, SEAL, EXTRACT, CHECKPOINT].contains(&name)
            && !texts.iter().flatten().any(|known| known == name)
            && below(name, "identities/", ".did.json").is_none()
        {
            return Err(wrong(name, "has no place in a pack"));
        }
        Ok(())
    }

    /// The entries with their leaves and what opens them.
    pub fn entries(&self) -> impl Iterator<Item = Opened<'_>> {
        self.extract.entries.iter().zip(&self.leaves).map(|(entry, leaf)| Opened {
            index: entry.index,
            leaf,
            openings: &entry.openings,
        })
    }
}

fn below<'a>(name: &'a str, folder: &str, end: &str) -> Option<&'a str> {
    name.strip_prefix(folder)?.strip_suffix(end).filter(|rest| !rest.contains('/'))
}

pub fn text(files: &Files, name: &str) -> Result<String, Finding> {
    let bytes = files.get(name).ok_or_else(|| wrong(name, "is missing"))?;
    String::from_utf8(bytes.clone()).map_err(|_| wrong(name, "not UTF-8"))
}

pub fn json<T: serde::de::DeserializeOwned>(files: &Files, name: &str) -> Result<T, Finding> {
    let bytes = files.get(name).ok_or_else(|| wrong(name, "is missing"))?;
    serde_json::from_slice(bytes).map_err(|e| wrong(name, &e.to_string()))
}
