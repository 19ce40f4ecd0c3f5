//! A policy ready to be decided: names resolved, values parsed, nothing unknown left.

use contracts::odrl::LogicalOperator;
use ontology::action::Action;
use ontology::area::Area;
use ontology::place::Place;
use ontology::purpose::Purpose;

use crate::duration::Span;
use crate::instant::Interval;
use crate::operand::{Operand, Operator};
use crate::program::Program;

/// A policy that was understood entirely. Made by [`crate::compile`] only.
#[derive(Debug, Clone, PartialEq)]
pub struct Compiled {
    pub(crate) target: Option<String>,
    pub(crate) assigner: Option<String>,
    pub(crate) assignee: Option<String>,
    pub(crate) permissions: Vec<Rule>,
    pub(crate) prohibitions: Vec<Rule>,
    pub(crate) obligations: Vec<Rule>,
    /// What decisions run.
    pub(crate) program: Program,
}

impl Compiled {
    pub(crate) fn new(
        [target, assigner, assignee]: [Option<String>; 3],
        [permissions, prohibitions, obligations]: [Vec<Rule>; 3],
    ) -> Compiled {
        let program = Program::of(target.as_deref(), assignee.as_deref(), &permissions, &prohibitions);
        Compiled { target, assigner, assignee, permissions, prohibitions, obligations, program }
    }

    /// Names of the counters this policy takes from: keys of `Facts::counts`.
    pub fn counters(&self) -> impl Iterator<Item = &str> {
        self.permissions.iter().filter(|rule| rule.limit().is_some()).map(|rule| rule.pointer.as_str())
    }

    /// Whether some condition looks at the dataset: its table, its embargo.
    pub fn asks_of_dataset(&self) -> bool {
        self.any_test(|operand| operand.is_view() || operand == Operand::Embargo)
    }

    /// Whether some condition looks at uses under other agreements too.
    pub fn asks_of_uses(&self) -> bool {
        self.any_test(|operand| matches!(operand, Operand::CountOfAssignee | Operand::CountOfDataset))
    }

    /// Whether some condition looks at what the recipient gives in return.
    pub fn asks_of_return(&self) -> bool {
        self.any_test(|operand| operand == Operand::Reciprocity)
    }

    /// Whether some condition looks at who the recipient is: what it declares of itself, or others attest.
    pub fn asks_of_recipient(&self) -> bool {
        self.any_test(|operand| {
            matches!(
                operand,
                Operand::ProcessingPlace
                    | Operand::GoverningLaw
                    | Operand::CharterVersion
                    | Operand::MemberKind
                    | Operand::Label
                    | Operand::UseCase
                    | Operand::EthicalAudit
            )
        })
    }

    fn any_test(&self, wanted: impl Fn(Operand) -> bool + Copy) -> bool {
        fn found(part: &Expr, wanted: impl Fn(Operand) -> bool + Copy) -> bool {
            match part {
                Expr::Test(test) => wanted(test.operand),
                Expr::Logic(logic) => logic.parts.iter().any(|part| found(part, wanted)),
            }
        }
        let rules = self.permissions.iter().chain(&self.prohibitions);
        rules.flat_map(|rule| &rule.when).any(|part| found(part, wanted))
    }

    /// Pointers of the duties that must be fulfilled before a permission holds: `Fulfilled::duty`.
    pub fn duties(&self) -> impl Iterator<Item = &str> {
        self.permissions.iter().flat_map(|rule| &rule.duties).map(|duty| duty.pointer.as_str())
    }

    /// Pointers of the obligations of the agreement: recorded, they do not block an access.
    pub fn obligations(&self) -> impl Iterator<Item = &str> {
        self.obligations.iter().map(|rule| rule.pointer.as_str())
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    pub pointer: String,
    /// The action's name, for reasons.
    pub said: String,
    pub action: Action,
    /// All must hold.
    pub when: Vec<Expr>,
    /// Preconditions; of permissions only.
    pub duties: Vec<Rule>,
}

impl Rule {
    /// The least number of uses that the joint conditions of this rule allow.
    pub(crate) fn limit(&self) -> Option<u64> {
        fn least(parts: &[Expr]) -> Option<u64> {
            let of = |part: &Expr| match part {
                Expr::Test(Test { check: Check::Count(limit), .. }) => Some(*limit),
                Expr::Logic(Logic { operator: LogicalOperator::And, parts, .. }) => least(parts),
                _ => None,
            };
            parts.iter().filter_map(of).min()
        }
        least(&self.when)
    }
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Expr {
    Logic(Logic),
    Test(Test),
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Logic {
    pub pointer: String,
    /// The operator's name, for reasons.
    pub said: String,
    /// Never `andSequence`.
    pub operator: LogicalOperator,
    pub parts: Vec<Expr>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Test {
    pub pointer: String,
    pub operand: Operand,
    pub operator: Operator,
    /// The right operand as text, for reasons.
    pub expected: String,
    pub check: Check,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Check {
    Purpose(Vec<Purpose>),
    Recipient(Vec<String>),
    /// Of processing or of the law, as the operand says.
    Place(Vec<Place>),
    Time(Interval),
    Elapsed(Span),
    /// Greatest number of uses allowed.
    Count(u64),
    Charter(Vec<(String, Version)>),
    Delay(Span),
    /// Again after so long.
    Every,
    /// Greatest number of uses of the dataset allowed: by the recipient, or by anybody.
    Uses(u64),
    Columns(Vec<String>),
    Territory(Vec<Area>),
    /// Least number behind a row.
    Least(u64),
    /// That it has ended.
    Embargo,
    Claim(Vec<String>),
    /// Datasets given in return; `any` is one of them.
    Reciprocity(Vec<String>),
}

/// Numbers separated by points, compared part by part; missing parts are zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version([u32; 4]);

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [a, b, c, d] = self.0;
        write!(f, "{a}.{b}.{c}.{d}")
    }
}

impl Version {
    pub(crate) const LEAST: Version = Version([0; 4]);

    /// The first one after this.
    pub(crate) fn next(&self) -> Version {
        let [a, b, c, d] = self.0;
        Version([a, b, c, d.saturating_add(1)])
    }

    pub(crate) fn parse(text: &str) -> Option<Version> {
        let mut parts = [0; 4];
        for (at, part) in text.split('.').enumerate() {
            if part.is_empty() || !part.bytes().all(|byte| byte.is_ascii_digit()) {
                return None;
            }
            *parts.get_mut(at)? = part.parse().ok()?;
        }
        Some(Version(parts))
    }
}
