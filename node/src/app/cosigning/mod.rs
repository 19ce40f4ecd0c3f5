//! This member's own log, cosigned by witnesses: each new checkpoint is submitted to them (C2SP tlog-witness), and the
//! newest that has the cosignatures asked for is kept.

mod ask;
mod quorum;
mod seen;
mod shown;
mod stamping;
mod witnesses;

use std::sync::Arc;
use std::time::Duration;

use contracts::tlog::note::{Note, NoteSignature};
use contracts::tlog::policy::Policy;
use futures_util::stream::{self, StreamExt};

use super::{App, Error, Hosted};
use crate::log::cosigned::judge;
use crate::store::{Cosigned, Head};
use crate::workers::{Stop, stopped};
use witnesses::Witness;

pub use quorum::checks;
pub(crate) use quorum::refusal;
pub use seen::{Cosigning, Outcome, Seen};
pub(crate) use shown::kept;
pub use shown::{cosigned, shown};
pub use stamping::stamps;

/// Members attended at the same time: one whose witnesses are slow does not hold up the others.
const AT_ONCE: usize = 16;

/// Runs until the node stops.
pub async fn run(app: Arc<App>, mut stop: Stop) {
    let every = Duration::from_secs(app.config.log.cosign_every_s);
    loop {
        let members = app.members.all().into_iter().filter(|h| !h.has_left());
        let rounds = stream::iter(members).for_each_concurrent(AT_ONCE, |hosted| attend(&app, hosted));
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = rounds => {}
        }
        tokio::select! {
            () = stopped(&mut stop) => return,
            () = tokio::time::sleep(every) => {}
        }
    }
}

/// What one member needs now.
async fn attend(app: &App, hosted: Arc<Hosted>) {
    let member = hosted.id();
    if let Err(error) = round(app, &hosted).await {
        tracing::warn!(%error, %member, "the log is not cosigned; tried again later");
    }
    if let Err(error) = stamping::round(app, &hosted).await {
        tracing::warn!(%error, %member, "the log is not stamped; tried again later");
    }
    if let Err(error) = quorum::watch(app, &hosted).await {
        tracing::warn!(%error, %member, "what is missing of the log's proof is not known now");
    }
}

/// Submits the present checkpoint to the witnesses that have not cosigned it, and keeps what they answer.
pub async fn round(app: &App, hosted: &Arc<Hosted>) -> Result<(), Error> {
    let policy = app.cosigning.policy(hosted);
    let mut reader = app.store.read(hosted.id()).await?;
    let (head, before) = (reader.log_head().await?, reader.cosigned().await?);
    drop(reader);
    let Some(head) = head else { return Ok(()) };
    let before = since(app, hosted, policy, before).await?;
    let own = Note::parse(&head.checkpoint).map_err(stored)?;
    let kept = before.and_then(|before| Note::parse(&before.note).ok()).filter(|kept| kept.text == own.text);
    let known = kept.map_or_else(|| app.cosigning.partly(hosted, &own.text), |kept| kept.signatures);
    let witnesses = witnesses::of(app, hosted, policy).await?;
    let due: Vec<&Witness> = witnesses
        .iter()
        .filter(|w| !w.has_signed(&known) && app.cosigning.is_due(hosted, &w.name, head.size))
        .collect();
    let asked = due.iter().map(|witness| ask::ask(app, hosted, witness, &head, &own));
    let answers = futures_util::future::join_all(asked).await;
    let mut lines: Vec<NoteSignature> = Vec::new();
    for (witness, answer) in due.iter().zip(answers) {
        let (outcome, cosigned) = answer?;
        app.metrics.cosigned(outcome.as_str());
        lines.extend(cosigned);
        app.cosigning.saw(hosted, &witness.name, Seen { outcome, at: app.now(), tried: head.size });
    }
    match lines.is_empty() {
        true => Ok(()),
        false => keep(app, hosted, policy, &head, own, known, lines).await,
    }
}

/// Keeps a checkpoint if it now has what is asked for: the quorum of the policy, or without one any cosignature.
async fn keep(
    app: &App,
    hosted: &Hosted,
    policy: Option<&Policy>,
    head: &Head,
    own: Note,
    known: Vec<NoteSignature>,
    lines: Vec<NoteSignature>,
) -> Result<(), Error> {
    let is_new = |line: &&NoteSignature| {
        let same = |other: &NoteSignature| (&other.name, other.key_id) == (&line.name, line.key_id);
        !own.signatures.iter().chain(&lines).any(same)
    };
    let older: Vec<_> = known.iter().filter(is_new).cloned().collect();
    let mut note = own.clone();
    note.signatures.extend(older);
    note.signatures.extend(lines.iter().cloned());
    let origin = hosted.log_origin();
    let is_met = policy.is_none_or(|policy| judge(&note, &origin, policy).is_ok_and(|judged| judged.is_met));
    if !is_met {
        app.cosigning.keep_partly(hosted, note);
        return Ok(());
    }
    let cosigned = Cosigned { size: head.size, at: app.now(), note: note.write() };
    save(app, hosted, cosigned).await
}

/// From when on cosignatures are asked for: since a policy says so, what was kept for another one does not count.
async fn since(
    app: &App,
    hosted: &Hosted,
    policy: Option<&Policy>,
    before: Option<Cosigned>,
) -> Result<Option<Cosigned>, Error> {
    let Some(policy) = policy.filter(|policy| policy.asks()) else { return Ok(before) };
    let origin = hosted.log_origin();
    let counts = |kept: &Cosigned| {
        let note = Note::parse(&kept.note);
        kept.note.is_empty()
            || note.is_ok_and(|note| judge(&note, &origin, policy).is_ok_and(|judged| judged.is_met))
    };
    if let Some(before) = before.filter(counts) {
        return Ok(Some(before));
    }
    let none = Cosigned { size: 0, at: app.now(), note: String::new() };
    save(app, hosted, none.clone()).await?;
    Ok(Some(none))
}

async fn save(app: &App, hosted: &Hosted, cosigned: Cosigned) -> Result<(), Error> {
    let job = app.store.write(hosted.id(), move |tx| {
        Box::pin(async move { Ok::<_, Error>(tx.save_cosigned(&cosigned).await?) })
    });
    job.await.map(drop)
}

fn stored(error: contracts::format::FormatError) -> Error {
    Error::Internal(format!("stored checkpoint: {error}"))
}
