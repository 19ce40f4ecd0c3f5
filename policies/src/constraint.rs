//! Constraints: wire form to expressions.

use contracts::odrl::{Atomic, Constraint, LogicalOperator};
use ontology::area::Area;
use ontology::place::Place;
use ontology::purpose::Purpose;
use ontology::vocab;
use serde_json::{Value, json};

use crate::claim;
use crate::compile::{members, missing};
use crate::duration::Span;
use crate::fault::{Fault, FaultCode};
use crate::instant::Interval;
use crate::operand::{Operand, Operator};
use crate::policy::{Check, Expr, Logic, Test, Version};
use crate::rdf::Term;
use crate::value;

/// Where a constraint stands; decides which operands make sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Position {
    /// Among the joint conditions of a permission.
    Permission,
    /// Elsewhere: a use cannot be counted there.
    Elsewhere,
    /// A deadline of an obligation.
    Deadline,
    /// What narrows the target of a permission.
    Asset,
}

pub(crate) fn all(list: &[Constraint], at: &str, place: Position, faults: &mut Vec<Fault>) -> Vec<Expr> {
    let one =
        |(index, constraint): (usize, &Constraint)| read(constraint, &format!("{at}/{index}"), place, faults);
    list.iter().enumerate().filter_map(one).collect()
}

fn read(constraint: &Constraint, at: &str, place: Position, faults: &mut Vec<Fault>) -> Option<Expr> {
    let logical = match constraint {
        Constraint::Atomic(atomic) => return test(atomic, at, place, faults).map(Expr::Test),
        Constraint::Logical(logical) => logical,
    };
    members(&logical.extra, at, &["Constraint", "LogicalConstraint"], faults);
    let name = logical.operator.name();
    let at = format!("{at}/{name}");
    let inner = match (place, logical.operator) {
        (Position::Permission | Position::Asset, LogicalOperator::Or | LogicalOperator::Xone) => {
            Position::Elsewhere
        }
        (place, _) => place,
    };
    if logical.constraints.is_empty() {
        faults.push(Fault::new(&at, FaultCode::Empty, "[]", ""));
    }
    let parts = all(&logical.constraints, &at, inner, faults);
    if logical.operator == LogicalOperator::AndSequence {
        faults.push(Fault::new(at, FaultCode::Sequence, name, "and"));
        return None;
    }
    Some(Expr::Logic(Logic { pointer: at, said: name.into(), operator: logical.operator, parts }))
}

fn test(atomic: &Atomic, at: &str, place: Position, faults: &mut Vec<Fault>) -> Option<Test> {
    members(&atomic.extra, at, &["Constraint", "AtomicConstraint"], faults);
    let known = |member: &str| atomic.extra.contains_key(member);
    missing(atomic.left.is_none() && !known("leftOperand"), at, "leftOperand", faults);
    missing(atomic.operator.is_none() && !known("operator"), at, "operator", faults);
    missing(atomic.right.is_none(), at, "rightOperand", faults);

    let operand = atomic.left.as_deref().and_then(|name| operand(name, at, place, faults));
    let operator = atomic.operator.as_deref().and_then(|name| operator(name, operand, at, faults));
    let (operand, right) = (operand?, atomic.right.as_ref()?);
    let right_at = format!("{at}/rightOperand");
    let before = faults.len();
    let values = value::texts(operand, right, &right_at, faults);
    if let Some(operator) = operator {
        count_values(operator, right, &values, &right_at, before == faults.len(), faults);
    }
    let check = check(operand, operator, &values, faults);
    if faults.len() > before {
        return None;
    }
    let expected = values.into_iter().map(|(text, _)| text).collect::<Vec<_>>().join(", ");
    Some(Test { pointer: at.into(), operand, operator: operator?, expected, check: check? })
}

fn operand(name: &str, at: &str, place: Position, faults: &mut Vec<Fault>) -> Option<Operand> {
    let at = format!("{at}/leftOperand");
    let Some(operand) = Operand::parse(name) else {
        let ours = [vocab::PROCESSING_PLACE, vocab::GOVERNING_LAW].join(", ");
        let all = Operand::ALL.map(Operand::name).join(", ");
        faults.push(match vocab::odrl(name) {
            Some("spatial") => Fault::new(at, FaultCode::Spatial, name, ours),
            _ => Fault::new(at, FaultCode::Operand, name, all),
        });
        return None;
    };
    match (place, operand) {
        // What is delivered follows from the permission used, as does what is counted.
        (Position::Elsewhere, own) if own.counts() || own.is_view() => {
            let code = if own.counts() { FaultCode::CountHere } else { FaultCode::ViewHere };
            faults.push(Fault::new(at, code, name, "/permission/…/constraint"));
            None
        }
        (Position::Asset, own) if !own.is_view() => {
            let views = Operand::ALL.into_iter().filter(|own| own.is_view()).map(Operand::name);
            let accepted = views.collect::<Vec<_>>().join(", ");
            faults.push(Fault::new(at, FaultCode::Operand, name, accepted));
            None
        }
        (Position::Deadline, Operand::DateTime | Operand::ElapsedTime | Operand::TimeInterval) => {
            Some(operand)
        }
        (Position::Deadline, _) => {
            faults.push(Fault::new(at, FaultCode::Duty, name, "dateTime, elapsedTime, timeInterval"));
            None
        }
        (_, Operand::TimeInterval) => {
            faults.push(Fault::new(at, FaultCode::Operand, name, Operand::ALL.map(Operand::name).join(", ")));
            None
        }
        _ => Some(operand),
    }
}

fn operator(name: &str, operand: Option<Operand>, at: &str, faults: &mut Vec<Fault>) -> Option<Operator> {
    let at = format!("{at}/operator");
    let names = |list: &[Operator]| list.iter().map(|one| one.name()).collect::<Vec<_>>().join(", ");
    let accepted = operand.map_or(&Operator::ALL[..], Operand::operators);
    let Some(operator) = Operator::parse(name) else {
        faults.push(Fault::new(at, FaultCode::Operator, name, names(accepted)));
        return None;
    };
    if !accepted.contains(&operator) {
        faults.push(Fault::new(at, FaultCode::OperatorHere, name, names(accepted)));
        return None;
    }
    Some(operator)
}

fn count_values(
    operator: Operator,
    right: &Value,
    values: &[(String, String)],
    at: &str,
    read: bool,
    faults: &mut Vec<Fault>,
) {
    let right_number = if operator.takes_many() { !values.is_empty() } else { values.len() == 1 };
    if read && !right_number {
        let accepted = if operator.takes_many() { "1 …" } else { "1" };
        faults.push(Fault::new(at, FaultCode::Values, right.to_string(), accepted));
    }
}

/// Parses every value; a fault for each that has no meaning for the operand.
fn check(
    operand: Operand,
    operator: Option<Operator>,
    values: &[(String, String)],
    faults: &mut Vec<Fault>,
) -> Option<Check> {
    let mut each = Each { operand, values, faults };
    match operand {
        Operand::Purpose => Some(Check::Purpose(each.read(Purpose::parse))),
        Operand::Recipient => Some(Check::Recipient(each.read(party))),
        Operand::ProcessingPlace | Operand::GoverningLaw => Some(Check::Place(each.read(Place::parse))),
        Operand::DateTime => each.read(Interval::parse).pop().map(Check::Time),
        Operand::ElapsedTime => each.read(Span::parse).pop().map(Check::Elapsed),
        Operand::CharterVersion => Some(Check::Charter(each.read(charter))),
        Operand::Count => each.read(|text| limit(text, operator)).pop().map(Check::Count),
        Operand::TimeInterval => each.read(Span::parse).pop().map(|_| Check::Every),
        Operand::DelayPeriod => each.read(Span::parse).pop().map(Check::Delay),
        Operand::CountOfAssignee | Operand::CountOfDataset => {
            each.read(|text| limit(text, operator)).pop().map(Check::Uses)
        }
        Operand::Columns => Some(Check::Columns(each.read(column))),
        Operand::Territory => Some(Check::Territory(each.read(Area::parse))),
        Operand::Contributors => each.read(|text| least(text, operator)).pop().map(Check::Least),
        Operand::Embargo => each.read(|text| (text == "ended").then_some(Check::Embargo)).pop(),
        Operand::Reciprocity => Some(Check::Reciprocity(each.read(given))),
        Operand::MemberKind | Operand::Label | Operand::UseCase | Operand::EthicalAudit => {
            Some(Check::Claim(each.read(|text| claim::read(operand, text))))
        }
    }
}

struct Each<'a> {
    operand: Operand,
    values: &'a [(String, String)],
    faults: &'a mut Vec<Fault>,
}

impl Each<'_> {
    fn read<T>(&mut self, parse: impl Fn(&str) -> Option<T>) -> Vec<T> {
        let mut read = Vec::with_capacity(self.values.len());
        for (text, at) in self.values {
            match parse(text) {
                Some(value) => read.push(value),
                None => self.faults.push(Fault::new(at, FaultCode::Value, text, self.operand.form())),
            }
        }
        read
    }
}

/// A party is a DID: what authentication gives to compare with.
fn party(text: &str) -> Option<String> {
    let (method, id) = text.strip_prefix("did:")?.split_once(':')?;
    (!method.is_empty() && !id.is_empty() && identifier(text)).then(|| text.into())
}

/// The least number: `gt 10` asks for eleven.
fn least(text: &str, operator: Option<Operator>) -> Option<u64> {
    let number = limit(text, None)?;
    if operator == Some(Operator::Gt) { number.checked_add(1) } else { Some(number) }
}

/// A column by its name. What could end or forge a line of the text that signers read is none.
fn column(text: &str) -> Option<String> {
    let plain = |c: char| c.is_alphanumeric() || c.is_ascii_graphic() || " °²³µ€".contains(c);
    let named = !text.trim().is_empty() && !text.contains(", ") && text.chars().all(plain);
    named.then(|| text.to_owned())
}

fn given(text: &str) -> Option<String> {
    (text == "any" || identifier(text) && text.contains(':')).then(|| text.to_owned())
}

fn charter(text: &str) -> Option<(String, Version)> {
    let (id, version) = text.rsplit_once('@')?;
    Some((identifier(id).then(|| id.to_owned())?, Version::parse(version)?))
}

/// URIs are printable ASCII (RFC 3986). Anything else in an identifier could forge a line of the text that signers
/// read, or look like another one.
pub(crate) fn identifier(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// The greatest number of uses: `lt 5` allows four.
fn limit(text: &str, operator: Option<Operator>) -> Option<u64> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let number: u64 = text.parse().ok()?;
    if operator == Some(Operator::Lt) { number.checked_sub(1) } else { Some(number) }
}

/// The check of a constraint that was read from RDF, when it is one that decisions make.
pub(crate) fn known(left: &str, operator: Operator, right: &[Term], at: &str) -> Option<Test> {
    let right: Option<Vec<Value>> = right.iter().map(json).collect();
    let atomic = Atomic {
        left: Some(left.to_owned()),
        operator: Some(operator.name().to_owned()),
        right: match right?.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            many => Some(Value::Array(many.to_vec())),
        },
        ..Atomic::default()
    };
    test(&atomic, at, Position::Permission, &mut Vec::new())
}

/// A right operand as the Dataspace Protocol writes it.
fn json(term: &Term) -> Option<Value> {
    match term {
        Term::NamedNode(node) => Some(Value::from(node.as_str())),
        Term::Literal(literal) => {
            Some(json!({"@value": literal.value(), "@type": literal.datatype().as_str()}))
        }
        Term::BlankNode(_) => None,
    }
}
