//! Which datasets pass the filters of a question.

use super::facet;
use super::place::{Box4, Gazetteer};
use super::question::Question;
use super::shelf::{Entry, Shelf};
use crate::domain::time::Timestamp;

/// Kilometres of one degree of latitude.
const DEGREE: f64 = 111.2;

pub(super) struct Filter<'a> {
    /// For each facet asked for, the numbers of the values that pass.
    facets: Vec<Vec<u32>>,
    fresh: Option<&'a [String]>,
    bbox: Option<Box4>,
    near: Option<Near>,
    now: Timestamp,
}

struct Near {
    /// The territories a commune lies in, the smallest first.
    around: Vec<(&'static str, String)>,
    position: Option<(f64, f64)>,
    km: f64,
}

impl<'a> Filter<'a> {
    pub(super) fn of(shelf: &Shelf, question: &'a Question, gazetteer: &Gazetteer, now: Timestamp) -> Self {
        let facets = question.filters.iter().filter(|(kind, _)| **kind != "freshness");
        let facets = facets.map(|(kind, values)| {
            values.iter().filter_map(|value| shelf.facet_number(kind, value)).collect()
        });
        Self {
            facets: facets.collect(),
            fresh: question.filters.get("freshness").map(Vec::as_slice),
            bbox: question.bbox,
            near: question.near.as_ref().map(|(commune, km)| Near {
                around: gazetteer.around(commune),
                position: gazetteer.position(commune),
                km: *km,
            }),
            now,
        }
    }

    /// How near the dataset is, 0 when no place was asked for; nothing when it does not pass.
    pub(super) fn passes(&self, entry: &Entry) -> Option<f64> {
        let has = |wanted: &Vec<u32>| wanted.iter().any(|number| entry.facets.contains(number));
        if !self.facets.iter().all(has) {
            return None;
        }
        let full = entry.shown.full.as_ref();
        if let Some(steps) = self.fresh {
            let step = facet::freshness(full?.modified, self.now);
            steps.iter().find(|wanted| *wanted == step)?;
        }
        if let Some(asked) = self.bbox {
            full?.bbox.filter(|found| meet(*found, asked))?;
        }
        let Some(near) = &self.near else { return Some(0.0) };
        let full = full?;
        let concerns = near
            .around
            .iter()
            .position(|(kind, code)| full.places.iter().any(|(found, other)| found == kind && other == code));
        let away = near.position.zip(full.bbox).map(|(at, found)| distance(at, found));
        match (concerns, away) {
            #[expect(clippy::cast_precision_loss, reason = "five kinds of territories")]
            (Some(step), _) => Some(10.0 - step as f64),
            (None, Some(km)) if km <= near.km => Some(1.0 - km / 50_000.0),
            (None, _) => None,
        }
    }
}

fn meet([w, s, e, n]: Box4, [west, south, east, north]: Box4) -> bool {
    w <= east && e >= west && s <= north && n >= south
}

/// Kilometres from a point to a box, on a plane: good to a few per cent within France.
fn distance((x, y): (f64, f64), [w, s, e, n]: Box4) -> f64 {
    let (dx, dy) = (x - x.clamp(w, e), y - y.clamp(s, n));
    (dx * y.to_radians().cos()).hypot(dy) * DEGREE
}
