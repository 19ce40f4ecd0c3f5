//! Cosignatures of witnesses, judged by the policy that the verifier brought.

use contracts::format::Instant;
use contracts::tlog::note::{Checkpoint, Note};

use super::anchor::Anchors;
use super::dates::Dates;
use super::finding::Finding;
use super::report::Report;
use crate::log::cosigned::judge;

/// How much of a log a policy vouches for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vouched {
    /// Entries of the log as it was cosigned.
    pub size: u64,
    /// Witnesses and when they cosigned (seconds).
    pub by: Vec<(String, u64)>,
}

/// What the policy says of a checkpoint; `None` without a policy, or when it does not accept it.
///
/// # Errors
/// A cosignature of a known witness is false.
pub fn vouched(anchors: &Anchors, head: &Checkpoint, note: &Note) -> Result<Option<Vouched>, Finding> {
    let Some(policy) = anchors.policy() else { return Ok(None) };
    let judged = judge(note, &head.origin, policy).map_err(|e| Finding::BadSignature(e.to_string()))?;
    let name = |place: usize| policy.witnesses[place].key.name.clone();
    let by = judged.cosigners.into_iter().map(|(place, at)| (name(place), at)).collect();
    Ok((judged.by_a_log && judged.is_met).then_some(Vouched { size: head.size, by }))
}

/// What the cosigners' clocks say.
pub fn date(dates: &mut Dates, vouched: Option<&Vouched>) {
    if let Some(vouched) = vouched {
        for (_, at) in &vouched.by {
            dates.add(vouched.size, i64::try_from(*at).unwrap_or(i64::MAX));
        }
    }
}

/// Notes what the policy says of a log of `size` entries; `vouched` is the newest checkpoint that it accepts.
pub fn conclude(anchors: &Anchors, report: &mut Report, size: u64, vouched: Option<Vouched>) {
    if anchors.policy().is_none() {
        return;
    }
    let Some(vouched) = vouched else {
        report.findings.push(Finding::Log {
            code: "no-quorum",
            refuses: true,
            fr: "La politique n'accepte pas ce journal : il n'est pas l'un des siens, ou les cosignatures des témoins ne suffisent pas.".into(),
            en: "The policy does not accept this log: it is not one of its own, or the witnesses' cosignatures are not enough.".into(),
        });
        return;
    };
    for (name, at) in &vouched.by {
        let at = i64::try_from(*at).unwrap_or(i64::MAX);
        report.field("cosigned", format!("{} {name} {}", vouched.size, Instant::from_seconds(at)));
    }
    let (covered, later) = (vouched.size, size.saturating_sub(vouched.size));
    report.findings.push(Finding::Log {
        code: "quorum",
        refuses: false,
        fr: match later {
            0 => "Les témoins que la politique demande ont cosigné cet état du journal.".into(),
            _ => format!(
                "Les témoins que la politique demande ont cosigné les {covered} premières inscriptions ; {later} plus récente(s) ne le sont pas encore."
            ),
        },
        en: match later {
            0 => "The witnesses that the policy asks for cosigned this state of the log.".into(),
            _ => format!(
                "The witnesses that the policy asks for cosigned the first {covered} entries; {later} newer ones are not cosigned yet."
            ),
        },
    });
}
