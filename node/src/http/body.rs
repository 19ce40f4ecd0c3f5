//! Bodies in: type, size, time and depth are checked before anything is parsed.

mod json;
mod pointer;
mod read;

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

pub use json::{check_depth, parse};
pub use read::{plain, read};

use super::problem::Failure;
use crate::app::{App, Error};
use crate::text::say;

/// A JSON body of the management API.
pub struct Json<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = Failure;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Failure>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (req, payload) = (req.clone(), payload.take());
        Box::pin(async move {
            let body = read(&req, payload, &["application/json"]).await?;
            Ok(Self(parse(&body, depth_limit(&req))?))
        })
    }
}

/// A query string; unknown parameters are refused.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Query<T> {
    type Error = Failure;
    type Future = std::future::Ready<Result<Self, Failure>>;

    fn from_request(req: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parsed = web::Query::<T>::from_query(req.query_string())
            .map(|query| Self(query.into_inner()))
            .map_err(|e| Error::malformed(say("malformed.query").with("what", e), "query").into());
        std::future::ready(parsed)
    }
}

fn depth_limit(req: &HttpRequest) -> usize {
    req.app_data::<web::Data<App>>().map_or(64, |app| app.config.limits.json_depth)
}
