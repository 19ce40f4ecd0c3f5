//! Deadlines of every kind: until when, and what stands before and after it.

use super::time::Timestamp;

/// The last instant at which something may still be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(pub Timestamp);

/// Where an instant stands to a deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Ahead,
    /// Within the time in which one is reminded.
    Near,
    Passed,
}

/// How long before a deadline one is reminded, and how long after it what follows. Seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Calendar {
    pub remind: i64,
    /// `None`: never.
    pub suspend: Option<i64>,
    pub list: Option<i64>,
}

impl Deadline {
    pub fn phase(self, now: Timestamp, remind: i64) -> Phase {
        match () {
            () if now > self.0 => Phase::Passed,
            () if now >= self.0.plus_seconds(-remind) => Phase::Near,
            () => Phase::Ahead,
        }
    }

    /// Whether it passed at least so many seconds ago.
    pub fn passed_by(self, seconds: i64, now: Timestamp) -> bool {
        now > self.0.plus_seconds(seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn its_own_instant_is_in_time() {
        let deadline = Deadline(Timestamp::from_seconds(1_000));
        for (at, phase) in
            [(899, Phase::Ahead), (900, Phase::Near), (1_000, Phase::Near), (1_001, Phase::Passed)]
        {
            assert_eq!(deadline.phase(Timestamp::from_seconds(at), 100), phase, "{at}");
        }
        assert!(!deadline.passed_by(60, Timestamp::from_seconds(1_060)));
        assert!(deadline.passed_by(60, Timestamp::from_seconds(1_061)));
    }
}
