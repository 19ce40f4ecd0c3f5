//! Who calls the management API: a bearer token of this member, with a role.

use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use contracts::api::scope::Scope;
use contracts::api::token::Role;

use super::member::At;
use super::problem::Failure;
use crate::app::reading::Who;
use crate::app::{App, Error, Hosted, token};
use crate::store::ApiToken;
use crate::text::say;

/// A caller of the management API.
pub struct Caller {
    pub hosted: Arc<Hosted>,
    pub token: ApiToken,
}

impl Caller {
    /// What this caller may see in clear: everything, or what its scope says.
    pub fn scope(&self) -> Result<Option<&Scope>, Failure> {
        match (&self.token.scope, self.token.role) {
            (Some(scope), _) => Ok(Some(scope)),
            (None, Role::Auditor) => {
                Err(Failure::Role { has: Role::Auditor.as_str(), needs: Role::Reader.as_str() })
            }
            (None, Role::Reader | Role::Operator | Role::Admin) => Ok(None),
        }
    }

    /// Refuses what would show a holder of a scoped token entries beyond its scope.
    pub fn unscoped(&self) -> Result<(), Failure> {
        match self.token.scope {
            None => Ok(()),
            Some(_) => Err(Error::Conflict(say("conflict.scoped")).into()),
        }
    }

    /// Whom the log names when this caller reads it. `why`: in the caller's words, else what the token is for.
    pub fn who(&self, why: Option<&str>) -> Who {
        let (id, role) = (self.token.id.clone(), self.token.role.as_str());
        Who {
            id,
            role,
            scope: token::scope_of(&self.token),
            reason: why.unwrap_or(&self.token.label).to_owned(),
        }
    }
}

/// A caller that may check the log: its entries and proofs, nothing in clear.
pub struct Auditor(Caller);
/// A caller that may read.
pub struct Reader(Caller);
/// A caller that may publish, negotiate and transfer.
pub struct Operator(Caller);
/// A caller that may do everything.
pub struct Admin(Caller);

macro_rules! role {
    ($name:ident, $role:expr) => {
        impl Deref for $name {
            type Target = Caller;
            fn deref(&self) -> &Caller {
                &self.0
            }
        }
        impl FromRequest for $name {
            type Error = Failure;
            type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;
            fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
                let req = req.clone();
                Box::pin(async move { Ok(Self(authenticate(&req, $role).await?)) })
            }
        }
    };
}

role!(Auditor, Role::Auditor);
role!(Reader, Role::Reader);
role!(Operator, Role::Operator);
role!(Admin, Role::Admin);

/// The caller of a request, with at least this role.
pub async fn authenticate(req: &HttpRequest, needs: Role) -> Result<Caller, Failure> {
    let at = req.extensions().get::<At>().cloned();
    let hosted = at.ok_or_else(|| Failure::NoMember(req.uri().to_string()))?.0;
    let header = req.headers().get(AUTHORIZATION).and_then(|v| v.to_str().ok());
    let given =
        header.and_then(|h| h.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, secret) = given.ok_or(Failure::NoToken)?;
    let app = req.app_data::<Data<App>>().ok_or(Failure::NoToken)?;
    let token = token::of(app, &hosted, secret.trim()).await?.ok_or(Failure::BadToken)?;
    if token.role < needs {
        return Err(Failure::Role { has: token.role.as_str(), needs: needs.as_str() });
    }
    Ok(Caller { hosted, token })
}
