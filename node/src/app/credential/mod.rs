//! Credentials (Decentralized Claims Protocol 1.0): what a member issues, asks for, keeps and shows.
//!
//! A trust framework's operator gives a credential with [`issue::issue`] (or, within a write of its own,
//! [`issue::issue_in`]), says what a holder is given on request with [`issue::entitle`], and ends one with
//! [`issue::change`] or [`issue::change_in`]. Each keeps the credential, its bit in the status list and its log entry in
//! one write.

pub mod ask;
pub mod issue;
pub mod named;
pub mod notice;
pub mod offer;
pub mod query;
pub mod receive;
pub mod request;
pub mod status;
pub mod sts;

use contracts::dcp::credential::Form;
use contracts::dcp::status::MIN_BITS;
use contracts::dcp::{Message, read};
use contracts::did::DidDocument;
use serde_json::Value;

use super::peer::Caller;
use super::{App, Error, Hosted};
use crate::config::Rules;
use crate::domain::time::Timestamp;
use crate::identity::document::{did_document, issuer_document};
use crate::identity::token::SelfIssued;
use crate::text::say;

/// What of the rules is not asked for. The program asks for all of it; whoever builds a node as a library
/// (`startup::Options`) can let go, as a compatibility kit needs that keeps to less.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Leniency {
    /// Status lists count though nobody signed them, and of any length.
    pub unsigned_lists: bool,
    /// Credentials need no `@context` and base type, and their token may be about something else.
    pub loose_credentials: bool,
    /// One `holderPid` names several requests, and one request is answered several times.
    pub repeated_requests: bool,
    /// A query for more than its token allows is refused, instead of answered with what is allowed.
    pub refuse_excess: bool,
}

impl Leniency {
    pub(crate) fn form(self) -> Form {
        if self.loose_credentials { Form::Loose } else { Form::Exact }
    }
    pub(crate) fn least_bits(self) -> usize {
        if self.unsigned_lists { 0 } else { MIN_BITS }
    }
}

/// A caller known by a self-issued token (DCP 1.0, 4.3), and what it lets us ask of its credential service.
pub struct Authenticated {
    pub caller: Caller,
    pub access: Option<String>,
}

/// Who sends a message of this protocol. The token's single use is spent with the first write.
///
/// # Errors
/// [`Error::Unauthenticated`] with what is wrong.
pub async fn authenticate(app: &App, hosted: &Hosted, token: &str) -> Result<Authenticated, Error> {
    let token = SelfIssued::parse(token)?;
    token.check(hosted.did().as_str(), app.now())?;
    let issuer = token.issuer();
    let resolved = match token.kid() {
        Some(kid) => app.resolver.with_key(issuer, kid).await,
        None => app.resolver.resolve(issuer).await,
    };
    let identity = resolved.map_err(|e| Error::unresolved(&e))?;
    let thumbprint = token.verify(&identity)?;
    let (jti, expires) = token.used();
    let caller = Caller { did: issuer.clone(), thumbprint, jti, expires, identity };
    Ok(Authenticated { caller, access: token.access().map(ToOwned::to_owned) })
}

/// What the configuration says for a member.
pub fn rules(app: &App, hosted: &Hosted) -> Rules {
    app.config.credentials.rules(&hosted.member.name)
}

/// A member's DID document, with the issuer service of one that issues credentials on request.
pub fn document(app: &App, hosted: &Hosted, at: Timestamp) -> DidDocument {
    match rules(app, hosted).issue.is_empty() {
        true => did_document(&hosted.member, &hosted.keys(), at),
        false => issuer_document(&hosted.member, &hosted.keys(), at),
    }
}

fn message<M: Message>(value: Value) -> Result<M, Error> {
    read(value).map_err(|e| malformed(e, "body"))
}

pub(crate) fn malformed(what: impl std::fmt::Display, at: &str) -> Error {
    Error::malformed(say("malformed.message").with("what", what), at)
}

fn internal(what: impl std::fmt::Display) -> Error {
    Error::Internal(format!("credential: {what}"))
}
