//! Bodies, their seats and how they decide.

use contracts::framework::{Body, Governance, Voice};

use super::words::{block, distinct, line, slug, some};
use super::{Faults, Wrong};

/// Most seats of a college.
const SEATS: u32 = 200;
/// Longest time a ballot may be open, and longest notice of a new version, in days.
const DAYS: u32 = 365;

pub(super) fn check(found: &mut Faults, at: &str, governance: &Governance) {
    distinct(found, &format!("{at}/bodies"), governance.bodies.iter().map(|body| body.id.as_str()));
    for (i, body) in governance.bodies.iter().enumerate() {
        self::body(found, &format!("{at}/bodies/{i}"), body);
    }
    bounds(found, format!("{at}/noticeDays"), governance.notice_days, 0, DAYS);
}

fn body(found: &mut Faults, at: &str, body: &Body) {
    slug(found, &format!("{at}/id"), &body.id);
    line(found, &format!("{at}/name"), &body.name);
    block(found, &format!("{at}/about"), &body.about);
    some(found, &format!("{at}/colleges"), body.colleges.len());
    distinct(found, &format!("{at}/colleges"), body.colleges.iter().map(|college| college.id.as_str()));
    for (i, college) in body.colleges.iter().enumerate() {
        slug(found, &format!("{at}/colleges/{i}/id"), &college.id);
        line(found, &format!("{at}/colleges/{i}/name"), &college.name);
        bounds(found, format!("{at}/colleges/{i}/seats"), college.seats, 1, SEATS);
    }
    // A body that can never be complete decides nothing; one that needs nobody is none.
    bounds(found, format!("{at}/quorum"), body.quorum, 1, body.votes());
    bounds(found, format!("{at}/days"), body.days, 1, DAYS);
}

fn bounds(found: &mut Faults, at: String, number: u32, least: u32, most: u32) {
    if !(least..=most).contains(&number) {
        found.add(at, Wrong::Bounds { found: number, least, most });
    }
}

/// Whether some seat of citizens votes.
pub(super) fn citizens_vote(governance: &Governance) -> bool {
    let mut colleges = governance.bodies.iter().flat_map(|body| &body.colleges);
    colleges.any(|college| college.citizens && college.voice != Voice::Advice)
}
