//! Other people's vectors of proofs in Merkle trees: a verifier accepts exactly those without `wantErr`.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::tlog::{
    Hash, verify_consistency, verify_inclusion, verify_subtree_consistency, verify_subtree_inclusion,
};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::reference::{files, json};

/// Folders of vectors, one for each kind of proof.
const KINDS: [&str; 4] = ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"];

/// How the product's verifier judged a folder of vectors.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Judged {
    pub passed: usize,
    /// Vectors that were judged otherwise than they say, and files that are no vectors.
    pub failed: Vec<String>,
}

impl Judged {
    pub fn total(&self) -> usize {
        self.passed + self.failed.len()
    }
}

/// Judges every vector below a folder.
///
/// # Errors
/// A folder that is not there.
pub fn run(cases: &Path) -> Result<Judged, String> {
    let mut judged = Judged::default();
    for kind in KINDS {
        let folder = cases.join(kind);
        if !folder.is_dir() {
            return Err(format!("{} is no folder", folder.display()));
        }
        for file in files(&folder, "json") {
            let vector = json(&file);
            match vector["wantErr"].as_bool() {
                Some(wrong) if accepts(kind, &vector) != wrong => judged.passed += 1,
                _ => judged.failed.push(format!("{}: {}", file.display(), vector["desc"])),
            }
        }
    }
    Ok(judged)
}

fn accepts(kind: &str, vector: &Value) -> bool {
    let hash = |name: &str| bytes(&vector[name]);
    let number = |name: &str| vector[name].as_u64().unwrap_or_default();
    let Some(proof) = proof(&vector["proof"]) else { return false };
    let inclusion = || Some((hash("leafHash")?, hash("root")?));
    let consistency = || Some((hash("root1")?, hash("root2")?));
    match kind {
        "inclusion" => inclusion().is_some_and(|(leaf, root)| {
            verify_inclusion(&leaf, number("leafIdx"), number("treeSize"), &proof, &root)
        }),
        "subtreeinclusion" => inclusion().is_some_and(|(leaf, root)| {
            verify_subtree_inclusion(&leaf, number("leafIdx"), number("start")..number("end"), &proof, &root)
        }),
        "consistency" => consistency().is_some_and(|(before, after)| {
            verify_consistency(number("size1"), number("size2"), &proof, &before, &after)
        }),
        "subtreeconsistency" => consistency().is_some_and(|(before, after)| {
            let range = number("start")..number("end");
            verify_subtree_consistency(range, number("size"), &proof, &before, &after)
        }),
        other => panic!("unknown kind of vector {other}"),
    }
}

/// A hash, none when it is left empty. Some vectors write a word such as `root` where a hash belongs; verifiers only
/// compare, so a digest that no tree gives stands for it.
fn bytes(value: &Value) -> Option<Hash> {
    let bytes = STANDARD.decode(value.as_str()?).ok()?;
    let word = || Sha256::digest([b"word: ".as_slice(), &bytes].concat()).into();
    (!bytes.is_empty()).then(|| Hash::try_from(bytes.as_slice()).unwrap_or_else(|_| word()))
}

fn proof(value: &Value) -> Option<Vec<Hash>> {
    value.as_array().map_or(Some(Vec::new()), |items| items.iter().map(bytes).collect())
}
