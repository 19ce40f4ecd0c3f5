//! An evaluation in the compliance-report vocabulary (FORCE). The same evaluation gives the same bytes: nodes of the
//! report are numbered in its order.

use ontology::vocab;
use oxrdf::vocab::{rdf, xsd};
use oxrdf::{BlankNode, Literal, NamedNode, Triple};
use time::format_description::well_known::Rfc3339;

use super::constraint::Checked;
use super::duty::{DutyOutcome, DutyState};
use super::{Outcome, RuleOutcome, holds};
use crate::decision::Verdict;
use crate::model::RuleKind;
use crate::rdf::{Graph, Node, Term};

const REPORT: &str = "https://w3id.org/force/compliance-report#";

/// The report of an evaluation. `request` is the name of what was asked as a whole; each rule names the event's.
pub fn report(outcome: &Outcome<'_>, request: Option<&str>) -> Graph {
    let mut writer = Writer { graph: Graph::default(), next: 0 };
    let top = writer.node("PolicyReport");
    let created = match &outcome.event.clock {
        Some(clock) => Some(clock.clone()),
        None => outcome.now.and_then(|now| now.format(&Rfc3339).ok()).map(instant),
    };
    if let Some(created) = created {
        writer.push(&top, NamedNode::new_unchecked(format!("{}created", vocab::DCT)), created);
    }
    writer.link(&top, "policy", named(&outcome.policy.id));
    if let Some(request) = request {
        writer.link(&top, "policyRequest", named(request));
    }
    for rule in &outcome.rules {
        let own = writer.rule(rule, outcome.event.id.as_deref());
        writer.link(&top, "ruleReport", own.into());
    }
    writer.graph
}

struct Writer {
    graph: Graph,
    next: usize,
}

impl Writer {
    fn rule(&mut self, outcome: &RuleOutcome<'_>, request: Option<&str>) -> Node {
        let kind = outcome.rule.kind;
        let class = match kind {
            RuleKind::Permission => "PermissionReport",
            RuleKind::Prohibition => "ProhibitionReport",
            RuleKind::Obligation | RuleKind::Duty | RuleKind::Consequence | RuleKind::Remedy => "DutyReport",
        };
        let own = self.node(class);
        self.state(&own, "attemptState", "Attempted");
        self.link(&own, "rule", named(&outcome.rule.id));
        if let Some(request) = request {
            self.link(&own, "ruleRequest", named(request));
        }
        let premises = [
            ("TargetReport", outcome.target),
            ("PartyReport", outcome.party),
            ("ActionReport", outcome.action),
        ];
        for (class, verdict) in premises {
            if let Some(verdict) = verdict {
                let premise = self.node(class);
                self.satisfaction(&premise, kind, verdict);
                self.link(&own, "premiseReport", premise.into());
            }
        }
        for constraint in &outcome.constraints {
            let premise = self.constraint(kind, constraint);
            self.link(&own, "premiseReport", premise.into());
        }
        for duty in &outcome.duties {
            let condition = self.duty(duty);
            self.link(&own, "conditionReport", condition.into());
        }
        self.state(&own, "activationState", if outcome.active() { "Active" } else { "Inactive" });
        own
    }

    fn constraint(&mut self, kind: RuleKind, checked: &Checked<'_>) -> Node {
        let own = self.node("ConstraintReport");
        match checked {
            Checked::Unread { unread } => self.link(&own, "constraint", named(&unread.id)),
            Checked::Logical { logical, parts, .. } => {
                self.link(&own, "constraint", named(&logical.id));
                let operand = NamedNode::new_unchecked(format!("{}{}", vocab::ODRL, logical.operator.name()));
                self.link(&own, "constraintLogicalOperand", operand.into());
                for part in parts {
                    let premise = self.constraint(kind, part);
                    self.link(&own, "premiseReport", premise.into());
                }
            }
            Checked::Atomic { atomic, found, verdict } => {
                self.link(&own, "constraint", named(&atomic.id));
                for value in found {
                    self.link(&own, "constraintLeftOperand", value.clone());
                }
                // The vocabulary's authors write the other side of what is satisfied only.
                if holds(kind, *verdict) {
                    let operator =
                        NamedNode::new_unchecked(format!("{}{}", vocab::ODRL, atomic.operator.name()));
                    self.link(&own, "constraintOperator", operator.into());
                    for value in &atomic.right {
                        self.link(&own, "constraintRightOperand", value.clone());
                    }
                }
            }
        }
        self.satisfaction(&own, kind, checked.verdict());
        own
    }

    /// A duty that somebody else reported is named; any other gets a report here.
    fn duty(&mut self, duty: &DutyOutcome<'_>) -> Node {
        if let Some(report) = &duty.report {
            return match named(report) {
                Term::NamedNode(node) => node.into(),
                Term::BlankNode(node) => node.into(),
                Term::Literal(_) => self.blank().into(),
            };
        }
        let own = self.node("DutyReport");
        self.link(&own, "rule", named(&duty.duty.id));
        for condition in &duty.conditions {
            let premise = self.constraint(RuleKind::Duty, condition);
            self.link(&own, "premiseReport", premise.into());
        }
        let (performance, state) = match duty.state {
            DutyState::Inactive | DutyState::NotSet => ("Unknown", "NonSet"),
            DutyState::Fulfilled => ("Performed", "Fulfilled"),
            DutyState::Violated => ("Unperformed", "Violated"),
        };
        self.state(
            &own,
            "activationState",
            if duty.state == DutyState::Inactive { "Inactive" } else { "Active" },
        );
        self.state(&own, "performanceState", performance);
        self.state(&own, "deonticState", state);
        own
    }

    fn satisfaction(&mut self, node: &Node, kind: RuleKind, verdict: Verdict) {
        self.state(node, "satisfactionState", if holds(kind, verdict) { "Satisfied" } else { "Unsatisfied" });
    }

    fn state(&mut self, node: &Node, property: &str, state: &str) {
        self.link(node, property, NamedNode::new_unchecked(format!("{REPORT}{state}")).into());
    }

    fn link(&mut self, node: &Node, property: &str, object: Term) {
        self.push(node, NamedNode::new_unchecked(format!("{REPORT}{property}")), object);
    }

    fn push(&mut self, node: &Node, property: NamedNode, object: Term) {
        self.graph.push(Triple::new(node.clone(), property, object));
    }

    fn node(&mut self, class: &str) -> Node {
        let own = Node::from(self.blank());
        let class = NamedNode::new_unchecked(format!("{REPORT}{class}"));
        self.push(&own, rdf::TYPE.into_owned(), class.into());
        own
    }

    fn blank(&mut self) -> BlankNode {
        self.next += 1;
        BlankNode::new_unchecked(format!("report{}", self.next))
    }
}

/// A node by its name.
fn named(id: &str) -> Term {
    match id.strip_prefix("_:") {
        Some(blank) => BlankNode::new_unchecked(blank).into(),
        None => NamedNode::new_unchecked(id).into(),
    }
}

fn instant(text: String) -> Term {
    Literal::new_typed_literal(text, xsd::DATE_TIME).into()
}
