//! A question to a body, with the ballots that were counted.

use contracts::ballot::{Ballot, Question};
use contracts::framework::Body;
use contracts::id::ParticipantId;

use super::tally::{Cast, Outcome, college, complete, tally};
use super::time::Timestamp;

/// A question as the operator keeps it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub question: Question,
    /// Digest of the question, which every ballot names.
    pub digest: String,
    /// What it came to, once it did.
    pub outcome: Option<Outcome>,
}

/// A ballot that was counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    pub seat: String,
    pub holder: ParticipantId,
    pub choice: contracts::ballot::Choice,
    pub at: Timestamp,
    /// Compact JWS.
    pub ballot: String,
}

/// Why a ballot is not counted, or a question not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotCounted {
    /// It was answered, or its time is over.
    Closed,
    /// What the ballot answers is not what was asked.
    OtherQuestion,
    NoSeat,
    /// Somebody else holds the seat.
    NotHolder,
    /// The seat has spoken.
    Twice,
    /// The holder is whom the question is about.
    Concerned,
    /// Ballots may still come.
    Open,
    NoQuorum,
}

impl Asked {
    /// Whether this ballot, by who signed it, counts. `holder`: who holds the seat it names.
    ///
    /// # Errors
    /// Why not.
    pub fn count(
        &self,
        body: &Body,
        counted: &[Counted],
        ballot: &Ballot,
        holder: Option<&ParticipantId>,
        now: Timestamp,
    ) -> Result<(), NotCounted> {
        let question = &self.question;
        if ballot.question != question.id || ballot.asked != self.digest {
            return Err(NotCounted::OtherQuestion);
        }
        if self.outcome.is_some() || now.seconds() >= question.closes.seconds() {
            return Err(NotCounted::Closed);
        }
        if college(body, &ballot.seat).is_none() {
            return Err(NotCounted::NoSeat);
        }
        if holder != Some(&ballot.by) {
            return Err(NotCounted::NotHolder);
        }
        if question.subject.concerns(&ballot.by) || question.subject.conflicts().contains(&ballot.seat) {
            return Err(NotCounted::Concerned);
        }
        match counted.iter().any(|one| one.seat == ballot.seat) {
            true => Err(NotCounted::Twice),
            false => Ok(()),
        }
    }

    /// What the ballots come to, once no more can change it.
    ///
    /// # Errors
    /// Ballots may still come, or too few came.
    pub fn answer(&self, body: &Body, counted: &[Counted], now: Timestamp) -> Result<bool, NotCounted> {
        if self.outcome.is_some() {
            return Err(NotCounted::Closed);
        }
        let cast = cast(counted);
        if now.seconds() < self.question.closes.seconds()
            && !complete(body, &cast, self.question.subject.conflicts())
        {
            return Err(NotCounted::Open);
        }
        match tally(body, &cast).outcome {
            Outcome::Yes => Ok(true),
            Outcome::No => Ok(false),
            Outcome::NoQuorum => Err(NotCounted::NoQuorum),
        }
    }
}

/// Ballots as they are tallied.
pub fn cast(counted: &[Counted]) -> Vec<Cast> {
    counted.iter().map(|one| Cast { seat: one.seat.clone(), choice: one.choice }).collect()
}
