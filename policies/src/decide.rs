//! One access, one decision, with its reasons.

use ontology::action::Action;

use crate::decision::{Decision, Key, Outcome, RuleKind, Take, Verdict};
use crate::evaluate::{Mode, Question, combine};
use crate::facts::{Facts, Request, VERSION};
use crate::policy::Compiled;
use crate::program::{Program, Said, Step, What};
use crate::reasons::{Entry, Reasons};
use crate::seen::{Seen, Voice};

/// Decides one request. Closed by default; see the crate's documentation for the semantics.
pub fn decide(policy: &Compiled, request: &Request, facts: &Facts) -> Decision {
    let program = &policy.program;
    let mut run = Run {
        program,
        seen: &Seen::of(facts),
        mode: Mode::Now,
        told: Some((Reasons::new(&program.texts), Voice::new())),
    };
    let mut permission = None;
    if let Some(action) = run.action(request)
        && run.common(request, facts)
    {
        let prohibited = run.prohibited(action);
        let permitted = run.permitted(action);
        permission = permitted.filter(|_| !prohibited);
    }
    let reasons = run.told.map_or_else(|| Reasons::new(&program.texts), |(reasons, _)| reasons);
    let pointer = |used: &Used| used.said.pointer().of(&program.texts).to_owned();
    let take = |used: &Used| used.limit.map(|limit| Take { counter: pointer(used), amount: 1, limit });
    Decision {
        v: VERSION,
        outcome: if permission.is_some() { Outcome::Permit } else { Outcome::Refuse },
        permission: permission.as_ref().map(pointer),
        consumes: permission.as_ref().and_then(take).into_iter().collect(),
        view: permission
            .filter(|used| used.viewed)
            .and_then(|used| policy.permissions.get(used.number)?.view(facts)),
        reasons,
    }
}

/// The permission that is used.
struct Used {
    said: Said,
    /// Its place among the permissions.
    number: usize,
    limit: Option<u64>,
    viewed: bool,
}

/// A policy asked about facts; with the reasons, where somebody wants them.
pub(crate) struct Run<'a> {
    pub program: &'a Program,
    pub seen: &'a Seen<'a>,
    pub mode: Mode,
    pub told: Option<(Reasons, Voice)>,
}

/// A prohibition touches a request when it covers the action, or when the request is so wide that it includes what
/// is prohibited.
pub(crate) fn touches(rule: Action, action: Action) -> bool {
    rule.covers(action) || action.covers(rule)
}

impl Run<'_> {
    fn action(&mut self, request: &Request) -> Option<Action> {
        let action = Action::parse(&request.action);
        if action.is_none() {
            self.whole(Key::Action, None, Some(&request.action), Verdict::Unsatisfied);
        }
        action
    }

    /// What holds for the policy as a whole: its dataset and its party.
    fn common(&mut self, request: &Request, facts: &Facts) -> bool {
        let program = self.program;
        let mut same = |key, expected: Option<Said>, found: &Option<String>| {
            let Some(expected) = expected else { return true };
            let verdict = match found {
                Some(found) if expected.expected().of(&program.texts) == found => return true,
                Some(_) => Verdict::Unsatisfied,
                None => Verdict::Unknown,
            };
            self.whole(key, Some(expected), found.as_deref(), verdict);
            false
        };
        let target = same(Key::Target, program.target, &request.target);
        let assignee = same(Key::Assignee, program.assignee, &facts.recipient);
        target && assignee
    }

    fn prohibited(&mut self, action: Action) -> bool {
        let mut any = false;
        for (at, rule) in self.program.rules(RuleKind::Prohibition) {
            if touches(rule.action, action) {
                any |= self.rule(at) != Verdict::Unsatisfied;
            }
        }
        any
    }

    /// The permission to use: one that counts nothing if there is one, else the first.
    fn permitted(&mut self, action: Action) -> Option<Used> {
        let mut chosen: Option<Used> = None;
        let mut covered = false;
        for (number, (at, rule)) in self.program.rules(RuleKind::Permission).enumerate() {
            if !rule.action.covers(action) {
                continue;
            }
            covered = true;
            let verdict = self.rule(at);
            let better = chosen.as_ref().is_none_or(|old| old.limit.is_some() && rule.limit.is_none());
            if verdict == Verdict::Satisfied && better {
                chosen = Some(Used { said: rule.said, number, limit: rule.limit, viewed: rule.viewed });
            }
        }
        if !covered {
            let permitted = self.program.permitted;
            self.whole(Key::NoPermission, Some(permitted), Some(action.name()), Verdict::Unsatisfied);
        }
        chosen
    }

    /// Conditions and preconditions of a rule; a reason for the rule, then one for each of them.
    pub(crate) fn rule(&mut self, at: usize) -> Verdict {
        let program = self.program;
        let Some(Step { said, what: What::Rule { kind, end, .. }, .. }) = program.steps.get(at) else {
            return Verdict::Unknown;
        };
        let (rule, counter) = (self.head(*kind, Key::Rule, *said), said.pointer().of(&program.texts));
        let (mut verdict, mut next) = (Verdict::Satisfied, at + 1);
        while next < *end as usize {
            let part = self.part(&mut next, *kind, counter);
            verdict = verdict.and(part);
        }
        self.settle(rule, verdict);
        verdict
    }

    /// One joint condition or duty. A combined one gets a reason of its own before those of its parts.
    fn part(&mut self, next: &mut usize, kind: RuleKind, counter: &str) -> Verdict {
        let Some(step) = self.program.steps.get(*next) else { return Verdict::Unknown };
        *next += 1;
        match &step.what {
            What::Duty => {
                let done = match recorded(step.said.pointer().of(&self.program.texts), self.seen.facts) {
                    // What is not done yet can be, some day.
                    Verdict::Unsatisfied if self.mode == Mode::Ever => Verdict::Unknown,
                    verdict => verdict,
                };
                let duty = self.head(kind, Key::Duty, step.said);
                self.settle(duty, done);
                done
            }
            What::Logic { operator, end } => {
                let logic = self.head(kind, Key::Logic, step.said);
                let parts =
                    std::iter::from_fn(|| (*next < *end as usize).then(|| self.part(next, kind, counter)));
                let verdict = combine(*operator, parts);
                self.settle(logic, verdict);
                verdict
            }
            what => {
                let (operand, operator, seen) = (step.operand, step.operator, self.seen);
                let question = Question { operand, operator, seen, counter, mode: self.mode };
                let verdict = question.verdict(self.program.asked(what));
                self.leaf(step, kind, counter, verdict);
                verdict
            }
        }
    }

    fn leaf(&mut self, step: &Step, kind: RuleKind, counter: &str, verdict: Verdict) {
        let Some((reasons, voice)) = &mut self.told else { return };
        let (found, level) = voice.told(step.operand, self.seen.facts, counter, reasons);
        reasons.push(Entry {
            kind,
            key: Key::Constraint,
            said: step.said,
            expects: true,
            operand: Some(step.operand),
            operator: Some(step.operator),
            found,
            level,
            verdict,
        });
    }

    /// A reason whose verdict follows.
    fn head(&mut self, kind: RuleKind, key: Key, said: Said) -> usize {
        let Some((reasons, _)) = &mut self.told else { return 0 };
        reasons.push(Entry::new(kind, key, said, Verdict::Unknown));
        reasons.len() - 1
    }

    fn settle(&mut self, at: usize, verdict: Verdict) {
        if let Some((reasons, _)) = &mut self.told {
            reasons.set(at, verdict);
        }
    }

    fn whole(&mut self, key: Key, expected: Option<Said>, found: Option<&str>, verdict: Verdict) {
        let Some((reasons, _)) = &mut self.told else { return };
        let found = found.map(|found| reasons.write(|text| text.push_str(found)));
        let said = expected.unwrap_or_default();
        let entry = Entry::new(RuleKind::Policy, key, said, verdict);
        reasons.push(Entry { expects: expected.is_some(), found, ..entry });
    }
}

/// A duty counts from the instant at which it was recorded, not before. `duty` is its pointer.
pub(crate) fn recorded(duty: &str, facts: &Facts) -> Verdict {
    let (Some(done), Some(now)) = (&facts.fulfilled, facts.now) else { return Verdict::Unknown };
    match done.iter().any(|one| one.duty == duty && one.at <= now) {
        true => Verdict::Satisfied,
        false => Verdict::Unsatisfied,
    }
}
