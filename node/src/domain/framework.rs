//! A version of a trust framework as one member keeps it.

use contracts::framework::Version;
use contracts::id::{FrameworkId, ParticipantId};

use super::event::{Event, FrameworkEvent};
use super::time::Timestamp;

/// A published version with what proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Framework {
    pub id: FrameworkId,
    pub version: Version,
    pub standing: Standing,
    pub publisher: ParticipantId,
    /// Of the signed document.
    pub digest: String,
    /// Since when the member takes it for its own rules.
    pub adopted: Option<Timestamp>,
    pub created: Timestamp,
    /// The file, canonical JSON (`contracts::framework::FrameworkFile`).
    pub file: String,
}

/// Whose it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Published by this member.
    Published,
    /// Somebody else's, verified.
    Imported,
}

/// Why a version is not adopted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAdopted {
    /// Older than the one that the member follows.
    Older {
        followed: Version,
    },
    Ended,
}

impl Standing {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Imported => "imported",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Published, Self::Imported].into_iter().find(|standing| standing.as_str() == text)
    }
}

impl Framework {
    /// The member adopts this version. `newest`: the newest one it adopted before; `sunset`: when the framework ends.
    /// What is adopted already stays as it is, without an event.
    ///
    /// # Errors
    /// An older version than the one in force here, or a framework that has ended.
    pub fn adopt(
        mut self,
        newest: Option<Version>,
        sunset: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<(Self, Option<Event>), NotAdopted> {
        if self.adopted.is_some() {
            return Ok((self, None));
        }
        if let Some(followed) = newest.filter(|newest| self.version < *newest) {
            return Err(NotAdopted::Older { followed });
        }
        if sunset.is_some_and(|sunset| sunset <= now) {
            return Err(NotAdopted::Ended);
        }
        self.adopted = Some(now);
        let event = self.event(FrameworkEvent::Adopted);
        Ok((self, Some(event)))
    }

    pub fn event(&self, what: FrameworkEvent) -> Event {
        Event::Framework {
            what,
            framework: self.id.clone(),
            version: self.version,
            publisher: self.publisher.clone(),
            digest: self.digest.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn framework(adopted: Option<Timestamp>) -> Framework {
        Framework {
            id: FrameworkId::parse("urn:uuid:0192a000-0000-7000-8000-000000000005").unwrap(),
            version: Version::parse("1.2.0").unwrap(),
            standing: Standing::Imported,
            publisher: ParticipantId::parse("did:web:region.example").unwrap(),
            digest: "d".into(),
            adopted,
            created: Timestamp(1),
            file: "{}".into(),
        }
    }

    #[test]
    fn adoption_goes_forward_only() {
        let now = Timestamp(1000);
        let version = |text| Version::parse(text);
        let older = |text| NotAdopted::Older { followed: Version::parse(text).unwrap() };
        for (newest, sunset, expected) in [
            (None, None, Ok(true)),
            (version("1.1.9"), None, Ok(true)),
            (version("1.2.0"), None, Ok(true)),
            (version("1.3.0"), None, Err(older("1.3.0"))),
            (version("2.0.0"), None, Err(older("2.0.0"))),
            (None, Some(Timestamp(1001)), Ok(true)),
            (None, Some(Timestamp(1000)), Err(NotAdopted::Ended)),
        ] {
            let outcome = framework(None).adopt(newest, sunset, now);
            let outcome = outcome.map(|(next, event)| {
                assert_eq!(next.adopted, Some(now));
                event.is_some()
            });
            assert_eq!(outcome, expected, "{newest:?} {sunset:?}");
        }
        let before = framework(Some(Timestamp(5)));
        assert_eq!(before.clone().adopt(version("9.0.0"), None, now), Ok((before, None)));
    }
}
