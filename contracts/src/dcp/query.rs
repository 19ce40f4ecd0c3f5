//! Asking a credential service for presentations, and its answer (DCP 1.0, 5.4).

use serde_json::Value;

use super::{MessageError, check_type, message};

/// Most scopes of one query.
const MAX_SCOPES: usize = 64;

message! {
    /// What a verifier asks. Either `scope` or `presentation_definition`.
    PresentationQueryMessage as "PresentationQueryMessage" {
        optional {
            scope: Vec<String>,
            presentation_definition: Value,
        }
    }
}

message! {
    /// What the credential service answers.
    PresentationResponseMessage as "PresentationResponseMessage" {
        required {
            /// JWTs as strings; other forms as objects.
            presentation: Vec<Value>,
        }
        optional {
            presentation_submission: Value,
        }
    }
}

/// What a query asks for.
#[derive(Debug, Clone, PartialEq)]
pub enum Asked {
    Scopes(Vec<String>),
    /// A Presentation Exchange definition.
    Definition(Value),
}

/// Reads a query: it asks for exactly one of the two, and for something.
///
/// # Errors
/// What is wrong, as a sentence.
pub fn read(value: &Value) -> Result<Asked, MessageError> {
    let wrong = |what: &str| Err(MessageError { what: format!("PresentationQueryMessage: {what}") });
    check_type(value, "PresentationQueryMessage")?;
    serde_json::from_value::<super::Context>(value.get("@context").cloned().unwrap_or_default())
        .map_err(|e| MessageError { what: format!("PresentationQueryMessage: {e}") })?;
    match (value.get("scope"), value.get("presentationDefinition")) {
        (Some(_), Some(_)) => wrong("scope and presentationDefinition exclude each other"),
        (None, None) => wrong("neither scope nor presentationDefinition"),
        (Some(scopes), None) => {
            let scopes: Vec<String> = serde_json::from_value(scopes.clone())
                .map_err(|e| MessageError { what: format!("PresentationQueryMessage: scope: {e}") })?;
            match scopes.len() {
                0 => wrong("scope is empty"),
                n if n > MAX_SCOPES => wrong("scope has too many items"),
                _ => Ok(Asked::Scopes(scopes)),
            }
        }
        (None, Some(definition)) => match definition.as_object().is_some_and(|object| !object.is_empty()) {
            true => Ok(Asked::Definition(definition.clone())),
            false => wrong("presentationDefinition is empty"),
        },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn query(members: Value) -> Value {
        let mut query = json!({"@context": [super::super::CONTEXT], "type": "PresentationQueryMessage"});
        query.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        query
    }

    #[test]
    fn one_of_both_and_not_empty() {
        assert_eq!(read(&query(json!({"scope": ["a"]}))).unwrap(), Asked::Scopes(vec!["a".into()]));
        assert!(matches!(
            read(&query(json!({"presentationDefinition": {"id": "d"}}))),
            Ok(Asked::Definition(_))
        ));
        for members in [
            json!({}),
            json!({"scope": []}),
            json!({"scope": "a"}),
            json!({"scope": [1]}),
            json!({"scope": vec!["a"; 65]}),
            json!({"presentationDefinition": {}}),
            json!({"presentationDefinition": null}),
            json!({"scope": ["a"], "presentationDefinition": {"id": "d"}}),
            json!({"scope": ["a"], "type": "Other"}),
            json!({"scope": ["a"], "@context": ["https://example.org"]}),
        ] {
            assert!(read(&query(members.clone())).is_err(), "{members}");
        }
    }
}
