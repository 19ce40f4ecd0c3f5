//! Schemas that credentials name: known by configuration, never fetched.

use std::collections::BTreeMap;

use contracts::dcp::credential::Credential;
use jsonschema::Validator;
use serde_json::Value;

use crate::config::{self, Config};

/// Validators by the address that credentials name.
#[derive(Default)]
pub struct Schemas(BTreeMap<String, Validator>);

impl Schemas {
    /// Reads the configured schemas.
    ///
    /// # Errors
    /// What is wrong with one, as a sentence.
    pub fn from_config(config: &Config) -> Result<Self, String> {
        let mut found = BTreeMap::new();
        for (address, file) in &config.credentials.schemas {
            let schema = config::schema(config, file).map_err(|e| format!("{}: {e}", file.display()))?;
            let validator =
                jsonschema::validator_for(&schema).map_err(|e| format!("{}: {e}", file.display()))?;
            found.insert(address.clone(), validator);
        }
        Ok(Self(found))
    }

    /// Whether a credential is as the schemas it names have it.
    ///
    /// # Errors
    /// What is not, or that a schema is not known.
    pub fn check(&self, credential: &Credential, claims: &Value) -> Result<(), String> {
        for named in &credential.schemas {
            let shown: String = named.id.chars().take(200).collect();
            let validator =
                self.0.get(&named.id).ok_or_else(|| format!("its schema {shown} is not known here"))?;
            let value = match named.kind.as_str() {
                // Before VC JSON Schema 1.0, schemas were about the subject.
                "JsonSchemaValidator2018" => Value::from(credential.subject.clone()),
                "JsonSchema" => claims.get("vc").unwrap_or(claims).clone(),
                _ => return Err("its schema is of a kind that is not known".into()),
            };
            if let Err(error) = validator.validate(&value) {
                return Err(format!("it is not as its schema has it: {error}"));
            }
        }
        Ok(())
    }
}
