//! The signature of a token, and the way from its certificate to an authority.

use std::time::Duration;

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, SignatureVerificationAlgorithm, TrustAnchor, UnixTime};
use webpki::aws_lc_rs as algorithms;
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::StampError;
use super::token::{SHA1, SHA2_256, SHA2_384, SHA2_512, Token, hash, oid};

/// id-kp-timeStamping (RFC 3161, section 2.3).
const TIME_STAMPING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 8];
/// The extension of a certificate that is for time stamps and for nothing else, and says so critically, in DER.
const ONLY_TIME_STAMPING: &[u8] = &[
    0x30, 0x16, 0x06, 0x03, 0x55, 0x1d, 0x25, 0x01, 0x01, 0xff, 0x04, 0x0c, 0x30, 0x0a, 0x06, 0x08, 0x2b, 6,
    1, 5, 5, 7, 3, 8,
];
const RSA: &[u64] = &[1, 2, 840, 113_549, 1, 1, 1];
const RSA_SHA2_256: &[u64] = &[1, 2, 840, 113_549, 1, 1, 11];
const RSA_SHA2_384: &[u64] = &[1, 2, 840, 113_549, 1, 1, 12];
const RSA_SHA2_512: &[u64] = &[1, 2, 840, 113_549, 1, 1, 13];
const ECDSA_SHA2_256: &[u64] = &[1, 2, 840, 10_045, 4, 3, 2];
const ECDSA_SHA2_384: &[u64] = &[1, 2, 840, 10_045, 4, 3, 3];
const ECDSA_SHA2_512: &[u64] = &[1, 2, 840, 10_045, 4, 3, 4];

/// The authorities that a verifier trusts to stamp.
#[derive(Debug, Default)]
pub struct Authorities(Vec<TrustAnchor<'static>>);

impl Authorities {
    /// Adds the certificates of a PEM text; gives how many there were.
    ///
    /// # Errors
    /// What is wrong with it, as a sentence.
    pub fn add(&mut self, pem: &[u8]) -> Result<usize, String> {
        let before = self.0.len();
        for certificate in CertificateDer::pem_slice_iter(pem) {
            let certificate = certificate.map_err(|e| e.to_string())?;
            let anchor = anchor_from_trusted_cert(&certificate).map_err(|e| e.to_string())?;
            self.0.push(anchor.to_owned());
        }
        match self.0.len() - before {
            0 => Err("no certificate found, expected PEM".into()),
            count => Ok(count),
        }
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Whether the signature is the certificate's, the certificate for time stamps, and, when there are authorities, one of
/// theirs. Gives whether that was judged.
pub(super) fn verify(token: &Token, authorities: &Authorities) -> Result<bool, StampError> {
    let bad = |what: String| StampError::Signature(what);
    let (der, others) = signer(token)?;
    let certificate = CertificateDer::from(der.as_slice());
    let end = EndEntityCert::try_from(&certificate).map_err(|e| bad(format!("its certificate: {e}")))?;
    let signs = |algorithm: &&dyn SignatureVerificationAlgorithm| {
        end.verify_signature(*algorithm, &token.signed, &token.signature).is_ok()
    };
    if !candidates(token)?.iter().any(signs) {
        return Err(bad("the signature is not that of its certificate".into()));
    }
    if !der.windows(ONLY_TIME_STAMPING.len()).any(|part| part == ONLY_TIME_STAMPING) {
        return Err(bad("the certificate is not one for time stamps alone".into()));
    }
    if authorities.is_empty() {
        return Ok(false);
    }
    let at = u64::try_from(token.at).map_err(|_| bad("it is dated before 1970".into()))?;
    let at = UnixTime::since_unix_epoch(Duration::from_secs(at));
    let others: Vec<_> = others.iter().map(|der| CertificateDer::from(der.as_slice())).collect();
    let usage = KeyUsage::required(TIME_STAMPING);
    let path = end.verify_for_usage(ALL_VERIFICATION_ALGS, &authorities.0, &others, at, usage, None, None);
    path.map(|_| true).map_err(|e| bad(format!("no way to a given authority: {e}")))
}

/// The certificate that the signed attributes name by its digest, and the others.
fn signer(token: &Token) -> Result<(&Vec<u8>, Vec<&Vec<u8>>), StampError> {
    let (algorithm, wanted) = &token.signer;
    let is_named = |der: &&Vec<u8>| {
        if *algorithm == oid(SHA1) {
            return digest(&SHA1_FOR_LEGACY_USE_ONLY, der).as_ref() == wanted.as_slice();
        }
        hash(algorithm, der).is_ok_and(|found| found.as_ref() == wanted.as_slice())
    };
    let (mut named, others): (Vec<_>, Vec<_>) = token.certificates.iter().partition(is_named);
    let missing = || StampError::Signature("the certificate of its signer did not come along".into());
    Ok((named.pop().ok_or_else(missing)?, others))
}

/// What can have made the signature; the certificate's key decides which.
fn candidates(token: &Token) -> Result<Vec<&'static dyn SignatureVerificationAlgorithm>, StampError> {
    let digest = token.digest.components().as_slice();
    let algorithm = match (token.algorithm.components().as_slice(), digest) {
        (RSA, SHA2_256) => RSA_SHA2_256,
        (RSA, SHA2_384) => RSA_SHA2_384,
        (RSA, SHA2_512) => RSA_SHA2_512,
        (other, _) => other,
    };
    Ok(match algorithm {
        RSA_SHA2_256 => vec![algorithms::RSA_PKCS1_2048_8192_SHA256],
        RSA_SHA2_384 => vec![algorithms::RSA_PKCS1_2048_8192_SHA384],
        RSA_SHA2_512 => vec![algorithms::RSA_PKCS1_2048_8192_SHA512],
        ECDSA_SHA2_256 => vec![algorithms::ECDSA_P256_SHA256, algorithms::ECDSA_P384_SHA256],
        ECDSA_SHA2_384 => vec![algorithms::ECDSA_P256_SHA384, algorithms::ECDSA_P384_SHA384],
        ECDSA_SHA2_512 => vec![algorithms::ECDSA_P521_SHA512],
        _ => return Err(StampError::Unsupported(format!("signature algorithm {}", token.algorithm))),
    })
}
