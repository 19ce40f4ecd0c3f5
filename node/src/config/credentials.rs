//! `[credentials]`: what peers prove themselves with, who is believed, and what members issue (DCP 1.0).

use std::collections::BTreeMap;
use std::path::PathBuf;

use contracts::dcp::Scope;
use contracts::dcp::credential::{BASE_TYPE, Credential};
use contracts::id::ParticipantId;
use serde::{Deserialize, Serialize};

use super::Config;
use super::load::Fault;

/// What a peer may prove itself with at the routes of the Dataspace Protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Proof {
    /// A token it issued itself, by its DID alone.
    Did,
    /// The same, and a presentation of credentials that is asked of its credential service at every call.
    Dcp,
}

/// Credentials of peers and members. Without issuers nobody's are believed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Credentials {
    pub accept: Vec<Proof>,
    /// Trusted issuers: a DID, and after it the types it is trusted for; all when none follows.
    pub issuers: Vec<String>,
    /// Types that a peer must present.
    pub ask: Vec<String>,
    /// Types that a peer may present beside: of those, one that does not count is as if it were not there.
    pub hear: Vec<String>,
    /// Types that the peers of our messages may ask of our credential service.
    pub show: Vec<String>,
    /// Types that are issued on request to who is entitled.
    pub issue: Vec<String>,
    /// The same six for single members, by name, instead of the above.
    pub members: BTreeMap<String, Rules>,
    /// Schemas that credentials may name, by address: their files. Nothing is fetched.
    pub schemas: BTreeMap<String, PathBuf>,
    /// Seconds for which a status list of somebody else is believed without looking again.
    pub status_s: u64,
    /// Seconds for which what was attested of a peer still counts when its issuer's status list cannot be had.
    pub patience_s: u64,
    /// Seconds that a peer's credential service may take to answer, and bytes of its answer.
    pub answer_s: u64,
    pub answer_bytes: usize,
}

/// What holds for one member.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rules {
    pub accept: Vec<Proof>,
    pub issuers: Vec<String>,
    pub ask: Vec<String>,
    pub hear: Vec<String>,
    pub show: Vec<String>,
    pub issue: Vec<String>,
}

impl Default for Credentials {
    fn default() -> Self {
        Self {
            accept: vec![Proof::Did],
            issuers: Vec::new(),
            ask: vec!["MembershipCredential".into()],
            hear: Vec::new(),
            show: Vec::new(),
            issue: Vec::new(),
            members: BTreeMap::new(),
            schemas: BTreeMap::new(),
            status_s: 60,
            patience_s: 3600,
            answer_s: 10,
            answer_bytes: 1 << 20,
        }
    }
}

impl Credentials {
    /// What holds for the member of that name.
    pub fn rules(&self, member: &str) -> Rules {
        self.members.get(member).cloned().unwrap_or_else(|| Rules {
            accept: self.accept.clone(),
            issuers: self.issuers.clone(),
            ask: self.ask.clone(),
            hear: self.hear.clone(),
            show: self.show.clone(),
            issue: self.issue.clone(),
        })
    }
}

impl Rules {
    pub fn accepts(&self, proof: Proof) -> bool {
        self.accept.contains(&proof)
    }

    /// Whether an issuer is trusted for all the types of a credential.
    pub fn trusts(&self, issuer: &ParticipantId, credential: &Credential) -> bool {
        let kinds = || credential.types.iter().filter(|kind| *kind != BASE_TYPE);
        self.issuers.iter().any(|entry| {
            let mut words = entry.split_whitespace();
            let named = words.next() == Some(issuer.as_str());
            let types: Vec<&str> = words.collect();
            named
                && kinds().count() > 0
                && (types.is_empty() || kinds().all(|kind| types.contains(&kind.as_str())))
        })
    }

    /// Whether an issuer is trusted for anything.
    pub fn knows(&self, issuer: &ParticipantId) -> bool {
        self.issuers.iter().any(|entry| entry.split_whitespace().next() == Some(issuer.as_str()))
    }

    /// Whether a credential is none that must be there.
    pub fn only_heard(&self, credential: &Credential) -> bool {
        credential.types.iter().any(|kind| self.hear.contains(kind))
            && !credential.types.iter().any(|kind| self.ask.contains(kind))
    }

    /// The scopes of types.
    pub fn scopes(types: &[String]) -> Vec<String> {
        types.iter().map(|kind| Scope::Type(kind.clone()).to_string()).collect()
    }
}

/// Adds what is wrong to `faults`.
pub(super) fn check(config: &Config, faults: &mut Vec<Fault>) {
    let all = &config.credentials;
    let mut fault = |field: String, value: String, remedy: &str| {
        faults.push(Fault { field: format!("credentials.{field}"), value, remedy: remedy.into() });
    };
    let own = [(String::new(), all.rules(""))];
    let members = all.members.iter().map(|(name, rules)| (format!("members.{name}."), rules.clone()));
    for (place, rules) in own.into_iter().chain(members) {
        for entry in &rules.issuers {
            let did = entry.split_whitespace().next().unwrap_or_default();
            if !did.starts_with("did:web:") || ParticipantId::did(did).is_err() {
                let remedy =
                    "write the issuer's did:web, and after it the types it is trusted for, if not for all";
                fault(format!("{place}issuers"), format!("{entry:?}"), remedy);
            }
        }
        if rules.accept.is_empty() {
            fault(
                format!("{place}accept"),
                "[]".into(),
                "name did, dcp, or both: nobody could call otherwise",
            );
        }
        for (key, types) in
            [("ask", &rules.ask), ("hear", &rules.hear), ("show", &rules.show), ("issue", &rules.issue)]
        {
            for kind in
                types.iter().filter(|kind| Scope::parse(&Scope::Type((*kind).clone()).to_string()).is_none())
            {
                fault(
                    format!("{place}{key}"),
                    format!("{kind:?}"),
                    "write a type, such as MembershipCredential",
                );
            }
        }
        if rules.accepts(Proof::Dcp) && rules.ask.is_empty() {
            fault(
                format!("{place}ask"),
                "[]".into(),
                "name a type: a presentation of nothing proves nothing",
            );
        }
    }
    for (address, file) in &all.schemas {
        if let Err(error) = schema(config, file) {
            fault(format!("schemas.{address}"), format!("{:?}", file.display().to_string()), &error);
        }
    }
    let spans = [
        ("status_s", all.status_s, 86_400),
        ("patience_s", all.patience_s, 30 * 86_400),
        ("answer_s", all.answer_s, 60),
    ];
    for (key, value, most) in spans {
        if !(1..=most).contains(&value) {
            fault(key.into(), value.to_string(), &format!("give 1 to {most} seconds"));
        }
    }
    if !(1024..=16 << 20).contains(&all.answer_bytes) {
        fault("answer_bytes".into(), all.answer_bytes.to_string(), "give 1024 to 16777216 bytes");
    }
}

/// Reads a schema's file.
///
/// # Errors
/// What is wrong with it, as a sentence.
pub fn schema(config: &Config, file: &std::path::Path) -> Result<serde_json::Value, String> {
    let bytes = std::fs::read(config.path(file)).map_err(|e| e.to_string())?;
    serde_json::from_slice(&bytes).map_err(|e| format!("not JSON: {e}"))
}
