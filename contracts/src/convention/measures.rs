//! Where, by whom else, and within which delays the host processes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::terms::{line, many};
use crate::format::FormatError;

/// Another processor that the host engages, with the member's authorisation (article 28(2)).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Subprocessor {
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
}

/// Where, by whom else, and within which delays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
pub struct Measures {
    /// Where the host processes data, ISO 3166-1 alpha-2.
    pub country: String,
    pub subprocessors: Vec<Subprocessor>,
    /// The host tells the member of a breach, or of a person's request, within so many hours.
    pub told_within_hours: u32,
    /// A backup at least so often, kept so long.
    pub backup_every_hours: u32,
    pub backup_kept_days: u32,
    /// After the member has left, everything of it is erased within so many days.
    pub erased_within_days: u32,
    /// Either party ends the convention with so many days of notice.
    pub notice_days: u32,
}

impl Default for Measures {
    fn default() -> Self {
        Self {
            country: "FR".into(),
            subprocessors: Vec::new(),
            told_within_hours: 24,
            backup_every_hours: 24,
            backup_kept_days: 30,
            erased_within_days: 60,
            notice_days: 90,
        }
    }
}

impl Measures {
    /// Within 72 hours a breach must be with the authority (GDPR, article 33(1)), so the host has at most 48; what is
    /// backed up must be gone when everything is erased.
    pub fn check(&self) -> Result<(), FormatError> {
        country("measures.country", &self.country)?;
        many("measures.subprocessors", self.subprocessors.len())?;
        for (i, other) in self.subprocessors.iter().enumerate() {
            line(&format!("measures.subprocessors.{i}.name"), &other.name)?;
            country(&format!("measures.subprocessors.{i}.country"), &other.country)?;
        }
        for (name, found, least, most) in [
            ("toldWithinHours", self.told_within_hours, 1, 48),
            ("backupEveryHours", self.backup_every_hours, 1, 168),
            ("backupKeptDays", self.backup_kept_days, 1, 365),
            ("erasedWithinDays", self.erased_within_days, self.backup_kept_days, 365),
            ("noticeDays", self.notice_days, 1, 730),
        ] {
            if !(least..=most).contains(&found) {
                let what = format!("{found} is not between {least} and {most}");
                return Err(FormatError::new(format!("measures.{name}"), what));
            }
        }
        Ok(())
    }
}

fn country(at: &str, code: &str) -> Result<(), FormatError> {
    match code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
        true => Ok(()),
        false => Err(FormatError::new(at, "not a code of two capital letters, such as FR")),
    }
}
