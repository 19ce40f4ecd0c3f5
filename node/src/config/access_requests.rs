//! `[access_requests]`: of whom an opinion is asked when somebody asks for access to a dataset, and until when.

use contracts::access_request::Role;
use contracts::id::ParticipantId;
use serde::{Deserialize, Serialize};

use super::Config;
use super::load::Fault;

/// Requests for access to the members' datasets.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccessRequests {
    /// `owner`, `dpo`, `ethics`; after it the DID of whom it is asked, if not of this node's own people. All must say yes.
    pub reviewers: Vec<String>,
    /// Days until all must have answered, where a trust framework does not say it.
    pub days: u32,
}

impl Default for AccessRequests {
    fn default() -> Self {
        Self { reviewers: vec!["owner".into()], days: 30 }
    }
}

impl AccessRequests {
    /// Roles, with whom each is asked of.
    pub fn reviews(&self) -> Vec<(Role, Option<ParticipantId>)> {
        self.reviewers.iter().filter_map(|entry| read(entry)).collect()
    }
}

fn read(entry: &str) -> Option<(Role, Option<ParticipantId>)> {
    let mut words = entry.split_whitespace();
    let role = Role::parse(words.next()?)?;
    let of = match words.next() {
        Some(did) if did.starts_with("did:web:") => Some(ParticipantId::did(did).ok()?),
        Some(_) => return None,
        None => None,
    };
    words.next().is_none().then_some((role, of))
}

/// Adds what is wrong to `faults`.
pub(super) fn check(config: &Config, faults: &mut Vec<Fault>) {
    let set = &config.access_requests;
    let mut fault = |field: &str, value: String, remedy: &str| {
        faults.push(Fault { field: format!("access_requests.{field}"), value, remedy: remedy.into() });
    };
    for entry in set.reviewers.iter().filter(|entry| read(entry).is_none()) {
        fault(
            "reviewers",
            format!("{entry:?}"),
            "write owner, dpo or ethics, and after it the did:web of whom it is asked",
        );
    }
    let mut roles: Vec<Role> = set.reviews().into_iter().map(|(role, _)| role).collect();
    let all = roles.len();
    roles.dedup();
    if roles.is_empty() || roles.len() != all {
        fault(
            "reviewers",
            format!("{:?}", set.reviewers),
            "name each role once, and one at least: nobody could say yes otherwise",
        );
    }
    if !(1..=366).contains(&set.days) {
        fault("days", set.days.to_string(), "give 1 to 366 days");
    }
}
