//! What ballots come to: a pure function that everybody who has them can make again.

use contracts::ballot::Choice;
use contracts::framework::{Body, College, Majority, Voice};

/// One seat's word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast {
    /// `college/1`.
    pub seat: String,
    pub choice: Choice,
}

/// What a question comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    Yes,
    No,
    /// Too few seats were present: nothing is decided.
    NoQuorum,
}

/// How many said what, and what it comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tally {
    pub yes: u32,
    pub no: u32,
    pub abstain: u32,
    /// Voting seats that withdrew for an interest of their own.
    pub recused: u32,
    /// Seats of advice, whatever they said.
    pub advice: u32,
    /// A seat with a veto said no.
    pub vetoed: bool,
    pub outcome: Outcome,
}

/// The college of a seat that exists in this body.
pub fn college<'a>(body: &'a Body, seat: &str) -> Option<&'a College> {
    let (college, number) = seat.rsplit_once('/')?;
    let number: u32 = number.parse().ok().filter(|n: &u32| n.to_string() == number)?;
    body.colleges.iter().find(|one| one.id == college && (1..=one.seats).contains(&number))
}

/// Counts the ballots of a body. Of a seat that speaks twice the first counts; of one that does not exist, none.
pub fn tally(body: &Body, cast: &[Cast]) -> Tally {
    let mut found =
        Tally { yes: 0, no: 0, abstain: 0, recused: 0, advice: 0, vetoed: false, outcome: Outcome::NoQuorum };
    for (i, one) in cast.iter().enumerate() {
        let Some(college) = college(body, &one.seat) else { continue };
        if cast[..i].iter().any(|before| before.seat == one.seat) {
            continue;
        }
        match (college.voice, one.choice) {
            (Voice::Advice, _) => found.advice += 1,
            (_, Choice::Yes) => found.yes += 1,
            (voice, Choice::No) => {
                found.no += 1;
                found.vetoed |= voice == Voice::Veto;
            }
            (_, Choice::Abstain) => found.abstain += 1,
            (_, Choice::Recused) => found.recused += 1,
        }
    }
    found.outcome = outcome(body, &found);
    found
}

fn outcome(body: &Body, tally: &Tally) -> Outcome {
    let Tally { yes, no, abstain, vetoed, .. } = *tally;
    // Who withdrew is not there.
    if yes + no + abstain < body.quorum {
        return Outcome::NoQuorum;
    }
    let enough = match body.majority {
        Majority::Simple => yes > no,
        Majority::Absolute => u64::from(yes) * 2 > u64::from(body.votes()),
        Majority::TwoThirds => yes > 0 && u64::from(yes) * 3 >= u64::from(yes + no) * 2,
        Majority::Unanimous => yes > 0 && no == 0,
    };
    if enough && !vetoed { Outcome::Yes } else { Outcome::No }
}

/// Whether every voting seat has spoken, or may not: nothing that comes later can change anything.
pub fn complete(body: &Body, cast: &[Cast], conflicts: &[String]) -> bool {
    let spoken = cast.iter().map(|one| &one.seat).chain(conflicts);
    let voting =
        spoken.filter(|seat| college(body, seat).is_some_and(|college| college.voice != Voice::Advice));
    let mut seats: Vec<&str> = voting.map(String::as_str).collect();
    seats.sort_unstable();
    seats.dedup();
    u32::try_from(seats.len()).is_ok_and(|spoken| spoken >= body.votes())
}

impl Outcome {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::NoQuorum => "no-quorum",
        }
    }
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Yes, Self::No, Self::NoQuorum].into_iter().find(|outcome| outcome.as_str() == text)
    }
}

#[cfg(test)]
mod tests;
