//! Whether some access meets formulas together: every alternative is opened until one holds or all are closed.

use super::clause::{Finding, FindingKey};
use super::formula::{Formula, Literal, Side};
use super::{Knowledge, axis, cross};
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};

/// Most steps of a search, and most alternatives within alternatives: beyond, it cannot be told.
const MAX_STEPS: usize = 2_000;
const MAX_DEPTH: usize = 500;
/// Most findings of a kind.
const MAX_FINDINGS: usize = 8;

/// What a search came to.
pub(super) struct Found {
    pub verdict: Verdict,
    /// Clauses of both sides that cannot hold together.
    pub apart: Vec<Finding>,
    /// Clauses of which that cannot be told.
    pub open: Vec<Finding>,
    /// Where an access was found: clauses that it does not meet.
    pub beyond: Vec<Finding>,
}

impl Found {
    /// No access, and nothing to be said of it.
    pub(super) const NOTHING: Found =
        Found { verdict: Unsatisfied, apart: Vec::new(), open: Vec::new(), beyond: Vec::new() };
}

pub(super) struct Search<'k> {
    knowledge: &'k Knowledge,
    steps: usize,
    found: Found,
}

impl<'k> Search<'k> {
    pub(super) fn new(knowledge: &'k Knowledge) -> Search<'k> {
        let found = Found { verdict: Unknown, apart: Vec::new(), open: Vec::new(), beyond: Vec::new() };
        Search { knowledge, steps: 0, found }
    }

    pub(super) fn run(mut self, goals: &[&Formula<'_>]) -> Found {
        self.found.verdict = self.open(goals.to_vec(), Vec::new(), Vec::new(), 0);
        self.found
    }

    /// `plain`: still to be looked at; `choices`: alternatives among them; `branch`: clauses that must be so.
    fn open<'f, 'a>(
        &mut self,
        mut plain: Vec<&'f Formula<'a>>,
        mut choices: Vec<&'f [Formula<'a>]>,
        mut branch: Vec<&'f Literal<'a>>,
        depth: usize,
    ) -> Verdict {
        while let Some(next) = plain.pop() {
            self.steps += 1;
            match next {
                Formula::All(parts) => plain.extend(parts),
                Formula::Any(parts) => match parts.as_slice() {
                    [only] => plain.push(only),
                    parts => choices.push(parts),
                },
                Formula::Is(literal) => {
                    branch.push(literal);
                    if self.axis(literal, &branch) == Unsatisfied {
                        return Unsatisfied;
                    }
                }
            }
        }
        if self.steps > MAX_STEPS || depth > MAX_DEPTH {
            return Unknown;
        }
        // The shortest choice first: what closes at once is not opened many times.
        let Some(at) = (0..choices.len()).min_by_key(|at| choices[*at].len()) else {
            return self.leaf(&branch);
        };
        let parts = choices.swap_remove(at);
        let mut verdict = Unsatisfied;
        for part in parts {
            match self.open(vec![part], choices.clone(), branch.clone(), depth + 1) {
                Satisfied => return Satisfied,
                Unknown => verdict = Unknown,
                Unsatisfied => {}
            }
        }
        verdict
    }

    /// The clauses on the operand of one of them.
    fn axis(&mut self, literal: &Literal<'_>, branch: &[&Literal<'_>]) -> Verdict {
        let same: Vec<&Literal<'_>> = branch.iter().copied().filter(|one| axis::same(one, literal)).collect();
        let verdict = axis::verdict(&same, self.knowledge);
        if verdict == Unsatisfied {
            note(&mut self.found.apart, FindingKey::Apart, &same);
        }
        verdict
    }

    fn leaf(&mut self, branch: &[&Literal<'_>]) -> Verdict {
        let mut verdict = Satisfied;
        for (at, literal) in branch.iter().enumerate() {
            if branch.iter().take(at).any(|earlier| axis::same(earlier, literal)) {
                continue;
            }
            let same: Vec<&Literal<'_>> =
                branch.iter().copied().filter(|one| axis::same(one, literal)).collect();
            let one = axis::verdict(&same, self.knowledge);
            match one {
                Unknown => note(&mut self.found.open, FindingKey::Open, &same),
                Unsatisfied => note(&mut self.found.apart, FindingKey::Apart, &same),
                Satisfied => {}
            }
            verdict = verdict.and(one);
        }
        let (crossed, related) = cross::verdict(branch);
        match crossed {
            Unknown => note(&mut self.found.open, FindingKey::Open, &related),
            Unsatisfied => note(&mut self.found.apart, FindingKey::Apart, &related),
            Satisfied => {}
        }
        verdict = verdict.and(crossed);
        if verdict == Satisfied {
            for literal in branch.iter().filter(|literal| literal.truth.spares_absence()) {
                let same: Vec<&Literal<'_>> =
                    branch.iter().copied().filter(|one| axis::same(one, literal)).collect();
                note(&mut self.found.beyond, FindingKey::Beyond, &same);
            }
        }
        verdict
    }
}

/// Remembers clauses of both sides.
fn note(list: &mut Vec<Finding>, key: FindingKey, literals: &[&Literal<'_>]) {
    // What is asked not to hold says more than what is asked beside it.
    let of = |side: Side| {
        let own = || literals.iter().filter(move |literal| literal.side == side);
        own()
            .find(|literal| literal.truth.spares_absence())
            .or_else(|| own().next_back())
            .map(|one| one.clause())
    };
    let finding = Finding { key, first: of(Side::First), second: of(Side::Second) };
    if list.len() < MAX_FINDINGS && !list.contains(&finding) {
        list.push(finding);
    }
}
