//! Constraints and refinements.

use contracts::odrl::LogicalOperator;

use super::super::name::{FIRST, NIL, REST, descriptive, id, local, name, node, shown};
use super::super::{Atomic, Constraint, Logical, Unread};
use super::Reader;
use crate::constraint;
use crate::fault::{Fault, FaultCode};
use crate::operand::Operator;
use crate::rdf::{Node, Term};

impl Reader<'_> {
    pub(super) fn constraint(&mut self, object: &Term, pointer: String) -> Option<Constraint> {
        let Some(subject) = node(object) else {
            let found = shown(object);
            return Some(unread(found.clone(), pointer, Some(FaultCode::Member), found));
        };
        if !self.graph.describes(&subject) {
            return Some(unread(id(&subject), pointer, None, id(&subject)));
        }
        self.enter(&subject, &pointer)?;
        let logical = |(property, object)| logic(property).map(|operator| (operator, object));
        let logical: Vec<_> =
            self.graph.about(&subject).map(|(p, o)| (p.as_str(), o)).filter_map(logical).collect();
        let read = match logical.first() {
            Some((operator, _)) => self.logical(&subject, pointer, *operator, &logical),
            None => self.atomic(&subject, pointer),
        };
        self.path.pop();
        Some(read)
    }

    fn logical(
        &mut self,
        subject: &Node,
        pointer: String,
        operator: LogicalOperator,
        operands: &[(LogicalOperator, &Term)],
    ) -> Constraint {
        let others = self.graph.about(subject).map(|(property, _)| property.as_str());
        let strange: Vec<String> = others
            .filter(|property| logic(property).is_none() && !descriptive(property))
            .map(str::to_owned)
            .collect();
        let mixed = operands.iter().any(|(other, _)| *other != operator);
        if mixed || !strange.is_empty() {
            let names = operands.iter().map(|(operator, _)| operator.name().to_owned());
            let found: Vec<String> = if mixed { names.collect() } else { strange };
            let code = if mixed { FaultCode::Values } else { FaultCode::Member };
            return unread(id(subject), pointer, Some(code), found.join(", "));
        }
        let mut parts = Vec::new();
        for (_, operand) in operands {
            for item in self.items(operand, &pointer) {
                let place = format!("{pointer}/{}/{}", operator.name(), parts.len());
                parts.extend(self.constraint(&item, place));
            }
        }
        Constraint::Logical(Logical { id: id(subject), pointer, operator, parts })
    }

    fn atomic(&mut self, subject: &Node, pointer: String) -> Constraint {
        let (mut left, mut operators) = (Vec::new(), Vec::new());
        let (mut right, mut references, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
        let (mut unit, mut datatype) = (None, None);
        for (property, object) in self.graph.about(subject) {
            match local(property.as_str()) {
                Some("leftOperand") => left.extend(name(object)),
                Some("operator") => operators.push(object),
                Some("rightOperand") => right.extend(self.items(object, &pointer)),
                Some("rightOperandReference") => references.extend(name(object)),
                Some("unit") => unit = name(object),
                Some("dataType" | "datatype") => datatype = name(object),
                _ if descriptive(property.as_str()) => {}
                _ => unknown.push(property.as_str().to_owned()),
            }
        }
        let operator = match operators.as_slice() {
            [one] => operator(one),
            _ => None,
        };
        let Some(operator) = operator else {
            let found: Vec<String> = operators.iter().map(|term| shown(term)).collect();
            return unread(id(subject), pointer, Some(FaultCode::Operator), found.join(", "));
        };
        let [left] = left.as_slice() else {
            return unread(id(subject), pointer, Some(FaultCode::Operand), left.join(", "));
        };
        let test = if references.is_empty() && unknown.is_empty() {
            constraint::known(left, operator, &right, &pointer)
        } else {
            None
        };
        let (id, left, pointer) = (id(subject), left.clone(), pointer);
        let atomic = Atomic { id, pointer, left, operator, right, references, unit, datatype, test, unknown };
        Constraint::Atomic(Box::new(atomic))
    }

    /// The members of a list, or the one thing that is no list.
    fn items(&mut self, object: &Term, at: &str) -> Vec<Term> {
        let Some(mut list) = node(object).filter(|node| self.is_list(node)) else {
            return vec![object.clone()];
        };
        let mut items = Vec::new();
        let mut seen = Vec::new();
        while !matches!(&list, Node::NamedNode(end) if end.as_str() == NIL) {
            if seen.contains(&list) || seen.len() >= 1000 {
                self.faults.push(Fault::new(at, FaultCode::Cycle, id(&list), ""));
                break;
            }
            items.extend(self.graph.objects(&list, FIRST).cloned());
            let next = self.graph.objects(&list, REST).next().and_then(node);
            seen.push(list);
            match next {
                Some(next) => list = next,
                None => break,
            }
        }
        items
    }

    fn is_list(&self, node: &Node) -> bool {
        matches!(node, Node::NamedNode(end) if end.as_str() == NIL)
            || self.graph.objects(node, FIRST).next().is_some()
    }
}

fn unread(id: String, pointer: String, code: Option<FaultCode>, found: String) -> Constraint {
    Constraint::Unread(Unread { id, pointer, code, found })
}

fn logic(property: &str) -> Option<LogicalOperator> {
    let local = local(property)?;
    LogicalOperator::ALL.into_iter().find(|operator| operator.name() == local)
}

fn operator(term: &Term) -> Option<Operator> {
    let name = name(term)?;
    // The published context of ODRL writes `neq` so.
    let slip = ontology::vocab::odrl(&name) == Some("neg");
    if slip { Some(Operator::Neq) } else { Operator::parse(&name) }
}
