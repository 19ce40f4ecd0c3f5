//! A policy as decisions run it: its conditions in one row, its texts in one. A decision among many policies waits for
//! memory at these two places, and touches nothing else.

use std::collections::VecDeque;
use std::sync::Arc;

use contracts::odrl::LogicalOperator;
use ontology::action::Action;
use ontology::place::Place;
use ontology::purpose;

use crate::decision::RuleKind;
use crate::duration::Span;
use crate::evaluate::{Asked, Charters, Names};
use crate::instant::Limits;
use crate::operand::{Operand, Operator};
use crate::policy::{Check, Expr, Logic, Rule, Test};

/// A part of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Part {
    from: u32,
    to: u32,
}

impl Part {
    pub(crate) fn between(from: usize, to: usize) -> Part {
        Part { from: short(from), to: short(to) }
    }

    pub(crate) fn of(self, texts: &str) -> &str {
        texts.get(self.from as usize..self.to as usize).unwrap_or_default()
    }
}

/// Where something stands in the policy, and what it says: two texts side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Said {
    from: u32,
    middle: u32,
    to: u32,
}

impl Said {
    pub(crate) fn write(texts: &mut String, pointer: &str, expected: &str) -> Said {
        let from = short(texts.len());
        texts.push_str(pointer);
        let middle = short(texts.len());
        texts.push_str(expected);
        Said { from, middle, to: short(texts.len()) }
    }

    pub(crate) fn pointer(self) -> Part {
        Part { from: self.from, to: self.middle }
    }

    pub(crate) fn expected(self) -> Part {
        Part { from: self.middle, to: self.to }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Program {
    pub texts: Arc<str>,
    pub steps: Box<[Step]>,
    /// What must be as the policy names it.
    pub target: Option<Said>,
    pub assignee: Option<Said>,
    /// The actions of all permissions.
    pub permitted: Said,
}

/// A rule, without its conditions.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Head {
    pub said: Said,
    pub action: Action,
    /// The least number of uses that it allows.
    pub limit: Option<u64>,
    /// Whether it may deliver less than the whole.
    pub viewed: bool,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Step {
    pub said: Said,
    pub operand: Operand,
    pub operator: Operator,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum What {
    /// Its conditions and duties follow, up to `end`.
    Rule {
        kind: RuleKind,
        action: Action,
        viewed: bool,
        end: u32,
        limit: Option<u64>,
    },
    /// Its parts follow, up to `end`.
    Logic {
        operator: LogicalOperator,
        end: u32,
    },
    Duty,
    Purpose(purpose::Set),
    /// Names, each on a line: an identifier has no end of line in it.
    Recipient(Part),
    /// Charters, each on a line, `identifier@version`.
    Charter(Part),
    /// Of two places the second may be the first again.
    Places([Place; 2]),
    Time(Limits),
    Elapsed(Span),
    Count(u64),
    Other(Box<Check>),
}

impl Program {
    pub(crate) fn of(
        target: Option<&str>,
        assignee: Option<&str>,
        permissions: &[Rule],
        prohibitions: &[Rule],
    ) -> Program {
        let mut writer = Writer::default();
        let target = target.map(|text| writer.say("", text));
        let assignee = assignee.map(|text| writer.say("", text));
        let rules = || {
            let prohibitions = prohibitions.iter().map(|rule| (RuleKind::Prohibition, rule));
            prohibitions.chain(permissions.iter().map(|rule| (RuleKind::Permission, rule)))
        };
        // What decisions compare with stands first, what they only say after it.
        rules().for_each(|(_, rule)| rule.when.iter().for_each(|part| writer.lines(part)));
        rules().for_each(|(kind, rule)| writer.rule(kind, rule));
        let names: Vec<&str> = permissions.iter().map(|rule| rule.action.name()).collect();
        let permitted = writer.say("", &names.join(", "));
        Program { texts: writer.texts.into(), steps: writer.steps.into(), target, assignee, permitted }
    }

    /// Rules of a kind, in the order of the policy, each with its place.
    pub(crate) fn rules(&self, wanted: RuleKind) -> impl Iterator<Item = (usize, Head)> {
        let mut next = 0;
        std::iter::from_fn(move || {
            loop {
                let (at, step) = (next, self.steps.get(next)?);
                let What::Rule { kind, action, viewed, end, limit } = step.what else { return None };
                next = end as usize;
                if kind == wanted {
                    return Some((at, Head { said: step.said, action, limit, viewed }));
                }
            }
        })
    }

    /// What a step asks, when it is a condition.
    pub(crate) fn asked<'a>(&'a self, what: &'a What) -> Asked<'a> {
        match what {
            What::Purpose(set) => Asked::Purpose(*set),
            What::Recipient(lines) => Asked::Recipient(Names::Lines(lines.of(&self.texts))),
            What::Charter(lines) => Asked::Charter(Charters::Lines(lines.of(&self.texts))),
            What::Places(listed) => Asked::Place(listed),
            What::Time(limits) => Asked::Time(*limits),
            What::Elapsed(span) => Asked::Elapsed(*span),
            What::Count(limit) => Asked::Count(*limit),
            What::Other(check) => check.asked(),
            // No conditions: nothing holds by them.
            What::Rule { .. } | What::Logic { .. } | What::Duty => Asked::Nothing,
        }
    }
}

#[derive(Default)]
struct Writer {
    texts: String,
    steps: Vec<Step>,
    /// Lists of lines, in the order of the conditions that they belong to.
    lines: VecDeque<Part>,
}

/// No policy that is read comes near: what were longer would say nothing, and match nothing.
fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

impl Writer {
    fn say(&mut self, pointer: &str, expected: &str) -> Said {
        Said::write(&mut self.texts, pointer, expected)
    }

    fn lines(&mut self, part: &Expr) {
        let lines = match part {
            Expr::Logic(logic) => return logic.parts.iter().for_each(|part| self.lines(part)),
            Expr::Test(Test { check: Check::Recipient(listed), .. }) => listed.join("\n"),
            Expr::Test(Test { check: Check::Charter(listed), .. }) => {
                let lines: Vec<String> =
                    listed.iter().map(|(id, version)| format!("{id}@{version}")).collect();
                lines.join("\n")
            }
            Expr::Test(_) => return,
        };
        let said = self.say("", &lines);
        self.lines.push_back(said.expected());
    }

    fn step(&mut self, said: Said, what: What) {
        self.steps.push(Step { said, operand: Operand::Purpose, operator: Operator::Eq, what });
    }

    fn rule(&mut self, kind: RuleKind, rule: &Rule) {
        let (at, said) = (self.steps.len(), self.say(&rule.pointer, &rule.said));
        self.step(said, What::Duty);
        rule.when.iter().for_each(|part| self.part(part));
        for duty in &rule.duties {
            let said = self.say(&duty.pointer, &duty.said);
            self.step(said, What::Duty);
        }
        let end = short(self.steps.len());
        self.steps[at].what =
            What::Rule { kind, action: rule.action, viewed: rule.is_viewed(), end, limit: rule.limit() };
    }

    fn part(&mut self, part: &Expr) {
        match part {
            Expr::Test(test) => self.test(test),
            Expr::Logic(Logic { pointer, said, operator, parts }) => {
                let (at, said) = (self.steps.len(), self.say(pointer, said));
                self.step(said, What::Duty);
                parts.iter().for_each(|part| self.part(part));
                let end = short(self.steps.len());
                self.steps[at].what = What::Logic { operator: *operator, end };
            }
        }
    }

    fn test(&mut self, test: &Test) {
        let said = self.say(&test.pointer, &test.expected);
        let what = match &test.check {
            Check::Purpose(listed) => What::Purpose(listed.iter().copied().collect()),
            Check::Recipient(_) => What::Recipient(self.lines.pop_front().unwrap_or_default()),
            Check::Charter(_) => What::Charter(self.lines.pop_front().unwrap_or_default()),
            Check::Place(listed) => match listed.as_slice() {
                [one] => What::Places([*one; 2]),
                [one, two] => What::Places([*one, *two]),
                _ => What::Other(Box::new(test.check.clone())),
            },
            Check::Time(interval) => What::Time(interval.limits()),
            Check::Elapsed(span) => What::Elapsed(*span),
            Check::Count(limit) => What::Count(*limit),
            other => What::Other(Box::new(other.clone())),
        };
        self.steps.push(Step { said, operand: test.operand, operator: test.operator, what });
    }
}
