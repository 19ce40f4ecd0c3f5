//! What a description may say of other datasets, and what terms received with data oblige to.

use contracts::dataset::{Description, Fault, Origin, Remedy, Rule, Term};
use contracts::id::{AgreementId, DatasetId};
use contracts::odrl::Policy;
use ontology::Lang;
use policies::explain;
use serde_json::Value;

use crate::app::Error;
use crate::domain::agreement::{Agreement, Standing};
use crate::domain::dataset::Revision;
use crate::domain::freshness::{of_record, stale_since};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::store::Tx;
use crate::text::{self, say};

/// Checks a description in the write that publishes it.
///
/// # Errors
/// [`Error::Faulty`] where it names what is not announced, or offers more than was received; [`Error::Conflict`] where
/// it would hide what others of the member's datasets name.
pub(super) async fn check(
    tx: &mut Tx<'_>,
    id: &DatasetId,
    head: Option<&Revision>,
    description: &Description,
    now: Timestamp,
) -> Result<(), Error> {
    let mut faults = Vec::new();
    if description.exposed().announced() {
        for (field, other) in description.named() {
            faults.extend(names(tx, id, field, other).await?);
        }
    } else if head.is_some_and(Revision::is_announced) {
        hides(tx, id).await?;
    }
    // A draft is offered to nobody.
    for origin in description.derived_from.iter().filter(|_| !description.draft) {
        if !origin.stale && is_stale(tx, &origin.dataset, now).await? {
            let value = Value::from(origin.dataset.as_str());
            faults.push(Fault::rule("/derived_from", Some(&value), Rule::StaleOrigin));
        }
        if let Some(agreement) = &origin.agreement {
            inherits(tx, origin, agreement, description, now, &mut faults).await?;
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Error::Faulty(faults)) }
}

/// What is wrong with naming another dataset: an own one that others do not know of would leave a trace.
async fn names(
    tx: &mut Tx<'_>,
    id: &DatasetId,
    field: &str,
    other: &DatasetId,
) -> Result<Option<Fault>, Error> {
    let value = Value::from(other.as_str());
    let wrong = |rule| Some(Fault::rule(field, Some(&value), rule));
    Ok(match tx.rung(other).await? {
        _ if other == id => wrong(Rule::NotOwn),
        // The rung of what was withdrawn is the one it had.
        Some(rung) if rung.announced() => None,
        Some(_) => wrong(Rule::Untold),
        None if field == "/derived_from" => None,
        None => wrong(Rule::NotOwn),
    })
}

/// Whether a dataset, an own one or a known one of somebody else, is late by its own frequency.
async fn is_stale(tx: &mut Tx<'_>, origin: &DatasetId, now: Timestamp) -> Result<bool, Error> {
    if let Some(own) = tx.dataset(origin).await? {
        let frequency = own.described().map(|described| described.description.frequency.code);
        return Ok(frequency.and_then(|code| stale_since(code, own.at, now)).is_some());
    }
    let known = tx.harvested_one(origin.as_str()).await?;
    Ok(known.is_some_and(|record| of_record(&record, now).is_some()))
}

/// Nothing that is announced may go on naming what no longer is.
async fn hides(tx: &mut Tx<'_>, id: &DatasetId) -> Result<(), Error> {
    let others = tx.announced_with(id).await?;
    let naming = others.iter().find(|other| {
        other.described().is_some_and(|described| described.description.named().any(|(_, named)| named == id))
    });
    match naming {
        Some(other) => Err(Error::Conflict(say("conflict.named").with("dataset", &other.dataset))),
        None => Ok(()),
    }
}

/// The terms of an agreement bind what is made from its data.
async fn inherits(
    tx: &mut Tx<'_>,
    origin: &Origin,
    id: &AgreementId,
    description: &Description,
    now: Timestamp,
    faults: &mut Vec<Fault>,
) -> Result<(), Error> {
    let of_it = |key, values: &[(&'static str, &str)]| {
        let named = [("agreement", id.as_str())];
        let values: Vec<(&str, &str)> = named.iter().chain(values).copied().collect();
        let said = |lang| text::fill(lang, key, &values);
        Remedy::Policy { fr: said(Lang::Fr), en: said(Lang::En) }
    };
    let value = Value::from(id.as_str());
    let at_origin = |remedy| Fault::new("/derived_from", Some(&value), remedy);
    let received = |found: &Agreement| found.role == Role::Consumer && found.dataset == origin.dataset;
    let Some(agreement) = tx.agreement(id).await?.filter(received) else {
        faults.push(at_origin(of_it("lineage.unknown", &[("dataset", origin.dataset.as_str())])));
        return Ok(());
    };
    if !gives_right(&agreement, now) {
        faults.push(at_origin(of_it("lineage.ended", &[])));
        return Ok(());
    }
    let policy = read(&agreement.policy).ok_or_else(|| Error::Internal("an agreement's policy".into()))?;
    let left = |clause: &policies::Clause| Remedy::Policy {
        fr: left_in(Lang::Fr, id, clause),
        en: left_in(Lang::En, id, clause),
    };
    if let Err(clause) = policies::derived(&policy) {
        faults.push(at_origin(left(&clause)));
    }
    for (at, offer) in description.offers.iter().enumerate() {
        let Some(offered) = compiled(&offer.policy) else { continue };
        if let Err(clause) = policies::onward(&policy, &offered) {
            faults.push(Fault::new(format!("/offers/{at}/policy"), Some(&offer.policy), left(&clause)));
        }
        if let Some(until) = agreement.until.filter(|until| !ends_by(&offer.term, *until)) {
            let remedy = of_it("lineage.term", &[("until", &until.rfc3339())]);
            faults.push(Fault::new(format!("/offers/{at}/term"), None, remedy));
        }
    }
    Ok(())
}

fn gives_right(agreement: &Agreement, now: Timestamp) -> bool {
    let signed = matches!(agreement.standing, Standing::Signed | Standing::Unsigned);
    signed && agreement.revoked.is_none() && agreement.until.is_none_or(|until| now < until)
}

/// Whether no contract made on an offer can last longer.
fn ends_by(term: &Term, until: Timestamp) -> bool {
    match term {
        Term::Until(_) => term.end(until.to_date()).is_some_and(|end| end <= until.to_date()),
        Term::Unlimited | Term::For(_) => false,
    }
}

fn left_in(lang: Lang, agreement: &AgreementId, clause: &policies::Clause) -> String {
    let clause = explain::left(clause, lang);
    text::fill(lang, "lineage.left", &[("agreement", agreement.as_str()), ("clause", &clause)])
}

fn read(policy: &str) -> Option<policies::Compiled> {
    compiled(&serde_json::from_str(policy).ok()?)
}

fn compiled(policy: &Value) -> Option<policies::Compiled> {
    policies::compile(&Policy::try_from(policy.clone()).ok()?).ok()
}
