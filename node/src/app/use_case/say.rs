//! Saying a word about a use case: signed by this member, put on its way with what it says.

use contracts::format::{Instant, V1};
use contracts::framework::{Phase, Version};
use contracts::id::{FrameworkId, ParticipantId, UseCaseId};
use contracts::use_case::{Decided, Said, Word, WordType};

use super::receive::WordMessage;
use super::{Error, Voice};
use crate::app::peer::outgoing_body;
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::use_case::{Ending, UseCase};
use crate::identity::use_case::sign_word;
use crate::store::Tx;

/// Kinds of messages: what becomes of a proposal that is not taken is told to its proposer.
pub(crate) const PROPOSAL: &str = "use-case-proposal";
pub(super) const WORD: &str = "use-case";

/// What a word is about.
pub(super) struct About<'a> {
    pub framework: &'a FrameworkId,
    pub version: Version,
    pub case: &'a UseCaseId,
}

impl<'a> About<'a> {
    pub fn of(case: &'a UseCase) -> Self {
        Self { framework: &case.framework, version: case.version, case: &case.id }
    }
}

/// A signed word about a use case.
pub(super) fn word(voice: &Voice, about: &About<'_>, said: Said) -> Result<String, Error> {
    let word = Word {
        kind: WordType::UseCase,
        v: V1,
        framework: about.framework.clone(),
        version: about.version,
        case: about.case.clone(),
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
    case: &UseCaseId,
    kind: &'static str,
    word: String,
) -> Result<(), Error> {
    let base = contracts::did::base_url(to.as_str()).map_err(|e| Error::Internal(e.to_string()))?;
    let message = Outgoing {
        process: Process::UseCase(case.clone()),
        peer: to.clone(),
        kind,
        url: format!("{}/peer/v1/use-cases", base.as_str().trim_end_matches('/')),
        body: outgoing_body(&WordMessage { word })?,
    };
    Ok(tx.enqueue(message).await?)
}

/// The operator tells the parties where a use case stands now. Of a proposal that was refused only its proposer hears.
pub(super) async fn tell(tx: &mut Tx<'_>, voice: &Voice, case: &UseCase) -> Result<(), Error> {
    let refused = case.state.ending() == Some(Ending::Refused);
    let said = Said::Decision(Decided {
        phase: case.state.phase().unwrap_or(Phase::Idee),
        approved: case.approved,
        ending: case.state.ending().map(|ending| ending.as_str().to_owned()),
        questions: case
            .state
            .pending()
            .into_iter()
            .flat_map(|p| &p.put)
            .map(|put| put.question.clone())
            .collect(),
        reasons: case.reasons.clone(),
        proposal: case.signed.clone(),
    });
    let word = word(voice, &About::of(case), said)?;
    for party in case.parties() {
        if !refused || party == case.proposer {
            send(tx, &party, &case.id, WORD, word.clone()).await?;
        }
    }
    Ok(())
}
