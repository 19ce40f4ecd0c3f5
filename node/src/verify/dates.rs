//! What others' clocks say of a log's dates: at the time of a cosignature or stamp the log had so many entries. An entry
//! before cannot be dated after it, nor one that came later before it.

/// Seconds by which clocks may differ.
const TOLERANCE: i64 = 60;

/// Sizes of the log, and when they were vouched for.
#[derive(Debug, Default)]
pub struct Dates(Vec<(u64, i64)>);

impl Dates {
    /// At this time (seconds) the log had so many entries.
    pub fn add(&mut self, size: u64, at: i64) {
        let place = self.0.partition_point(|known| *known <= (size, at));
        self.0.insert(place, (size, at));
    }

    /// Ready to be asked.
    pub fn bounds(self) -> Bounds {
        let latest = self.0.iter().scan(i64::MIN, |latest, (_, at)| {
            *latest = (*latest).max(*at);
            Some(*latest)
        });
        let floors = latest.collect();
        let mut ceilings: Vec<i64> = self
            .0
            .iter()
            .rev()
            .scan(i64::MAX, |first, (_, at)| {
                *first = (*first).min(*at);
                Some(*first)
            })
            .collect();
        ceilings.reverse();
        Bounds { sizes: self.0.into_iter().map(|(size, _)| size).collect(), floors, ceilings }
    }
}

/// Within which times each entry must be dated.
#[derive(Debug)]
pub struct Bounds {
    sizes: Vec<u64>,
    /// The latest time up to each size, and the first from it on.
    floors: Vec<i64>,
    ceilings: Vec<i64>,
}

impl Bounds {
    /// Whether an entry cannot have been made when it says.
    pub fn contradict(&self, index: u64, at: i64) -> bool {
        let before = self.sizes.partition_point(|size| *size <= index);
        let floor = before.checked_sub(1).map(|place| self.floors[place]);
        let ceiling = self.ceilings.get(before);
        floor.is_some_and(|floor| at.saturating_add(TOLERANCE) < floor)
            || ceiling.is_some_and(|ceiling| at.saturating_sub(TOLERANCE) > *ceiling)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_lies_between_the_proofs_around_it() {
        let mut dates = Dates::default();
        for (size, at) in [(10, 5000), (3, 1000), (10, 4900), (20, 9000)] {
            dates.add(size, at);
        }
        let bounds = dates.bounds();
        for (index, at, wrong) in [
            (0, -1_000_000, false),
            (2, 1060, false),
            (2, 1061, true),
            (3, 940, false),
            (3, 939, true),
            (9, 4960, false),
            (9, 4961, true),
            (10, 4939, true),
            (10, 4940, false),
            (19, 9061, true),
            (20, 8939, true),
            (20, 1_000_000, false),
        ] {
            assert_eq!(bounds.contradict(index, at), wrong, "{index} {at}");
        }
        assert!(!Dates::default().bounds().contradict(0, 0));
    }
}
