//! Right operands: JSON values to texts of a known datatype.

use ontology::vocab;
use serde_json::Value;

use crate::fault::{Fault, FaultCode};
use crate::operand::Operand;

/// The texts of a right operand, with the pointer of each. Faults go to `faults`.
pub(crate) fn texts(
    operand: Operand,
    right: &Value,
    at: &str,
    faults: &mut Vec<Fault>,
) -> Vec<(String, String)> {
    let list = match right {
        Value::Object(object) if object.len() == 1 => object.get("@list").unwrap_or(right),
        other => other,
    };
    match list {
        Value::Array(items) => items
            .iter()
            .enumerate()
            .filter_map(|(index, item)| text(operand, item, format!("{at}/{index}"), faults))
            .collect(),
        one => text(operand, one, at.to_owned(), faults).into_iter().collect(),
    }
}

/// `"x"`, `5`, `{"@id": "x"}`, `{"@value": "x"}` or `{"@value": "x", "@type": "xsd:…"}`.
fn text(operand: Operand, value: &Value, at: String, faults: &mut Vec<Fault>) -> Option<(String, String)> {
    let found = match value {
        Value::String(text) => Some(text.clone()),
        // Only a counter is a number; `2027` is no date.
        Value::Number(number) if operand.is_number() => Some(number.to_string()),
        Value::Object(object) => {
            let datatype = object.get("@type");
            let known = |member: &String| member == "@value" || member == "@type" || member == "@id";
            let inner = object.get("@value").or_else(|| object.get("@id"));
            match inner {
                Some(inner) if inner.is_object() || inner.is_array() => None,
                Some(inner)
                    if object.keys().all(known) && !(object.contains_key("@id") && object.len() > 1) =>
                {
                    if let Some(datatype) = datatype
                        && !datatype.as_str().is_some_and(|name| reads(operand, name))
                    {
                        let accepted: Vec<String> =
                            operand.datatypes().iter().map(|name| format!("xsd:{name}")).collect();
                        faults.push(Fault::new(
                            format!("{at}/@type"),
                            FaultCode::Datatype,
                            datatype.to_string(),
                            accepted.join(", "),
                        ));
                        return None;
                    }
                    return text(operand, inner, at, faults);
                }
                _ => None,
            }
        }
        _ => None,
    };
    if found.is_none() {
        faults.push(Fault::new(at, FaultCode::Value, value.to_string(), operand.form()));
        return None;
    }
    found.map(|found| (found, at))
}

fn reads(operand: Operand, datatype: &str) -> bool {
    let Some(local) = vocab::local(datatype, "xsd", vocab::XSD) else { return false };
    local == "string" || operand.datatypes().contains(&local)
}
