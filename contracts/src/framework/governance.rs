//! Who decides: bodies with colleges of seats, and the place given to citizens.

use serde::{Deserialize, Serialize};

use super::Words;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Governance {
    pub bodies: Vec<Body>,
    /// Days between the publication of a version after the first and its entry into force.
    pub notice_days: u32,
}

/// A commission or authority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    pub id: String,
    pub name: Words,
    pub about: Words,
    pub colleges: Vec<College>,
    /// Least number of voting seats that must have voted.
    pub quorum: u32,
    pub majority: Majority,
    /// For how many days a ballot is open.
    pub days: u32,
}

/// Seats of one kind in a body; they are named `college/1`, `college/2`…
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct College {
    pub id: String,
    pub name: Words,
    pub seats: u32,
    pub voice: Voice,
    /// Seats of inhabitants, not of organisations.
    #[serde(default, skip_serializing_if = "is_false")]
    pub citizens: bool,
}

fn is_false(flag: &bool) -> bool {
    !flag
}

/// What the word of a seat weighs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Voice {
    Vote,
    /// A vote whose no is enough.
    Veto,
    /// Heard, not counted.
    Advice,
}

/// How many yes are enough; abstentions are votes that are neither yes nor no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Majority {
    /// More yes than no.
    Simple,
    /// Yes from more than half of all voting seats.
    Absolute,
    /// Yes from two thirds of yes and no together.
    TwoThirds,
    /// At least one yes, and no no.
    Unanimous,
}

/// The place given to the citizen, from being told to deciding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Citizens {
    pub level: Involvement,
    pub how: Words,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Involvement {
    /// Told what is done.
    Informed,
    /// Accompanied by mediation.
    Mediated,
    /// Takes part in decisions: some body has seats of citizens that vote.
    Stakeholder,
}

impl Body {
    /// Seats that vote.
    pub fn votes(&self) -> u32 {
        let voting = self.colleges.iter().filter(|college| college.voice != Voice::Advice);
        voting.fold(0, |sum, college| sum.saturating_add(college.seats))
    }
}
