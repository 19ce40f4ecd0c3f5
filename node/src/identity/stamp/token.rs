//! The structures of a time-stamp token: CMS SignedData (RFC 5652) over TSTInfo (RFC 3161), with ESSCertID (RFC 2634,
//! RFC 5816). DER only; exactly one signer, as RFC 3161 says.

use aws_lc_rs::digest::{self, digest};
use time::format_description::FormatItem;
use time::macros::format_description;
use time::{PrimitiveDateTime, UtcOffset};
use yasna::models::ObjectIdentifier;
use yasna::{ASN1Error, ASN1ErrorKind, ASN1Result, BERReader, BERReaderSeq};

use super::{StampError, context};

pub(super) const SHA1: &[u64] = &[1, 3, 14, 3, 2, 26];
pub(super) const SHA2_256: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 1];
pub(super) const SHA2_384: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 2];
pub(super) const SHA2_512: &[u64] = &[2, 16, 840, 1, 101, 3, 4, 2, 3];
const SIGNED_DATA: &[u64] = &[1, 2, 840, 113_549, 1, 7, 2];
const TST_INFO: &[u64] = &[1, 2, 840, 113_549, 1, 9, 16, 1, 4];
const CONTENT_TYPE: &[u64] = &[1, 2, 840, 113_549, 1, 9, 3];
const MESSAGE_DIGEST: &[u64] = &[1, 2, 840, 113_549, 1, 9, 4];
const SIGNING_CERTIFICATE: &[u64] = &[1, 2, 840, 113_549, 1, 9, 16, 2, 12];
const SIGNING_CERTIFICATE_V2: &[u64] = &[1, 2, 840, 113_549, 1, 9, 16, 2, 47];
/// GeneralizedTime of DER, without its fraction.
const TIME: &[FormatItem<'_>] = format_description!("[year][month][day][hour][minute][second]");

/// A token, read; only [`Token::is_over`] and the signer's certificate and signature say whether it holds.
#[derive(Debug)]
pub(super) struct Token {
    imprint: (ObjectIdentifier, Vec<u8>),
    pub at: i64,
    pub policy: String,
    pub serial: String,
    pub nonce: Option<u64>,
    /// DER of the certificates that came along.
    pub certificates: Vec<Vec<u8>>,
    /// Digest algorithm of the signature, and the signature algorithm.
    pub digest: ObjectIdentifier,
    pub algorithm: ObjectIdentifier,
    /// What was signed: the attributes as a SET.
    pub signed: Vec<u8>,
    pub signature: Vec<u8>,
    /// Digest of the signer's certificate, as its attributes say.
    pub signer: (ObjectIdentifier, Vec<u8>),
}

struct Signed {
    content: Vec<u8>,
    certificates: Vec<Vec<u8>>,
    signer: Signer,
}

struct Signer {
    digest: ObjectIdentifier,
    attributes: Vec<u8>,
    algorithm: ObjectIdentifier,
    signature: Vec<u8>,
}

struct Info {
    policy: String,
    imprint: (ObjectIdentifier, Vec<u8>),
    serial: String,
    time: String,
    nonce: Option<u64>,
}

#[derive(Default)]
struct Attributes {
    content_type: Option<ObjectIdentifier>,
    digest: Option<Vec<u8>>,
    signer: Option<(ObjectIdentifier, Vec<u8>)>,
}

impl Token {
    pub fn parse(der: &[u8]) -> Result<Self, StampError> {
        let malformed = |e: ASN1Error| StampError::Malformed(e.to_string());
        let said = |what: &str| StampError::Malformed(what.to_owned());
        let Signed { content, certificates, signer } =
            yasna::parse_der(der, signed_data).map_err(malformed)?;
        let info = yasna::parse_der(&content, tst_info).map_err(malformed)?;
        // Attributes are signed as a SET, and stand in the message under a tag of their own.
        let list = retagged(&signer.attributes, 0x30);
        let attributes = yasna::parse_der(&list, attributes).map_err(malformed)?;
        if attributes.content_type != Some(oid(TST_INFO)) {
            return Err(said("the signature is not over a time stamp"));
        }
        let found = hash(&signer.digest, &content)?;
        if attributes.digest.as_deref() != Some(found.as_ref()) {
            return Err(StampError::Signature("the time stamp is not the one that was signed".into()));
        }
        let named = attributes.signer.ok_or_else(|| said("it does not name the signer's certificate"))?;
        let at = seconds(&info.time).ok_or_else(|| said("its time is no GeneralizedTime"))?;
        Ok(Self {
            imprint: info.imprint,
            at,
            policy: info.policy,
            serial: info.serial,
            nonce: info.nonce,
            certificates,
            digest: signer.digest,
            algorithm: signer.algorithm,
            signed: retagged(&signer.attributes, 0x31),
            signature: signer.signature,
            signer: named,
        })
    }

    /// Whether these bytes are what was stamped.
    pub fn is_over(&self, data: &[u8]) -> Result<(), StampError> {
        match hash(&self.imprint.0, data)?.as_ref() == self.imprint.1 {
            true => Ok(()),
            false => Err(StampError::OtherData),
        }
    }
}

/// Digest of bytes by the name of the algorithm. SHA-1 only names certificates (ESSCertID of RFC 2634).
pub(super) fn hash(algorithm: &ObjectIdentifier, bytes: &[u8]) -> Result<digest::Digest, StampError> {
    let algorithm = match algorithm.components().as_slice() {
        SHA2_256 => &digest::SHA256,
        SHA2_384 => &digest::SHA384,
        SHA2_512 => &digest::SHA512,
        _ => return Err(StampError::Unsupported(format!("digest {algorithm}"))),
    };
    Ok(digest(algorithm, bytes))
}

pub(super) fn oid(components: &[u64]) -> ObjectIdentifier {
    ObjectIdentifier::from_slice(components)
}

fn retagged(der: &[u8], tag: u8) -> Vec<u8> {
    let mut der = der.to_vec();
    if let Some(first) = der.first_mut() {
        *first = tag;
    }
    der
}

fn invalid<T>() -> ASN1Result<T> {
    Err(ASN1Error::new(ASN1ErrorKind::Invalid))
}

fn expect(reader: BERReader<'_, '_>, wanted: &[u64]) -> ASN1Result<()> {
    if reader.read_oid()? == oid(wanted) { Ok(()) } else { invalid() }
}

/// AlgorithmIdentifier without its parameters.
fn algorithm(reader: BERReader<'_, '_>) -> ASN1Result<ObjectIdentifier> {
    reader.read_sequence(|seq| {
        let name = seq.next().read_oid()?;
        seq.read_optional(|parameters| parameters.read_der())?;
        Ok(name)
    })
}

/// A member with a context tag that need not be there, whole.
fn tagged(seq: &mut BERReaderSeq<'_, '_>, number: u64) -> ASN1Result<Option<Vec<u8>>> {
    seq.read_optional(|reader| match reader.lookahead_tag()? == context(number) {
        true => reader.read_der(),
        false => invalid(),
    })
}

fn signed_data(reader: BERReader<'_, '_>) -> ASN1Result<Signed> {
    reader.read_sequence(|info| {
        expect(info.next(), SIGNED_DATA)?;
        info.next().read_tagged(context(0), |reader| {
            reader.read_sequence(|data| {
                data.next().read_u8()?;
                data.next().read_set_of(|_one| _one.read_der().map(drop))?;
                let content = data.next().read_sequence(|content| {
                    expect(content.next(), TST_INFO)?;
                    content.next().read_tagged(context(0), |reader| reader.read_bytes())
                })?;
                let certificates = match tagged(data, 0)? {
                    Some(set) => yasna::parse_der(&retagged(&set, 0x30), |reader| {
                        reader.collect_sequence_of(|one| one.read_der())
                    })?,
                    None => Vec::new(),
                };
                tagged(data, 1)?;
                let mut signers = data.next().collect_set_of(signer)?;
                match (signers.pop(), signers.is_empty()) {
                    (Some(signer), true) => Ok(Signed { content, certificates, signer }),
                    _ => invalid(),
                }
            })
        })
    })
}

fn signer(reader: BERReader<'_, '_>) -> ASN1Result<Signer> {
    reader.read_sequence(|signer| {
        signer.next().read_u8()?;
        // Who signs is said by the certificate's digest among the attributes.
        signer.next().read_der()?;
        let digest = algorithm(signer.next())?;
        let Some(attributes) = tagged(signer, 0)? else { return invalid() };
        let algorithm = algorithm(signer.next())?;
        let signature = signer.next().read_bytes()?;
        tagged(signer, 1)?;
        Ok(Signer { digest, attributes, algorithm, signature })
    })
}

fn tst_info(reader: BERReader<'_, '_>) -> ASN1Result<Info> {
    reader.read_sequence(|info| {
        if info.next().read_u8()? != 1 {
            return invalid();
        }
        let policy = info.next().read_oid()?.to_string();
        let imprint = info
            .next()
            .read_sequence(|imprint| Ok((algorithm(imprint.next())?, imprint.next().read_bytes()?)))?;
        let (serial, _) = info.next().read_bigint_bytes()?;
        let time = info.next().read_tagged_der()?;
        let time = String::from_utf8_lossy(time.value()).into_owned();
        info.read_optional(|accuracy| {
            accuracy.read_sequence(|parts| {
                while parts.read_optional(|part| part.read_tagged_der())?.is_some() {}
                Ok(())
            })
        })?;
        info.read_optional(|ordering| ordering.read_bool())?;
        let nonce = info.read_optional(|nonce| nonce.read_bigint_bytes())?;
        tagged(info, 0)?;
        tagged(info, 1)?;
        let nonce = nonce.and_then(|(bytes, positive)| number(&bytes).filter(|_| positive));
        Ok(Info { policy, imprint, serial: hex::encode(serial), time, nonce })
    })
}

fn number(bytes: &[u8]) -> Option<u64> {
    let bytes: Vec<u8> = bytes.iter().copied().skip_while(|byte| *byte == 0).collect();
    (bytes.len() <= 8).then(|| bytes.iter().fold(0, |all, byte| all << 8 | u64::from(*byte)))
}

/// Each attribute at most once, with one value.
fn attributes(reader: BERReader<'_, '_>) -> ASN1Result<Attributes> {
    let mut found = Attributes::default();
    reader.read_sequence_of(|reader| {
        reader.read_sequence(|attribute| {
            let name = attribute.next().read_oid()?;
            attribute.next().read_set_of(|value| match name.components().as_slice() {
                CONTENT_TYPE => once(&mut found.content_type, value.read_oid()?),
                MESSAGE_DIGEST => once(&mut found.digest, value.read_bytes()?),
                SIGNING_CERTIFICATE => once(&mut found.signer, certificate_id(value, SHA1)?),
                SIGNING_CERTIFICATE_V2 => {
                    // The newer of the two counts.
                    found.signer = Some(certificate_id(value, SHA2_256)?);
                    Ok(())
                }
                _ => value.read_der().map(drop),
            })
        })
    })?;
    Ok(found)
}

fn once<T>(place: &mut Option<T>, value: T) -> ASN1Result<()> {
    match place.replace(value) {
        None => Ok(()),
        Some(_) => invalid(),
    }
}

/// The first of the certificates named by SigningCertificate or SigningCertificateV2: the signer's.
fn certificate_id(reader: BERReader<'_, '_>, default: &[u64]) -> ASN1Result<(ObjectIdentifier, Vec<u8>)> {
    reader.read_sequence(|signing| {
        let mut all = signing.next().collect_sequence_of(|one| {
            one.read_sequence(|id| {
                let given = id.read_optional(algorithm)?;
                let digest = id.next().read_bytes()?;
                id.read_optional(|issuer| issuer.read_der())?;
                Ok((given.unwrap_or_else(|| oid(default)), digest))
            })
        })?;
        signing.read_optional(|policies| policies.read_der())?;
        if all.is_empty() { invalid() } else { Ok(all.swap_remove(0)) }
    })
}

/// `20261122113000[.5]Z`.
fn seconds(text: &str) -> Option<i64> {
    let text = text.strip_suffix('Z')?;
    let whole = match text.split_once('.') {
        Some((whole, fraction)) if !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit()) => {
            whole
        }
        Some(_) => return None,
        None => text,
    };
    let date = PrimitiveDateTime::parse(whole, TIME).ok()?;
    Some(date.assume_offset(UtcOffset::UTC).unix_timestamp())
}
