//! A form in TOML, each field with what it is called and what it is for, the first time it occurs.

use policies::Form;
use policies::form::field::{FIELDS, Field, Place};

use crate::text::Lang;

/// A filled-in form.
pub(super) fn commented(form: &Form, lang: Lang) -> Result<String, String> {
    let plain = toml::to_string(form).map_err(|e| e.to_string())?;
    let mut place = Place::Policy;
    let mut told: Vec<(Place, &str)> = Vec::new();
    let mut out = String::new();
    for line in plain.lines() {
        if let Some(table) = line.strip_prefix('[') {
            place = if table.contains("conditions") || table.contains("narrowed") {
                Place::Condition
            } else if table.contains("rules") {
                Place::Rule
            } else {
                Place::Policy
            };
        }
        let key = line.split_once(" = ").map(|(key, _)| key);
        if let Some(field) = key.and_then(|key| Field::find(place, key))
            && !told.contains(&(place, field.key))
        {
            told.push((place, field.key));
            out.push_str(&comment(field, lang));
        }
        out.push_str(line);
        out.push('\n');
    }
    Ok(out)
}

/// A form in which everything is still to be filled in.
pub(super) fn blank(lang: Lang) -> String {
    let mut out = String::new();
    let mut last = Place::Policy;
    for field in FIELDS {
        if field.place != last {
            out.push_str(match field.place {
                Place::Policy => "",
                Place::Rule => "\n[[rules]]\n",
                Place::Condition => "\n# [[rules.conditions]]\n",
            });
            last = field.place;
        }
        if matches!(field.input, policies::form::field::Input::Rows) {
            continue;
        }
        out.push_str(&comment(field, lang));
        let empty = match field.key {
            "form" => "form = 1",
            "rule" => "rule = \"permission\"",
            "actions" => "actions = [\"use\"]",
            _ => "",
        };
        match empty {
            "" => out.push_str(&format!("# {} =\n", field.key)),
            line => out.push_str(&format!("{line}\n")),
        }
    }
    out
}

fn comment(field: &Field, lang: Lang) -> String {
    format!("# {}{}{}\n", field.label(lang), lang.pick(" : ", ": "), field.help(lang))
}
