//! Credentials: issued by a member, held by it, and shown to it by peers (DCP 1.0).

use contracts::dcp::Profile;
use contracts::dcp::status::StatusEntry;
use contracts::id::ParticipantId;
use serde_json::{Map, Value};

use super::event::{CredentialEvent, OfCredential};
use super::time::Timestamp;

/// Whether a credential that was issued counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    Active,
    Suspended,
    /// For good.
    Revoked,
}

impl Standing {
    pub const ALL: [Self; 3] = [Self::Active, Self::Suspended, Self::Revoked];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|standing| standing.as_str() == text)
    }
}

/// What an issuer does to a credential it issued.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Suspend,
    Resume,
    Revoke,
}

/// A credential as its issuer keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// `urn:uuid:…`
    pub id: String,
    pub holder: ParticipantId,
    pub kind: String,
    /// As [`about`].
    pub about: String,
    pub profile: Profile,
    pub standing: Standing,
    /// The status list and the bit in it.
    pub list: i64,
    pub index: i64,
    pub created: Timestamp,
    pub until: Option<Timestamp>,
    /// As signed.
    pub jwt: String,
    pub version: i64,
}

/// A change was asked for that is not possible any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotNow {
    pub standing: Standing,
}

impl Issued {
    /// The credential after a change, with its event; `None` when it stands so already.
    ///
    /// # Errors
    /// [`NotNow`]: a revocation is not taken back.
    pub fn change(self, change: Change) -> Result<Option<(Self, OfCredential)>, NotNow> {
        let (standing, what) = match (change, self.standing) {
            (Change::Suspend, Standing::Active) => (Standing::Suspended, CredentialEvent::Suspended),
            (Change::Resume, Standing::Suspended) => (Standing::Active, CredentialEvent::Resumed),
            (Change::Revoke, Standing::Active | Standing::Suspended) => {
                (Standing::Revoked, CredentialEvent::Revoked)
            }
            (Change::Suspend, Standing::Suspended)
            | (Change::Resume, Standing::Active)
            | (Change::Revoke, Standing::Revoked) => return Ok(None),
            (Change::Suspend | Change::Resume, Standing::Revoked) => {
                return Err(NotNow { standing: self.standing });
            }
        };
        let event = self.event(what);
        Ok(Some((Self { standing, ..self }, event)))
    }

    pub fn event(&self, what: CredentialEvent) -> OfCredential {
        OfCredential { what, credential: self.id.clone(), peer: self.holder.clone(), kind: self.kind.clone() }
    }
}

/// What tells credentials of one type, issuer and holder apart: the framework of a membership, the use case of an
/// approval; empty where claims name neither.
pub fn about(claims: &Map<String, Value>) -> &str {
    ["useCase", "framework"].iter().find_map(|name| claims.get(*name)?.as_str()).unwrap_or_default()
}

/// What an issuer gives a holder who asks for credentials of a type.
#[derive(Debug, Clone, PartialEq)]
pub struct Entitlement {
    pub holder: ParticipantId,
    pub kind: String,
    /// As [`about`].
    pub about: String,
    pub claims: Map<String, Value>,
    /// How long each credential counts, in seconds.
    pub seconds: i64,
    pub created: Timestamp,
}

/// On which side of a request a member is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Issuer,
    Holder,
}

impl Side {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Issuer => "issuer",
            Self::Holder => "holder",
        }
    }
}

/// How far a request for credentials is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestState {
    /// As holder: the issuer offers it, nobody asked for it yet.
    Offered,
    Received,
    Issued,
    Rejected,
}

impl RequestState {
    pub const ALL: [Self; 4] = [Self::Offered, Self::Received, Self::Issued, Self::Rejected];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offered => "offered",
            Self::Received => "received",
            Self::Issued => "issued",
            Self::Rejected => "rejected",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// A request for credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// What this side calls it: `issuerPid` here, `holderPid` there.
    pub id: String,
    /// What the other side calls it; empty while it has not said.
    pub theirs: String,
    pub peer: ParticipantId,
    pub state: RequestState,
    /// Types asked for, separated by spaces.
    pub kinds: String,
    pub created: Timestamp,
}

/// A credential of this member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    pub id: String,
    pub issuer: ParticipantId,
    pub kind: String,
    /// As [`about`].
    pub about: String,
    pub profile: Profile,
    pub until: Option<Timestamp>,
    pub created: Timestamp,
    pub jwt: String,
}

/// What a trusted issuer attests of a peer, as verified when the peer showed it. Whoever relies on it later looks at its
/// status again.
#[derive(Debug, Clone, PartialEq)]
pub struct Attested {
    pub peer: ParticipantId,
    pub credential: String,
    pub issuer: ParticipantId,
    pub kind: String,
    /// `credentialSubject` without `id`.
    pub facts: Map<String, Value>,
    pub status: Vec<StatusEntry>,
    pub from: Timestamp,
    pub until: Option<Timestamp>,
    pub verified: Timestamp,
    /// When its status was last seen to be good.
    pub confirmed: Timestamp,
    /// Why it does not count, if it does not: its issuer's status list says so.
    pub lost: Option<String>,
}

impl Attested {
    /// Whether it is a fact at this instant: within its validity, not lost, and its status seen to be good no longer ago
    /// than `patience` seconds.
    pub fn counts(&self, now: Timestamp, patience: i64) -> bool {
        self.lost.is_none()
            && self.from <= now
            && self.until.is_none_or(|until| now < until)
            && now < self.confirmed.plus_seconds(patience)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn issued(standing: Standing) -> Issued {
        Issued {
            id: "urn:uuid:1".into(),
            holder: ParticipantId::did("did:web:h.example").unwrap(),
            kind: "MembershipCredential".into(),
            about: String::new(),
            profile: Profile::Vc20,
            standing,
            list: 1,
            index: 7,
            created: Timestamp(0),
            until: None,
            jwt: "a.b.c".into(),
            version: 1,
        }
    }

    #[test]
    fn every_change_of_every_standing() {
        use Change::{Resume, Revoke, Suspend};
        use Standing::{Active, Revoked, Suspended};
        let table = [
            (Suspend, Active, Ok(Some(Suspended))),
            (Suspend, Suspended, Ok(None)),
            (Suspend, Revoked, Err(())),
            (Resume, Active, Ok(None)),
            (Resume, Suspended, Ok(Some(Active))),
            (Resume, Revoked, Err(())),
            (Revoke, Active, Ok(Some(Revoked))),
            (Revoke, Suspended, Ok(Some(Revoked))),
            (Revoke, Revoked, Ok(None)),
        ];
        for (change, standing, expected) in table {
            let found = issued(standing).change(change);
            let found = found.map(|step| step.map(|(next, _)| next.standing)).map_err(|_| ());
            assert_eq!(found, expected, "{change:?} {standing:?}");
        }
    }
}
