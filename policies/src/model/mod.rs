//! ODRL 2.2 whole, whatever it was written in: atomic rules with everything that bears on them.
//!
//! [`read`] takes a document to policies and [`expand`] takes compact, compound and inheriting policies to atomic
//! rules. What is not understood is kept by name in `unknown`, and a permission that has any never holds.

mod document;
pub mod expand;
mod name;
mod read;
mod same;
mod unknown;
pub mod validate;

use contracts::odrl::LogicalOperator;
use ontology::action;

use crate::fault::FaultCode;
use crate::operand::Operator;
use crate::policy::Test;
use crate::rdf::Term;

pub use document::{NoPolicy, first};
pub use expand::atomic;
pub use read::{dsp, read};
pub use validate::validate;

/// What prevails when a permission and a prohibition both hold (ODRL 2.2, 2.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Strategy {
    Permit,
    Prohibit,
    /// The whole policy is void; what ODRL says where nothing is said.
    Invalid,
}

/// A policy as it was written: rules may have several actions, targets and parties, or none of their own.
#[derive(Debug, Clone, PartialEq)]
pub struct Written {
    pub id: String,
    /// IRIs of its classes.
    pub kinds: Vec<String>,
    pub profiles: Vec<String>,
    pub inherits: Vec<String>,
    pub strategy: Option<Strategy>,
    /// What the policy says for all of its rules.
    pub shared: Shared,
    pub rules: Vec<WrittenRule>,
    pub unknown: Vec<String>,
}

/// What a policy says once for all rules that do not say it (ODRL 2.2, 2.7.1).
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Shared {
    pub actions: Vec<Action>,
    pub targets: Vec<Scope>,
    pub assigners: Vec<Scope>,
    pub assignees: Vec<Scope>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct WrittenRule {
    pub id: String,
    pub pointer: String,
    pub kind: RuleKind,
    /// IRIs of its classes, if it has any.
    pub kinds: Vec<String>,
    pub own: Shared,
    pub constraints: Vec<Constraint>,
    pub duties: Vec<WrittenRule>,
    pub consequences: Vec<WrittenRule>,
    pub remedies: Vec<WrittenRule>,
    pub unknown: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleKind {
    Permission,
    Prohibition,
    /// An obligation of the policy.
    Obligation,
    /// Of a permission: to be done before.
    Duty,
    /// Of a duty that was not fulfilled.
    Consequence,
    /// Of a prohibition that was infringed.
    Remedy,
}

/// A policy of atomic rules.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub id: String,
    pub kinds: Vec<String>,
    pub profiles: Vec<String>,
    pub strategy: Strategy,
    pub permissions: Vec<Rule>,
    pub prohibitions: Vec<Rule>,
    pub obligations: Vec<Rule>,
    /// What nobody understood about the policy as a whole; with any, nothing is permitted.
    pub unknown: Vec<String>,
}

/// One action, one target, one party in each function (ODRL 2.2, 2.7).
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// IRI, or the number of a blank node.
    pub id: String,
    /// Its place among the rules of the policy, such as `/permission/0/duty/1`: names counters and duties.
    pub pointer: String,
    pub kind: RuleKind,
    /// `None`: any.
    pub action: Option<Action>,
    pub target: Option<Scope>,
    pub assigner: Option<Scope>,
    pub assignee: Option<Scope>,
    /// All must hold.
    pub constraints: Vec<Constraint>,
    pub duties: Vec<Rule>,
    pub consequences: Vec<Rule>,
    pub remedies: Vec<Rule>,
    pub unknown: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Action {
    /// Of the node that refines the action, if there is one.
    pub id: Option<String>,
    /// IRI.
    pub name: String,
    /// The action of the vocabulary, if it is one.
    pub known: Option<action::Action>,
    /// IRIs of actions that include it, as the document says.
    pub included_in: Vec<String>,
    pub refinements: Vec<Constraint>,
    pub unknown: Vec<String>,
}

/// A party or an asset, or a collection of them.
#[derive(Debug, Clone, PartialEq)]
pub struct Scope {
    pub id: String,
    /// Written as a blank node: only its source and refinements say which one is meant.
    pub anonymous: bool,
    pub source: Option<String>,
    pub collection: bool,
    /// Collections that it is part of, as the document says.
    pub part_of: Vec<String>,
    pub refinements: Vec<Constraint>,
    pub unknown: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Constraint {
    Atomic(Box<Atomic>),
    Logical(Logical),
    Unread(Unread),
}

/// A constraint that is not understood, or is said elsewhere.
#[derive(Debug, Clone, PartialEq)]
pub struct Unread {
    pub id: String,
    pub pointer: String,
    /// What is wrong with it; nothing when it is only not here.
    pub code: Option<FaultCode>,
    pub found: String,
}

/// `left operator right`.
#[derive(Debug, Clone, PartialEq)]
pub struct Atomic {
    pub id: String,
    pub pointer: String,
    /// IRI.
    pub left: String,
    pub operator: Operator,
    pub right: Vec<Term>,
    /// Where right operands are to be had (`rightOperandReference`); they are not fetched.
    pub references: Vec<String>,
    pub unit: Option<String>,
    pub datatype: Option<String>,
    /// The same constraint as decisions of the node check it, when it is one of theirs.
    pub(crate) test: Option<Test>,
    pub unknown: Vec<String>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Logical {
    pub id: String,
    pub pointer: String,
    pub operator: LogicalOperator,
    pub parts: Vec<Constraint>,
}

impl Policy {
    /// Permissions, prohibitions, then obligations.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.permissions.iter().chain(&self.prohibitions).chain(&self.obligations)
    }
}

impl RuleKind {
    /// The property that leads to such a rule.
    pub const fn property(self) -> &'static str {
        match self {
            RuleKind::Permission => "permission",
            RuleKind::Prohibition => "prohibition",
            RuleKind::Obligation => "obligation",
            RuleKind::Duty => "duty",
            RuleKind::Consequence => "consequence",
            RuleKind::Remedy => "remedy",
        }
    }
}

impl Constraint {
    pub fn pointer(&self) -> &str {
        match self {
            Constraint::Atomic(atomic) => &atomic.pointer,
            Constraint::Logical(logical) => &logical.pointer,
            Constraint::Unread(unread) => &unread.pointer,
        }
    }

    /// This constraint and all below it.
    pub fn walk<'a>(&'a self, visit: &mut impl FnMut(&'a Constraint)) {
        visit(self);
        if let Constraint::Logical(logical) = self {
            logical.parts.iter().for_each(|part| part.walk(visit));
        }
    }
}
