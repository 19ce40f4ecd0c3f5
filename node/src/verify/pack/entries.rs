//! Each entry of the extract has its single proof, of the same bytes at the same place under the same checkpoint.

use contracts::evidence::CHECKPOINT;

use super::content::Pack;
use super::{take, wrong};
use crate::verify::anchor::Anchors;
use crate::verify::finding::Finding;
use crate::verify::proof;
use crate::verify::report::Report;

pub fn check(pack: &Pack, anchors: &Anchors, report: &mut Report) -> Result<(), Finding> {
    let extract = &pack.extract;
    if pack.checkpoint != extract.checkpoint {
        return Err(wrong(CHECKPOINT, "is not the checkpoint of the extract"));
    }
    let (checkpoint, _) = extract.checkpoint().map_err(|e| wrong(CHECKPOINT, &e.to_string()))?;
    for entry in &extract.entries {
        let name = format!("log/entries/{}.tlog-proof", entry.index);
        let proof = pack.proofs.get(&entry.index).ok_or_else(|| wrong(&name, "is missing"))?;
        let bytes = entry.bytes().map_err(|e| wrong(&name, &e.to_string()))?;
        if proof.index != entry.index || proof.extra.as_deref() != Some(bytes.as_slice()) {
            return Err(wrong(&name, "is the proof of another entry"));
        }
        if proof.checkpoint != extract.checkpoint {
            return Err(wrong(&name, "leads to another checkpoint"));
        }
        entry.check(&checkpoint).map_err(|e| Finding::BadSignature(e.to_string()))?;
        let mut judged = proof::verify_with(&proof.write(), anchors, std::slice::from_ref(&extract.key));
        // That each is proven is said once, of all.
        judged.findings.retain(|finding| finding.refuses() || !matches!(finding, Finding::Log { .. }));
        take(report, &name, judged);
    }
    let stray = pack.proofs.keys().find(|index| !extract.entries.iter().any(|entry| entry.index == **index));
    match stray {
        Some(index) => Err(wrong(
            &format!("log/entries/{index}.tlog-proof"),
            "is of an entry that the extract does not hold",
        )),
        None => Ok(()),
    }
}
