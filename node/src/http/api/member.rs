//! `/members/self`: the member behind the address that is called.

use actix_web::HttpResponse;
use actix_web::web::{Data, Json as Answer};
use contracts::api::Problem;
use contracts::api::member::{
    AddedMember, Charter, Claim, KeyView, MemberView, NewMember, RotateKey, Statement,
};
use contracts::statement;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use url::Url;

use crate::app::member::{STATEMENT_LIFE, create, keys, leave};
use crate::app::statement::{Declared, declare as declare_about, in_force};
use crate::app::{App, Error, Hosted};
use crate::config;
use crate::domain::time::Timestamp;
use crate::http::Failure;
use crate::http::auth::{Admin, Reader};
use crate::http::body::Json;
use crate::identity::keys::{Key, Purpose};
use crate::text::say;

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
    let Statement { place, law, charter, claims } = body.0;
    let claims =
        claims.into_iter().enumerate().map(|(at, one)| claimed(at, one)).collect::<Result<_, _>>()?;
    let declared = Declared {
        place: Some(statement::Place { processing: place }),
        law: Some(law),
        charter: charter.map(|c| statement::Charter { id: c.id, version: c.version }),
        claims,
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
    let purpose = Purpose::parse(&body.0.purpose).ok_or_else(|| {
        Error::malformed(say("malformed.purpose").with("found", &body.0.purpose), "/purpose")
    })?;
    let secret = config::secret(&app.config).map_err(Error::Unavailable)?;
    keys::rotate(&app, &caller.hosted, &secret, purpose).await?;
    Ok(Answer(view(&app, &caller.hosted).await?))
}

/// Hosts one more member, at once. Only the host's own administrators can: those of the default member, or of the first.
#[utoipa::path(post, path = "/api/v1/members", tag = "members", request_body = NewMember,
    responses((status = 201, body = AddedMember), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn add(app: Data<App>, caller: Admin, body: Json<NewMember>) -> Result<HttpResponse, Failure> {
    let NewMember { name, url, place, law } = body.0;
    let wrong =
        |e| Error::malformed(say("malformed.public-address").with("url", &url).with("what", e), "/url");
    let base_url = Url::parse(&url).map_err(wrong)?;
    let secret = config::secret(&app.config).map_err(Error::Unavailable)?;
    let new = create::NewMember { name, base_url, place, law };
    let made = create::add(&app.clone().into_inner(), &caller.hosted, &secret, new).await?;
    let member = &made.hosted.member;
    let added = AddedMember {
        did: member.did.to_string(),
        name: member.name.clone(),
        base_url: member.base_url.as_str().trim_end_matches('/').to_owned(),
        token: made.token,
    };
    Ok(HttpResponse::Created().insert_header(("cache-control", "no-store")).json(added))
}

/// Stops writing for the member, for good: it leaves this host with its archive (`fiducie member export`).
#[utoipa::path(post, path = "/api/v1/members/self/retire", tag = "members",
    responses((status = 200, body = MemberView), (status = "default", body = Problem, content_type = "application/problem+json")))]
pub async fn retire(app: Data<App>, caller: Admin) -> Result<Answer<MemberView>, Failure> {
    leave::retire(&app, &caller.hosted).await?;
    Ok(Answer(view(&app, &caller.hosted).await?))
}

/// A claim as it is written.
fn claimed(at: usize, claim: Claim) -> Result<statement::Claim, Error> {
    let wrong = |what: &str, member: &str| {
        let at = format!("/claims/{at}/{member}");
        Error::malformed(say("malformed.declaration").with("what", what), at)
    };
    let about = serde_json::from_value(claim.about.into())
        .map_err(|_| wrong("memberKind, label, useCase, ethicalAudit", "about"))?;
    let until = claim.until.map(|until| {
        let date =
            OffsetDateTime::parse(&until, &Rfc3339).map_err(|_| wrong("2027-12-31T00:00:00Z", "until"))?;
        Ok::<_, Error>(date.unix_timestamp())
    });
    Ok(statement::Claim { about, value: claim.value, until: until.transpose()? })
}

fn shown(claim: &statement::Claim) -> Claim {
    let about = serde_json::to_value(claim.about).ok().and_then(|about| about.as_str().map(str::to_owned));
    let until = claim.until.map(|until| Timestamp::from_seconds(until).rfc3339());
    Claim { about: about.unwrap_or_default(), value: claim.value.clone(), until }
}

async fn view(app: &App, hosted: &Hosted) -> Result<MemberView, Error> {
    let statement = in_force(app, hosted).await?.map(|s| Statement {
        place: s.place.map(|p| p.processing).unwrap_or_default(),
        law: s.law.unwrap_or_default(),
        charter: s.charter.map(|c| Charter { id: c.id, version: c.version }),
        claims: s.claims.iter().map(shown).collect(),
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
