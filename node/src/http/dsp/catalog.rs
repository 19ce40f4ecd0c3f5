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
use ontology::Lang;
use serde_json::{Map, Value, json};

use super::{TYPES, authenticate, refusal};
use crate::app::catalogue::{self, Visible};
use crate::app::peer::spend;
use crate::app::{App, Error};
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
        spend(&app, &hosted, &caller).await?;
        let (page, next) = catalogue::visible_to(&app, &hosted, &caller.did, start, skip, limit).await?;
        Ok::<_, Failure>((catalog(&hosted.member, &page), next))
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
            response.json(catalog)
        }
        Err(failure) => refusal(ERROR, None, &failure),
    }
}

async fn dataset(app: Data<App>, At(hosted): At, path: Path<String>, req: HttpRequest) -> HttpResponse {
    let run = async {
        let caller = authenticate(&app, &hosted, &req, b"").await?;
        // What is no identifier names nothing.
        let id = DatasetId::from_segment(&path).map_err(|_| Error::NotFound("dataset"))?;
        spend(&app, &hosted, &caller).await?;
        let visible = catalogue::dataset_for(&app, &hosted, &caller.did, &id).await?;
        let access = AccessService::Inline(Box::new(service(&hosted.member)));
        Ok::<_, Failure>(shown(&visible, access, Some(Context)))
    };
    match run.await {
        Ok(dataset) => private().json(dataset),
        Err(failure) => refusal(ERROR, None, &failure),
    }
}

pub(super) const ERROR: &str = "CatalogError";

/// What is shown depends on who asks: no shared cache may keep it.
fn private() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response.insert_header((CACHE_CONTROL, "private, no-store")).insert_header((VARY, "Authorization"));
    response
}

fn service(member: &Member) -> DataService {
    DataService::new(format!("{}#connector", member.did), member.dsp_base())
}

/// A page of a member's catalogue as it travels.
pub fn catalog(member: &Member, page: &[Visible]) -> Catalog {
    let service = service(member);
    let dataset =
        page.iter().map(|visible| shown(visible, AccessService::Id(service.id.clone()), None)).collect();
    Catalog {
        context: Some(Context),
        id: format!("{}#catalogue", member.did),
        kind: Catalog::TYPE.into(),
        participant_id: Some(member.did.to_string()),
        service: vec![service],
        dataset,
        catalog: Vec::new(),
        distribution: Vec::new(),
        other: Map::new(),
    }
}

/// A dataset with its description twice: in DCAT terms for JSON-LD readers, and as the document (`described`) whose
/// digest contracts name. JSON-LD processors drop the latter, as no context knows it.
fn shown(visible: &Visible, access: AccessService, context: Option<Context>) -> Dataset {
    let revision = &visible.revision;
    let mut other = Map::new();
    if let Some(described) = visible.described() {
        let d = &described.description;
        let texts = |text: &contracts::dataset::Text| -> Value {
            text.iter().map(|(lang, value)| json!({"@language": lang, "@value": value})).collect()
        };
        other.insert("dct:identifier".into(), revision.dataset.as_str().into());
        other.insert("dct:title".into(), texts(&d.title));
        other.insert("dct:description".into(), texts(&d.description));
        other.insert("dct:publisher".into(), d.producer.name.as_str().into());
        other.insert("dcat:keyword".into(), json!(d.keywords));
        other.insert("dcat:version".into(), revision.number.to_string().into());
        other.insert("dct:modified".into(), revision.at.rfc3339().into());
        other.insert("dct:accessRights".into(), d.rung.label(Lang::En).into());
        other.insert("described".into(), d.shown(&revision.dataset, revision.number));
    }
    other.retain(|_, value| value.as_array().is_none_or(|items| !items.is_empty()));
    Dataset {
        context,
        id: revision.dataset.to_string(),
        kind: Dataset::TYPE.into(),
        has_policy: visible.shown_offers().map(|offer| offer.policy.clone()).collect(),
        distribution: vec![
            Distribution::new(HTTP_PULL, access.clone()),
            Distribution::new(HTTP_PUSH, access),
        ],
        other,
    }
}
