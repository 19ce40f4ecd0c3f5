//! Catalogue routes (2025-1, 6.2): what this member offers to who asks.

use actix_web::http::header::{CACHE_CONTROL, LINK, VARY};
use actix_web::middleware::{Compat, Compress};
use actix_web::web::{self, Data, Path, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use contracts::dsp::catalog::{
    AccessService, Catalog, CatalogRequestMessage, DataService, Dataset, Distribution,
};
use contracts::dsp::filter::Page;
use contracts::dsp::transfer::{HTTP_PULL, HTTP_PUSH};
use contracts::dsp::{self, Context, Message};
use contracts::id::DatasetId;
use futures_util::future::join;
use ontology::Lang;
use serde_json::{Map, Value, json};

use super::{TYPES, authenticate, refusal};
use crate::app::catalogue::{self, Visible};
use crate::app::peer::{outgoing_body, spend};
use crate::app::{App, Error};
use crate::domain::dataset::{Described, Revision};
use crate::domain::member::Member;
use crate::http::body;
use crate::http::catalog::{position, token};
use crate::http::member::At;
use crate::http::problem::Failure;
use crate::text::say;

pub fn routes(service: &mut ServiceConfig) {
    let request = web::resource("/catalog/request").route(web::post().to(request));
    let dataset = web::resource("/catalog/datasets/{id}").route(web::get().to(dataset));
    service.service(request.wrap(Compat::new(Compress::default())));
    service.service(dataset.wrap(Compat::new(Compress::default())));
}

async fn request(app: Data<App>, At(hosted): At, req: HttpRequest, payload: Payload) -> HttpResponse {
    let run = async {
        let bytes = body::read(&req, payload.into_inner(), &TYPES).await?;
        let caller = authenticate(&app, &hosted, &req, &bytes).await?;
        let value: Value = body::parse(&bytes, app.config.limits.json_depth)?;
        let message: CatalogRequestMessage = dsp::read_value(value)
            .map_err(|e| Error::malformed(say("malformed.message").with("what", e.what), "body"))?;
        let filter = Page::read(&message.filter)
            .map_err(|e| Error::malformed(say("malformed.filter").with("what", &e), e.at))?;
        let start = position(req.query_string(), "continuationToken")?;
        // A continuation says where to go on; the offset counted from the start.
        let skip = if start.is_some() { 0 } else { filter.offset as usize };
        let limits = &app.config.limits;
        let limit = filter.limit.map_or(limits.page, |n| n as usize).clamp(1, limits.page_max);
        // Looked up while the token is used up; nothing is shown before both are done.
        let page = catalogue::visible_to(&app, &hosted, &caller.did, start, skip, limit);
        let (spent, page) = join(spend(&app, &hosted, &caller), page).await;
        spent?;
        let (page, next) = page?;
        Ok::<_, Failure>((catalog(&hosted.member, &page)?, next))
    };
    match run.await {
        Ok((catalog, next)) => {
            let mut response = private();
            if let Some(next) = next {
                let url = format!(
                    "{}/catalog/request?continuationToken={}",
                    hosted.member.dsp_base(),
                    token(&next)
                );
                response.insert_header((LINK, format!("<{url}>; rel=\"next\"")));
            }
            response.content_type(JSON).body(catalog)
        }
        Err(failure) => refusal(ERROR, None, &failure),
    }
}

async fn dataset(app: Data<App>, At(hosted): At, path: Path<String>, req: HttpRequest) -> HttpResponse {
    let run = async {
        let caller = authenticate(&app, &hosted, &req, b"").await?;
        // What is no identifier names nothing.
        let id = DatasetId::from_segment(&path).map_err(|_| Error::NotFound("dataset"))?;
        let visible = catalogue::dataset_for(&app, &hosted, &caller.did, &id);
        let (spent, visible) = join(spend(&app, &hosted, &caller), visible).await;
        spent?;
        let access = AccessService::Inline(Box::new(service(&hosted.member)));
        let mut text = String::new();
        write(&visible?, access, Some(Context), &mut text)?;
        Ok::<_, Failure>(text)
    };
    match run.await {
        Ok(dataset) => private().content_type(JSON).body(dataset),
        Err(failure) => refusal(ERROR, None, &failure),
    }
}

pub(super) const ERROR: &str = "CatalogError";
const JSON: &str = "application/json";

/// What is shown depends on who asks: no shared cache may keep it.
fn private() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "private, no-store")).insert_header((VARY, "Authorization"));
    response
}

fn service(member: &Member) -> DataService {
    DataService::new(format!("{}#connector", member.did), member.dsp_base())
}

/// A page of a member's catalogue as it travels: a [`Catalog`].
///
/// # Errors
/// Never for what was read: all of it can be written as JSON.
pub fn catalog(member: &Member, page: &[Visible]) -> Result<String, Error> {
    let service = service(member);
    let access = AccessService::Id(service.id.clone());
    let mut text = outgoing_body(&Catalog {
        context: Some(Context),
        id: format!("{}#catalogue", member.did),
        kind: Catalog::TYPE.into(),
        participant_id: Some(member.did.to_string()),
        service: vec![service],
        dataset: Vec::new(),
        catalog: Vec::new(),
        distribution: Vec::new(),
        other: Map::new(),
    })?;
    if page.is_empty() {
        return Ok(text);
    }
    reopen(&mut text, "dataset");
    for (place, visible) in page.iter().enumerate() {
        text.push(if place == 0 { '[' } else { ',' });
        write(visible, access.clone(), None, &mut text)?;
    }
    text.push_str("]}");
    Ok(text)
}

/// Takes the end off an object that has members, and begins another one.
fn reopen(text: &mut String, member: &str) {
    text.pop();
    text.push_str(",\"");
    text.push_str(member);
    text.push_str("\":");
}

/// A dataset as it travels: a [`Dataset`] with its description twice: in DCAT terms for JSON-LD readers, and as the
/// document (`described`) whose digest contracts name. JSON-LD processors drop the latter, as no context knows it.
///
/// What a revision says of itself is written once: it never changes. Which of its offers are shown is not.
fn write(
    visible: &Visible,
    access: AccessService,
    context: Option<Context>,
    text: &mut String,
) -> Result<(), Error> {
    text.push_str(&outgoing_body(&Dataset {
        context,
        id: visible.revision.dataset.to_string(),
        kind: Dataset::TYPE.into(),
        has_policy: Vec::new(),
        distribution: vec![
            Distribution::new(HTTP_PULL, access.clone()),
            Distribution::new(HTTP_PUSH, access),
        ],
        other: Map::new(),
    })?);
    reopen(text, "hasPolicy");
    for (place, offer) in visible.shown_offers().enumerate() {
        text.push(if place == 0 { '[' } else { ',' });
        text.push_str(offer.written.or_make(|| offer.policy.to_string().into()));
    }
    text.push(']');
    if let Some(described) = visible.described() {
        let members = described.written.or_make(|| members(&visible.revision, described).into());
        text.push(',');
        text.push_str(members);
    }
    text.push('}');
    Ok(())
}

/// The members that describe a revision, without the braces around them.
fn members(revision: &Revision, described: &Described) -> String {
    let d = &described.description;
    let texts = |text: &contracts::dataset::Text| -> Value {
        text.iter().map(|(lang, value)| json!({"@language": lang, "@value": value})).collect()
    };
    let mut members = json!({
        "dct:identifier": revision.dataset,
        "dct:title": texts(&d.title),
        "dct:description": texts(&d.description),
        "dct:publisher": d.producer.name,
        "dcat:version": revision.number.to_string(),
        "dct:modified": revision.at.rfc3339(),
        "dct:accessRights": d.rung.label(Lang::En),
        "described": d.shown(&revision.dataset, revision.number),
    });
    if !d.keywords.is_empty() {
        members["dcat:keyword"] = json!(d.keywords);
    }
    let text = members.to_string();
    text[1..text.len() - 1].to_owned()
}
