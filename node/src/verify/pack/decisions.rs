//! Each decision's report is the one its entry names, and this program decides the same.

use ontology::Lang;

use super::content::Pack;
use super::exchanges::said;
use super::wrong;
use crate::verify::finding::Finding;
use crate::verify::replay::{NotReplayed, kept, replay};
use crate::verify::report::Report;

pub fn check(pack: &Pack, report: &mut Report) -> Result<(), Finding> {
    let mut held = 0;
    for entry in pack.entries() {
        let name = format!("decisions/{}.decision.json", entry.index);
        let given = pack.decisions.get(&entry.index);
        let kept = match kept(entry) {
            Ok(kept) => kept,
            Err(NotReplayed::NoDecision | NotReplayed::Erased) if given.is_none() => continue,
            Err(NotReplayed::NoDecision | NotReplayed::Erased) => {
                return Err(wrong(&name, "its entry opens no decision"));
            }
            Err(NotReplayed::Altered(what)) => return Err(Finding::BadSignature(what)),
        };
        let made = kept.report().to_json().map_err(|e| wrong(&name, &e.to_string()))?;
        let given = given.ok_or_else(|| wrong(&name, "is missing"))?;
        if *given != made {
            return Err(wrong(&name, "is not the report that the entry names by its digest"));
        }
        held += 1;
        let Some((_, file)) = said(&entry, "agreement").and_then(|id| pack.contracts.get(id)) else {
            continue;
        };
        match replay(entry, &file.contract.policy, Lang::En) {
            Ok(found) if found.same => {}
            Ok(_) => report.findings.push(otherwise(entry.index)),
            Err(NotReplayed::Altered(what)) => return Err(Finding::BadSignature(what)),
            Err(NotReplayed::NoDecision | NotReplayed::Erased) => {}
        }
    }
    match held == pack.decisions.len() {
        true => Ok(()),
        false => Err(wrong("decisions", "one of them is of no entry of the extract")),
    }
}

/// Not altered: another version of the program may have decided. To be looked at all the same.
fn otherwise(index: u64) -> Finding {
    Finding::Log {
        code: "decided-otherwise",
        refuses: false,
        fr: format!(
            "À noter : ce programme prendrait autrement la décision de l'inscription {index} ; voyez par : fiducie decision replay {index} --pack DOSSIER."
        ),
        en: format!(
            "Note: this program would make the decision of entry {index} otherwise; see: fiducie decision replay {index} --pack FOLDER."
        ),
    }
}
