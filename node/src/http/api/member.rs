//! `/members/self`: the member behind the address that is called.

use actix_web::web::{Data, Json as Answer};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::api::Problem;
use contracts::api::member::{Charter, KeyView, MemberView, RotateKey, Statement};
use contracts::statement;

use crate::app::member::{STATEMENT_LIFE, keys};
use crate::app::statement::{Declared, declare as declare_about};
use crate::app::{App, Error, Hosted};
use crate::config;
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
    let declared = Declared {
        place: Some(statement::Place { processing: place }),
        law: Some(law),
        charter: charter.map(|c| statement::Charter { id: c.id, version: c.version }),
    };
    declare_about(&app, &caller.hosted, declared, STATEMENT_LIFE).await?;
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
    let secret = config::secret(&app.config).map_err(Error::Unavailable)?;
    keys::rotate(&app, &caller.hosted, &secret, purpose).await?;
    Ok(Answer(view(&app, &caller.hosted).await?))
}

async fn view(app: &App, hosted: &Hosted) -> Result<MemberView, Error> {
    let jws = app.store.read(hosted.id()).await?.own_statement(app.now()).await?;
    let statement = jws.and_then(|jws| read(&jws)).map(|s| Statement {
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

/// Our own statement, which was verified when it was made.
fn read(jws: &str) -> Option<statement::Statement> {
    let payload = jws.split('.').nth(1)?;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(payload).ok()?).ok()
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
