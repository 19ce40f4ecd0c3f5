//! Reads the file and the environment, and collects every fault before giving up.

use std::fmt;
use std::path::Path;

use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::{Config, FILE};
pub use crate::app::error::Fault;

/// Prefix of environment variables that replace a key: `FIDUCIE__LISTEN__ADDRESS`.
const PREFIX: &str = "FIDUCIE__";

/// Every fault of a configuration, with key, value and remedy.
#[derive(Debug)]
pub struct ConfigError(pub Vec<Fault>);

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} fault(s) in the configuration", self.0.len())?;
        for fault in &self.0 {
            write!(f, "\n  {} = {}: {}", fault.field, fault.value, fault.remedy)?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigError {}

/// Reads `dir/fiducie.toml` and the process environment.
pub fn load(dir: &Path) -> Result<Config, ConfigError> {
    let file = dir.join(FILE);
    let text = std::fs::read_to_string(&file).map_err(|error| {
        let remedy = match error.kind() {
            std::io::ErrorKind::NotFound => {
                "no node here: create one with `fiducie init`, or name its folder with --dir".to_owned()
            }
            _ => format!("cannot be read: {error}"),
        };
        ConfigError(vec![Fault { field: "file".into(), value: file.display().to_string(), remedy }])
    })?;
    let dir = std::path::absolute(dir).unwrap_or_else(|_| dir.to_owned());
    from_text(&dir, &text, std::env::vars())
}

/// Reads a text and an environment; what [`load`] does, for tests and tools too.
pub fn from_text(
    dir: &Path,
    text: &str,
    environment: impl IntoIterator<Item = (String, String)>,
) -> Result<Config, ConfigError> {
    let mut table = text.parse::<Table>().map_err(|error| {
        let line = error.span().map_or(0, |span| text[..span.start.min(text.len())].lines().count().max(1));
        let remedy = format!("not TOML: {}", error.message());
        ConfigError(vec![Fault { field: FILE.into(), value: format!("line {line}"), remedy }])
    })?;
    let mut faults = Vec::new();
    for (name, value) in environment {
        overlay(&mut table, &name, &value, &mut faults);
    }
    let config = Config {
        dir: dir.to_owned(),
        listen: section(&mut table, "listen", &mut faults),
        database: section(&mut table, "database", &mut faults),
        secret: section(&mut table, "secret", &mut faults),
        members: section(&mut table, "members", &mut faults),
        limits: section(&mut table, "limits", &mut faults),
        outgoing: section(&mut table, "outgoing", &mut faults),
        data: section(&mut table, "data", &mut faults),
        catalog: section(&mut table, "catalog", &mut faults),
        contracts: section(&mut table, "contracts", &mut faults),
        credentials: section(&mut table, "credentials", &mut faults),
        duties: section(&mut table, "duties", &mut faults),
        access_requests: section(&mut table, "access_requests", &mut faults),
        log: section(&mut table, "log", &mut faults),
        signaling: section(&mut table, "signaling", &mut faults),
        harvest: super::planes::list(&mut table, "harvest", &mut faults),
        federation: section(&mut table, "federation", &mut faults),
        data_planes: super::planes::list(&mut table, "data_planes", &mut faults),
        telemetry: section(&mut table, "telemetry", &mut faults),
    };
    for (name, value) in &table {
        faults.push(Fault {
            field: name.clone(),
            value: shown(name, value),
            remedy: "no such section; the sections are listen, database, secret, members, limits, outgoing, data, catalog, harvest, federation, contracts, credentials, duties, access_requests, log, signaling, data_planes, telemetry".into(),
        });
    }
    config.check(&mut faults);
    if faults.is_empty() { Ok(config) } else { Err(ConfigError(faults)) }
}

/// `FIDUCIE__SECTION__KEY=value`: read as TOML when it is TOML, else as a string.
fn overlay(table: &mut Table, name: &str, value: &str, faults: &mut Vec<Fault>) {
    let Some(path) = name.strip_prefix(PREFIX) else { return };
    let path = path.to_ascii_lowercase();
    let Some((section, key)) = path.split_once("__").filter(|(s, k)| !s.is_empty() && !k.is_empty()) else {
        let remedy = format!("write {PREFIX}SECTION__KEY=value");
        faults.push(Fault { field: name.to_owned(), value: "…".into(), remedy });
        return;
    };
    let parsed = format!("v = {value}")
        .parse::<Table>()
        .ok()
        .and_then(|mut t| (t.len() == 1).then(|| t.remove("v")).flatten())
        .unwrap_or_else(|| Value::String(value.to_owned()));
    let entry = table.entry(section).or_insert_with(|| Value::Table(Table::new()));
    if let Value::Table(keys) = entry {
        keys.insert(key.to_owned(), parsed);
    }
}

/// Takes one section out of the file; a faulty key keeps its default and is named, and the next one is read.
fn section<T: Default + Serialize + DeserializeOwned>(
    table: &mut Table,
    name: &str,
    faults: &mut Vec<Fault>,
) -> T {
    let given = match table.remove(name) {
        None => return T::default(),
        Some(Value::Table(given)) => given,
        Some(other) => {
            let remedy = format!("is a section: write [{name}] and its keys below");
            faults.push(Fault { field: name.into(), value: shown(name, &other), remedy });
            return T::default();
        }
    };
    let mut merged = match Value::try_from(T::default()) {
        Ok(Value::Table(defaults)) => defaults,
        _ => return T::default(),
    };
    let known = merged.clone();
    for (key, value) in given {
        let field = format!("{name}.{key}");
        if !known.contains_key(&key) {
            let keys = known.keys().map(String::as_str).collect::<Vec<_>>().join(", ");
            let remedy = format!("no such key; the keys of [{name}] are {keys}");
            faults.push(Fault { value: shown(&field, &value), field, remedy });
            continue;
        }
        let before = merged.insert(key.clone(), value.clone());
        if let Err(error) = Value::Table(merged.clone()).try_into::<T>() {
            let remedy = error.message().trim().to_owned();
            faults.push(Fault { value: shown(&field, &value), field, remedy });
            if let Some(before) = before {
                merged.insert(key, before);
            }
        }
    }
    Value::Table(merged).try_into().unwrap_or_default()
}

/// The value as it may be shown: an address can hold a password.
fn shown(field: &str, value: &Value) -> String {
    if field == "database.url" { "(not shown)".into() } else { value.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str, env: &[(&str, &str)]) -> Vec<String> {
        let env = env.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        match from_text(Path::new("/srv"), text, env) {
            Ok(_) => vec![],
            Err(ConfigError(faults)) => faults.into_iter().map(|f| f.field).collect(),
        }
    }

    #[test]
    fn every_fault_is_named_not_only_the_first() {
        let text = "[limits]\npage = 0\nbody_bytes = \"big\"\nfoo = 1\n[listen]\naddress = \"nowhere\"\n[extra]\na=1";
        let found = faults(text, &[("FIDUCIE__OUTGOING__CONNECT_S", "soon")]);
        for field in [
            "limits.page",
            "limits.body_bytes",
            "limits.foo",
            "listen.address",
            "extra",
            "outgoing.connect_s",
        ] {
            assert!(found.iter().any(|f| f == field), "{field} missing in {found:?}");
        }
    }

    #[test]
    fn environment_wins_over_the_file() {
        let env = [("FIDUCIE__LIMITS__PAGE".to_owned(), "7".to_owned())];
        let config = from_text(Path::new("/srv"), "[limits]\npage = 5", env).unwrap();
        assert_eq!(config.limits.page, 7);
    }

    #[test]
    fn plain_http_needs_loopback_and_a_declared_proxy() {
        let plain = "[listen]\ncertificate = \"\"\nkey = \"\"\n";
        assert_eq!(faults(plain, &[]), ["listen.behind_proxy"]);
        assert!(faults(&format!("{plain}behind_proxy = true"), &[]).is_empty());
        let open = format!("{plain}behind_proxy = true\naddress = \"0.0.0.0:80\"");
        assert_eq!(faults(&open, &[]), ["listen.address"]);
    }

    #[test]
    fn the_reference_file_states_every_default() {
        let text = include_str!("../../../deploy/fiducie.reference.toml");
        let config = from_text(Path::new(""), text, []).unwrap();
        assert_eq!(config, Config::default());
        let given = text.parse::<Table>().unwrap();
        let limits = toml::Value::try_from(super::super::Limits::default()).unwrap();
        for key in limits.as_table().unwrap().keys() {
            assert!(given["limits"].as_table().unwrap().contains_key(key), "limits.{key} is not documented");
        }
    }
}
