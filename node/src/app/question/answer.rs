//! What a question comes to, and what follows from it.

use contracts::ballot::Subject;
use contracts::id::QuestionId;

use super::{App, Error, Hosted, Shown, event, get, not_counted, rules};
use crate::app::membership::{Voice, kept, step, voted};
use crate::domain::event::QuestionEvent;
use crate::domain::membership::Deed;
use crate::domain::tally::Outcome;
use crate::text::say;

/// Counts the ballots of a question to the end, and does what follows.
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
                let file = rules(tx, &asked).await?;
                let body = file.framework.body(&asked.question.body).ok_or(Error::NotFound("body"))?;
                let counted = tx.ballots(&question).await?;
                let yes = asked.answer(body, &counted, voice.now).map_err(not_counted)?;
                let outcome = if yes { Outcome::Yes } else { Outcome::No };
                tx.answer_question(&question, outcome).await?;
                tx.record(event(&asked, QuestionEvent::Answered, None, outcome.as_str().to_owned()));
                let framework = &asked.question.framework;
                let reasons = match yes {
                    true => Vec::new(),
                    false => vec![voted(&body.name)],
                };
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
                    Subject::UseCase { .. } => return Err(Error::Unsupported(say("trust.ballot-other"))),
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    get(app, hosted, id).await
}
