//! From JSON to a description.

use std::collections::BTreeMap;

use ontology::dcat::territory::{Kind, is_siren, is_siret};
use ontology::dcat::{self, Term as Code, format::Format};
use ontology::exclusion::GROUNDS;
use ontology::origin::ORIGINS;
use ontology::purpose::Purpose;
use ontology::rung::Rung;
use ontology::status::Status;
use serde_json::Value;

use super::cursor::{Cursor, Faults, Object};
use super::fault::{Fault, Remedy, Rule, Shape};
use super::value::*;
use super::{Column, Description, Duration, OfferDraft, Origin, Personal, Provenance, Series, Term, rules};
use crate::format::V1;
use crate::id::{AgreementId, DatasetId, OfferId, ParticipantId};

const LINE: usize = 300;
const PROSE: usize = 20_000;
const LIST: usize = 100;
/// Wide tables have some hundreds.
const COLUMNS: usize = 2_000;

pub(super) fn description(value: &Value) -> Result<Description, Vec<Fault>> {
    let faults = Faults::default();
    let read = Cursor::root(value, &faults).object().and_then(|object| whole(object, &faults));
    match (read, faults.into_vec()) {
        (Some(description), faults) if faults.is_empty() => Ok(description),
        (_, faults) => Err(faults),
    }
}

fn whole(mut o: Object<'_>, faults: &Faults) -> Option<Description> {
    o.optional("v", |c| if c.value.as_u64() == Some(1) { Some(()) } else { c.expected(Shape::Version) });
    let id = o.optional("id", identifier);
    let lang = o.optional("lang", |c| c.parsed(Shape::Text, language)).unwrap_or_else(|| "fr".into());
    let title = o.required("title", |c| localised(c, &lang, LINE));
    let description = o.required("description", |c| localised(c, &lang, PROSE));
    let theme = o.required("theme", |c| c.each(LIST, |c| term(c, dcat::theme::THEMES)));
    let location = o.required("location", |c| c.each(LIST, place));
    let format = o.required("format", |c| c.each(LIST, media));
    let granularity = o.required("granularity", granularity);
    let frequency = o.required("frequency", |c| term(c, dcat::frequency::FREQUENCIES));
    let producer = o.required("producer", organisation);
    let status = o.required("status", |c| c.one_of(Status::parse, || codes(Status::ALL.map(Status::code))));
    let rung = o.required("rung", |c| c.one_of(Rung::parse, || codes(Rung::ALL.map(Rung::code))));
    let exclusion = o.optional("exclusion", |c| term(c, GROUNDS));
    let personal = o.optional("personal", personal);
    let anonymisation = o.optional("anonymisation", anonymisation);
    let embargo = o.optional("embargo", day);
    let licence = o.optional("licence", licence);
    let rights = o.optional("rights", |c| localised(c, &lang, PROSE));
    let provenance = o.optional("provenance", |c| provenance(c, &lang));
    let period = o.optional("period", period);
    let keywords = o.optional("keywords", |c| c.each(LIST, |c| c.text(LINE))).unwrap_or_default();
    let conforms_to = o.optional("conforms_to", |c| c.each(LIST, iri)).unwrap_or_default();
    let contact = o.optional("contact", contact);
    let hvd = o.optional("hvd", |c| c.each(LIST, |c| term(c, dcat::hvd::CATEGORIES))).unwrap_or_default();
    let byte_size = o.optional("byte_size", byte_size);
    let bbox = o.optional("bbox", bbox);
    let columns = o.optional("columns", |c| c.each(COLUMNS, |c| column(c, &lang))).unwrap_or_default();
    let draft = o.optional("draft", truth).unwrap_or_default();
    let series = o.optional("series", |c| series(c, &lang));
    let version = o.optional("version", |c| c.text(LINE));
    let previous_version = o.optional("previous_version", identifier);
    let derived_from = o.optional("derived_from", |c| c.each(LIST, origin)).unwrap_or_default();
    let version_notes = o.optional("version_notes", |c| localised(c, &lang, PROSE));
    let source = o.optional("source", source);
    let offers = o.optional("offers", |c| c.each(LIST, offer)).unwrap_or_default();

    rules::check(
        &rules::Known {
            value: o.cursor.value,
            status,
            rung,
            format: format.as_deref().unwrap_or_default(),
            licence: licence.as_ref(),
            period: period.as_ref(),
            offers: &offers,
            columns: &columns,
            personal: personal.as_ref(),
            producer: producer.as_ref(),
            draft,
        },
        faults,
    );
    o.close();
    Some(Description {
        v: V1,
        id,
        lang,
        title: title?,
        description: description?,
        theme: theme?,
        location: location?,
        format: format?,
        granularity: granularity?,
        frequency: frequency?,
        producer: producer?,
        status: status?,
        rung: rung?,
        exclusion,
        personal,
        anonymisation,
        embargo,
        licence,
        rights,
        provenance,
        period,
        keywords,
        conforms_to,
        contact,
        hvd,
        byte_size,
        bbox,
        columns,
        draft,
        series,
        version,
        previous_version,
        derived_from,
        version_notes,
        source,
        offers,
    })
}

fn codes<const N: usize>(codes: [&'static str; N]) -> String {
    codes.join(", ")
}

fn language(tag: &str) -> Option<String> {
    let simple = (2..=12).contains(&tag.len())
        && tag.split('-').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_alphanumeric()))
        && tag.starts_with(|c: char| c.is_ascii_lowercase());
    simple.then(|| tag.to_owned())
}

fn localised(c: &Cursor<'_>, lang: &str, max: usize) -> Option<Text> {
    let Some(members) = c.value.as_object() else {
        return match c.value {
            Value::String(_) => Some(Text(BTreeMap::from([(lang.to_owned(), c.text(max)?)]))),
            _ => c.expected(Shape::Localised),
        };
    };
    if members.is_empty() || members.len() > 30 || members.keys().any(|tag| language(tag).is_none()) {
        return c.expected(Shape::Localised);
    }
    let texts = members.iter().filter_map(|(tag, value)| {
        let inner = Cursor { value, at: format!("{}/{tag}", c.at), faults: c.faults };
        Some((tag.clone(), inner.text(max)?))
    });
    Some(Text(texts.collect()))
}

fn term(c: &Cursor<'_>, table: &'static [Code]) -> Option<&'static Code> {
    c.one_of(|text| dcat::find(table, text), || dcat::codes(table))
}

fn day(c: &Cursor<'_>) -> Option<Day> {
    c.parsed(Shape::Date, Day::parse)
}

fn duration(c: &Cursor<'_>) -> Option<Duration> {
    c.parsed(Shape::Duration, Duration::parse)
}

fn truth(c: &Cursor<'_>) -> Option<bool> {
    match c.value.as_bool() {
        Some(truth) => Some(truth),
        None => c.expected(Shape::Truth),
    }
}

fn bbox(c: &Cursor<'_>) -> Option<[f64; 4]> {
    let numbers: Option<Vec<f64>> =
        c.value.as_array().and_then(|sides| sides.iter().map(Value::as_f64).collect());
    let sides: Option<[f64; 4]> = numbers.and_then(|numbers| numbers.try_into().ok());
    let on_earth = |[west, south, east, north]: &[f64; 4]| {
        -180.0 <= *west
            && west <= east
            && *east <= 180.0
            && -90.0 <= *south
            && south <= north
            && *north <= 90.0
    };
    match sides.filter(on_earth) {
        Some(sides) => Some(sides),
        None => c.expected(Shape::Rectangle),
    }
}

fn identifier(c: &Cursor<'_>) -> Option<DatasetId> {
    c.parsed(Shape::Identifier, |t| DatasetId::from_segment(t).ok())
}

fn column(c: &Cursor<'_>, lang: &str) -> Option<Column> {
    let mut o = c.object()?;
    let name = o.required("name", |c| c.text(LINE));
    let kind = o.required("type", |c| term(c, dcat::column::TYPES));
    let title = o.optional("title", |c| localised(c, lang, LINE));
    let description = o.optional("description", |c| localised(c, lang, PROSE));
    let personal = o.optional("personal", truth).unwrap_or_default();
    let territory = o.optional("territory", code_year);
    let contributors = o.optional("contributors", truth).unwrap_or_default();
    o.close();
    Some(Column { name: name?, kind: kind?, title, description, personal, territory, contributors })
}

fn code_year(c: &Cursor<'_>) -> Option<u16> {
    match c.value.as_u64().and_then(|year| ontology::area::vintage(&year.to_string())) {
        Some(year) => Some(year),
        None => c.expected(Shape::CodeYear),
    }
}

fn series(c: &Cursor<'_>, lang: &str) -> Option<Series> {
    let mut o = c.object()?;
    let id = o.required("id", identifier);
    let title = o.required("title", |c| localised(c, lang, LINE));
    let description = o.required("description", |c| localised(c, lang, PROSE));
    let previous = o.optional("previous", identifier);
    o.close();
    Some(Series { id: id?, title: title?, description: description?, previous })
}

fn provenance(c: &Cursor<'_>, lang: &str) -> Option<Provenance> {
    let mut o = c.object()?;
    let origin = o.required("origin", |c| term(c, ORIGINS));
    let collection = o.required("collection", |c| localised(c, lang, PROSE));
    o.close();
    Some(Provenance { origin: origin?, collection: collection? })
}

fn origin(c: &Cursor<'_>) -> Option<Origin> {
    let mut o = c.object()?;
    let dataset = o.required("dataset", identifier);
    let agreement =
        o.optional("agreement", |c| c.parsed(Shape::Identifier, |t| AgreementId::from_segment(t).ok()));
    let named = o.optional("named", truth);
    let stale = o.optional("stale", truth).unwrap_or_default();
    o.close();
    let named = named.unwrap_or(agreement.is_none());
    Some(Origin { dataset: dataset?, agreement, named, stale })
}

fn number(c: &Cursor<'_>) -> Option<u32> {
    match c.value.as_u64().and_then(|n| u32::try_from(n).ok()).filter(|n| *n > 0) {
        Some(n) => Some(n),
        None => c.expected(Shape::Number),
    }
}

fn is_iri(text: &str) -> bool {
    text.len() <= 2_000
        && !text.chars().any(|c| c.is_whitespace() || c.is_control() || "<>\"{}|\\^`".contains(c))
        && url::Url::parse(text).is_ok()
}

fn iri(c: &Cursor<'_>) -> Option<String> {
    c.parsed(Shape::Iri, |text| is_iri(text).then(|| text.to_owned()))
}

fn place(c: &Cursor<'_>) -> Option<Place> {
    let mut o = c.object()?;
    let kind = o.required("kind", |c| c.one_of(Kind::parse, || codes(Kind::ALL.map(Kind::code))));
    let code = o.required("code", |c| match (c.text(LINE), kind) {
        (Some(code), Some(kind)) if !kind.accepts(&code) => {
            c.fault(Remedy::Territory { kind: kind.code(), example: kind.example() })
        }
        (code, _) => code,
    });
    let label = o.optional("label", |c| c.text(LINE));
    o.close();
    Some(Place { kind: kind?, code: code?, label })
}

fn media(c: &Cursor<'_>) -> Option<Media> {
    c.parsed(Shape::MediaType, |text| match Format::find(text) {
        Some(format) => Some(Media { media_type: format.media_type.to_owned(), format: Some(format) }),
        None if dcat::format::is_media_type(text) => {
            Some(Media { media_type: text.to_ascii_lowercase(), format: None })
        }
        None => None,
    })
}

fn granularity(c: &Cursor<'_>) -> Option<Granularity> {
    let mut o = c.object()?;
    let level = o.optional("level", |c| term(c, dcat::granularity::LEVELS));
    let temporal = o.optional("temporal", duration);
    let metres = o.optional("metres", number);
    let empty = ["level", "temporal", "metres"].iter().all(|key| c.value.get(key).is_none());
    o.close();
    if empty {
        return c.expected(Shape::Granularity);
    }
    Some(Granularity { level, temporal, metres })
}

fn organisation(c: &Cursor<'_>) -> Option<Organisation> {
    let mut o = c.object()?;
    let name = o.required("name", |c| c.text(LINE));
    let siren = o.optional("siren", |c| c.parsed(Shape::Siren, |t| is_siren(t).then(|| t.to_owned())));
    let siret = o.optional("siret", |c| c.parsed(Shape::Siret, |t| is_siret(t).then(|| t.to_owned())));
    let did = o.optional("did", |c| c.parsed(Shape::Identifier, |t| ParticipantId::did(t).ok()));
    o.close();
    Some(Organisation { name: name?, siren, siret, did })
}

fn contact(c: &Cursor<'_>) -> Option<Contact> {
    let mut o = c.object()?;
    let name = o.required("name", |c| c.text(LINE));
    let email = o.optional("email", |c| c.parsed(Shape::Email, |t| is_email(t).then(|| t.to_owned())));
    let url = o.optional("url", |c| c.parsed(Shape::Address, |t| is_page(t).then(|| t.to_owned())));
    let empty = ["email", "url"].iter().all(|key| c.value.get(key).is_none_or(Value::is_null));
    o.close();
    if empty {
        return c.expected(Shape::Contact);
    }
    Some(Contact { name: name?, email, url })
}

/// The address of a page that persons are sent to.
pub fn is_page(text: &str) -> bool {
    is_iri(text) && text.starts_with("https://")
}

/// `local@host` in plain characters, so that it can stand in a `mailto:` IRI as it is.
pub fn is_email(text: &str) -> bool {
    let plain = |part: &str, also: &str| {
        !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || also.contains(c))
    };
    let parts = text.split_once('@');
    text.len() <= 254
        && parts.is_some_and(|(local, host)| plain(local, ".-_+") && plain(host, ".-") && host.contains('.'))
}

/// Canonical JSON carries whole numbers up to 2^53 only.
fn byte_size(c: &Cursor<'_>) -> Option<u64> {
    match c.value.as_u64().filter(|n| *n <= 1 << 53) {
        Some(n) => Some(n),
        None => c.expected(Shape::Number),
    }
}

fn personal(c: &Cursor<'_>) -> Option<Personal> {
    let mut o = c.object()?;
    let columns = o.required("columns", |c| c.each(1_000, |c| c.text(LINE)));
    let responsable_traitement = o.required("responsable_traitement", organisation);
    let known = || codes_of_purposes();
    let finalites = o.required("finalites", |c| c.each(LIST, |c| c.one_of(Purpose::parse, known)));
    let base_legale = o.required("base_legale", |c| term(c, dcat::legal_basis::BASES));
    let duree_conservation = o.required("duree_conservation", duration);
    o.close();
    Some(Personal {
        columns: columns?,
        responsable_traitement: responsable_traitement?,
        finalites: finalites?,
        base_legale: base_legale?,
        duree_conservation: duree_conservation?,
    })
}

fn codes_of_purposes() -> String {
    Purpose::all().map(|purpose| purpose.concept().id).collect::<Vec<_>>().join(", ")
}

fn anonymisation(c: &Cursor<'_>) -> Option<Anonymisation> {
    let mut o = c.object()?;
    let method = o.required("method", |c| c.text(PROSE));
    let threshold = o.optional("threshold", number);
    let date = o.required("date", day);
    o.close();
    Some(Anonymisation { method: method?, threshold, date: date? })
}

fn licence(c: &Cursor<'_>) -> Option<Licence> {
    if c.value.is_object() {
        let mut o = c.object()?;
        let reference = o.required("homologation", |c| c.text(LINE));
        o.close();
        return reference.map(Licence::Approved);
    }
    c.parsed(Shape::Licence, |text| match dcat::find(dcat::licence::LICENCES, text) {
        Some(listed) => Some(Licence::Listed(listed)),
        None => is_iri(text).then(|| Licence::Other(text.to_owned())),
    })
}

fn period(c: &Cursor<'_>) -> Option<Period> {
    let mut o = c.object()?;
    let (start, end) = (o.optional("start", day), o.optional("end", day));
    o.close();
    Some(Period { start, end })
}

fn source(c: &Cursor<'_>) -> Option<Source> {
    let mut o = c.object()?;
    let path = |c: &Cursor<'_>| {
        c.parsed(Shape::Path, |text| {
            let climbs = text.split(['/', '\\']).any(|part| part == "..");
            (!text.is_empty() && !climbs && !text.chars().any(char::is_control) && text.len() <= 4_096)
                .then(|| text.to_owned())
        })
    };
    let is_given = |name: &&str| c.value.get(name).is_some_and(|value| !value.is_null());
    let given = ["file", "folder", "data_plane"].into_iter().filter(is_given).count();
    let file = o.optional("file", path);
    let folder = o.optional("folder", path);
    let plane = o.optional("data_plane", path);
    o.close();
    if given != 1 {
        return c.expected(Shape::Source);
    }
    file.map(Source::File).or(folder.map(Source::Folder)).or(plane.map(Source::DataPlane))
}

fn offer(c: &Cursor<'_>) -> Option<OfferDraft> {
    let mut o = c.object()?;
    let given = o.optional("id", |c| c.parsed(Shape::Identifier, |t| OfferId::from_segment(t).ok()));
    let policy = o.required("policy", |c| match c.value.as_object() {
        Some(members) => Some(members.clone()),
        None => c.expected(Shape::Object),
    });
    let term = o.optional("term", contract_term).unwrap_or_default();
    o.close();
    let mut policy = policy?;
    let own = match policy.remove("@id") {
        None | Some(Value::Null) => None,
        Some(id) => match id.as_str().and_then(|text| OfferId::parse(text).ok()) {
            Some(own) => Some(own),
            None => {
                let at = format!("{}/policy/@id", c.at);
                c.faults.push(Fault::new(at, Some(&id), Remedy::Expected(Shape::Identifier)));
                None
            }
        },
    };
    if let (Some(given), Some(own)) = (&given, &own)
        && given != own
    {
        return c.fault(Remedy::Rule(Rule::TwoIds));
    }
    policy.entry("@type").or_insert_with(|| "Offer".into());
    Some(OfferDraft { id: given.or(own), policy: Value::Object(policy), term })
}

fn contract_term(c: &Cursor<'_>) -> Option<Term> {
    let mut o = c.object()?;
    let until = o.optional("until", day);
    let lasts = o.optional("for", duration);
    let given = ["until", "for"].iter().filter(|key| c.value.get(key).is_some()).count();
    o.close();
    match (given, until, lasts) {
        (1, Some(day), None) => Some(Term::Until(day)),
        (1, None, Some(duration)) => Some(Term::For(duration)),
        (1, ..) => None,
        _ => c.expected(Shape::Term),
    }
}
