//! Credential profiles: a data model, a proof and a status list, by one name (DCP 1.0, appendix A).

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The profiles we issue and read. Both are JWTs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Profile {
    /// VCDM 1.1 in a `vc` claim, StatusList2021.
    Vc11,
    /// VCDM 2.0 enveloped by JOSE, Bitstring Status List.
    Vc20,
}

impl Profile {
    pub const ALL: [Self; 2] = [Self::Vc11, Self::Vc20];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Vc11 => "vc11-sl2021/jwt",
            Self::Vc20 => "vc20-bssl/jwt",
        }
    }

    /// Reads an alias; two official examples spell the first one `vc10-sl2021/jwt`.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "vc10-sl2021/jwt" => Some(Self::Vc11),
            other => Self::ALL.into_iter().find(|profile| profile.as_str() == other),
        }
    }

    /// `typ` of a credential's header (RFC 7519; VC JOSE COSE, 3.2.1).
    pub fn credential_type(self) -> &'static str {
        match self {
            Self::Vc11 => "JWT",
            Self::Vc20 => "vc+jwt",
        }
    }

    /// `typ` of a presentation's header.
    pub fn presentation_type(self) -> &'static str {
        match self {
            Self::Vc11 => "JWT",
            Self::Vc20 => "vp+jwt",
        }
    }

    pub(super) fn context(self) -> &'static str {
        match self {
            Self::Vc11 => "https://www.w3.org/2018/credentials/v1",
            Self::Vc20 => "https://www.w3.org/ns/credentials/v2",
        }
    }
}

impl Serialize for Profile {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Profile {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let text = String::deserialize(d)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("`{text}` is no profile we know")))
    }
}
