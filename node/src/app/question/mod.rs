//! Questions to the bodies of a framework: opened by what happens, answered by signed ballots, shown to everybody.

mod answer;
mod cast;
mod round;
mod seat;

use contracts::ballot::{Question, Subject};
use contracts::format::Instant;
use contracts::framework::FrameworkFile;
use contracts::id::{FrameworkId, QuestionId};

use super::{App, Error, Hosted};
use crate::domain::event::{Event, OfQuestion, QuestionEvent};
use crate::domain::question::{Asked, Counted, NotCounted};
use crate::domain::time::Timestamp;
use crate::identity::random;
use crate::store::{Page, Tx};
use crate::text::{Sentence, say};

pub use answer::answer;
pub use cast::{BallotMessage, cast, receive};
pub use round::round;
pub use seat::{appoint, seats};

/// A question with its ballots.
pub struct Shown {
    pub asked: Asked,
    pub ballots: Vec<Counted>,
}

/// Asks a body; what it is asked counts by the rules of this version.
pub(crate) async fn open(
    tx: &mut Tx<'_>,
    now: Timestamp,
    file: &FrameworkFile,
    body: &str,
    subject: Subject,
) -> Result<QuestionId, Error> {
    let framework = &file.framework;
    let days = framework.body(body).ok_or(Error::NotFound("body"))?.days;
    let closes = now.plus_seconds(i64::from(days).saturating_mul(86_400));
    let question = Question {
        id: QuestionId::from_uuid(random::uuid_v7(now)),
        framework: framework.id.clone(),
        version: framework.version,
        body: body.to_owned(),
        subject,
        opened: Instant::from_seconds(now.seconds()),
        closes: Instant::from_seconds(closes.seconds()),
    };
    let digest = contracts::jcs::digest(&question).map_err(|e| Error::Internal(e.to_string()))?;
    let asked = Asked { question, digest: digest.clone(), outcome: None };
    tx.insert_question(&asked).await?;
    tx.record(event(&asked, QuestionEvent::Opened, None, digest));
    for seat in asked.question.subject.conflicts() {
        tx.record(event(&asked, QuestionEvent::Conflict, None, seat.clone()));
    }
    Ok(asked.question.id)
}

/// Questions of a framework, after a cursor.
pub async fn list(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    page: &Page,
) -> Result<Vec<Asked>, Error> {
    Ok(app.store.read(hosted.id()).await?.questions(framework, page).await?)
}

/// One question with its ballots.
pub async fn get(app: &App, hosted: &Hosted, id: &QuestionId) -> Result<Shown, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let asked = reader.question(id).await?.ok_or(Error::NotFound("question"))?;
    let ballots = reader.ballots(id).await?;
    Ok(Shown { asked, ballots })
}

fn event(
    asked: &Asked,
    what: QuestionEvent,
    peer: Option<contracts::id::ParticipantId>,
    detail: String,
) -> Event {
    Event::Question(OfQuestion {
        what,
        question: asked.question.id.clone(),
        framework: asked.question.framework.clone(),
        peer,
        detail,
    })
}

/// The rules that a question is answered by: those of the version it was asked under.
async fn rules(tx: &mut Tx<'_>, asked: &Asked) -> Result<FrameworkFile, Error> {
    let versions = tx.framework(&asked.question.framework).await?;
    let kept = versions.into_iter().find(|one| one.version == asked.question.version);
    let kept = kept.ok_or(Error::NotFound("framework"))?;
    FrameworkFile::parse(kept.file.as_bytes()).map_err(|e| Error::Internal(e.to_string()))
}

fn not_counted(why: NotCounted) -> Error {
    let said: Sentence = match why {
        NotCounted::Closed => say("trust.ballot-closed"),
        NotCounted::OtherQuestion => say("trust.ballot-other"),
        NotCounted::NoSeat => say("trust.ballot-no-seat"),
        NotCounted::NotHolder => say("trust.ballot-not-holder"),
        NotCounted::Twice => say("trust.ballot-twice"),
        NotCounted::Concerned => say("trust.ballot-concerned"),
        NotCounted::Open => say("trust.ballot-open"),
        NotCounted::NoQuorum => say("trust.ballot-no-quorum"),
    };
    Error::Conflict(said)
}
