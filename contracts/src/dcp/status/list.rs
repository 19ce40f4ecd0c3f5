//! A list as the credential that carries it.

use serde_json::{Value, json};

use super::super::credential::{CredentialError, Envelope, Form, within};
use super::super::{Profile, date};
use super::{Bits, Purpose};
use crate::id::ParticipantId;

/// A status list, as its issuer states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusList {
    pub issuer: ParticipantId,
    pub purpose: Purpose,
    /// When it was stated (seconds), as far as it says so.
    pub stated: Option<i64>,
    pub from: i64,
    pub until: Option<i64>,
    pub bits: Bits,
}

/// Reads the claims of a list's JWT. `ttl` is not looked at: how long a list is kept, its reader decides.
///
/// # Errors
/// The member at fault.
pub fn read(claims: &Value, form: Form) -> Result<StatusList, CredentialError> {
    let Envelope { model, issuer, from, until, .. } = within(claims, form)?;
    let wrong = |name: &str, what: String| CredentialError::new(format!("credentialSubject/{name}"), what);
    let subject = model.get("credentialSubject").unwrap_or(&Value::Null);
    let text = |name: &str| subject.get(name).and_then(Value::as_str);
    match text("type") {
        Some("BitstringStatusList" | "StatusList2021") => {}
        _ => return Err(wrong("type", "neither BitstringStatusList nor StatusList2021".into())),
    }
    let purpose = text("statusPurpose").and_then(Purpose::parse);
    let encoded = text("encodedList").ok_or_else(|| wrong("encodedList", "missing".into()))?;
    Ok(StatusList {
        issuer,
        purpose: purpose.ok_or_else(|| wrong("statusPurpose", "neither revocation nor suspension".into()))?,
        stated: claims.get("iat").and_then(Value::as_i64),
        from,
        until,
        bits: Bits::decode(encoded).map_err(|e| wrong("encodedList", e.to_string()))?,
    })
}

impl StatusList {
    /// The claims to sign, for a list at that address.
    pub fn claims(&self, profile: Profile, address: &str, at: i64) -> Value {
        let (list, kind, begins, ends) = match profile {
            Profile::Vc11 => ("StatusList2021", "StatusList2021Credential", "issuanceDate", "expirationDate"),
            Profile::Vc20 => {
                ("BitstringStatusList", "BitstringStatusListCredential", "validFrom", "validUntil")
            }
        };
        let mut model = json!({
            "@context": [profile.context()],
            "id": address,
            "type": ["VerifiableCredential", kind],
            "issuer": self.issuer,
            "credentialSubject": {
                "id": format!("{address}#list"),
                "type": list,
                "statusPurpose": self.purpose.as_str(),
                "encodedList": self.bits.encode(profile),
            },
        });
        model[begins] = date::write(self.from).into();
        if let Some(until) = self.until {
            model[ends] = date::write(until).into();
        }
        let mut claims = match profile {
            Profile::Vc11 => json!({"vc": model, "nbf": self.from}),
            Profile::Vc20 => model,
        };
        claims["iss"] = self.issuer.as_str().into();
        claims["sub"] = address.into();
        claims["jti"] = address.into();
        claims["iat"] = at.into();
        if let Some(until) = self.until {
            claims["exp"] = until.into();
        }
        claims
    }
}
