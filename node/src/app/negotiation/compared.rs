//! What a provider makes of a request for other terms than it published: it compares both, and does what
//! `[contracts]` says.

use contracts::odrl;
use policies::compare::{Comparison, Knowledge, Relation, compare};
use policies::explain::{self, Names};
use policies::model;
use serde_json::Value;

use crate::app::peer::{lang, read_policy};
use crate::app::{App, Error};
use crate::config::{Conflicting, Narrower};
use crate::text::{self, Lang};

/// What follows from a comparison.
pub(super) enum Course {
    Agree,
    /// Offer the published terms again.
    Counter,
    /// With the sentences that say why.
    Refuse(String),
    AskPerson,
}

/// Compares the terms asked for with those published.
pub(super) fn course(app: &App, published: &Value, asked: &Value) -> Result<Course, Error> {
    let contracts = &app.config.contracts;
    if !contracts.automatic {
        return Ok(Course::AskPerson);
    }
    let (offer, request) = (read_policy(published, "published offer")?, read_policy(asked, "/offer")?);
    let (Some(one), Some(two)) = (general(&offer), general(&request)) else { return Ok(Course::AskPerson) };
    let compared = compare(&one, &two, &Knowledge::default());
    Ok(match compared.relation() {
        // What more somebody is obliged to, and in whose name it is granted, is no matter of width.
        Relation::Refines
            if contracts.narrower == Narrower::Accept
                && offer.obligation == request.obligation
                && offer.assigner == request.assigner =>
        {
            Course::Agree
        }
        Relation::Conflict => match contracts.conflicting {
            Conflicting::Counter => Course::Counter,
            Conflicting::Refuse => Course::Refuse(sentences(&compared, lang(app))),
            Conflicting::Ask => Course::AskPerson,
        },
        Relation::Refines | Relation::Subsumed | Relation::Compatible | Relation::Unknown => {
            Course::AskPerson
        }
    })
}

fn sentences(compared: &Comparison, lang: Lang) -> String {
    let names =
        Names { first: text::get(lang, "compared.offer"), second: text::get(lang, "compared.request") };
    explain::comparison(compared, names, lang).join(" ")
}

/// The policy as rules of one action each; `None` where it cannot be read so: a person looks at it.
fn general(policy: &odrl::Policy) -> Option<model::Policy> {
    let written = model::read(&model::dsp(policy).ok()?).ok()?;
    model::atomic(written.first()?, &written).ok()
}
