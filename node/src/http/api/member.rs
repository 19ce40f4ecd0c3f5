//! `/members/self`: the member behind the address that is called.

use actix_web::web::{Data, Json as Answer};
use contracts::api::Problem;
use contracts::api::member::{Charter, KeyView, MemberView, RotateKey, Statement};
use contracts::statement;

use crate::app::{App, Error, Hosted, member};
use crate::http::Failure;
use crate::http::auth::{Admin, Reader};
use crate::http::body::Json;
use crate::identity::keys::{Key, Purpose};

/// Shows the member, its keys and what it declares of itself.
#[utoipa::path(get, path = "/api/v1/members/self", tag = "members",
    responses((status = 200, body = MemberView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn show(app: Data<App>, caller: Reader) -> Result<Answer<MemberView>, Failure> {
    Ok(Answer(view(&app, &caller.hosted).await?))
}

/// Declares where the member processes data, under which law, and which charter it follows. Signed.
#[utoipa::path(put, path = "/api/v1/members/self/statement", tag = "members", request_body = Statement,
    responses((status = 200, body = MemberView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn declare(
    app: Data<App>,
    caller: Admin,
    body: Json<Statement>,
) -> Result<Answer<MemberView>, Failure> {
    let Statement { place, law, charter } = body.0;
    let declared = member::Declared {
        place: Some(place),
        law: Some(law),
        charter: charter.map(|c| statement::Charter { id: c.id, version: c.version }),
    };
    member::declare(&app, &caller.hosted, declared).await?;
    Ok(Answer(view(&app, &caller.hosted).await?))
}

/// Replaces a key; what the old one signed stays verifiable.
#[utoipa::path(post, path = "/api/v1/members/self/keys", tag = "members", request_body = RotateKey,
    responses((status = 200, body = MemberView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn rotate(
    app: Data<App>,
    caller: Admin,
    body: Json<RotateKey>,
) -> Result<Answer<MemberView>, Failure> {
    let purpose = Purpose::parse(&body.0.purpose)
        .ok_or_else(|| Error::malformed("Unknown purpose", "/purpose", "Write sign, data or log"))?;
    member::rotate(&app, &caller.hosted, purpose).await?;
    Ok(Answer(view(&app, &caller.hosted).await?))
}

async fn view(app: &App, hosted: &Hosted) -> Result<MemberView, Error> {
    let statement = member::declared(app, hosted).await?.map(|s| Statement {
        place: s.place.map(|p| p.processing).unwrap_or_default(),
        law: s.law.unwrap_or_default(),
        charter: s.charter.map(|c| Charter { id: c.id, version: c.version }),
    });
    let mut keys: Vec<_> = hosted.keys().keys().iter().map(|k| key(k)).collect();
    keys.sort_by(|a, b| (&a.purpose, &a.from).cmp(&(&b.purpose, &b.from)));
    Ok(MemberView {
        did: hosted.did().to_string(),
        name: hosted.member.name.clone(),
        base_url: hosted.member.base_url.as_str().trim_end_matches('/').to_owned(),
        keys,
        statement,
    })
}

fn key(key: &Key) -> KeyView {
    KeyView {
        kid: key.kid().to_owned(),
        purpose: key.purpose.as_str().into(),
        algorithm: key.public.alg().as_str().into(),
        from: key.valid_from.rfc3339(),
        until: key.valid_until.map(|u| u.rfc3339()),
        jwk: serde_json::to_value(key.public.jwk()).unwrap_or_default(),
    }
}
