//! Scopes: which credentials a verifier asks for, and which a holder allows (DCP 1.0, 5.4.1.2).

use std::fmt;

use super::credential::Credential;

const TYPE: &str = "org.eclipse.dspace.dcp.vc.type:";
const ID: &str = "org.eclipse.dspace.dcp.vc.id:";
/// Longest name of a type or credential, in bytes.
const MAX_NAME: usize = 512;

/// One scope.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Scope {
    /// Credentials of a type.
    Type(String),
    /// The credential of an identifier.
    Id(String),
}

impl Scope {
    /// Reads a scope. Peers add the operation as a third part; only reading is known.
    pub fn parse(text: &str) -> Option<Self> {
        let (name, make): (&str, fn(String) -> Self) = match (text.strip_prefix(TYPE), text.strip_prefix(ID))
        {
            (Some(name), _) => (name, Self::Type),
            (None, Some(name)) => (name, Self::Id),
            (None, None) => return None,
        };
        let name = name.strip_suffix(":read").or_else(|| name.strip_suffix(":*")).unwrap_or(name);
        let odd = |c: char| c.is_whitespace() || c.is_control();
        (!name.is_empty() && name.len() <= MAX_NAME && !name.contains(odd)).then(|| make(name.to_owned()))
    }

    /// Whether a credential is one of those meant.
    pub fn covers(&self, credential: &Credential) -> bool {
        match self {
            Self::Type(name) => credential.types.iter().any(|kind| kind == name),
            Self::Id(id) => credential.id.as_deref() == Some(id),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Type(name) => write!(f, "{TYPE}{name}:read"),
            Self::Id(id) => write!(f, "{ID}{id}:read"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_read_in_two_and_three_parts_and_nothing_else_is() {
        let member = Scope::Type("MembershipCredential".into());
        for text in [
            "org.eclipse.dspace.dcp.vc.type:MembershipCredential",
            "org.eclipse.dspace.dcp.vc.type:MembershipCredential:read",
            "org.eclipse.dspace.dcp.vc.type:MembershipCredential:*",
        ] {
            assert_eq!(Scope::parse(text), Some(member.clone()), "{text}");
        }
        assert_eq!(Scope::parse(&member.to_string()), Some(member));
        let id = "org.eclipse.dspace.dcp.vc.id:urn:uuid:8247b87d";
        assert_eq!(Scope::parse(id), Some(Scope::Id("urn:uuid:8247b87d".into())));
        for text in [
            "",
            "MembershipCredential",
            "org.eclipse.dspace.dcp.vc.type:",
            "org.eclipse.dspace.dcp.vc.type::read",
            "org.eclipse.dspace.dcp.vc.type:A B",
        ] {
            assert_eq!(Scope::parse(text), None, "{text}");
        }
    }
}
