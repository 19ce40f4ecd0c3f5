//! Saying a word about a request: signed by this member, put on its way with what it says.

use contracts::access_request::{Decided, Said, Word, WordType};
use contracts::format::{Instant, V1};
use contracts::id::{ParticipantId, RequestId};

use super::receive::WordMessage;
use super::{Error, Voice};
use crate::app::peer::outgoing_body;
use crate::domain::access_request::AccessRequest;
use crate::domain::outgoing::{Outgoing, Process};
use crate::identity::access_request::sign_word;
use crate::store::Tx;

/// Kinds of messages: what becomes of a request that is not taken is told to who asks.
pub(crate) const ASKED: &str = "access-request";
pub(super) const WORD: &str = "access-request-word";

/// A signed word about a request.
pub(super) fn word(voice: &Voice, request: &RequestId, said: Said) -> Result<String, Error> {
    let word = Word {
        kind: WordType::AccessRequest,
        v: V1,
        request: request.clone(),
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
    request: &RequestId,
    kind: &'static str,
    word: String,
) -> Result<(), Error> {
    let base = contracts::did::base_url(to.as_str()).map_err(|e| Error::Internal(e.to_string()))?;
    let message = Outgoing {
        process: Process::Request(request.clone()),
        peer: to.clone(),
        kind,
        url: format!("{}/peer/v1/access-requests", base.as_str().trim_end_matches('/')),
        body: outgoing_body(&WordMessage { word })?,
    };
    Ok(tx.enqueue(message).await?)
}

/// The owner tells who asks where a request stands now.
pub(super) async fn tell(tx: &mut Tx<'_>, voice: &Voice, request: &AccessRequest) -> Result<(), Error> {
    let due = request.due.map_or(voice.now, |due| due.0);
    let said = Said::Decision(Decided {
        state: request.state.as_str().to_owned(),
        due: Instant::from_seconds(due.seconds()),
        offer: request.offer.clone(),
        reasons: request.reasons.clone(),
        appeal: request.appeal.clone(),
    });
    let word = word(voice, &request.id, said)?;
    send(tx, &request.peer, &request.id, WORD, word).await
}
