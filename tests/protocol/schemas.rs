//! The official JSON Schemas (draft 2019-09), loaded from the reference material, never from the network.

use std::collections::HashMap;
use std::path::Path;

use jsonschema::{Retrieve, Uri, Validator};
use serde_json::{Value, json};
use tests::reference;

const BASE: &str = "https://w3id.org/dspace/2025/1/";

#[derive(Clone)]
pub struct Schemas {
    by_id: HashMap<String, Value>,
}

impl Schemas {
    pub fn load(folder: &Path) -> Self {
        let mut by_id = HashMap::new();
        for file in reference::files(folder, "json") {
            if file.parent().is_some_and(|p| p.ends_with("example")) {
                continue;
            }
            let mut schema = reference::json(&file);
            repair(&mut schema);
            let id =
                schema["$id"].as_str().unwrap_or_else(|| panic!("{} has no $id", file.display())).to_owned();
            by_id.insert(id, schema);
        }
        Self { by_id }
    }

    /// The validator of a schema file such as `catalog/catalog-schema.json`.
    pub fn validator(&self, file: &str) -> Validator {
        jsonschema::options()
            .with_retriever(self.clone())
            .build(&json!({"$schema": "https://json-schema.org/draft/2019-09/schema", "$ref": format!("{BASE}{file}")}))
            .unwrap_or_else(|e| panic!("{file}: {e}"))
    }
}

/// Three schemas refer to `transfer-schema.json#definitions/…`, which names nothing: the slash is missing.
fn repair(schema: &mut Value) {
    match schema {
        Value::Object(object) => {
            if let Some(Value::String(reference)) = object.get_mut("$ref") {
                *reference = reference
                    .replace("transfer-schema.json#definitions/", "transfer-schema.json#/definitions/");
            }
            object.values_mut().for_each(repair);
        }
        Value::Array(items) => items.iter_mut().for_each(repair),
        _ => {}
    }
}

impl Retrieve for Schemas {
    fn retrieve(&self, uri: &Uri<String>) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        let name = uri.as_str().split('#').next().unwrap_or_default();
        self.by_id.get(name).cloned().ok_or_else(|| format!("{uri} is not an official schema").into())
    }
}

/// All faults of a document, as text.
pub fn faults(validator: &Validator, value: &Value) -> Vec<String> {
    validator.iter_errors(value).map(|e| format!("{}: {e}", e.instance_path())).collect()
}
