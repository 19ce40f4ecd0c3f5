//! Triples in the orders that patterns are looked up in.

use std::collections::BTreeSet;

use crate::graph::terms::{Id, Ids};

/// A set of triples.
#[derive(Debug, Clone, Default)]
pub(super) struct Orders {
    spo: BTreeSet<Ids>,
    pos: BTreeSet<Ids>,
    osp: BTreeSet<Ids>,
}

impl Orders {
    pub(super) fn of(triples: Vec<Ids>) -> Self {
        let turned = |turn: fn(Ids) -> Ids| triples.iter().copied().map(turn).collect();
        Self { spo: turned(|t| t), pos: turned(|[s, p, o]| [p, o, s]), osp: turned(|[s, p, o]| [o, s, p]) }
    }
    pub(super) fn contains(&self, triple: Ids) -> bool {
        self.spo.contains(&triple)
    }
    pub(super) fn insert(&mut self, triple @ [s, p, o]: Ids) {
        self.spo.insert(triple);
        self.pos.insert([p, o, s]);
        self.osp.insert([o, s, p]);
    }
    pub(super) fn remove(&mut self, triple @ [s, p, o]: Ids) {
        self.spo.remove(&triple);
        self.pos.remove(&[p, o, s]);
        self.osp.remove(&[o, s, p]);
    }

    /// The triples that have these terms.
    pub(super) fn matching(
        &self,
        s: Option<Id>,
        p: Option<Id>,
        o: Option<Id>,
    ) -> impl Iterator<Item = Ids> + use<'_> {
        let (set, first, turn): (_, _, fn(Ids) -> Ids) = match (s, p, o) {
            (Some(s), None, Some(o)) => (&self.osp, [Some(o), Some(s), None], |[o, s, p]| [s, p, o]),
            (Some(s), p, o) => (&self.spo, [Some(s), p, o], |t| t),
            (None, Some(p), o) => (&self.pos, [Some(p), o, None], |[p, o, s]| [s, p, o]),
            (None, None, Some(o)) => (&self.osp, [Some(o), None, None], |[o, s, p]| [s, p, o]),
            (None, None, None) => (&self.spo, [None; 3], |t| t),
        };
        let low = first.map(|id| id.unwrap_or(Id::MIN));
        let high = first.map(|id| id.unwrap_or(Id::MAX));
        set.range(low..=high).copied().map(turn)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_finds_what_it_matches() {
        let all: Vec<Ids> =
            (0..4).flat_map(|s| (0..3).flat_map(move |p| (0..4).map(move |o| [s, p, o]))).collect();
        let mut orders = Orders::of(all.clone());
        orders.remove([0, 0, 0]);
        orders.insert([9, 9, 9]);
        let expected: Vec<Ids> = all.into_iter().skip(1).chain([[9, 9, 9]]).collect();
        let choice = [None, Some(0), Some(2), Some(9)];
        for s in choice {
            for p in choice {
                for o in choice {
                    let fits =
                        |t: &&Ids| [s, p, o].iter().zip(*t).all(|(want, id)| want.is_none_or(|w| w == *id));
                    let mut found: Vec<Ids> = orders.matching(s, p, o).collect();
                    found.sort_unstable();
                    assert_eq!(
                        found,
                        expected.iter().filter(fits).copied().collect::<Vec<_>>(),
                        "{s:?} {p:?} {o:?}"
                    );
                }
            }
        }
    }
}
