//! The parameters of a search, read from its address: every unknown one is refused, so that a misspelt filter never
//! passes in silence.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ontology::dcat::theme::THEMES;
use ontology::rung::Rung;
use ontology::status::Status;
use utoipa::IntoParams;

use crate::app::catalogue::search;
use crate::app::{App, Error};
use crate::search::{Box4, FACETS, Question, is_freshness};
use crate::text::say;

pub use search::Place;

/// Most values of one facet, and characters of a value or of the words.
const VALUES: usize = 50;
const LONGEST: usize = 500;
/// Widest circle, in kilometres.
const WIDEST: f64 = 1_000.0;

/// As documented; read by [`read`], since a facet may be given several times.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes the parameters, which are read by hand")]
pub struct Parameters {
    /// Words in French or English. Accents and endings do not count, slips are forgiven.
    q: Option<String>,
    /// Code of a European data theme, such as `ENVI`. This filter and those below may be given several times: values of
    /// one widen, several filters narrow.
    theme: Option<String>,
    /// Name of the producer.
    producer: Option<String>,
    /// Code of a commune (COG): datasets about it.
    commune: Option<String>,
    /// SIREN of an intercommunalité: datasets about it, or about communes in it where the node knows its members.
    epci: Option<String>,
    /// Code of a département: datasets about it or about what lies in it.
    departement: Option<String>,
    /// Code of a région: datasets about it or about what lies in it.
    region: Option<String>,
    /// Legal status, such as `interet_general`.
    status: Option<String>,
    /// Degree of exposure, such as `ouvert`.
    rung: Option<String>,
    /// Code of a file format, such as `CSV`.
    format: Option<String>,
    /// Changed within: `7d`, `30d`, `365d` (each without the ones before), or `older`.
    freshness: Option<String>,
    /// West, south, east, north, in degrees: datasets about territories there, where their positions are known.
    bbox: Option<String>,
    /// Code of a commune: datasets about it, or about an intercommunalité, département, région or country it lies in.
    near: Option<String>,
    /// With `near`: also those about territories within so many kilometres, where positions are known.
    km: Option<f64>,
    /// Items on a page.
    #[param(minimum = 1)]
    limit: Option<usize>,
    /// Where the page begins, as the page before gave it.
    cursor: Option<String>,
}

/// A search as it was asked for.
pub struct Asked {
    pub question: Question,
    pub from: Option<Place>,
    pub limit: usize,
}

/// Reads a query string.
pub fn read(app: &App, query: &str) -> Result<Asked, Error> {
    let limits = &app.config.limits;
    let mut asked =
        Asked { question: Question::default(), from: None, limit: limits.page.min(limits.page_max) };
    let (mut near, mut km) = (None, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let wrong = || Error::malformed(say("malformed.parameter").with("value", shorten(&value)), &*name);
        if value.chars().count() > LONGEST || value.chars().any(|c| c == '\0') {
            return Err(wrong());
        }
        match &*name {
            "q" => asked.question.text = value.into_owned(),
            "bbox" => asked.question.bbox = Some(bbox(&value).ok_or_else(wrong)?),
            "near" => near = Some(value.into_owned()),
            "km" => km = Some(number(&value).filter(|km| (0.0..=WIDEST).contains(km)).ok_or_else(wrong)?),
            "limit" => {
                let found = value.parse().ok().filter(|n| (1..=limits.page_max).contains(n));
                asked.limit = found.ok_or_else(|| {
                    let said = say("malformed.limit").with("found", shorten(&value));
                    Error::malformed(said.with("most", limits.page_max), "limit")
                })?;
            }
            "cursor" => asked.from = Some(Place::read(&value).ok_or_else(wrong)?),
            other => {
                let Some(kind) = FACETS.into_iter().find(|kind| *kind == other) else {
                    let known = format!("q, {}, bbox, near, km, limit, cursor", FACETS.join(", "));
                    let said = say("malformed.unknown-parameter").with("name", shorten(other));
                    return Err(Error::malformed(said.with("known", known), "query"));
                };
                if !is_value(kind, &value) {
                    return Err(wrong());
                }
                let values = asked.question.filters.entry(kind).or_default();
                values.push(value.into_owned());
                if values.len() > VALUES {
                    return Err(Error::malformed(say("malformed.many-values").with("most", VALUES), kind));
                }
            }
        }
    }
    match (near, km) {
        (Some(commune), km) => asked.question.near = Some((commune, km.unwrap_or(0.0))),
        (None, Some(_)) => return Err(Error::malformed(say("malformed.km"), "km")),
        (None, None) => {}
    }
    Ok(asked)
}

/// Where the values of a facet are a list, it must be one of them.
fn is_value(kind: &str, value: &str) -> bool {
    match kind {
        "theme" => THEMES.iter().any(|term| term.code == value),
        "status" => Status::parse(value).is_some(),
        "rung" => Rung::parse(value).is_some(),
        "freshness" => is_freshness(value),
        _ => !value.is_empty(),
    }
}

fn bbox(text: &str) -> Option<Box4> {
    let parts: Vec<f64> = text.split(',').map(|part| number(part.trim())).collect::<Option<_>>()?;
    let [w, s, e, n] = parts.try_into().ok()?;
    let right = |x: f64| (-180.0..=180.0).contains(&x);
    (right(w) && right(e) && w <= e && (-90.0..=90.0).contains(&s) && (s..=90.0).contains(&n))
        .then_some([w, s, e, n])
}

fn number(text: &str) -> Option<f64> {
    text.parse::<f64>().ok().filter(|number| number.is_finite())
}

fn shorten(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

impl Place {
    /// The place as who asks keeps it, opaque.
    pub fn cursor(&self) -> String {
        let mut bytes = self.tag.to_vec();
        bytes.extend(u32::try_from(self.after).unwrap_or(u32::MAX).to_be_bytes());
        URL_SAFE_NO_PAD.encode(bytes)
    }
    pub fn read(text: &str) -> Option<Self> {
        let bytes: [u8; 16] = URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let (tag, after) = bytes.split_at(12);
        let after = u32::from_be_bytes(after.try_into().ok()?);
        Some(Self { after: usize::try_from(after).ok()?, tag: tag.try_into().ok()? })
    }
}
