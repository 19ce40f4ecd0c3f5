//! Questions in SPARQL about a member's catalogue.

use std::sync::Arc;
use std::time::Duration;

use contracts::id::ParticipantId;
use tokio::sync::oneshot;

use crate::app::{App, Error, Hosted};
use crate::domain::dataset::Asker;
use crate::graph::sparql::{self, Accepted, Asked, DEEPEST, LONGEST, Limit, Refusal};
use crate::text::{Sentence, say};

/// Largest answer, in bytes.
const LARGEST: usize = 16 << 20;

/// What is not answered because of how it is asked, beside what is wrong with it.
#[derive(Debug)]
pub enum Refused {
    /// In none of the formats that are taken.
    NotAcceptable,
    Error(Error),
}

/// Answers a query as this asker may know the catalogue: media type and bytes.
///
/// # Errors
/// What is wrong with the query, or which limit ended it; [`Error::Busy`] when as many as may run do.
pub async fn ask(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    asker: Option<ParticipantId>,
    query: String,
    accepted: Accepted,
) -> Result<(&'static str, Vec<u8>), Refused> {
    if !app.graph.is_ready() {
        return Err(Refused::Error(Error::Busy { limit: "catalogue", retry_after: 1 }));
    }
    let place = Arc::clone(&app.queries).try_acquire_owned();
    let place = place.map_err(|_| Refused::Error(Error::Busy { limit: "sparql", retry_after: 1 }))?;
    let (answer, answered) = oneshot::channel();
    let (app2, hosted, now) = (Arc::clone(app), Arc::clone(hosted), app.now());
    let work = move || {
        let limits = &app2.config.limits;
        let limits = sparql::Limits {
            time: Duration::from_secs(limits.sparql_s),
            rows: limits.sparql_rows,
            bytes: LARGEST,
        };
        let asked = Asked {
            projection: &app2.graph,
            indexes: &app2.indexes,
            member: &hosted.member,
            asker: asker.as_ref().map_or(Asker::Anonymous, Asker::Participant),
            now,
        };
        let found = sparql::run(&asked, &query, accepted, &limits);
        // Before the answer: who asks one query after another finds the place free.
        drop(place);
        // Nobody may be waiting any more.
        let _ = answer.send(found);
    };
    let thread = std::thread::Builder::new().name("sparql".into()).stack_size(sparql::STACK).spawn(work);
    thread.map_err(|e| Refused::Error(Error::Unavailable(format!("a thread for a query: {e}"))))?;
    let ended =
        answered.await.map_err(|_| Refused::Error(Error::Internal("a query ended without a word".into())))?;
    ended.map_err(|refusal| refused(app, refusal))
}

fn refused(app: &App, refusal: Refusal) -> Refused {
    let limits = &app.config.limits;
    let wrong = |said: Sentence| Error::malformed(said, "query");
    Refused::Error(match refusal {
        Refusal::NotAcceptable(_) => return Refused::NotAcceptable,
        Refusal::Syntax(what) => wrong(say("sparql.syntax").with("what", what)),
        Refusal::TooLong => wrong(say("sparql.too-long").with("most", LONGEST)),
        Refusal::TooDeep => wrong(say("sparql.too-deep").with("most", DEEPEST)),
        Refusal::Service => Error::Unsupported(say("sparql.service")),
        Refusal::From => Error::Unsupported(say("sparql.from")),
        Refusal::Function(name) => Error::Unsupported(say("sparql.function").with("name", name)),
        Refusal::Evaluation(what) => wrong(say("sparql.evaluation").with("what", what)),
        Refusal::TooLarge => Error::Unsupported(say("sparql.too-large")),
        Refusal::Limit(Limit::Time) => {
            Error::Unsupported(say("sparql.time").with("seconds", limits.sparql_s))
        }
        Refusal::Limit(Limit::Memory) => Error::Unsupported(say("sparql.memory")),
        Refusal::Rows => Error::Unsupported(say("sparql.rows").with("most", limits.sparql_rows)),
        Refusal::Bytes => Error::Unsupported(say("sparql.bytes").with("most", LARGEST)),
        Refusal::Changed => Error::Busy { limit: "catalogue", retry_after: 1 },
        Refusal::Internal(what) => Error::Internal(format!("SPARQL: {what}")),
    })
}
