//! The usual conditions of a rule, each a field of its own.

use super::Rule;
use crate::operand::{Operand, Operator};

/// What a field says: one value by the first operator, several by the second.
type Saying = (Operand, Operator, Option<Operator>);

const LISTS: [Saying; 8] = [
    (Operand::Recipient, Operator::Eq, Some(Operator::IsAnyOf)),
    (Operand::Recipient, Operator::Neq, Some(Operator::IsNoneOf)),
    (Operand::Purpose, Operator::IsA, Some(Operator::IsAnyOf)),
    (Operand::Purpose, Operator::Neq, Some(Operator::IsNoneOf)),
    (Operand::ProcessingPlace, Operator::IsPartOf, Some(Operator::IsAnyOf)),
    (Operand::ProcessingPlace, Operator::Neq, Some(Operator::IsNoneOf)),
    (Operand::GoverningLaw, Operator::IsPartOf, Some(Operator::IsAnyOf)),
    (Operand::GoverningLaw, Operator::Neq, Some(Operator::IsNoneOf)),
];
const SINGLES: [Saying; 4] = [
    (Operand::DateTime, Operator::Gteq, None),
    (Operand::DateTime, Operator::Lteq, None),
    (Operand::ElapsedTime, Operator::Lteq, None),
    (Operand::CharterVersion, Operator::Gteq, None),
];
const COUNT: (Operand, Operator) = (Operand::Count, Operator::Lteq);

impl Rule {
    fn lists(&mut self) -> [&mut Vec<String>; 8] {
        [
            &mut self.who,
            &mut self.except_who,
            &mut self.purposes,
            &mut self.except_purposes,
            &mut self.places,
            &mut self.except_places,
            &mut self.laws,
            &mut self.except_laws,
        ]
    }

    fn singles(&mut self) -> [&mut Option<String>; 4] {
        [&mut self.from, &mut self.until, &mut self.within, &mut self.charter]
    }

    /// Takes a condition into its field, if there is one that is free.
    pub(super) fn take(&mut self, operand: Operand, operator: Operator, values: &[String]) -> bool {
        if let ([one], true) = (values, (operand, operator) == COUNT && self.count.is_none()) {
            self.count = one.parse().ok();
            return self.count.is_some();
        }
        let several = values.len() > 1;
        for (field, (about, single, many)) in self.lists().into_iter().zip(LISTS) {
            let said = if several { many } else { Some(single) };
            if about == operand && said == Some(operator) && field.is_empty() {
                field.extend_from_slice(values);
                return !values.is_empty();
            }
        }
        for (field, (about, single, _)) in self.singles().into_iter().zip(SINGLES) {
            if let ([one], true) = (values, about == operand && single == operator && field.is_none()) {
                *field = Some(one.clone());
                return true;
            }
        }
        false
    }

    /// The conditions that the fields say.
    pub(super) fn said(&self) -> Vec<(Operand, Operator, Vec<String>)> {
        let mut own = self.clone();
        let mut said = Vec::new();
        for (values, (operand, single, many)) in own.lists().into_iter().zip(LISTS) {
            let operator = if values.len() > 1 { many.unwrap_or(single) } else { single };
            said.push((operand, operator, std::mem::take(values)));
        }
        for (value, (operand, operator, _)) in own.singles().into_iter().zip(SINGLES) {
            said.push((operand, operator, value.take().into_iter().collect()));
        }
        let count = own.count.map(|count| count.to_string());
        said.push((COUNT.0, COUNT.1, count.into_iter().collect()));
        said.retain(|(_, _, values)| !values.is_empty());
        said
    }
}
