//! Searching a member's catalogue, as one asker may know it.

use std::sync::Arc;

use contracts::id::{DatasetId, ParticipantId};
use ontology::Lang;
use ontology::dcat::territory::Kind;
use ontology::dcat::theme;
use ontology::rung::Rung;
use ontology::status::Status;

use crate::app::{App, Error, Hosted};
use crate::domain::dataset::{Asker, Visibility};
use crate::search::{Found, Question};
use crate::text::say;

/// Most datasets that are reached page by page: a search that finds more is to be narrowed.
const DEEPEST: usize = 10_000;

/// Who searches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Searcher {
    Anonymous,
    Participant(ParticipantId),
    Member,
}

/// Where a page begins: after so many datasets of an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub after: usize,
    /// Of the answer that the first page was of.
    pub tag: [u8; 12],
}

/// One page of what is found, and where the next one begins.
///
/// # Errors
/// [`Error::Malformed`] when the answer has changed since the page before, or is asked for too far; [`Error::Busy`] while
/// the catalogue is being read after start.
pub async fn search(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    searcher: Searcher,
    question: Question,
    from: Option<Place>,
    limit: usize,
) -> Result<(Found, Option<Place>), Error> {
    let skip = from.as_ref().map_or(0, |place| place.after);
    if skip > DEEPEST {
        return Err(Error::malformed(say("malformed.too-far").with("most", DEEPEST), "cursor"));
    }
    if let Some((commune, km)) = &question.near {
        let places = &app.search.gazetteer;
        if !places.knows(commune) {
            return Err(Error::malformed(say("malformed.commune").with("code", commune), "near"));
        }
        if *km > 0.0 && places.position(commune).is_none() {
            return Err(Error::Unsupported(say("unsupported.position").with("code", commune)));
        }
    }
    let (app, hosted, now) = (Arc::clone(app), Arc::clone(hosted), app.now());
    let found = tokio::task::spawn_blocking(move || {
        let asker = match &searcher {
            Searcher::Anonymous => Asker::Anonymous,
            Searcher::Participant(did) => Asker::Participant(did),
            Searcher::Member => Asker::Member,
        };
        let Ok(reading) = app.graph.read() else {
            return Err(Error::Busy { limit: "catalogue", retry_after: 1 });
        };
        let named = |id: &DatasetId| {
            let parts = reading.entry(hosted.id(), id).and_then(|entry| entry.parts(asker, now));
            parts.is_some_and(|parts| parts.visibility == Visibility::Full)
        };
        Ok::<_, Error>(app.search.find(hosted.id(), asker, named, &question, now, (skip, limit)))
    });
    let found = found.await.map_err(|e| Error::Internal(format!("searching: {e}")))??;
    if from.is_some_and(|place| place.tag != found.tag) {
        return Err(Error::malformed(say("malformed.old-page"), "cursor"));
    }
    let after = skip + found.hits.len();
    let next = (after < found.total && !found.hits.is_empty()).then_some(Place { after, tag: found.tag });
    Ok((found, next))
}

/// A facet's value for persons; the value itself where there is no other name for it.
pub fn label(app: &App, kind: &str, value: &str, lang: Lang) -> String {
    let place = |kind| app.search.gazetteer.label(kind, value);
    let found = match kind {
        "theme" => {
            ontology::dcat::find(theme::THEMES, value).map(|term| lang.pick(term.fr, term.en).to_owned())
        }
        "status" => Status::parse(value).map(|status| status.label(lang).to_owned()),
        "rung" => Rung::parse(value).map(|rung| rung.label(lang).to_owned()),
        kind => Kind::parse(kind).and_then(place),
    };
    found.unwrap_or_else(|| value.to_owned())
}
