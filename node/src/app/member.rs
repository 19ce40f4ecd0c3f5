//! The members this node hosts, and which of them an address means.

use std::sync::{Arc, PoisonError, RwLock};

use contracts::id::MemberId;
use url::Url;

use crate::domain::member::Member;

/// A hosted member with what it needs to act.
pub struct Hosted {
    pub member: Member,
}

/// All hosted members. Replaced as a whole when one is added, so that readers never wait.
#[derive(Default)]
pub struct Hosts(RwLock<Arc<[Arc<Hosted>]>>);

/// A member found by address, and how much of the path is its prefix.
pub struct Found {
    pub hosted: Arc<Hosted>,
    pub prefix: usize,
}

impl Hosts {
    pub fn new(members: Vec<Hosted>) -> Self {
        let hosts = Self::default();
        hosts.replace(members.into_iter().map(Arc::new).collect());
        hosts
    }
    pub fn all(&self) -> Arc<[Arc<Hosted>]> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
    pub fn get(&self, id: &MemberId) -> Option<Arc<Hosted>> {
        self.all().iter().find(|h| h.member.id == *id).cloned()
    }
    pub fn replace(&self, members: Vec<Arc<Hosted>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = members.into();
    }

    /// The member of an address: same host, longest prefix of whole path segments. When the node has only one
    /// member any host means it, and its prefix may already have been taken off by a proxy.
    pub fn find(&self, host: &str, path: &str) -> Option<Found> {
        let all = self.all();
        let alone = all.len() == 1;
        let found = all
            .iter()
            .filter(|h| alone || same_host(&h.member.base_url, host))
            .filter_map(|h| Some((h, prefix_length(&h.member.base_url, path)?)))
            .max_by_key(|(_, length)| *length);
        match (found, alone) {
            (Some((hosted, prefix)), _) => Some(Found { hosted: Arc::clone(hosted), prefix }),
            (None, true) => all.first().map(|hosted| Found { hosted: Arc::clone(hosted), prefix: 0 }),
            (None, false) => None,
        }
    }
}

/// `host[:port]` as a client writes it; a missing port is the default one of the address.
fn same_host(base: &Url, host: &str) -> bool {
    let Ok(asked) = Url::parse(&format!("{}://{host}/", base.scheme())) else { return false };
    asked.host() == base.host() && asked.port_or_known_default() == base.port_or_known_default()
}

fn prefix_length(base: &Url, path: &str) -> Option<usize> {
    let prefix = base.path().trim_end_matches('/');
    let rest = path.strip_prefix(prefix)?;
    (rest.is_empty() || rest.starts_with('/')).then_some(prefix.len())
}

#[cfg(test)]
mod tests {
    use contracts::id::ParticipantId;

    use super::*;

    fn hosts(urls: &[&str]) -> Hosts {
        let member = |(i, url): (usize, &&str)| Hosted {
            member: Member {
                id: MemberId::parse(i.to_string()).unwrap(),
                did: ParticipantId::parse(format!("did:web:{i}")).unwrap(),
                name: i.to_string(),
                base_url: Url::parse(url).unwrap(),
            },
        };
        Hosts::new(urls.iter().enumerate().map(member).collect())
    }

    #[test]
    fn the_longest_prefix_of_the_right_host_wins() {
        let hosts =
            hosts(&["https://epci.example", "https://epci.example/commune-a", "https://eau.example:8443"]);
        let find = |host, path| hosts.find(host, path).map(|f| (f.hosted.member.name.clone(), f.prefix));
        assert_eq!(find("epci.example", "/commune-a/data/1"), Some(("1".into(), 10)));
        assert_eq!(find("EPCI.example:443", "/commune-ab"), Some(("0".into(), 0)));
        assert_eq!(find("eau.example", "/"), None);
        assert_eq!(find("eau.example:8443", "/"), Some(("2".into(), 0)));
        assert_eq!(find("evil@epci.example.org", "/"), None);
    }

    #[test]
    fn a_single_member_answers_at_any_host() {
        let hosts = hosts(&["https://epci.example/commune-a"]);
        assert_eq!(hosts.find("localhost", "/commune-a/catalog").map(|f| f.prefix), Some(10));
        assert_eq!(hosts.find("localhost", "/catalog").map(|f| f.prefix), Some(0));
    }
}
