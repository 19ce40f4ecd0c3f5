//! `[[data_planes]]`: other data planes of the members, which this node's control plane drives.

use std::path::PathBuf;

use contracts::dps;
use contracts::dsp::transfer::{HTTP_PULL, HTTP_PUSH};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use toml::{Table, Value};

use super::Config;
use super::load::Fault;
use super::secret::token;

/// A data plane (Data Plane Signaling 1.0-RC3), registered by configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AttachedPlane {
    /// As operators and the log name it.
    pub name: String,
    /// Address (https) that its `/dataflows` are below.
    pub url: String,
    /// File of the token (mode 0600) that each presents to the other.
    pub token_file: PathBuf,
    /// Name of the member whose it is; empty for every member of this node.
    #[serde(default)]
    pub member: String,
    /// The profiles it knows, as it names them.
    #[serde(default = "profiles")]
    pub profiles: Vec<String>,
}

fn profiles() -> Vec<String> {
    vec![HTTP_PULL.into(), HTTP_PUSH.into()]
}

impl AttachedPlane {
    /// Its name for a transfer format, if it knows it.
    pub fn profile(&self, format: &str) -> Option<&str> {
        self.profiles.iter().map(String::as_str).find(|profile| dps::format(profile) == Some(format))
    }
    /// The token of its file.
    ///
    /// # Errors
    /// What is wrong with the file, as a sentence.
    pub fn token(&self, config: &Config) -> Result<String, String> {
        token(&config.path(&self.token_file))
    }
}

/// Takes the list out of the file; each one that is faulty is named.
pub(super) fn list<T: DeserializeOwned>(table: &mut Table, name: &str, faults: &mut Vec<Fault>) -> Vec<T> {
    let given = match table.remove(name) {
        None => return Vec::new(),
        Some(Value::Array(given)) => given,
        Some(_) => {
            let remedy = format!("is a list: write [[{name}]] before each");
            faults.push(Fault { field: name.into(), value: "(not a list)".into(), remedy });
            return Vec::new();
        }
    };
    let read = given.into_iter().enumerate().filter_map(|(i, value)| {
        let shown = value.to_string();
        let fault = |e: toml::de::Error| Fault {
            field: format!("{name}[{i}]"),
            value: shown,
            remedy: e.message().trim().to_owned(),
        };
        value.try_into().map_err(|e| faults.push(fault(e))).ok()
    });
    read.collect()
}

/// Adds what is wrong with them to `faults`.
pub(super) fn check(config: &Config, faults: &mut Vec<Fault>) {
    let mut tokens: Vec<String> = match config.signaling.control_plane.is_empty() {
        true => Vec::new(),
        false => super::signaling_token(config).into_iter().collect(),
    };
    for (i, plane) in config.data_planes.iter().enumerate() {
        let mut fault = |key: &str, value: &str, remedy: String| {
            let field = format!("data_planes[{i}].{key}");
            faults.push(Fault { field, value: format!("{value:?}"), remedy });
        };
        let before = &config.data_planes[..i];
        if plane.name.trim().is_empty() || before.iter().any(|other| other.name == plane.name) {
            fault("name", &plane.name, "give each data plane a name of its own".into());
        }
        if !url::Url::parse(&plane.url).is_ok_and(|u| u.scheme() == "https") {
            fault("url", &plane.url, "write the data plane's https address".into());
        }
        match plane.token(config) {
            Err(error) => fault("token_file", &plane.token_file.display().to_string(), error),
            Ok(token) if tokens.contains(&token) => {
                let remedy = "the token tells who calls: give each data plane another one".into();
                fault("token_file", &plane.token_file.display().to_string(), remedy);
            }
            Ok(token) => tokens.push(token),
        }
        for profile in plane.profiles.iter().filter(|profile| dps::format(profile).is_none()) {
            let remedy = format!("write {HTTP_PULL}, {HTTP_PUSH}, or their profiles at w3id.org");
            fault("profiles", profile, remedy);
        }
        if plane.profiles.is_empty() {
            fault("profiles", "", "name at least one".into());
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::{ConfigError, from_text};

    fn faults(text: &str) -> Vec<String> {
        match from_text(Path::new("/srv"), text, []) {
            Ok(_) => vec![],
            Err(ConfigError(faults)) => faults.into_iter().map(|f| f.field).collect(),
        }
    }

    #[test]
    fn every_fault_of_each_is_named() {
        let plane = "[[data_planes]]\nname = \"\"\nurl = \"http://p.example\"\ntoken_file = \"none\"\n";
        let at = |key: &str| format!("data_planes[0].{key}");
        assert_eq!(faults(plane), [at("name"), at("url"), at("token_file")]);
        assert!(faults(&format!("{plane}profiles = [\"s3\"]")).contains(&at("profiles")));
        assert!(faults(&format!("{plane}profiles = []")).contains(&at("profiles")));
        assert_eq!(faults("[[data_planes]]\nname = \"a\""), ["data_planes[0]"]);
        assert_eq!(faults(&format!("{plane}colour = 1")), ["data_planes[0]"]);
        assert_eq!(faults("data_planes = 1"), ["data_planes"]);
    }
}
