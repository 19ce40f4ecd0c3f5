//! What happens while the cosignatures that the policy asks for are missing: warn, then begin no new transfers.

use contracts::api::status::Check;
use contracts::id::DatasetId;
use ontology::rung::Rung;

use super::Outcome;
use crate::app::peer::refused;
use crate::app::{App, Error, Hosted};
use crate::domain::time::Timestamp;
use crate::store::Tx;
use crate::text::{self, Lang};

/// How long the log has gone on without what is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    Holds,
    /// Entries are waiting, not for long.
    Waiting,
    Warned(Timestamp),
    Refusing(Timestamp),
}

/// What the log can lack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lack {
    Cosignatures,
    Stamps,
}

impl Lack {
    fn as_str(self) -> &'static str {
        match self {
            Self::Cosignatures => "cosignatures",
            Self::Stamps => "timestamps",
        }
    }
}

/// Whether cosignatures and stamps are asked for.
fn asks(app: &App, hosted: &Hosted) -> (bool, bool) {
    let cosigned = app.cosigning.policy(hosted).is_some_and(|policy| policy.asks());
    (cosigned, app.config.log.timestamps_required)
}

/// A stamp is due only so long after the first entry that needs it.
fn stamp_due(app: &App, since: Option<Timestamp>) -> Option<Timestamp> {
    let every = i64::try_from(app.config.log.timestamps_every_s).unwrap_or(i64::MAX);
    since.map(|since| since.plus_seconds(every))
}

fn standing(app: &App, since: Option<Timestamp>) -> Standing {
    let Some(since) = since else { return Standing::Holds };
    let log = &app.config.log;
    let late = app.now().seconds().saturating_sub(since.seconds());
    let over = |limit: u64| limit > 0 && late >= i64::try_from(limit).unwrap_or(i64::MAX);
    match (over(log.unproven_refuse_s), over(log.unproven_warn_s)) {
        (true, _) => Standing::Refusing(since),
        (false, true) => Standing::Warned(since),
        (false, false) => Standing::Waiting,
    }
}

/// Why no new transfer begins now; `None` when one may. `given`: the dataset, when it is ours to give; of a peer's we do
/// not know how open it is, and take it for closed.
pub(crate) async fn refusal(
    app: &App,
    tx: &mut Tx<'_>,
    hosted: &Hosted,
    given: Option<&DatasetId>,
) -> Result<Option<Vec<String>>, Error> {
    let (cosigned, stamped) = asks(app, hosted);
    let mut found = None;
    if cosigned && let Standing::Refusing(since) = standing(app, tx.uncosigned_since().await?) {
        found = Some(("refusal.uncosigned", since));
    } else if stamped
        && let Standing::Refusing(since) = standing(app, stamp_due(app, tx.unstamped_since().await?))
    {
        found = Some(("refusal.unstamped", since));
    }
    let Some((why, since)) = found else { return Ok(None) };
    if let Some(dataset) = given
        && matches!(tx.rung(dataset).await?, Some(Rung::Ouvert | Rung::OuvertIdentifie))
    {
        return Ok(None);
    }
    match refused(app, why, &[("since", &since.rfc3339())]) {
        Error::NotAllowed { reasons } => Ok(Some(reasons)),
        other => Err(other),
    }
}

/// Says in the process's log and in the metrics how long it has been missing.
pub(super) async fn watch(app: &App, hosted: &Hosted) -> Result<(), Error> {
    let member = hosted.id();
    for (lack, since) in lacks(app, hosted).await? {
        let late = since.map_or(0, |since| app.now().seconds().saturating_sub(since.seconds()).max(0));
        app.metrics.unproven(member.as_str(), lack.as_str(), late);
        let lack = lack.as_str();
        match standing(app, since) {
            Standing::Holds | Standing::Waiting => {}
            Standing::Warned(since) => {
                tracing::warn!(%member, lack, since = since.rfc3339(), "the log lacks what proves it to others");
            }
            Standing::Refusing(since) => {
                let since = since.rfc3339();
                tracing::error!(%member, lack, since, "no new transfers: the log lacks what proves it to others");
            }
        }
    }
    Ok(())
}

/// What is asked for, and since when it has been missing.
async fn lacks(app: &App, hosted: &Hosted) -> Result<Vec<(Lack, Option<Timestamp>)>, Error> {
    let (cosigned, stamped) = asks(app, hosted);
    let mut reader = app.store.read(hosted.id()).await?;
    let mut found = Vec::new();
    if cosigned {
        found.push((Lack::Cosignatures, reader.uncosigned_since().await?));
    }
    if stamped {
        found.push((Lack::Stamps, stamp_due(app, reader.unstamped_since().await?)));
    }
    Ok(found)
}

/// How cosigning is doing, for who asks how the member is doing; nothing when nobody is asked.
pub async fn checks(app: &App, hosted: &Hosted) -> Result<Vec<Check>, Error> {
    let lang = app.config.language();
    let seen = app.cosigning.seen(hosted);
    let mut checks = Vec::new();
    let contradictions = app.cosigning.contradictions(hosted);
    if !contradictions.is_empty() {
        let names: Vec<_> = contradictions.iter().map(|(name, outcome)| said(name, outcome)).collect();
        let detail = text::fill(lang, "status.log-contradicted", &[("witnesses", &names.join(", "))]);
        checks.push(Check { name: "log".into(), ok: false, detail });
    }
    let witnesses: Vec<_> = seen.iter().map(|(name, seen)| said(name, &seen.outcome)).collect();
    let witnesses = if witnesses.is_empty() { "-".to_owned() } else { witnesses.join(", ") };
    let lacks = lacks(app, hosted).await?;
    if !seen.is_empty() && !lacks.iter().any(|(lack, _)| *lack == Lack::Cosignatures) {
        checks.push(check(lang, Lack::Cosignatures, "status.cosigners", true, &[("witnesses", &witnesses)]));
    }
    for (lack, since) in lacks {
        let (keys, answers) = match lack {
            Lack::Cosignatures => {
                (["status.quorum-holds", "status.quorum-missing", "status.quorum-refuses"], witnesses.clone())
            }
            Lack::Stamps => {
                let keys = ["status.stamps-hold", "status.stamps-missing", "status.stamps-refuse"];
                (keys, app.config.log.timestamps.join(", "))
            }
        };
        let (place, ok, since) = match standing(app, since) {
            Standing::Holds | Standing::Waiting => (0, true, String::new()),
            Standing::Warned(since) => (1, false, since.rfc3339()),
            Standing::Refusing(since) => (2, false, since.rfc3339()),
        };
        let values = [("since", since.as_str()), ("witnesses", &answers)];
        checks.push(check(lang, lack, keys[place], ok, &values));
    }
    Ok(checks)
}

fn check(lang: Lang, lack: Lack, key: &'static str, ok: bool, values: &[(&str, &str)]) -> Check {
    Check { name: lack.as_str().into(), ok, detail: text::fill(lang, key, values) }
}

fn said(name: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Cosigned(size) | Outcome::Behind(size) => format!("{name}: {} {size}", outcome.as_str()),
        Outcome::Refused(what) | Outcome::Unreachable(what) => {
            format!("{name}: {} ({what})", outcome.as_str())
        }
        other => format!("{name}: {}", other.as_str()),
    }
}
