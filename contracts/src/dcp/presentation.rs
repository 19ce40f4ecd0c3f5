//! Verifiable presentations as JWT claims (DCP 1.0, 5.4.2).

use serde_json::{Map, Value, json};

use super::Profile;
use super::credential::{CredentialError, MAX_CREDENTIAL};

/// Largest presentation read, in characters of its JWT.
pub const MAX_PRESENTATION: usize = 512 * 1024;
/// Most credentials read of one presentation.
pub const MAX_CREDENTIALS: usize = 32;
/// Life of a presentation we make, in seconds.
const LIFE: i64 = 300;
/// How VCDM 2.0 carries a signed credential within a presentation (VC JOSE COSE, 3.1).
const ENVELOPE: &str = "data:application/vc+jwt,";

/// A presentation: who shows what to whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Presentation {
    pub holder: String,
    pub audience: Vec<String>,
    pub jti: Option<String>,
    pub issued: Option<i64>,
    pub not_before: Option<i64>,
    pub expires: Option<i64>,
    /// Credentials as JWTs.
    pub credentials: Vec<String>,
}

/// Reads the claims of a presentation's JWT.
///
/// # Errors
/// The member at fault.
pub fn read(claims: &Value) -> Result<Presentation, CredentialError> {
    let claims = claims.as_object().ok_or_else(|| CredentialError::new("/", "expected an object"))?;
    let iss = claims.get("iss").and_then(Value::as_str).unwrap_or_default();
    if claims.get("sub").is_some_and(|sub| sub.as_str() != Some(iss)) {
        return Err(CredentialError::new("sub", "is not iss"));
    }
    let mut credentials = Vec::new();
    match claims.get("vp") {
        Some(Value::Object(one)) => collect(one, iss, &mut credentials)?,
        Some(Value::Array(many)) => {
            for vp in many {
                let vp = vp.as_object().ok_or_else(|| CredentialError::new("vp", "expected objects"))?;
                collect(vp, iss, &mut credentials)?;
            }
        }
        Some(_) => return Err(CredentialError::new("vp", "expected an object")),
        None => collect(claims, iss, &mut credentials)?,
    }
    let audience = match claims.get("aud") {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(many)) => many.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        _ => return Err(CredentialError::new("aud", "missing")),
    };
    let seconds = |name: &str| claims.get(name).and_then(Value::as_i64);
    Ok(Presentation {
        holder: iss.to_owned(),
        audience,
        jti: claims.get("jti").and_then(Value::as_str).map(ToOwned::to_owned),
        issued: seconds("iat"),
        not_before: seconds("nbf"),
        expires: seconds("exp"),
        credentials,
    })
}

fn collect(vp: &Map<String, Value>, holder: &str, to: &mut Vec<String>) -> Result<(), CredentialError> {
    let wrong = |what: &str| CredentialError::new("verifiableCredential", what);
    if vp.get("holder").is_some_and(|named| named.as_str().is_some_and(|named| named != holder)) {
        return Err(CredentialError::new("holder", "is not iss"));
    }
    let found = match vp.get("verifiableCredential") {
        None => return Ok(()),
        Some(Value::Array(many)) => many.as_slice(),
        Some(one) => std::slice::from_ref(one),
    };
    for credential in found {
        let jwt = match credential {
            Value::String(jwt) => jwt.as_str(),
            Value::Object(envelope) => {
                let id = envelope.get("id").and_then(Value::as_str).unwrap_or_default();
                id.strip_prefix(ENVELOPE).ok_or_else(|| wrong("neither a JWT nor an enveloped one"))?
            }
            _ => return Err(wrong("neither a JWT nor an enveloped one")),
        };
        if jwt.len() > MAX_CREDENTIAL {
            return Err(wrong("a credential is too long"));
        }
        if to.len() >= MAX_CREDENTIALS {
            return Err(wrong("too many credentials"));
        }
        to.push(jwt.to_owned());
    }
    Ok(())
}

/// The claims of a presentation of credentials of one profile, to sign.
pub fn claims(
    profile: Profile,
    holder: &str,
    audience: &str,
    jti: &str,
    at: i64,
    credentials: &[String],
) -> Value {
    let mut claims = match profile {
        Profile::Vc11 => json!({"vp": {
            "@context": [profile.context()],
            "type": ["VerifiablePresentation"],
            "holder": holder,
            "verifiableCredential": credentials,
        }}),
        Profile::Vc20 => {
            let enveloped: Vec<Value> = credentials
                .iter()
                .map(|jwt| {
                    json!({
                        "@context": profile.context(),
                        "id": format!("{ENVELOPE}{jwt}"),
                        "type": "EnvelopedVerifiableCredential",
                    })
                })
                .collect();
            json!({
                "@context": [profile.context()],
                "type": ["VerifiablePresentation"],
                "holder": holder,
                "verifiableCredential": enveloped,
            })
        }
    };
    for (name, value) in [
        ("iss", holder.into()),
        ("sub", holder.into()),
        ("aud", audience.into()),
        ("jti", jti.into()),
        ("iat", at.into()),
        ("nbf", at.into()),
        ("exp", Value::from(at + LIFE)),
    ] {
        claims[name] = value;
    }
    claims
}
