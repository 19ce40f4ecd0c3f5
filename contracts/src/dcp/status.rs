//! Status lists: one bit for each credential (Bitstring Status List 1.0, StatusList2021).

mod bits;
mod list;

use serde_json::{Value, json};

pub use self::bits::{Bits, BitsError, MAX_BYTES, MIN_BITS};
pub use self::list::{StatusList, read};
use super::Profile;
use super::credential::CredentialError;

/// What a set bit means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Ended for good: a bit once set stays set.
    Revocation,
    /// Does not count while it is set.
    Suspension,
}

impl Purpose {
    pub const ALL: [Self; 2] = [Self::Revocation, Self::Suspension];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Revocation => "revocation",
            Self::Suspension => "suspension",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// Where the status of a credential is found.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct StatusEntry {
    pub purpose: Purpose,
    pub index: u64,
    /// Address of the list.
    pub list: String,
}

impl StatusEntry {
    /// Reads an entry of either list.
    ///
    /// # Errors
    /// It is of another kind or purpose: what is not understood does not count as good.
    pub fn read(value: &Value) -> Result<Self, CredentialError> {
        let text = |name: &str| value.get(name).and_then(Value::as_str);
        let wrong = |name: &str, what: &str| CredentialError::new(format!("credentialStatus/{name}"), what);
        match text("type") {
            Some("BitstringStatusListEntry" | "StatusList2021Entry") => {}
            Some(other) => return Err(wrong("type", &format!("`{}` is not known", clipped(other)))),
            None => return Err(wrong("type", "missing")),
        }
        if value.get("statusSize").is_some_and(|size| size.as_u64() != Some(1)) {
            return Err(wrong("statusSize", "only one bit for each credential is known"));
        }
        let purpose = text("statusPurpose").and_then(Purpose::parse);
        let index = value.get("statusListIndex");
        let index = index.and_then(Value::as_u64).or_else(|| index?.as_str()?.parse().ok());
        Ok(Self {
            purpose: purpose.ok_or_else(|| wrong("statusPurpose", "neither revocation nor suspension"))?,
            index: index.ok_or_else(|| wrong("statusListIndex", "not a number"))?,
            list: text("statusListCredential")
                .ok_or_else(|| wrong("statusListCredential", "missing"))?
                .to_owned(),
        })
    }

    /// As a credential of that profile carries it.
    pub fn write(&self, profile: Profile) -> Value {
        let kind = match profile {
            Profile::Vc11 => "StatusList2021Entry",
            Profile::Vc20 => "BitstringStatusListEntry",
        };
        json!({
            "id": format!("{}#{}", self.list, self.index),
            "type": kind,
            "statusPurpose": self.purpose.as_str(),
            "statusListIndex": self.index.to_string(),
            "statusListCredential": self.list,
        })
    }
}

fn clipped(text: &str) -> String {
    text.chars().take(80).collect()
}
