//! Deliveries and pulls in flight: how many there may be, and how to stop them.
//!
//! A flight is entered before the decision is taken. So a revocation committed after that decision always finds it,
//! and one committed before makes the decision refuse: no byte slips through between the two.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};

use contracts::id::{AgreementId, MemberId, ParticipantId, Pid};
use tokio::sync::watch;

use crate::domain::event::Ending;

/// Which way the bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// Deliveries: we are the provider.
    Out,
    /// Pulls: we are the consumer.
    In,
}

/// Most flights at the same time, each way.
#[derive(Debug, Clone, Copy)]
pub struct Most {
    /// In the whole node.
    pub node: usize,
    /// For one hosted member.
    pub member: usize,
    /// Between one hosted member and one peer.
    pub peer: usize,
}

/// Which limit is reached. Only the node's own is not the caller's doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Full {
    #[error("limits.in_flight")]
    Node,
    #[error("limits.deliveries")]
    Member,
    #[error("limits.deliveries, for one peer")]
    Peer,
}

/// Whose bytes these are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Route {
    pub way: Way,
    pub member: MemberId,
    pub peer: ParticipantId,
    /// Our name of the transfer.
    pub transfer: Pid,
    pub agreement: AgreementId,
}

#[derive(Debug)]
struct Entry {
    route: Route,
    stop: watch::Sender<Option<Ending>>,
}

#[derive(Debug, Default)]
struct State {
    next: u64,
    entries: HashMap<u64, Entry>,
}

/// The registry of flights. Cheap to clone; all clones are one registry.
#[derive(Debug, Clone)]
pub struct Flights {
    state: Arc<Mutex<State>>,
    out: Most,
    into: Most,
}

impl Flights {
    pub fn new(out: Most, into: Most) -> Self {
        Self { state: Arc::default(), out, into }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// Enters a flight, to be held until its last byte.
    pub fn enter(&self, route: Route) -> Result<Flight, Full> {
        let most = match route.way {
            Way::Out => self.out,
            Way::In => self.into,
        };
        let mut state = self.state();
        let (mut node, mut member, mut peer) = (0, 0, 0);
        for other in state.entries.values().map(|e| &e.route).filter(|r| r.way == route.way) {
            node += 1;
            if other.member == route.member {
                member += 1;
                peer += usize::from(other.peer == route.peer);
            }
        }
        if peer >= most.peer {
            return Err(Full::Peer);
        }
        if member >= most.member {
            return Err(Full::Member);
        }
        if node >= most.node {
            return Err(Full::Node);
        }
        let id = state.next;
        state.next += 1;
        let (stop, stopped) = watch::channel(None);
        state.entries.insert(id, Entry { route, stop });
        Ok(Flight { id, stopped, state: self.state.clone() })
    }

    /// Stops every flight of a transfer of `member`; says how many there were.
    pub fn stop_transfer(&self, member: &MemberId, transfer: &Pid, why: Ending) -> usize {
        self.stop(why, |route| route.member == *member && route.transfer == *transfer)
    }

    /// Stops every flight under an agreement of `member`; says how many there were.
    pub fn stop_agreement(&self, member: &MemberId, agreement: &AgreementId, why: Ending) -> usize {
        self.stop(why, |route| route.member == *member && route.agreement == *agreement)
    }

    /// Stops every flight between `member` and a peer; says how many there were.
    pub fn stop_peer(&self, member: &MemberId, peer: &ParticipantId, why: Ending) -> usize {
        self.stop(why, |route| route.member == *member && route.peer == *peer)
    }

    /// Stops everything of a member: it leaves this host.
    pub fn stop_member(&self, member: &MemberId) -> usize {
        self.stop(Ending::Broken, |route| route.member == *member)
    }

    /// Flights of a member now, both ways.
    pub fn of_member(&self, member: &MemberId) -> usize {
        self.state().entries.values().filter(|e| e.route.member == *member).count()
    }

    /// Whether anything of a transfer is under way.
    pub fn has_transfer(&self, member: &MemberId, transfer: &Pid) -> bool {
        let state = self.state();
        state.entries.values().any(|e| e.route.member == *member && e.route.transfer == *transfer)
    }

    /// Stops everything: the node is going down, and the other side may come again.
    pub fn stop_all(&self) -> usize {
        self.stop(Ending::Broken, |_| true)
    }

    fn stop(&self, why: Ending, of: impl Fn(&Route) -> bool) -> usize {
        let state = self.state();
        let hit = state.entries.values().filter(|e| of(&e.route));
        let mut count = 0;
        for entry in hit {
            count += 1;
            // The first order stands.
            entry.stop.send_if_modified(|now| now.is_none().then(|| *now = Some(why)).is_some());
        }
        count
    }

    /// Flights now, one way.
    pub fn count(&self, way: Way) -> usize {
        self.state().entries.values().filter(|e| e.route.way == way).count()
    }
}

/// One flight; leaves the registry when dropped.
#[derive(Debug)]
pub struct Flight {
    id: u64,
    stopped: watch::Receiver<Option<Ending>>,
    state: Arc<Mutex<State>>,
}

impl Flight {
    /// What the bytes' way watches, piece by piece.
    pub fn stop(&self) -> Stop {
        Stop(self.stopped.clone())
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.state.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).entries.remove(&self.id);
    }
}

/// The order to stop, if it came.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<Option<Ending>>);

impl Stop {
    pub fn now(&self) -> Option<Ending> {
        *self.0.borrow()
    }
    /// Waits for the order; for ever if it never comes.
    pub async fn ordered(&mut self) -> Ending {
        match self.0.wait_for(Option::is_some).await.map(|why| *why) {
            Ok(Some(why)) => why,
            _ => std::future::pending().await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn route(member: &str, peer: &str, transfer: &str, agreement: &str) -> Route {
        Route {
            way: Way::Out,
            member: MemberId::parse(member).unwrap(),
            peer: ParticipantId::parse(peer).unwrap(),
            transfer: Pid::parse(transfer).unwrap(),
            agreement: AgreementId::parse(agreement).unwrap(),
        }
    }

    fn flights() -> Flights {
        let most = Most { node: 4, member: 3, peer: 2 };
        Flights::new(most, most)
    }

    #[tokio::test]
    async fn an_order_reaches_exactly_the_flights_it_means() {
        let flights = flights();
        let one = flights.enter(route("m", "p", "t1", "a")).unwrap();
        let two = flights.enter(route("m", "p", "t2", "a")).unwrap();
        let other = flights.enter(route("n", "p", "t1", "a")).unwrap();
        let member = MemberId::parse("m").unwrap();
        assert_eq!(flights.stop_transfer(&member, &Pid::parse("t1").unwrap(), Ending::Suspended), 1);
        assert_eq!(one.stop().ordered().await, Ending::Suspended);
        assert_eq!((two.stop().now(), other.stop().now()), (None, None));
        let agreement = AgreementId::parse("a").unwrap();
        assert_eq!(flights.stop_agreement(&member, &agreement, Ending::Revoked), 2);
        // The first order stands.
        assert_eq!(one.stop().now(), Some(Ending::Suspended));
        assert_eq!((two.stop().now(), other.stop().now()), (Some(Ending::Revoked), None));
        drop((one, two));
        assert_eq!(flights.count(Way::Out), 1);
        assert_eq!(flights.stop_agreement(&member, &agreement, Ending::Revoked), 0);
    }

    #[test]
    fn each_limit_holds_and_is_given_back() {
        let flights = flights();
        let enter = |m: &str, p: &str| flights.enter(route(m, p, "t", "a"));
        let first = enter("m", "p").unwrap();
        let _second = enter("m", "p").unwrap();
        assert_eq!(enter("m", "p").err(), Some(Full::Peer));
        let _third = enter("m", "q").unwrap();
        assert_eq!(enter("m", "r").err(), Some(Full::Member));
        let _fourth = enter("n", "p").unwrap();
        assert_eq!(enter("n", "q").err(), Some(Full::Node));
        drop(first);
        assert!(enter("m", "p").is_ok());
        let pull = flights.enter(Route { way: Way::In, ..route("m", "p", "t", "a") });
        assert!(pull.is_ok(), "the other way has its own limits");
    }
}
