//! The truth of one constraint: now, and ever.

use contracts::odrl::LogicalOperator;
use ontology::Relation;
use ontology::place::Place;
use ontology::purpose;
use time::{Duration, OffsetDateTime};

use crate::claim;
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::duration::Span;
use crate::facts::{Charter, Facts, FirstUse};
use crate::instant::Limits;
use crate::operand::{Operand, Operator};
use crate::policy::{Check, Test, Version};
use crate::seen::Seen;
use crate::view;

/// At which time a question is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// At the instant of the facts.
    Now,
    /// From then on: what can still change is unknown.
    Ever,
}

/// Strong Kleene logic over verdicts; every one is asked for.
pub(crate) fn combine(operator: LogicalOperator, verdicts: impl Iterator<Item = Verdict>) -> Verdict {
    match operator {
        LogicalOperator::And | LogicalOperator::AndSequence => verdicts.fold(Satisfied, Verdict::and),
        LogicalOperator::Or => !verdicts.fold(Satisfied, |sum, one| sum.and(!one)),
        LogicalOperator::Xone => {
            let (mut satisfied, mut unknown) = (0u32, 0u32);
            for verdict in verdicts {
                match verdict {
                    Satisfied => satisfied += 1,
                    Unknown => unknown += 1,
                    Unsatisfied => {}
                }
            }
            match (satisfied, unknown) {
                (2.., _) => Unsatisfied,
                (_, 1..) => Unknown,
                (1, 0) => Satisfied,
                (0, 0) => Unsatisfied,
            }
        }
    }
}

impl Verdict {
    pub(crate) fn and(self, other: Verdict) -> Verdict {
        match (self, other) {
            (Unsatisfied, _) | (_, Unsatisfied) => Unsatisfied,
            (Unknown, _) | (_, Unknown) => Unknown,
            _ => Satisfied,
        }
    }

    fn of(truth: bool) -> Verdict {
        if truth { Satisfied } else { Unsatisfied }
    }
}

impl std::ops::Not for Verdict {
    type Output = Verdict;
    fn not(self) -> Verdict {
        match self {
            Satisfied => Unsatisfied,
            Unknown => Unknown,
            Unsatisfied => Satisfied,
        }
    }
}

impl Test {
    /// The last instant that satisfies a limit in time.
    pub(crate) fn deadline(&self) -> Option<OffsetDateTime> {
        match (&self.check, self.operator) {
            (Check::Time(interval), Operator::Lteq | Operator::Eq) => Some(interval.last()),
            (Check::Time(interval), Operator::Lt) => interval.start.checked_sub(Duration::NANOSECOND),
            _ => None,
        }
    }

    /// `counter` names the rule whose uses are counted.
    pub(crate) fn verdict(&self, seen: &Seen<'_>, counter: &str, mode: Mode) -> Verdict {
        let (operand, operator) = (self.operand, self.operator);
        Question { operand, operator, seen, counter, mode }.verdict(self.check.asked())
    }
}

impl Check {
    pub(crate) fn asked(&self) -> Asked<'_> {
        match self {
            Check::Purpose(listed) => Asked::Purpose(listed.iter().copied().collect()),
            Check::Recipient(listed) => Asked::Recipient(Names::Own(listed)),
            Check::Place(listed) => Asked::Place(listed),
            Check::Charter(listed) => Asked::Charter(Charters::Own(listed)),
            Check::Time(interval) => Asked::Time(interval.limits()),
            Check::Elapsed(span) => Asked::Elapsed(*span),
            Check::Count(limit) => Asked::Count(*limit),
            other => Asked::Other(other),
        }
    }
}

/// What a condition compares with, wherever it is kept.
pub(crate) enum Asked<'a> {
    Purpose(purpose::Set),
    Recipient(Names<'a>),
    Place(&'a [Place]),
    Charter(Charters<'a>),
    Time(Limits),
    Elapsed(Span),
    Count(u64),
    Other(&'a Check),
    /// No condition.
    Nothing,
}

pub(crate) enum Names<'a> {
    Own(&'a [String]),
    Lines(&'a str),
}

impl Names<'_> {
    fn contain(&self, name: &str) -> bool {
        match self {
            Names::Own(listed) => listed.iter().any(|one| one == name),
            Names::Lines(listed) => listed.split('\n').any(|one| one == name),
        }
    }
}

pub(crate) enum Charters<'a> {
    Own(&'a [(String, Version)]),
    /// Each on a line.
    Lines(&'a str),
}

/// One condition, about facts.
pub(crate) struct Question<'a> {
    pub operand: Operand,
    pub operator: Operator,
    pub seen: &'a Seen<'a>,
    /// Of the rule whose uses are counted.
    pub counter: &'a str,
    pub mode: Mode,
}

impl Question<'_> {
    #[inline]
    pub(crate) fn verdict(&self, asked: Asked<'_>) -> Verdict {
        let facts = self.seen.facts;
        match asked {
            // A recipient is who it is; what it declares may change tomorrow.
            Asked::Recipient(listed) => facts.recipient.as_ref().map_or(Unknown, |recipient| {
                self.one(if listed.contain(recipient) { Relation::Within } else { Relation::Apart })
            }),
            Asked::Purpose(listed) => {
                self.soft(self.seen.purpose.map_or(Unknown, |own| self.one(listed.relation(own))))
            }
            Asked::Place(listed) => {
                let law = self.operand == Operand::GoverningLaw;
                self.soft(self.place(listed, if law { self.seen.law } else { self.seen.place }))
            }
            Asked::Charter(listed) => self.soft(self.charters(listed)),
            Asked::Time(limits) => self.time(limits),
            Asked::Elapsed(span) => match (self.elapsed(span), self.mode) {
                // Time left today will have run out some day.
                (Satisfied, Mode::Ever) => Unknown,
                (verdict, _) => verdict,
            },
            Asked::Count(limit) => match (&facts.counts, self.mode) {
                (None, _) => Unknown,
                (Some(counts), _) if counts.get(self.counter).copied().unwrap_or(0) >= limit => Unsatisfied,
                (Some(_), Mode::Ever) => Unknown,
                (Some(_), Mode::Now) => Satisfied,
            },
            Asked::Other(check) => self.other(check),
            Asked::Nothing => Unknown,
        }
    }

    fn other(&self, check: &Check) -> Verdict {
        let facts = self.seen.facts;
        match check {
            Check::Uses(limit) => match (facts.uses, self.mode) {
                (None, _) => Unknown,
                // What never left is given back.
                (Some(_), Mode::Ever) => Unknown,
                (Some(uses), Mode::Now) => {
                    let of_assignee = self.operand == Operand::CountOfAssignee;
                    Verdict::of(if of_assignee { uses.assignee } else { uses.dataset } < *limit)
                }
            },
            // It says when a duty is due again, and nothing of an access.
            Check::Every => Unknown,
            Check::Delay(span) => self.delay(span, facts),
            Check::Columns(named) => self.soft(view::columns(named, facts)),
            Check::Territory(areas) => self.soft(view::territory(areas, facts)),
            Check::Least(_) => self.soft(view::least(facts)),
            Check::Embargo => match (facts.embargo, facts.now) {
                (Some(end), Some(now)) => self.soft(Verdict::of(end <= now)),
                _ => Unknown,
            },
            Check::Claim(listed) => self.soft(claim::verdict(self.operand, self.operator, listed, facts)),
            Check::Reciprocity(listed) => self.soft(self.reciprocity(listed, facts)),
            Check::Purpose(_)
            | Check::Recipient(_)
            | Check::Place(_)
            | Check::Charter(_)
            | Check::Time(_)
            | Check::Elapsed(_)
            | Check::Count(_) => self.verdict(check.asked()),
        }
    }

    /// Time that must have passed since both signed; it passes.
    fn delay(&self, span: &Span, facts: &Facts) -> Verdict {
        let (Some(signed), Some(now)) = (facts.signed_at, facts.now) else { return Unknown };
        // Beyond the calendar: it never will have.
        let Some(end) = span.after(signed) else { return Unsatisfied };
        match if self.operator == Operator::Gt { now > end } else { now >= end } {
            true => Satisfied,
            false if self.mode == Mode::Ever => Unknown,
            false => Unsatisfied,
        }
    }

    fn reciprocity(&self, listed: &[String], facts: &Facts) -> Verdict {
        let Some(given) = &facts.given else { return Unknown };
        let mut held: Vec<&str> = given.iter().map(String::as_str).collect();
        if !held.is_empty() {
            held.push("any");
        }
        claim::among(self.operator, listed, &held)
    }

    /// A fact that the caller can choose or change never decides for ever.
    fn soft(&self, now: Verdict) -> Verdict {
        if self.mode == Mode::Ever { Unknown } else { now }
    }

    /// Membership in a list by hierarchy; `eq` and `isA` are a list of one: a narrower value is one of the kind.
    fn member(&self, relations: impl Iterator<Item = Relation>) -> Verdict {
        let mut verdict = Unsatisfied;
        for relation in relations {
            match relation {
                Relation::Within => {
                    verdict = Satisfied;
                    break;
                }
                Relation::Overlaps => verdict = Unknown,
                Relation::Apart => {}
            }
        }
        if self.operator.negated() { !verdict } else { verdict }
    }

    fn one(&self, relation: Relation) -> Verdict {
        self.member([relation].into_iter())
    }

    fn place(&self, listed: &[Place], own: Option<Place>) -> Verdict {
        let Some(own) = own else { return Unknown };
        self.member(listed.iter().map(|one| own.relation(one)))
    }

    fn charters(&self, listed: Charters<'_>) -> Verdict {
        let Some(accepted) = self.seen.facts.charters.as_deref() else { return Unknown };
        match listed {
            Charters::Own(listed) => {
                self.charter(listed.iter().map(|(id, version)| (id.as_str(), *version)), accepted)
            }
            Charters::Lines(lines) => {
                let read = |line| {
                    let (id, version) = str::rsplit_once(line, '@')?;
                    Some((id, Version::parse(version)?))
                };
                self.charter(lines.split('\n').filter_map(read), accepted)
            }
        }
    }

    fn charter<'a>(&self, listed: impl Iterator<Item = (&'a str, Version)>, accepted: &[Charter]) -> Verdict {
        let mut verdict = Unsatisfied;
        for (id, wanted) in listed {
            for charter in accepted.iter().filter(|charter| charter.id == id) {
                match Version::parse(&charter.version) {
                    None => verdict = Unknown,
                    Some(own) => {
                        let holds = match self.operator {
                            Operator::Gt => own > wanted,
                            Operator::Gteq => own >= wanted,
                            _ => own == wanted,
                        };
                        if holds {
                            return Satisfied;
                        }
                    }
                }
            }
        }
        verdict
    }

    fn time(&self, limits: Limits) -> Verdict {
        let Some(now) = self.seen.now else { return Unknown };
        let verdict = Verdict::of(limits.holds(self.operator, now));
        let over = limits.holds(Operator::Gt, now);
        let settled = over || (self.operator == Operator::Gteq && verdict == Satisfied);
        // Time only goes forward: once an interval is past, nothing about it changes any more.
        if self.mode == Mode::Ever && !settled { Unknown } else { verdict }
    }

    fn elapsed(&self, span: Span) -> Verdict {
        let facts = self.seen.facts;
        let Some(now) = facts.now else { return Unknown };
        let within = |start| match span.after(start) {
            Some(end) if self.operator == Operator::Lt => now < end,
            Some(end) => now <= end,
            // Beyond the calendar: it has not run out.
            None => true,
        };
        match (facts.first_use, facts.signed_at) {
            (Some(FirstUse::At(start)), _) => Verdict::of(within(start)),
            (Some(FirstUse::Never), _) => Verdict::of(within(now)),
            // No use comes before the signature, so less has passed since the first use than since the signature.
            (None, Some(signed)) if within(signed) => Satisfied,
            (None, _) => Unknown,
        }
    }
}
