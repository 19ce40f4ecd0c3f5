//! What the other side says of a membership: `POST /peer/v1/memberships`.

use std::sync::Arc;

use contracts::ballot::Subject;
use contracts::framework::FrameworkFile;
use contracts::id::{ParticipantId, QuestionId};
use contracts::membership::{Accepted, Application, Decided, Said, Word};
use ontology::Lang;
use ontology::dcat::territory::{is_siren, is_siret};
use policies::framework::{Applicant, refusals};
use serde::{Deserialize, Serialize};

use super::apply::held;
use super::say::{Voice, tell};
use super::{App, Error, Hosted, both, credential, has_ended, not_now, own};
use crate::app::peer::{Answer, Caller, MessageKey, once};
use crate::app::question::open;
use crate::app::use_case;
use crate::domain::event::MembershipEvent;
use crate::domain::membership::{Contested, Deed, Membership, Side, State};
use crate::identity::membership::verify_word;
use crate::store::Tx;
use crate::text::say;

/// Body of `POST <base>/peer/v1/memberships`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WordMessage {
    /// The word (compact JWS).
    pub word: String,
}

/// Takes a word: an applicant's or member's as the operator, the operator's as a member.
pub async fn receive(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: WordMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let word = verify_word(&message.word, &caller.identity, app.now())
        .map_err(|e| Error::malformed(say("trust.member-malformed").with("what", e), "/word"))?;
    let voice = Voice::of(app, hosted)?;
    let admitted = match &word.said {
        Said::Decision(decided) if decided.state == State::Member.as_str() => Some(word.framework.clone()),
        _ => None,
    };
    let answer = once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            match &word.said {
                Said::Decision(decided) => heard(tx, &voice, &word, decided).await?,
                _ if word.by != word.applicant => {
                    return Err(Error::malformed(say("trust.member-of-others"), "/word"));
                }
                Said::Application(application) => {
                    applied(tx, &voice, &word, application.clone(), message.word).await?;
                }
                Said::Charter(accepted) => charter(tx, &voice, &word, accepted, message.word).await?,
                Said::Appeal(reason) => {
                    let words = reason.words.clone();
                    appealed(tx, &voice, &word, words).await?;
                }
                Said::Exit(_) => {
                    let found = of(tx, &word).await?;
                    step(tx, &voice, found, Deed::Leave, Vec::new()).await?;
                }
            }
            Ok(Answer { status: 200, body: "{}".into() })
        })
    })
    .await?;
    if let Some(framework) = admitted
        && let Err(error) = credential::fetch(app, hosted, &caller.did, &framework).await
    {
        tracing::warn!(%error, member = %hosted.id(), "the credential of the membership is not asked for; ask by hand");
    }
    Ok(answer)
}

/// An application: judged by the rules at once, by the body that admits in its own time.
async fn applied(
    tx: &mut Tx<'_>,
    voice: &Voice,
    word: &Word,
    application: Application,
    signed: String,
) -> Result<(), Error> {
    let file = own(tx, &word.framework, voice.now).await?;
    let version = file.framework.version;
    if has_ended(&file, voice.now) {
        return Err(Error::Conflict(say("trust.ended")));
    }
    if word.version != version {
        return Err(Error::Conflict(say("trust.member-other-version").with("version", version)));
    }
    let mut reasons = numbers(&application);
    let admission = &file.framework.parts.rules.admission;
    for ground in refusals(admission, &applicant(&application)) {
        reasons.push(format!("{} / {}", ground.sentence(Lang::Fr), ground.sentence(Lang::En)));
    }
    let held = held(application, signed);
    if let Some(siren) = &held.siren {
        let others = tx.numbered(&word.framework, siren).await?;
        if others.iter().any(|one| one.applicant != word.applicant && one.state.holds_its_number()) {
            reasons.push(both("trust.member-number-taken", &[("number", siren)]));
        }
    }
    let mut new = Membership {
        framework: word.framework.clone(),
        version,
        side: Side::Operator,
        operator: voice.did.clone(),
        applicant: word.applicant.clone(),
        state: State::Refused,
        appealed: false,
        held,
        created: voice.now,
        updated: voice.now,
        row: 1,
    };
    new.held.reasons = reasons;
    let mut events = vec![MembershipEvent::Applied];
    if new.held.reasons.is_empty() {
        let subject = Subject::Admission { applicant: word.applicant.clone() };
        let question = open(tx, voice.now, &file, &admission.vote, subject).await?;
        new.state = State::Applied { question };
    } else {
        events.push(MembershipEvent::Refused);
    }
    tx.begin_membership(&new).await?;
    events.into_iter().for_each(|what| tx.record(new.event(what)));
    tell(tx, voice, &new).await
}

/// What is wrong with the numbers of an organisation. One is asked: names are shared, numbers are not.
fn numbers(application: &Application) -> Vec<String> {
    let Application { siren, siret, .. } = application;
    let mut wrong = Vec::new();
    if siren.is_none() && siret.is_none() {
        wrong.push(both("trust.member-number-missing", &[]));
    }
    for (number, right) in [(siren, is_siren as fn(&str) -> bool), (siret, is_siret)] {
        if let Some(number) = number.as_ref().filter(|number| !right(number)) {
            wrong.push(both("trust.member-number-wrong", &[("number", number)]));
        }
    }
    if let (Some(siren), Some(siret)) = (siren, siret)
        && !siret.starts_with(siren.as_str())
    {
        wrong.push(both("trust.member-numbers-differ", &[("siren", siren), ("siret", siret)]));
    }
    wrong
}

fn applicant(application: &Application) -> Applicant {
    Applicant {
        kind: application.kind.clone(),
        control: application.control.clone(),
        place: application.place.clone(),
        law: application.law.clone(),
        labels: application.labels.clone(),
        themes: application.themes.clone(),
    }
}

/// The charter is signed: in the version and the words that are in force, and no others.
async fn charter(
    tx: &mut Tx<'_>,
    voice: &Voice,
    word: &Word,
    accepted: &Accepted,
    signed: String,
) -> Result<(), Error> {
    let mut found = of(tx, word).await?;
    let file = own(tx, &word.framework, voice.now).await?;
    if *accepted != self::accepted(&file) {
        let charter = &file.framework.parts.rules.charter;
        let said = say("trust.member-other-charter").with("version", &charter.version);
        return Err(Error::Conflict(said));
    }
    found.held.charter = Some(signed);
    found.version = file.framework.version;
    step(tx, voice, found, Deed::CharterSigned, Vec::new()).await
}

/// What signing the charter of a framework says.
pub(super) fn accepted(file: &FrameworkFile) -> Accepted {
    let charter = &file.framework.parts.rules.charter;
    Accepted {
        id: charter.id.clone(),
        version: charter.version.clone(),
        fr: file.framework.charter.fr.clone(),
        en: file.framework.charter.en.clone(),
    }
}

async fn appealed(tx: &mut Tx<'_>, voice: &Voice, word: &Word, words: String) -> Result<(), Error> {
    let found = of(tx, word).await?;
    let file = own(tx, &word.framework, voice.now).await?;
    let subject = Subject::Appeal { member: word.applicant.clone(), words };
    // Refused before anything is asked of a body.
    let nobody =
        QuestionId::parse("urn:uuid:00000000-0000-0000-0000-000000000000").map_err(super::internal)?;
    found.clone().after(Deed::Appeal { question: nobody }).map_err(not_now)?;
    let question = open(tx, voice.now, &file, &file.framework.parts.rules.admission.appeal, subject).await?;
    step(tx, voice, found, Deed::Appeal { question }, Vec::new()).await
}

/// As a member: the operator says where it stands.
async fn heard(tx: &mut Tx<'_>, voice: &Voice, word: &Word, decided: &Decided) -> Result<(), Error> {
    if word.applicant != voice.did {
        return Err(Error::malformed(say("trust.member-of-others"), "/word"));
    }
    let found = tx.membership(&word.framework, Side::Applicant, &word.applicant).await?;
    let found = found.filter(|one| one.operator == word.by).ok_or(Error::NotFound("membership"))?;
    let from = decided.from.as_deref().and_then(Contested::parse);
    let state = State::parse(&decided.state, decided.question.clone(), from).ok_or_else(|| {
        Error::malformed(say("trust.member-malformed").with("what", &decided.state), "/word")
    })?;
    let (mut next, event) = found.heard(state, decided.reasons.clone());
    next.updated = voice.now;
    tx.save_membership(&next).await?;
    tx.record(event);
    Ok(())
}

/// The membership a word is about, as the operator keeps it.
async fn of(tx: &mut Tx<'_>, word: &Word) -> Result<Membership, Error> {
    let found = tx.membership(&word.framework, Side::Operator, &word.applicant).await?;
    found.ok_or(Error::NotFound("membership"))
}

/// Something happens to a membership: kept, recorded, told.
pub(crate) async fn step(
    tx: &mut Tx<'_>,
    voice: &Voice,
    found: Membership,
    deed: Deed,
    reasons: Vec<String>,
) -> Result<(), Error> {
    let (mut next, event) = found.after(deed).map_err(not_now)?;
    next.updated = voice.now;
    next.held.reasons = reasons;
    tx.save_membership(&next).await?;
    tx.record(event);
    let file = own(tx, &next.framework, voice.now).await?;
    credential::follow(tx, &next, &file).await?;
    // Use cases give to members only.
    use_case::credential::follow_member(tx, &next.applicant, voice.now).await?;
    tell(tx, voice, &next).await
}

/// The applicant of a membership, by the name its operator uses.
pub(crate) async fn kept(
    tx: &mut Tx<'_>,
    framework: &contracts::id::FrameworkId,
    applicant: &ParticipantId,
) -> Result<Membership, Error> {
    let found = tx.membership(framework, Side::Operator, applicant).await?;
    found.ok_or(Error::NotFound("membership"))
}
