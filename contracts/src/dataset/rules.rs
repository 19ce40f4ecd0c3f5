//! Rules between fields: what a status, a rung and a declaration oblige to.

use std::collections::HashSet;

use ontology::action::Action;
use ontology::dcat;
use ontology::rung::{Needs, Rung};
use ontology::status::Status;
use serde_json::Value;

use super::cursor::Faults;
use super::fault::{Fault, Rule};
use super::value::{Licence, Media, Organisation, Period};
use super::{Column, OfferDraft, Personal};

/// What could be read. A rule is applied when the fields it needs are there, so that one fault does not hide another
/// and a field with a fault of its own is not told twice.
pub(super) struct Known<'a> {
    pub(super) value: &'a Value,
    pub(super) status: Option<Status>,
    pub(super) rung: Option<Rung>,
    pub(super) format: &'a [Media],
    pub(super) licence: Option<&'a Licence>,
    pub(super) period: Option<&'a Period>,
    pub(super) offers: &'a [OfferDraft],
    pub(super) columns: &'a [Column],
    pub(super) personal: Option<&'a Personal>,
    pub(super) producer: Option<&'a Organisation>,
    pub(super) draft: bool,
}

impl Known<'_> {
    fn given(&self, field: &str) -> bool {
        self.value.get(field).is_some_and(|value| !value.is_null())
    }
}

pub(super) fn check(known: &Known<'_>, faults: &Faults) {
    let tell = |field: &str, rule: Rule| {
        faults.push(Fault::rule(field, known.value.pointer(field).filter(|v| !v.is_null()), rule));
    };
    // What a status and a rung oblige to, they oblige to when the dataset is published.
    if !known.draft {
        if let Some(status) = known.status {
            by_status(known, status, &tell);
        }
        if let Some(rung) = known.rung {
            by_rung(known, rung, &tell);
        }
        if let (Some(status), Some(rung)) = (known.status, known.rung) {
            exposure(known, status, rung, &tell);
        }
        if known.columns.iter().any(|column| column.personal) && !known.given("personal") {
            tell("/personal", Rule::PersonalColumns);
        }
    }
    columns(known, &tell);
    if let Some(Period { start: Some(start), end: Some(end) }) = known.period
        && end < start
    {
        tell("/period", Rule::Period);
    }
    let mut ids = HashSet::new();
    if known.offers.iter().filter_map(|offer| offer.id.as_ref()).any(|id| !ids.insert(id)) {
        tell("/offers", Rule::SameOffer);
    }
}

fn columns(known: &Known<'_>, tell: &impl Fn(&str, Rule)) {
    let mut names = HashSet::new();
    if !known.columns.iter().all(|column| names.insert(column.name.as_str())) {
        tell("/columns", Rule::SameColumn);
    }
    let mut about = known.columns.iter().filter(|column| column.territory.is_some());
    let named = about.next().is_none_or(|column| dcat::column::names_area(column.kind.code).is_some());
    if !named || about.next().is_some() {
        tell("/columns", Rule::TerritoryColumn);
    }
    let mut counted = known.columns.iter().filter(|column| column.contributors);
    let whole = counted.next().is_none_or(|column| column.kind.code == "integer");
    if !whole || counted.next().is_some() {
        tell("/columns", Rule::ContributorsColumn);
    }
    if let Some(personal) = known.personal
        && !known.columns.is_empty()
        && !personal.columns.iter().all(|name| names.contains(name.as_str()))
    {
        tell("/personal/columns", Rule::UnknownColumn);
    }
}

fn by_status(known: &Known<'_>, status: Status, tell: &impl Fn(&str, Rule)) {
    use Status::*;
    if matches!(status, Personnelle | Sensible | Mixte | SelfData) && !known.given("personal") {
        tell("/personal", Rule::Personal);
    }
    if matches!(status, Publique | InteretGeneral | EssentielleCp) {
        for (i, media) in known.format.iter().enumerate() {
            if !media.is_open() {
                let list = known.value.get("format").is_some_and(Value::is_array);
                tell(&if list { format!("/format/{i}") } else { "/format".into() }, Rule::OpenFormat);
            }
        }
    }
    // Data of a concession belong to a public service, whoever runs it.
    if let (InteretGeneral, Some(personal)) = (status, known.personal)
        && known.producer.is_some_and(|producer| same(producer, &personal.responsable_traitement))
    {
        tell("/personal/responsable_traitement", Rule::Controller);
    }
    for (which, field, rule) in [
        (PiTiers, "licence", Rule::ThirdParty),
        (RechercheEnCours, "embargo", Rule::Embargo),
        (Anonymisee, "anonymisation", Rule::Anonymisation),
        (EssentielleCp, "conforms_to", Rule::Schema),
    ] {
        if status == which && !known.given(field) {
            tell(&format!("/{field}"), rule);
        }
    }
}

fn by_rung(known: &Known<'_>, rung: Rung, tell: &impl Fn(&str, Rule)) {
    match (rung.needs(), known.given("offers")) {
        (Needs::Never, true) => tell("/offers", Rule::NoOffers),
        (Needs::Nothing | Needs::Framework | Needs::Query, false) => tell("/offers", Rule::Offers),
        _ => {}
    }
    if rung.delivers() && !known.given("source") {
        tell("/source", Rule::Source);
    }
    if matches!(rung, Rung::Ouvert | Rung::OuvertIdentifie) && known.given("personal") {
        tell("/rung", Rule::OpenPersonal);
    }
    if rung != Rung::Ouvert && known.given("hvd") {
        tell("/hvd", Rule::HighValue);
    }
    if rung == Rung::Ouvert && known.given("exclusion") {
        tell("/exclusion", Rule::ExclusionOpen);
    }
}

fn exposure(known: &Known<'_>, status: Status, rung: Rung, tell: &impl Fn(&str, Rule)) {
    use Status::*;
    if matches!(rung, Rung::Ouvert | Rung::OuvertIdentifie) && !status.may_be_open() {
        tell("/rung", Rule::NotOpen);
    }
    if matches!(status, Publique | EssentielleCp) && rung != Rung::Ouvert && !known.given("exclusion") {
        tell("/exclusion", Rule::Exclusion);
    }
    let approved = matches!(known.licence, Some(Licence::Listed(_) | Licence::Approved(_)));
    if matches!(status, Publique | InteretGeneral | EssentielleCp) && rung == Rung::Ouvert && !approved {
        tell("/licence", Rule::OpenLicence);
    }
    let free = matches!(status, Publique | InteretGeneral | EssentielleCp) && rung == Rung::Ouvert;
    for (index, _) in known.offers.iter().enumerate().filter(|(_, offer)| free && asks_to_pay(&offer.policy))
    {
        tell(&format!("/offers/{index}/policy"), Rule::Free);
    }
    if status == PriveeIg && rung.delivers() && !known.given("provenance") {
        tell("/provenance", Rule::Provenance);
    }
    if status == PriveeIg && rung.delivers() && !known.given("rights") {
        tell("/rights", Rule::Rights);
    }
    if status == Securite && rung.level() < Rung::PartenairesNommes.level() {
        tell("/rung", Rule::Security);
    }
    if matches!(status, Sensible | SelfData) && rung.level() < Rung::RequeteSure.level() {
        tell("/rung", Rule::Consent);
    }
}

/// Whether two names are of one organisation: by its numbers where both give them, else by its name.
fn same(one: &Organisation, other: &Organisation) -> bool {
    match (&one.siren, &other.siren, &one.did, &other.did) {
        (Some(one), Some(other), ..) => one == other,
        (_, _, Some(one), Some(other)) => one == other,
        _ => one.name.to_lowercase() == other.name.to_lowercase(),
    }
}

/// Whether a policy obliges to pay, before the use or otherwise.
fn asks_to_pay(policy: &Value) -> bool {
    match policy {
        Value::Array(items) => items.iter().any(asks_to_pay),
        Value::Object(members) => members.iter().any(|(name, value)| {
            let action = match value {
                Value::Object(reference) => reference.get("@id").and_then(Value::as_str),
                other => other.as_str(),
            };
            let pays = action.and_then(Action::parse).is_some_and(|action| action.name() == "compensate");
            (name == "action" && pays) || asks_to_pay(value)
        }),
        _ => false,
    }
}
