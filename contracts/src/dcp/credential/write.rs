//! A credential as the claims of its JWT.

use serde_json::{Value, json};

use super::super::{Profile, date};
use super::Credential;

impl Credential {
    /// The claims to sign, issued at that instant (seconds).
    pub fn claims(&self, profile: Profile, at: i64) -> Value {
        let mut model = json!({
            "@context": [profile.context()],
            "type": self.types,
            "issuer": self.issuer,
            "credentialSubject": self.subject,
        });
        let (begins, ends) = match profile {
            Profile::Vc11 => ("issuanceDate", "expirationDate"),
            Profile::Vc20 => ("validFrom", "validUntil"),
        };
        model["id"] = self.id.clone().into();
        model[begins] = date::write(self.from).into();
        if let Some(until) = self.until {
            model[ends] = date::write(until).into();
        }
        match self.status.as_slice() {
            [] => {}
            [one] => model["credentialStatus"] = one.write(profile),
            many => model["credentialStatus"] = many.iter().map(|entry| entry.write(profile)).collect(),
        }
        if let [schema] = self.schemas.as_slice() {
            model["credentialSchema"] = json!({"id": schema.id, "type": schema.kind});
        }
        let mut claims = match profile {
            Profile::Vc11 => json!({"vc": model, "nbf": self.from}),
            Profile::Vc20 => model,
        };
        claims["iss"] = self.issuer.as_str().into();
        claims["sub"] = self.holder().into();
        claims["jti"] = self.id.clone().into();
        claims["iat"] = at.into();
        if let Some(until) = self.until {
            claims["exp"] = until.into();
        }
        claims
    }
}
