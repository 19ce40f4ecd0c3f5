//! The members this node hosts, and which of them an address means.

pub mod create;
pub mod export;
pub mod import;
pub mod keys;
pub mod leave;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use contracts::id::{MemberId, ParticipantId};
use url::Url;

use crate::app::epoch::stand::Standing;
use crate::domain::member::Member;
use crate::identity::keys::Keyring;

/// How long a member's statement about itself holds, in seconds: a year.
pub const STATEMENT_LIFE: i64 = 365 * 24 * 3600;

/// A hosted member with its unsealed keys.
pub struct Hosted {
    pub member: Member,
    keys: RwLock<Arc<Keyring>>,
    /// It left this host, or is about to.
    left: AtomicBool,
    /// Epoch of its log, from 1.
    pub epoch: u64,
    standing: RwLock<Standing>,
}

impl Hosted {
    pub fn new(member: Member, keys: Keyring) -> Self {
        Self::in_epoch(member, keys, 1)
    }
    pub fn in_epoch(member: Member, keys: Keyring, epoch: u64) -> Self {
        let (keys, standing) = (RwLock::new(Arc::new(keys)), RwLock::default());
        Self { member, keys, left: AtomicBool::new(false), epoch, standing }
    }
    /// The name of its log.
    pub fn log_origin(&self) -> String {
        self.member.log_origin(self.epoch)
    }
    /// How its log stands with those who hold checkpoints of it.
    pub fn standing(&self) -> Standing {
        self.standing.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
    pub(crate) fn set_standing(&self, standing: Standing) {
        *self.standing.write().unwrap_or_else(PoisonError::into_inner) = standing;
    }
    /// The keys as they are now; a rotation does not disturb who already holds them.
    pub fn keys(&self) -> Arc<Keyring> {
        Arc::clone(&self.keys.read().unwrap_or_else(PoisonError::into_inner))
    }
    pub fn set_keys(&self, keys: Keyring) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }
    /// Whether it left this host: its identity and log are still shown, nothing else is done for it.
    pub fn has_left(&self) -> bool {
        self.left.load(Ordering::Relaxed)
    }
    pub(crate) fn set_left(&self, left: bool) {
        self.left.store(left, Ordering::Relaxed);
    }
    pub fn id(&self) -> &MemberId {
        &self.member.id
    }
    pub fn did(&self) -> &ParticipantId {
        &self.member.did
    }
}

/// The members of this node.
#[derive(Default)]
pub struct Members {
    all: RwLock<Vec<Arc<Hosted>>>,
}

/// A member found by address, and how much of the path is its prefix.
pub struct Found {
    pub hosted: Arc<Hosted>,
    pub prefix: usize,
}

impl Members {
    /// Adds a member after all others, or replaces the one with the same identifier in its place.
    pub fn insert(&self, hosted: Arc<Hosted>) {
        let mut all = self.all.write().unwrap_or_else(PoisonError::into_inner);
        match all.iter_mut().find(|other| other.id() == hosted.id()) {
            Some(place) => *place = hosted,
            None => all.push(hosted),
        }
    }
    pub fn get(&self, id: &MemberId) -> Option<Arc<Hosted>> {
        self.read().iter().find(|h| h.id() == id).cloned()
    }
    pub fn all(&self) -> Vec<Arc<Hosted>> {
        self.read().clone()
    }
    fn read(&self) -> RwLockReadGuard<'_, Vec<Arc<Hosted>>> {
        self.all.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// The member of an address: same host, longest prefix of whole path segments. When the node has only one
    /// member any host means it, and its prefix may already have been taken off by a proxy.
    pub fn find(&self, host: &str, path: &str) -> Option<Found> {
        let all = self.read();
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
    use super::*;
    use crate::domain::time::Timestamp;
    use crate::identity::seal::MasterSecret;

    fn hosts(urls: &[&str]) -> Members {
        let secret = MasterSecret::from_text(&MasterSecret::generate_text()).unwrap();
        let members = Members::default();
        for (i, url) in urls.iter().enumerate() {
            let member = Member {
                id: MemberId::parse(i.to_string()).unwrap(),
                did: ParticipantId::parse(format!("did:web:{i}")).unwrap(),
                name: i.to_string(),
                base_url: Url::parse(url).unwrap(),
            };
            let (keys, _) = Keyring::generate(&member, &secret, Timestamp(0)).unwrap();
            members.insert(Arc::new(Hosted::new(member, keys)));
        }
        members
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
