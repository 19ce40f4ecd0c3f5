//! Time stamps of authorities (RFC 3161): asking for one, and judging a token without anybody's help.
//!
//! Reading order: [`request`], [`answered`], [`verify`]; [`token`] reads the structures, [`chain`] follows certificates.

mod chain;
mod token;

use aws_lc_rs::digest::{SHA256, digest};
use yasna::Tag;
use yasna::models::ObjectIdentifier;

pub use chain::Authorities;
use token::{SHA2_256, Token};

/// What asks for a token, and what one is answered with.
pub const QUERY: &str = "application/timestamp-query";
/// Longest answer, in bytes.
pub const MAX_LEN: usize = 64 * 1024;

/// What is wrong with a token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StampError {
    #[error("not a time-stamp token: {0}")]
    Malformed(String),
    #[error("the authority gives no token: {0}")]
    Refused(String),
    #[error("the token stamps something else")]
    OtherData,
    #[error("the token answers another request")]
    OtherRequest,
    #[error("the token does not hold: {0}")]
    Signature(String),
    #[error("{0} is not supported")]
    Unsupported(String),
}

/// What a token says, when it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// Seconds since 1970; fractions are cut off.
    pub at: i64,
    /// Policy of the authority under which it stamps.
    pub policy: String,
    pub serial: String,
    /// Whether the certificate chain leads to an authority that the verifier gave.
    pub anchored: bool,
}

/// A request for a token over these bytes, with the authority's certificate in it.
pub fn request(data: &[u8], nonce: u64) -> Vec<u8> {
    yasna::construct_der(|writer| {
        writer.write_sequence(|query| {
            query.next().write_u8(1);
            query.next().write_sequence(|imprint| {
                imprint.next().write_sequence(|algorithm| {
                    algorithm.next().write_oid(&ObjectIdentifier::from_slice(SHA2_256));
                    algorithm.next().write_null();
                });
                imprint.next().write_bytes(digest(&SHA256, data).as_ref());
            });
            query.next().write_u64(nonce);
            query.next().write_bool(true);
        });
    })
}

/// The token of an answer, when it is one over these bytes for this request. Whose it is, is not judged.
pub fn answered(answer: &[u8], data: &[u8], nonce: u64) -> Result<Vec<u8>, StampError> {
    let malformed = |e: yasna::ASN1Error| StampError::Malformed(e.to_string());
    let read = yasna::parse_der(answer, |reader| {
        reader.read_sequence(|response| {
            let status = response.next().read_sequence(|info| {
                let status = info.next().read_u32()?;
                let said =
                    info.read_optional(|said| said.collect_sequence_of(|text| text.read_utf8string()))?;
                info.read_optional(|failure| failure.read_tagged_der())?;
                Ok((status, said.unwrap_or_default().join(" ")))
            })?;
            Ok((status, response.read_optional(|token| token.read_der())?))
        })
    });
    match read.map_err(malformed)? {
        ((0 | 1, _), Some(bytes)) => {
            let token = Token::parse(&bytes)?;
            token.is_over(data)?;
            match token.nonce == Some(nonce) {
                true => Ok(bytes),
                false => Err(StampError::OtherRequest),
            }
        }
        ((0 | 1, _), None) => Err(StampError::Malformed("granted without a token".into())),
        ((status, said), _) => Err(StampError::Refused(format!("status {status} {said}").trim_end().into())),
    }
}

/// Judges a token over these bytes: the imprint, the signature, and that the signer's certificate is for time stamps and,
/// when authorities are given, leads to one of them at the time of the stamp. Revocation is not looked up.
pub fn verify(token: &[u8], data: &[u8], authorities: &Authorities) -> Result<Stamped, StampError> {
    let token = Token::parse(token)?;
    token.is_over(data)?;
    let anchored = chain::verify(&token, authorities)?;
    Ok(Stamped { at: token.at, policy: token.policy.clone(), serial: token.serial.clone(), anchored })
}

/// `[number]`, as ASN.1 writes it.
fn context(number: u64) -> Tag {
    Tag::context(number)
}
