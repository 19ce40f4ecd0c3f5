//! Reading a credential from the claims of its JWT. Nothing is verified here but that its parts agree.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::status::StatusEntry;
use super::super::{Profile, date};
use super::{BASE_TYPE, Credential, CredentialError, SchemaReference};
use crate::id::ParticipantId;

/// How closely the data model is followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// `@context`, the base type, and a `sub` that is the subject (VCDM 1.1, 4.1, 4.3, 6.3.1).
    #[default]
    Exact,
    /// None of these is asked for.
    Loose,
}

/// Registered claims around a credential.
pub(in super::super) struct Envelope<'a> {
    pub profile: Profile,
    pub model: &'a Map<String, Value>,
    pub issuer: ParticipantId,
    pub from: i64,
    pub until: Option<i64>,
}

/// Reads the claims of a credential's JWT.
///
/// # Errors
/// The member at fault. What is not understood (a status of another kind) is a fault.
pub fn read(claims: &Value, form: Form) -> Result<(Profile, Credential), CredentialError> {
    let Envelope { profile, model, issuer, from, until } = within(claims, form)?;
    let subject = match model.get("credentialSubject") {
        Some(Value::Object(one)) => one.clone(),
        Some(Value::Array(many)) => match many.as_slice() {
            [Value::Object(one)] => one.clone(),
            _ => return Err(CredentialError::new("credentialSubject", "expected one subject")),
        },
        _ => return Err(CredentialError::new("credentialSubject", "missing")),
    };
    let holder = subject.get("id").and_then(Value::as_str);
    if let (Form::Exact, Some(sub)) = (form, claims.get("sub").and_then(Value::as_str))
        && holder != Some(sub)
    {
        return Err(CredentialError::new("sub", "is not the subject of the credential"));
    }
    let credential = Credential {
        id: model.get("id").and_then(Value::as_str).map(ToOwned::to_owned),
        issuer,
        types: types(model, form)?,
        subject,
        from,
        until,
        status: listed(model, "credentialStatus", StatusEntry::read)?,
        schemas: listed(model, "credentialSchema", schema)?,
    };
    Ok((profile, credential))
}

/// What a credential and a status list have in common: who says it, and from when to when.
pub(in super::super) fn within(claims: &Value, form: Form) -> Result<Envelope<'_>, CredentialError> {
    let object = claims.as_object().ok_or_else(|| CredentialError::new("/", "expected an object"))?;
    let (profile, model) = match object.get("vc") {
        Some(Value::Object(vc)) => (Profile::Vc11, vc),
        Some(_) => return Err(CredentialError::new("vc", "expected an object")),
        None => (Profile::Vc20, object),
    };
    if form == Form::Exact {
        let contexts = texts(model.get("@context").unwrap_or(&Value::Null));
        if contexts.first().copied() != Some(profile.context()) {
            return Err(CredentialError::new("@context", format!("must begin with `{}`", profile.context())));
        }
    }
    let issuer = match model.get("issuer") {
        Some(Value::String(id)) => id.as_str(),
        Some(Value::Object(issuer)) => issuer.get("id").and_then(Value::as_str).unwrap_or_default(),
        _ => return Err(CredentialError::new("issuer", "missing")),
    };
    if object.get("iss").is_some_and(|iss| iss.as_str() != Some(issuer)) {
        return Err(CredentialError::new("iss", "is not the issuer of the credential"));
    }
    let issuer = ParticipantId::did(issuer).map_err(|e| CredentialError::new("issuer", e.to_string()))?;
    let (begins, ends) = match profile {
        Profile::Vc11 => ("issuanceDate", "expirationDate"),
        Profile::Vc20 => ("validFrom", "validUntil"),
    };
    let from = [dated(model, begins)?, numeric(object, "nbf")?].into_iter().flatten().max();
    let until = [dated(model, ends)?, numeric(object, "exp")?].into_iter().flatten().min();
    let from = match (from, profile) {
        (Some(from), _) => from,
        (None, Profile::Vc20) => i64::MIN,
        (None, Profile::Vc11) => return Err(CredentialError::new(begins, "missing")),
    };
    Ok(Envelope { profile, model, issuer, from, until })
}

fn types(model: &Map<String, Value>, form: Form) -> Result<Vec<String>, CredentialError> {
    let found = texts(model.get("type").unwrap_or(&Value::Null));
    if found.is_empty() {
        return Err(CredentialError::new("type", "missing"));
    }
    if form == Form::Exact && !found.contains(&BASE_TYPE) {
        return Err(CredentialError::new("type", format!("must contain {BASE_TYPE}")));
    }
    Ok(found.into_iter().map(ToOwned::to_owned).collect())
}

fn schema(value: &Value) -> Result<SchemaReference, CredentialError> {
    #[derive(Deserialize)]
    struct Reference {
        id: String,
        #[serde(rename = "type")]
        kind: String,
    }
    let found =
        Reference::deserialize(value).map_err(|e| CredentialError::new("credentialSchema", e.to_string()))?;
    Ok(SchemaReference { id: found.id, kind: found.kind })
}

/// A member that is absent, one object, or several.
fn listed<T>(
    model: &Map<String, Value>,
    name: &str,
    read: impl Fn(&Value) -> Result<T, CredentialError>,
) -> Result<Vec<T>, CredentialError> {
    match model.get(name) {
        None | Some(Value::Null) => Ok(Vec::new()),
        Some(Value::Array(many)) if many.len() > 8 => Err(CredentialError::new(name, "too many")),
        Some(Value::Array(many)) => many.iter().map(read).collect(),
        Some(one) => Ok(vec![read(one)?]),
    }
}

fn dated(model: &Map<String, Value>, name: &str) -> Result<Option<i64>, CredentialError> {
    match model.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => match value.as_str().and_then(date::read) {
            Some(at) => Ok(Some(at)),
            None => Err(CredentialError::new(name, "not an instant like 2026-11-22T01:05:10Z")),
        },
    }
}

fn numeric(claims: &Map<String, Value>, name: &str) -> Result<Option<i64>, CredentialError> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => match value.as_i64().or_else(|| value.as_f64().map(|f| f as i64)) {
            Some(at) => Ok(Some(at)),
            None => Err(CredentialError::new(name, "not a number of seconds")),
        },
    }
}

/// A text or a list of texts; what is no text is left out.
pub(in super::super) fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}
