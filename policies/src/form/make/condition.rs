//! Fields and rows as constraints in JSON.

use contracts::odrl::LogicalOperator;
use ontology::odrl::LEFT_OPERANDS;
use ontology::vocab;
use serde_json::{Map, Value, json};

use super::Maker;
use crate::fault::FaultCode;
use crate::form::fill::NAME;
use crate::form::{Condition, Rule, TypedValue, Valued};
use crate::operand::{Operand, Operator};

impl Rule {
    /// The constraints that the fields of a rule say.
    pub(super) fn usual(&self) -> Vec<Value> {
        let one = |(operand, operator, mut values): (Operand, Operator, Vec<String>)| {
            let right = match values.len() {
                1 => Value::from(values.swap_remove(0)),
                _ => Value::from(values),
            };
            json!({"leftOperand": operand.name(), "operator": operator.name(), "rightOperand": right})
        };
        self.said().into_iter().map(one).collect()
    }
}

impl Maker {
    /// The constraints of rows; those that are parts of another one stand in it.
    pub(super) fn conditions(&mut self, rows: &[Condition], at: &str) -> Vec<Value> {
        let mut sound = true;
        for (index, row) in rows.iter().enumerate() {
            // A row is part of one before it: nothing leads back to itself.
            let group = row.part_of.map(|number| number.checked_sub(1).filter(|above| *above < index));
            let known = match group {
                None => true,
                Some(above) => above.is_some_and(|above| logic(&rows[above]).is_some()),
            };
            if !known {
                let found = row.part_of.unwrap_or_default().to_string();
                let accepted = LogicalOperator::ALL.map(LogicalOperator::name).join(", ");
                self.fault(&format!("{at}/{index}/part_of"), FaultCode::Value, &found, &accepted);
                sound = false;
            }
        }
        let top = (0..rows.len()).filter(|index| sound && rows[*index].part_of.is_none());
        top.map(|index| self.condition(rows, index, at)).collect()
    }

    fn condition(&mut self, rows: &[Condition], index: usize, at: &str) -> Value {
        let row = &rows[index];
        let Some(logic) = logic(row) else { return self.compared(row, &format!("{at}/{index}")) };
        let own = (index + 1..rows.len()).filter(|part| rows[*part].part_of == Some(index + 1));
        let parts: Vec<Value> = own.map(|part| self.condition(rows, part, at)).collect();
        if parts.is_empty() {
            self.fault(&format!("{at}/{index}"), FaultCode::Empty, logic.name(), "");
        }
        json!({ logic.name(): parts })
    }

    fn compared(&mut self, row: &Condition, at: &str) -> Value {
        let mut made = Map::new();
        match &row.about {
            Some(about) => drop(made.insert("leftOperand".to_owned(), operand(about))),
            None => self.fault(at, FaultCode::Missing, "", "about"),
        }
        if Operator::parse(&row.is).is_none() {
            let logic = LogicalOperator::ALL.map(LogicalOperator::name);
            let all = Operator::ALL.map(Operator::name).into_iter().chain(logic).collect::<Vec<_>>();
            self.fault(&format!("{at}/is"), FaultCode::Operator, &row.is, &all.join(", "));
        }
        made.insert("operator".to_owned(), row.is.as_str().into());
        let mut values: Vec<Value> =
            row.values.iter().map(|value| valued(value, row.kind.as_deref())).collect();
        match values.len() {
            0 if row.references.is_empty() => self.fault(at, FaultCode::Missing, "", "values"),
            0 => {}
            1 => drop(made.insert("rightOperand".to_owned(), values.swap_remove(0))),
            _ => drop(made.insert("rightOperand".to_owned(), values.into())),
        }
        if !row.references.is_empty() {
            made.insert("rightOperandReference".to_owned(), row.references.clone().into());
        }
        if let Some(unit) = &row.unit {
            let unit = if unit.contains(':') { json!({"@id": unit}) } else { json!(unit) };
            made.insert("unit".to_owned(), unit);
        }
        if let Some(datatype) = &row.datatype {
            made.insert("dataType".to_owned(), datatype.as_str().into());
        }
        Value::Object(made)
    }
}

/// An operand by its name. One that is neither of ODRL nor an IRI stays the text that it is.
fn operand(about: &str) -> Value {
    if about.contains(':') || LEFT_OPERANDS.contains(&about) {
        about.into()
    } else {
        json!({"@value": about})
    }
}

/// How a row combines others, if it does.
fn logic(row: &Condition) -> Option<LogicalOperator> {
    let combined = |operator: &LogicalOperator| row.about.is_none() && operator.name() == row.is;
    LogicalOperator::ALL.into_iter().find(combined)
}

fn valued(value: &Valued, common: Option<&str>) -> Value {
    let (text, kind, lang) = match value {
        Valued::Text(text) => (text, common, None),
        Valued::Typed(TypedValue { value, kind, lang }) => (value, kind.as_deref(), lang.as_deref()),
    };
    match (kind, lang) {
        (_, Some(lang)) => json!({"@value": text, "@language": lang}),
        (None | Some("string"), None) => json!(text),
        (Some(NAME), None) => json!({"@id": text}),
        (Some(kind), None) if kind.contains(':') => json!({"@value": text, "@type": kind}),
        (Some(kind), None) => json!({"@value": text, "@type": format!("{}{kind}", vocab::XSD)}),
    }
}
