//! An evaluation in the compliance-report vocabulary (FORCE). The same evaluation gives the same bytes: nodes of the
//! report are numbered in its order.

use std::fmt::Write as _;

use ontology::vocab;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, BlankNodeRef, Literal, NamedNodeRef, TermRef, Triple};
use time::format_description::well_known::Rfc3339;

use super::constraint::Checked;
use super::duty::{DutyOutcome, DutyState};
use super::{Outcome, RuleOutcome, holds};
use crate::decision::Verdict;
use crate::model::RuleKind;
use crate::rdf::{Graph, Term};

/// A term of the vocabulary.
macro_rules! term {
    ($name:literal) => {
        NamedNodeRef::new_unchecked(concat!("https://w3id.org/force/compliance-report#", $name))
    };
}

const CREATED: NamedNodeRef<'static> = NamedNodeRef::new_unchecked("http://purl.org/dc/terms/created");

/// The report of an evaluation. `request` is the name of what was asked as a whole; each rule names the event's.
pub fn report(outcome: &Outcome<'_>, request: Option<&str>) -> Graph {
    let mut graph = Graph::default();
    written(&mut graph, outcome, request);
    graph
}

/// The same as N-Triples, one statement a line in the order of the report, without a graph in between.
pub fn report_text(outcome: &Outcome<'_>, request: Option<&str>) -> String {
    let mut text = String::with_capacity(1 << 14);
    written(&mut text, outcome, request);
    text
}

/// Where statements go.
trait Sink {
    fn triple(&mut self, subject: BlankNodeRef<'_>, property: NamedNodeRef<'_>, object: TermRef<'_>);
}

impl Sink for Graph {
    fn triple(&mut self, subject: BlankNodeRef<'_>, property: NamedNodeRef<'_>, object: TermRef<'_>) {
        self.push(Triple::new(subject, property, object));
    }
}

impl Sink for String {
    fn triple(&mut self, subject: BlankNodeRef<'_>, property: NamedNodeRef<'_>, object: TermRef<'_>) {
        // Writing to a text does not fail.
        let _ = writeln!(self, "{subject} {property} {object} .");
    }
}

fn written(sink: &mut impl Sink, outcome: &Outcome<'_>, request: Option<&str>) {
    let mut writer = Writer { sink, next: 0 };
    let top = writer.node(term!("PolicyReport"));
    let created = match &outcome.event.clock {
        Some(clock) => Some(clock.clone()),
        None => outcome.now.and_then(|now| now.format(&Rfc3339).ok()).map(instant),
    };
    if let Some(created) = created {
        writer.link(&top, CREATED, created.as_ref());
    }
    writer.link(&top, term!("policy"), named(&outcome.policy.id));
    if let Some(request) = request {
        writer.link(&top, term!("policyRequest"), named(request));
    }
    for rule in &outcome.rules {
        let own = writer.rule(rule, outcome.event.id.as_deref());
        writer.link(&top, term!("ruleReport"), own.as_ref().into());
    }
}

struct Writer<'a, S> {
    sink: &'a mut S,
    next: usize,
}

impl<S: Sink> Writer<'_, S> {
    fn rule(&mut self, outcome: &RuleOutcome<'_>, request: Option<&str>) -> BlankNode {
        let kind = outcome.rule.kind;
        let own = self.node(match kind {
            RuleKind::Permission => term!("PermissionReport"),
            RuleKind::Prohibition => term!("ProhibitionReport"),
            RuleKind::Obligation | RuleKind::Duty | RuleKind::Consequence | RuleKind::Remedy => {
                term!("DutyReport")
            }
        });
        self.link(&own, term!("attemptState"), term!("Attempted").into());
        self.link(&own, term!("rule"), named(&outcome.rule.id));
        if let Some(request) = request {
            self.link(&own, term!("ruleRequest"), named(request));
        }
        let premises = [
            (term!("TargetReport"), outcome.target),
            (term!("PartyReport"), outcome.party),
            (term!("ActionReport"), outcome.action),
        ];
        for (class, verdict) in premises {
            if let Some(verdict) = verdict {
                let premise = self.node(class);
                self.satisfaction(&premise, kind, verdict);
                self.link(&own, term!("premiseReport"), premise.as_ref().into());
            }
        }
        for constraint in &outcome.constraints {
            let premise = self.constraint(kind, constraint);
            self.link(&own, term!("premiseReport"), premise.as_ref().into());
        }
        for (at, duty) in outcome.duties.iter().enumerate() {
            self.duty(&own, duty, &outcome.duties[..at]);
        }
        let active = if outcome.active() { term!("Active") } else { term!("Inactive") };
        self.link(&own, term!("activationState"), active.into());
        own
    }

    fn constraint(&mut self, kind: RuleKind, checked: &Checked<'_>) -> BlankNode {
        let own = self.node(term!("ConstraintReport"));
        match checked {
            Checked::Unread { unread } => self.link(&own, term!("constraint"), named(&unread.id)),
            Checked::Logical { logical, parts, .. } => {
                self.link(&own, term!("constraint"), named(&logical.id));
                let operand = format!("{}{}", vocab::ODRL, logical.operator.name());
                let operand = NamedNodeRef::new_unchecked(&operand);
                self.link(&own, term!("constraintLogicalOperand"), operand.into());
                for part in parts {
                    let premise = self.constraint(kind, part);
                    self.link(&own, term!("premiseReport"), premise.as_ref().into());
                }
            }
            Checked::Atomic { atomic, found, verdict } => {
                self.link(&own, term!("constraint"), named(&atomic.id));
                self.each(&own, term!("constraintLeftOperand"), found);
                // The vocabulary's authors write the other side of what is satisfied only.
                if holds(kind, *verdict) {
                    let operator = format!("{}{}", vocab::ODRL, atomic.operator.name());
                    let operator = NamedNodeRef::new_unchecked(&operator);
                    self.link(&own, term!("constraintOperator"), operator.into());
                    self.each(&own, term!("constraintRightOperand"), &atomic.right);
                }
            }
        }
        self.satisfaction(&own, kind, checked.verdict());
        own
    }

    /// A duty that somebody else reported is named, once; any other gets a report here.
    fn duty(&mut self, of: &BlankNode, duty: &DutyOutcome<'_>, before: &[DutyOutcome<'_>]) {
        if let Some(report) = &duty.report {
            if before.iter().all(|other| other.report.as_ref() != Some(report)) {
                self.link(of, term!("conditionReport"), named(report));
            }
            return;
        }
        let own = self.node(term!("DutyReport"));
        self.link(&own, term!("rule"), named(&duty.duty.id));
        for condition in &duty.conditions {
            let premise = self.constraint(RuleKind::Duty, condition);
            self.link(&own, term!("premiseReport"), premise.as_ref().into());
        }
        let (performance, state) = match duty.state {
            DutyState::Inactive | DutyState::NotSet => (term!("Unknown"), term!("NonSet")),
            DutyState::Fulfilled => (term!("Performed"), term!("Fulfilled")),
            DutyState::Violated => (term!("Unperformed"), term!("Violated")),
        };
        let inactive = duty.state == DutyState::Inactive;
        let active = if inactive { term!("Inactive") } else { term!("Active") };
        self.link(&own, term!("activationState"), active.into());
        self.link(&own, term!("performanceState"), performance.into());
        self.link(&own, term!("deonticState"), state.into());
        self.link(of, term!("conditionReport"), own.as_ref().into());
    }

    fn satisfaction(&mut self, node: &BlankNode, kind: RuleKind, verdict: Verdict) {
        let state = if holds(kind, verdict) { term!("Satisfied") } else { term!("Unsatisfied") };
        self.link(node, term!("satisfactionState"), state.into());
    }

    /// Each of these values, once.
    fn each(&mut self, node: &BlankNode, property: NamedNodeRef<'_>, values: &[Term]) {
        for (at, value) in values.iter().enumerate() {
            if !values[..at].contains(value) {
                self.link(node, property, value.as_ref());
            }
        }
    }

    fn link(&mut self, node: &BlankNode, property: NamedNodeRef<'_>, object: TermRef<'_>) {
        self.sink.triple(node.as_ref(), property, object);
    }

    fn node(&mut self, class: NamedNodeRef<'_>) -> BlankNode {
        self.next += 1;
        let own = BlankNode::new_unchecked(format!("report{}", self.next));
        self.link(&own, rdf::TYPE, class.into());
        own
    }
}

/// A node by its name.
fn named(id: &str) -> TermRef<'_> {
    match id.strip_prefix("_:") {
        Some(blank) => BlankNodeRef::new_unchecked(blank).into(),
        None => NamedNodeRef::new_unchecked(id).into(),
    }
}

fn instant(text: String) -> Term {
    Literal::new_typed_literal(text, xsd::DATE_TIME).into()
}
