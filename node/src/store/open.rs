//! How much a member has under way: counted by the database once, and from then on an upper bound. What is below a limit
//! by the bound is below it; what is not is counted again.

use std::collections::HashMap;

use contracts::id::MemberId;

/// What is counted apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Kind {
    Negotiations,
    Transfers,
}

/// Processes that have not ended, and messages that wait: never fewer than there are.
#[derive(Default)]
pub(super) struct Open(HashMap<(MemberId, Kind), (u64, u64)>);

impl Open {
    /// The bounds, if both are below these limits.
    pub(super) fn below(&self, member: &MemberId, kind: Kind, limits: (u64, u64)) -> Option<(u64, u64)> {
        let bounds = *self.0.get(&(member.clone(), kind))?;
        (bounds.0 < limits.0 && bounds.1 < limits.1).then_some(bounds)
    }

    pub(super) fn counted(&mut self, member: &MemberId, kind: Kind, counts: (u64, u64)) {
        self.0.insert((member.clone(), kind), counts);
    }

    /// A process begins; it may be undone.
    pub(super) fn begins(&mut self, member: &MemberId, kind: Kind) {
        if let Some((open, _)) = self.0.get_mut(&(member.clone(), kind)) {
            *open += 1;
        }
    }

    /// A message waits; it may be undone.
    pub(super) fn waits(&mut self, member: &MemberId) {
        for kind in [Kind::Negotiations, Kind::Transfers] {
            if let Some((_, waiting)) = self.0.get_mut(&(member.clone(), kind)) {
                *waiting += 1;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_grows_until_it_is_counted_again() {
        let (mut open, member) = (Open::default(), MemberId::parse("m").unwrap());
        let below = |open: &Open| open.below(&member, Kind::Transfers, (4, 3));
        open.begins(&member, Kind::Transfers);
        assert_eq!(below(&open), None, "never counted");
        open.counted(&member, Kind::Transfers, (2, 1));
        open.begins(&member, Kind::Negotiations);
        open.begins(&member, Kind::Transfers);
        open.waits(&member);
        assert_eq!(below(&open), Some((3, 2)));
        open.waits(&member);
        assert_eq!(below(&open), None, "perhaps full");
        open.counted(&member, Kind::Transfers, (1, 0));
        assert_eq!(below(&open), Some((1, 0)));
    }
}
