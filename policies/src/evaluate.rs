//! The truth of one constraint: now, and ever.

use contracts::odrl::LogicalOperator;
use ontology::Relation;
use ontology::place::Place;
use ontology::purpose::Purpose;
use time::{Duration, OffsetDateTime};

use crate::claim;
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::duration::Span;
use crate::facts::{Charter, Facts, FirstUse};
use crate::operand::{Operand, Operator};
use crate::policy::{Check, Expr, Logic, Test, Version};
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

impl Expr {
    /// Strong Kleene: unknown stays unknown unless the rest decides.
    /// `leaf` is told of every test that was looked at; all are, so that a refusal names all its causes.
    pub(crate) fn verdict<'a>(&'a self, leaf: &mut impl FnMut(&'a Test) -> Verdict) -> Verdict {
        let Logic { operator, parts, .. } = match self {
            Expr::Test(test) => return leaf(test),
            Expr::Logic(logic) => logic,
        };
        combine(*operator, parts.iter().map(|part| part.verdict(leaf)))
    }
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

pub(crate) fn all<'a>(
    parts: impl Iterator<Item = &'a Expr>,
    leaf: &mut impl FnMut(&'a Test) -> Verdict,
) -> Verdict {
    parts.fold(Satisfied, |sum, part| sum.and(part.verdict(leaf)))
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
        let facts = seen.facts;
        match &self.check {
            // A recipient is who it is; what it declares may change tomorrow.
            Check::Recipient(listed) => facts.recipient.as_ref().map_or(Unknown, |recipient| {
                self.member(
                    listed
                        .iter()
                        .map(|one| if *one == *recipient { Relation::Within } else { Relation::Apart }),
                )
            }),
            Check::Purpose(listed) => self.soft(mode, self.purpose(listed, seen.purpose)),
            Check::Place(listed) => self.soft(mode, self.place(listed, seen.place)),
            Check::Law(listed) => self.soft(mode, self.place(listed, seen.law)),
            Check::Charter(listed) => self.soft(mode, self.charter(listed, facts.charters.as_deref())),
            Check::Time(_) => self.time(facts, mode),
            Check::Elapsed(_) => match (self.elapsed(facts), mode) {
                // Time left today will have run out some day.
                (Satisfied, Mode::Ever) => Unknown,
                (verdict, _) => verdict,
            },
            Check::Count(limit) => match (&facts.counts, mode) {
                (None, _) => Unknown,
                (Some(counts), _) if counts.get(counter).copied().unwrap_or(0) >= *limit => Unsatisfied,
                (Some(_), Mode::Ever) => Unknown,
                (Some(_), Mode::Now) => Satisfied,
            },
            Check::Uses(limit) => match (facts.uses, mode) {
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
            Check::Delay(span) => self.delay(span, facts, mode),
            Check::Columns(named) => self.soft(mode, view::columns(named, facts)),
            Check::Territory(areas) => self.soft(mode, view::territory(areas, facts)),
            Check::Least(_) => self.soft(mode, view::least(facts)),
            Check::Embargo => match (facts.embargo, facts.now) {
                (Some(end), Some(now)) => self.soft(mode, Verdict::of(end <= now)),
                _ => Unknown,
            },
            Check::Claim(listed) => {
                self.soft(mode, claim::verdict(self.operand, self.operator, listed, facts))
            }
            Check::Reciprocity(listed) => self.soft(mode, self.reciprocity(listed, facts)),
        }
    }

    /// Time that must have passed since both signed; it passes.
    fn delay(&self, span: &Span, facts: &Facts, mode: Mode) -> Verdict {
        let (Some(signed), Some(now)) = (facts.signed_at, facts.now) else { return Unknown };
        // Beyond the calendar: it never will have.
        let Some(end) = span.after(signed) else { return Unsatisfied };
        match if self.operator == Operator::Gt { now > end } else { now >= end } {
            true => Satisfied,
            false if mode == Mode::Ever => Unknown,
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
    fn soft(&self, mode: Mode, now: Verdict) -> Verdict {
        if mode == Mode::Ever { Unknown } else { now }
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

    fn purpose(&self, listed: &[Purpose], own: Option<Purpose>) -> Verdict {
        let Some(own) = own else { return Unknown };
        self.member(listed.iter().map(|one| own.relation(*one)))
    }

    fn place(&self, listed: &[Place], own: Option<Place>) -> Verdict {
        let Some(own) = own else { return Unknown };
        self.member(listed.iter().map(|one| own.relation(one)))
    }

    fn charter(&self, listed: &[(String, Version)], accepted: Option<&[Charter]>) -> Verdict {
        let Some(accepted) = accepted else { return Unknown };
        let mut verdict = Unsatisfied;
        for (id, wanted) in listed {
            for charter in accepted.iter().filter(|charter| charter.id == *id) {
                match Version::parse(&charter.version) {
                    None => verdict = Unknown,
                    Some(own) => {
                        let holds = match self.operator {
                            Operator::Gt => own > *wanted,
                            Operator::Gteq => own >= *wanted,
                            _ => own == *wanted,
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

    fn time(&self, facts: &Facts, mode: Mode) -> Verdict {
        let (Check::Time(interval), Some(now)) = (&self.check, facts.now) else { return Unknown };
        let verdict = Verdict::of(interval.holds(self.operator, now));
        let over = interval.holds(Operator::Gt, now);
        let settled = over || (self.operator == Operator::Gteq && verdict == Satisfied);
        // Time only goes forward: once an interval is past, nothing about it changes any more.
        if mode == Mode::Ever && !settled { Unknown } else { verdict }
    }

    fn elapsed(&self, facts: &Facts) -> Verdict {
        let (Check::Elapsed(span), Some(now)) = (&self.check, facts.now) else { return Unknown };
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
