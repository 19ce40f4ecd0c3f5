//! Saying a word about a membership: signed by this member, put on its way with what it says.

use std::sync::Arc;

use contracts::format::{Instant, V1};
use contracts::framework::Version;
use contracts::id::{FrameworkId, ParticipantId};
use contracts::membership::{Decided, Said, Word, WordType};

use super::receive::WordMessage;
use super::{App, Error, Hosted};
use crate::app::peer::outgoing_body;
use crate::domain::membership::{Membership, State};
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::time::Timestamp;
use crate::identity::keys::Purpose;
use crate::identity::membership::sign_word;
use crate::identity::signer::Signer;
use crate::store::Tx;

/// Kinds of messages: what becomes of an application that is not taken is told to its applicant.
pub(crate) const APPLICATION: &str = "application";
pub(super) const WORD: &str = "membership";

/// Who speaks: what a write needs to sign with.
#[derive(Clone)]
pub(crate) struct Voice {
    pub did: ParticipantId,
    pub signer: Arc<Signer>,
    pub now: Timestamp,
}

impl Voice {
    pub fn of(app: &App, hosted: &Hosted) -> Result<Self, Error> {
        let now = app.now();
        let signer = Arc::clone(&hosted.keys().current(Purpose::Sign, now)?.signer);
        Ok(Self { did: hosted.did().clone(), signer, now })
    }
}

/// A signed word about a membership.
pub(crate) fn word(
    voice: &Voice,
    framework: &FrameworkId,
    version: Version,
    applicant: &ParticipantId,
    said: Said,
) -> Result<String, Error> {
    let word = Word {
        kind: WordType::Membership,
        v: V1,
        framework: framework.clone(),
        version,
        applicant: applicant.clone(),
        by: voice.did.clone(),
        said,
        at: Instant::from_seconds(voice.now.seconds()),
    };
    Ok(sign_word(&word, &voice.signer)?)
}

/// Puts a word on its way.
pub(super) async fn send(
    tx: &mut Tx<'_>,
    to: &ParticipantId,
    kind: &'static str,
    word: String,
) -> Result<(), Error> {
    let base = contracts::did::base_url(to.as_str()).map_err(|e| Error::Internal(e.to_string()))?;
    let message = Outgoing {
        process: Process::Peer(to.clone()),
        peer: to.clone(),
        kind,
        url: format!("{}/peer/v1/memberships", base.as_str().trim_end_matches('/')),
        body: outgoing_body(&WordMessage { word })?,
    };
    Ok(tx.enqueue(message).await?)
}

/// The operator tells where a membership stands now.
pub(crate) async fn tell(tx: &mut Tx<'_>, voice: &Voice, membership: &Membership) -> Result<(), Error> {
    let from = match &membership.state {
        State::Appealed { from, .. } => Some(from.as_str().to_owned()),
        _ => None,
    };
    let said = Said::Decision(Decided {
        state: membership.state.as_str().to_owned(),
        question: membership.state.question().cloned(),
        from,
        reasons: membership.held.reasons.clone(),
    });
    let word = word(voice, &membership.framework, membership.version, &membership.applicant, said)?;
    send(tx, &membership.applicant, WORD, word).await
}
