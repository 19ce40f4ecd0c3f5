//! `[[harvest]]`: catalogues of others that members read.

use serde::{Deserialize, Serialize};

use super::Config;
use super::load::Fault;

/// A catalogue in DCAT that a member reads from time to time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HarvestedSource {
    /// As operators and searches name it.
    pub name: String,
    /// Address (https) of the catalogue's first page.
    pub url: String,
    /// Name of the member that reads it; empty for the first of this node.
    #[serde(default)]
    pub member: String,
    /// Seconds between two readings; 0 reads it on command only.
    #[serde(default = "daily")]
    pub every_s: u64,
}

fn daily() -> u64 {
    86_400
}

/// The members of the federation, whose catalogues are followed by their feeds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Federation {
    /// Their DIDs; this node's own may be among them.
    pub members: Vec<String>,
    /// Name of the member that follows them; empty for the first of this node.
    pub member: String,
    /// Seconds between two readings; 0 reads them on command only.
    pub every_s: u64,
}

impl Default for Federation {
    fn default() -> Self {
        Self { members: Vec::new(), member: String::new(), every_s: 3_600 }
    }
}

/// Adds what is wrong with them to `faults`.
pub(super) fn check(config: &Config, faults: &mut Vec<Fault>) {
    let federation = &config.federation;
    for (i, did) in federation.members.iter().enumerate() {
        if contracts::did::base_url(did).is_err() || federation.members[..i].contains(did) {
            let (field, value) = (format!("federation.members[{i}]"), format!("{did:?}"));
            faults.push(Fault { field, value, remedy: "write the did:web of each member once".into() });
        }
    }
    if (1..60).contains(&federation.every_s) {
        let (field, value) = ("federation.every_s".into(), federation.every_s.to_string());
        faults.push(Fault { field, value, remedy: "give at least 60 seconds, or 0".into() });
    }
    for (i, source) in config.harvest.iter().enumerate() {
        let mut fault = |key: &str, value: &str, remedy: &str| {
            let field = format!("harvest[{i}].{key}");
            faults.push(Fault { field, value: format!("{value:?}"), remedy: remedy.into() });
        };
        let is_taken = |other: &HarvestedSource| other.name == source.name && other.member == source.member;
        let plain = !source.name.trim().is_empty() && !source.name.starts_with("did:");
        if !plain || config.harvest[..i].iter().any(is_taken) {
            fault("name", &source.name, "give each source a name of its own, which is no DID");
        }
        if !url::Url::parse(&source.url).is_ok_and(|url| url.scheme() == "https") {
            fault("url", &source.url, "write the https address of the catalogue");
        }
        if (1..60).contains(&source.every_s) {
            fault(
                "every_s",
                &source.every_s.to_string(),
                "give at least 60 seconds, or 0 to read it on command only",
            );
        }
    }
}
