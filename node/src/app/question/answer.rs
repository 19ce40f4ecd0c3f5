//! What a question comes to, and what follows from it.

use contracts::ballot::Subject;
use contracts::id::QuestionId;

use super::{App, Error, Hosted, Shown, event, get, not_counted, rules};
use crate::app::membership::{Voice, kept, step, voted};
use crate::app::use_case;
use crate::domain::event::QuestionEvent;
use crate::domain::membership::Deed;
use crate::domain::question::NotCounted;
use crate::domain::tally::Outcome;

/// Counts the ballots of a question to the end, and does what follows. Again: nothing more.
///
/// # Errors
/// [`Error::Conflict`] while ballots may still change it, and for a body without quorum: its question stays without answer.
pub async fn answer(app: &App, hosted: &Hosted, id: &QuestionId) -> Result<Shown, Error> {
    let voice = Voice::of(app, hosted)?;
    let question = id.clone();
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let asked = tx.question(&question).await?.ok_or(Error::NotFound("question"))?;
                if asked.outcome.is_some() {
                    return Ok(());
                }
                let file = rules(tx, &asked).await?;
                let body = file.framework.body(&asked.question.body).ok_or(Error::NotFound("body"))?;
                let counted = tx.ballots(&question).await?;
                let outcome = match (asked.answer(body, &counted, voice.now), &asked.question.subject) {
                    (Ok(true), _) => Outcome::Yes,
                    (Ok(false), _) => Outcome::No,
                    // Nothing is decided: the case stays where it is, and may be put again.
                    (Err(NotCounted::NoQuorum), Subject::UseCase { .. }) => Outcome::NoQuorum,
                    (Err(why), _) => return Err(not_counted(why)),
                };
                let yes = outcome == Outcome::Yes;
                tx.answer_question(&question, outcome).await?;
                tx.record(event(&asked, QuestionEvent::Answered, None, outcome.as_str().to_owned()));
                let framework = &asked.question.framework;
                let reasons = if yes { Vec::new() } else { vec![voted(&body.name)] };
                match &asked.question.subject {
                    Subject::Admission { applicant } | Subject::Appeal { member: applicant, .. } => {
                        let found = kept(tx, framework, applicant).await?;
                        // It may have left meanwhile: then the answer stands, and nothing follows.
                        if found.state.question() == Some(&question) {
                            step(tx, &voice, found, Deed::Answered { question, yes }, reasons).await?;
                        }
                    }
                    Subject::Exclusion { member, reason } => {
                        let found = kept(tx, framework, member).await?;
                        if yes && found.clone().after(Deed::Exclude).is_ok() {
                            step(tx, &voice, found, Deed::Exclude, vec![reason.clone()]).await?;
                        }
                    }
                    Subject::UseCase { case, .. } => {
                        let why = use_case::reasons(body, outcome, &counted);
                        use_case::answered(tx, &voice, case, &question, yes, why).await?;
                    }
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    get(app, hosted, id).await
}
