//! A field of a Table Schema: its type and constraints.

use regex::Regex;
use serde_json::Value;

use super::Rule;
use super::value::{Kind, Measure};

/// What is said of one column.
pub struct Field {
    pub name: String,
    pub required: bool,
    pub unique: bool,
    kind: Kind,
    pattern: Option<(Regex, String)>,
    allowed: Option<Vec<String>>,
    least: Option<(Measure, String)>,
    most: Option<(Measure, String)>,
    lengths: (Option<usize>, Option<usize>),
    missing: Vec<String>,
}

/// The fields of a schema.
///
/// # Errors
/// What is wrong with it, or what of it is not known here.
pub fn all(schema: &Value) -> Result<Vec<Field>, String> {
    // What makes columns of a schema says what it is that is none.
    let (_columns, _address) = crate::inspect::schema(schema)?;
    let missing = schema.get("missingValues").and_then(Value::as_array);
    let missing: Vec<String> = match missing {
        Some(values) => values.iter().filter_map(Value::as_str).map(ToOwned::to_owned).collect(),
        None => vec![String::new()],
    };
    let key: Vec<&str> = match schema.get("primaryKey") {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let fields = schema.get("fields").and_then(Value::as_array).into_iter().flatten();
    fields.map(|field| Field::read(field, &missing, &key)).collect()
}

impl Field {
    fn read(field: &Value, missing: &[String], key: &[&str]) -> Result<Self, String> {
        let name = field.get("name").and_then(Value::as_str).unwrap_or_default().trim().to_owned();
        let kind = Kind::read(field).map_err(|what| format!("field {name}: {what}"))?;
        let said = |constraint: &str| field.get("constraints").and_then(|all| all.get(constraint));
        let truth = |constraint: &str| said(constraint).and_then(Value::as_bool).unwrap_or(false);
        let number =
            |constraint: &str| said(constraint).and_then(Value::as_u64).and_then(|n| n.try_into().ok());
        let pattern = said("pattern").and_then(Value::as_str).map(|text| {
            // The whole value, as in XML Schema.
            let whole = Regex::new(&format!("^(?:{text})$"));
            whole.map(|whole| (whole, text.to_owned())).map_err(|e| format!("field {name}: pattern: {e}"))
        });
        let bound = |constraint: &str| {
            let text = said(constraint).map(plain)?;
            let measure = kind.measure(&text);
            let wrong = format!("field {name}: {constraint} {text} is none for its type");
            Some(measure.map(|measure| (measure, text)).ok_or(wrong))
        };
        let (least, most) = (bound("minimum").transpose()?, bound("maximum").transpose()?);
        let allowed = said("enum").and_then(Value::as_array);
        Ok(Self {
            required: truth("required") || key.contains(&name.as_str()),
            unique: truth("unique") || key == [name.as_str()],
            pattern: pattern.transpose()?,
            allowed: allowed.map(|all| all.iter().map(plain).collect()),
            least,
            most,
            lengths: (number("minLength"), number("maxLength")),
            missing: missing.to_vec(),
            kind,
            name,
        })
    }

    pub fn is_missing(&self, text: &str) -> bool {
        text.is_empty() || self.missing.iter().any(|one| one == text)
    }

    /// The first thing that a value is not as it should be, and what it should be.
    pub fn wrong(&self, text: &str) -> Option<(Rule, String)> {
        if !self.kind.accepts(text) {
            return Some((Rule::Type, self.kind.said()));
        }
        if let Some((pattern, said)) = &self.pattern
            && !pattern.is_match(text)
        {
            return Some((Rule::Pattern, said.clone()));
        }
        if let Some(allowed) = &self.allowed
            && !self.kind.parts(text).all(|part| allowed.contains(&part))
        {
            return Some((Rule::Enum, allowed.join(", ")));
        }
        let measure = || self.kind.measure(text);
        if let Some((least, said)) = &self.least
            && measure().is_some_and(|own| own < *least)
        {
            return Some((Rule::Minimum, said.clone()));
        }
        if let Some((most, said)) = &self.most
            && measure().is_some_and(|own| own > *most)
        {
            return Some((Rule::Maximum, said.clone()));
        }
        let length = || text.chars().count();
        match self.lengths {
            (Some(least), _) if length() < least => Some((Rule::MinLength, least.to_string())),
            (_, Some(most)) if length() > most => Some((Rule::MaxLength, most.to_string())),
            _ => None,
        }
    }
}

/// A value of a constraint as it stands in a table.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), ToOwned::to_owned)
}
