//! One submission to a witness (C2SP tlog-witness, `add-checkpoint`).

use contracts::tlog::cosignature::AddCheckpoint;
use contracts::tlog::note::{Checkpoint, MAX_LEN, Note, NoteSignature};

use super::seen::Outcome;
use super::stored;
use super::witnesses::Witness;
use crate::app::{App, Error, Hosted};
use crate::log::cosigned::cosigned_at;
use crate::log::proof::consistency;
use crate::peer::Answer;
use crate::store::Head;

/// Submissions within one round: what the witness knows is learnt from the first, and may change once meanwhile.
const TRIES: usize = 3;

/// Submits a checkpoint; gives what came of it, and the witness's signature lines.
pub(super) async fn ask(
    app: &App,
    hosted: &Hosted,
    witness: &Witness,
    head: &Head,
    own: &Note,
) -> Result<(Outcome, Vec<NoteSignature>), Error> {
    let none = |outcome| Ok((outcome, Vec::new()));
    if witness.keys.is_empty() {
        return none(Outcome::Unreachable("its identity cannot be resolved".into()));
    }
    let mut old = app.cosigning.known(hosted, &witness.name).min(head.size);
    for _ in 0..TRIES {
        let body = request(app, hosted, old, head, own).await?;
        let url = format!("{}/add-checkpoint", witness.url);
        let sent = app.client.post(&url, "text/plain; charset=utf-8", body.into(), MAX_LEN).await;
        let answer = match sent {
            Ok(answer) => answer,
            Err(error) => return none(Outcome::Unreachable(error.to_string())),
        };
        match answer.status {
            200 => return Ok(cosigned(witness, own, &answer, head.size)),
            404 => return none(Outcome::Unknown),
            403 => return none(Outcome::NotSigned),
            422 => return none(Outcome::Diverged),
            409 => match size(&answer) {
                None => return none(Outcome::Refused("409 without a size".into())),
                Some(known) if known <= head.size => old = known,
                Some(known) => {
                    // Somebody may have submitted a newer checkpoint of ours.
                    let ours = app.store.read(hosted.id()).await?.log_head().await?.map_or(0, |h| h.size);
                    return none(if known > ours { Outcome::Behind(known) } else { Outcome::Overtaken });
                }
            },
            _ if answer.is_transient() => {
                return none(Outcome::Unreachable(format!("status {}", answer.status)));
            }
            status => return none(Outcome::Refused(format!("status {status}"))),
        }
    }
    none(Outcome::Overtaken)
}

async fn request(app: &App, hosted: &Hosted, old: u64, head: &Head, own: &Note) -> Result<String, Error> {
    let proof = match old {
        0 => Vec::new(),
        old => consistency(&mut app.store.read(hosted.id()).await?, old, head.size).await?,
    };
    let checkpoint = Checkpoint::parse(&own.text).map_err(stored)?;
    Ok(AddCheckpoint { old, proof, note: own.clone(), checkpoint }.write())
}

fn size(answer: &Answer) -> Option<u64> {
    std::str::from_utf8(&answer.body).ok()?.strip_suffix('\n')?.parse().ok()
}

/// The lines of the witness's own keys, when they verify; others are ignored.
fn cosigned(witness: &Witness, own: &Note, answer: &Answer, size: u64) -> (Outcome, Vec<NoteSignature>) {
    let refused = |what: &str| (Outcome::Refused(what.to_owned()), Vec::new());
    let lines = String::from_utf8_lossy(&answer.body);
    let Ok(mut note) = Note::parse(&format!("{}\n{lines}", own.text)) else {
        return refused("its answer is no signature lines");
    };
    let is_his =
        |line: &NoteSignature| witness.keys.iter().any(|k| line.name == k.name && line.key_id == k.id());
    note.signatures.retain(is_his);
    for key in &witness.keys {
        if cosigned_at(&note, key).is_err() {
            return refused("its cosignature does not verify");
        }
    }
    match note.signatures.is_empty() {
        true => refused("no cosignature of a known key of it"),
        false => (Outcome::Cosigned(size), note.signatures),
    }
}
