//! Time stamps (RFC 3161) beside a log: `stamps/<size>.checkpoint`, the bytes that were stamped, and `stamps/<size>.*.tst`,
//! the tokens.

use std::collections::BTreeMap;
use std::path::Path;

use contracts::format::Instant;
use contracts::jwk::Jwk;
use contracts::tlog::Hash;

use super::anchor::Anchors;
use super::checkpoint;
use super::dates::Dates;
use super::finding::Finding;
use super::report::Report;
use super::tiled::file;
use crate::identity::stamp;

/// Folder of the stamps of a log.
pub const STAMPS: &str = "stamps";
/// Endings of the names in it.
pub const STAMPED: &str = ".checkpoint";
pub const TOKEN: &str = ".tst";

/// Judges the stamps of a log of `size` entries. The log must be the continuation of what was stamped (`roots`), and its
/// entries dated accordingly, where a token leads to an authority that the verifier gave.
pub fn judge(
    folder: &Path,
    anchors: &Anchors,
    report: &mut Report,
    (origin, size, keys): (&str, u64, &[Jwk]),
    roots: &mut BTreeMap<u64, Hash>,
    dates: &mut Dates,
) -> Result<(), Finding> {
    let names = names(folder);
    for (name, stamped) in names.iter().filter_map(|name| Some((name, name.strip_suffix(STAMPED)?))) {
        let data = file(folder, &format!("{STAMPS}/{name}"))?.unwrap_or_default();
        let text = String::from_utf8_lossy(&data);
        let (head, note) = checkpoint::read(&text)?;
        checkpoint::judge(anchors, report, (&head, &note), keys)?;
        if head.origin != origin || head.size.to_string() != stamped {
            return Err(Finding::Altered(format!("{STAMPS}/{name} is a checkpoint of something else")));
        }
        if head.size > size {
            let (then, now) = (head.size, size);
            let what =
                format!("rolled back: the log had {then} entries when it was stamped and now has {now}");
            return Err(Finding::BadSignature(what));
        }
        if roots.insert(head.size, head.root).is_some_and(|root| root != head.root) {
            let what = format!("forked: two checkpoints of {} entries do not agree", head.size);
            return Err(Finding::BadSignature(what));
        }
        let begin = format!("{stamped}.");
        let is_token = |name: &&String| name.starts_with(&begin) && name.ends_with(TOKEN);
        for name in names.iter().filter(is_token) {
            let token = file(folder, &format!("{STAMPS}/{name}"))?.unwrap_or_default();
            let found = stamp::verify(&token, &data, anchors.authorities())
                .map_err(|e| Finding::BadSignature(format!("{STAMPS}/{name}: {e}")))?;
            report.field("stamped", format!("{} {}", head.size, Instant::from_seconds(found.at)));
            let finding = said(found.anchored);
            if !report.findings.contains(&finding) {
                report.findings.push(finding);
            }
            if found.anchored {
                dates.add(head.size, found.at);
            }
        }
    }
    Ok(())
}

/// The files of the folder, by name.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder.join(STAMPS)).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort_unstable();
    names
}

fn said(anchored: bool) -> Finding {
    let (code, fr, en) = match anchored {
        true => (
            "stamped",
            "Des états du journal sont horodatés (RFC 3161) par une autorité que vous avez donnée ; la révocation de son certificat n'est pas vérifiée.",
            "States of the log are time-stamped (RFC 3161) by an authority that you gave; whether its certificate was revoked is not checked.",
        ),
        false => (
            "stamps-not-anchored",
            "Des états du journal sont horodatés (RFC 3161), mais sans --authority rien ne dit par qui : ces dates ne prouvent rien.",
            "States of the log are time-stamped (RFC 3161), but without --authority nothing says by whom: these dates prove nothing.",
        ),
    };
    Finding::Log { code, refuses: false, fr: fr.into(), en: en.into() }
}
