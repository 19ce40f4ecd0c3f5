//! What a constraint must have.

use ontology::{odrl, vocab};

use super::super::name::{local, shown};
use super::super::{Atomic, Constraint};
use super::foreign;
use crate::fault::{Fault, FaultCode};
use crate::operand::Operator;
use crate::rdf::Term;
use crate::typed::Typed;

pub(super) fn check(constraint: &Constraint, faults: &mut Vec<Fault>) {
    match constraint {
        Constraint::Logical(logical) => {
            if logical.parts.is_empty() {
                faults.push(Fault::new(&logical.pointer, FaultCode::Empty, "", ""));
            }
        }
        Constraint::Atomic(atomic) => self::atomic(atomic, faults),
        Constraint::Unread(unread) => {
            let (at, found) = (&unread.pointer, &unread.found);
            match unread.code {
                // A constraint may be kept elsewhere, under its name.
                None if found.starts_with("_:") => {
                    faults.push(Fault::new(at, FaultCode::Missing, "", "leftOperand"))
                }
                None => {}
                Some(FaultCode::Operator) if found.is_empty() => {
                    faults.push(Fault::new(at, FaultCode::Missing, "", "operator"));
                }
                Some(FaultCode::Operator) => {
                    faults.push(Fault::new(at, FaultCode::Operator, found, odrl::OPERATORS.join(", ")));
                }
                Some(FaultCode::Operand) if found.is_empty() => {
                    faults.push(Fault::new(at, FaultCode::Missing, "", "leftOperand"));
                }
                Some(FaultCode::Operand) => faults.push(Fault::new(at, FaultCode::Values, found, "1")),
                Some(code) => faults.push(Fault::new(at, code, found, "")),
            }
        }
    }
}

fn atomic(atomic: &Atomic, faults: &mut Vec<Fault>) {
    let at = &atomic.pointer;
    let known = local(&atomic.left).is_some() && odrl::is_left_operand(&atomic.left);
    if !known && (local(&atomic.left).is_some() || !foreign(&atomic.left)) {
        let accepted = odrl::LEFT_OPERANDS.join(", ");
        faults.push(Fault::new(format!("{at}/leftOperand"), FaultCode::Operand, &atomic.left, accepted));
    }
    let right = format!("{at}/rightOperand");
    let one = matches!(atomic.operator, Operator::Lt | Operator::Lteq | Operator::Gt | Operator::Gteq);
    match (atomic.right.len(), atomic.references.len()) {
        (0, 0) => faults.push(Fault::new(at, FaultCode::Missing, "", "rightOperand")),
        (1.., 1..) => {
            faults.push(Fault::new(at, FaultCode::Values, "rightOperand, rightOperandReference", "1"))
        }
        (count, _) if one && count > 1 => {
            faults.push(Fault::new(&right, FaultCode::Values, count.to_string(), "1"));
        }
        _ => {}
    }
    for term in &atomic.right {
        if let Term::Literal(literal) = term
            && literal.datatype().as_str().starts_with(vocab::XSD)
            && Typed::of(term).is_none()
        {
            faults.push(Fault::new(&right, FaultCode::Value, shown(term), literal.datatype().as_str()));
        }
    }
    for term in atomic.unknown.iter().filter(|term| local(term).is_some_and(|l| l != "status")) {
        faults.push(Fault::new(at, FaultCode::Member, term, ""));
    }
}
