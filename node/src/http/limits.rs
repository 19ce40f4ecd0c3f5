//! How much one caller, one member and the node may have in flight, and how fast one caller may come.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use contracts::id::MemberId;

use super::problem::Failure;
use crate::config::Limits;

/// Counts of what is in flight. One for the node, shared by all workers.
#[derive(Debug)]
pub struct Limiter {
    limits: Limits,
    counts: Mutex<Counts>,
}

#[derive(Debug, Default)]
struct Counts {
    total: usize,
    members: HashMap<MemberId, usize>,
    callers: HashMap<IpAddr, Caller>,
}

/// What is known of one address: requests in flight, and a token bucket.
#[derive(Debug)]
struct Caller {
    in_flight: usize,
    tokens: f64,
    filled: Instant,
}

/// A place taken; given back when the answer has left.
#[derive(Debug)]
pub struct Permit {
    limiter: Arc<Limiter>,
    caller: Option<IpAddr>,
    member: Option<MemberId>,
}

impl Limiter {
    pub fn new(limits: &Limits) -> Arc<Self> {
        Arc::new(Self { limits: limits.clone(), counts: Mutex::default() })
    }

    /// A panic while counting leaves the counts usable.
    fn counts(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes a place for a request of a caller; `None` is a caller on a Unix socket without a forwarded address.
    pub fn enter(self: &Arc<Self>, caller: Option<IpAddr>, now: Instant) -> Result<Permit, Failure> {
        let limits = &self.limits;
        let mut counts = self.counts();
        if counts.total >= limits.in_flight {
            return Err(Failure::TooMany { limit: "in_flight", retry_after: 1 });
        }
        if let Some(address) = caller {
            if counts.callers.len() >= limits.callers && !counts.callers.contains_key(&address) {
                counts.forget(limits, now);
                if counts.callers.len() >= limits.callers {
                    return Err(Failure::TooMany { limit: "callers", retry_after: 1 });
                }
            }
            let full = Caller { in_flight: 0, tokens: f64::from(limits.caller_burst), filled: now };
            let known = counts.callers.entry(address).or_insert(full);
            known.refill(limits, now);
            if known.in_flight >= limits.caller_in_flight {
                return Err(Failure::TooMany { limit: "caller_in_flight", retry_after: 1 });
            }
            if known.tokens < 1.0 {
                return Err(Failure::TooMany { limit: "caller_per_s", retry_after: 1 });
            }
            known.tokens -= 1.0;
            known.in_flight += 1;
        }
        counts.total += 1;
        Ok(Permit { limiter: Arc::clone(self), caller, member: None })
    }
}

impl Permit {
    /// Counts the request for a hosted member too, so that one cannot take all places of its neighbours.
    pub fn for_member(&mut self, member: &MemberId) -> Result<(), Failure> {
        let mut counts = self.limiter.counts();
        let most = self.limiter.limits.member_in_flight;
        let count = counts.members.entry(member.clone()).or_default();
        if *count >= most {
            return Err(Failure::TooMany { limit: "member_in_flight", retry_after: 1 });
        }
        *count += 1;
        drop(counts);
        self.member = Some(member.clone());
        Ok(())
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut counts = self.limiter.counts();
        counts.total = counts.total.saturating_sub(1);
        if let Some(known) = self.caller.and_then(|c| counts.callers.get_mut(&c)) {
            known.in_flight = known.in_flight.saturating_sub(1);
        }
        if let Some(count) = self.member.as_ref().and_then(|m| counts.members.get_mut(m)) {
            *count = count.saturating_sub(1);
        }
    }
}

impl Counts {
    /// Callers with nothing in flight and a full bucket are as good as new ones.
    fn forget(&mut self, limits: &Limits, now: Instant) {
        self.callers.retain(|_, known| {
            known.refill(limits, now);
            known.in_flight > 0 || known.tokens < f64::from(limits.caller_burst)
        });
    }
}

impl Caller {
    fn refill(&mut self, limits: &Limits, now: Instant) {
        let gained =
            now.saturating_duration_since(self.filled).as_secs_f64() * f64::from(limits.caller_per_s);
        self.tokens = (self.tokens + gained).min(f64::from(limits.caller_burst));
        self.filled = now;
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn places_are_given_back_and_buckets_fill_again() {
        let limits =
            Limits { caller_in_flight: 1, caller_burst: 2, caller_per_s: 1, callers: 1, ..Limits::default() };
        let limiter = Limiter::new(&limits);
        let (a, b) = (IpAddr::from([1, 1, 1, 1]), IpAddr::from([2, 2, 2, 2]));
        let start = Instant::now();
        let first = limiter.enter(Some(a), start).unwrap();
        assert!(limiter.enter(Some(a), start).is_err(), "one at a time");
        drop(first);
        drop(limiter.enter(Some(a), start).unwrap());
        assert!(limiter.enter(Some(a), start).is_err(), "bucket empty");
        assert!(limiter.enter(Some(b), start).is_err(), "no room for another caller");
        let later = start + Duration::from_secs(2);
        assert!(limiter.enter(Some(b), later).is_ok(), "the first one is forgotten");
    }
}
