//! The life of a use case.

use contracts::framework::{Governance, Phase, UseCases};

use super::words::{distinct, known, some};
use super::{Faults, Noun, Wrong};

/// Longest test, in days.
const TEST: u32 = 3 * 366;
/// Longest time in which a request for access is answered, in days.
const ANSWER: u32 = 366;

pub(super) fn check(found: &mut Faults, at: &str, cases: &UseCases, governance: &Governance) {
    for (i, step) in cases.steps.iter().enumerate() {
        let place = format!("{at}/steps/{i}");
        let (from, to) = (step.from.as_str(), step.to.as_str());
        if !step.from.leads_to(step.to) || step.to == Phase::Abandonne {
            found.add(place.clone(), Wrong::NoStep { from, to });
        }
        if cases.steps[..i].iter().any(|before| (before.from, before.to) == (step.from, step.to)) {
            found.add(place.clone(), Wrong::Twice(format!("{from} → {to}")));
        }
        let bodies = format!("{place}/bodies");
        some(found, &bodies, step.bodies.len());
        distinct(found, &bodies, step.bodies.iter().map(String::as_str));
        for body in &step.bodies {
            let listed = governance.bodies.iter().any(|one| one.id == *body);
            known(found, bodies.clone(), Noun::Body, body, listed);
        }
    }
    for (from, to) in [(Phase::Idee, Phase::Test), (Phase::Test, Phase::Confirme)] {
        if !cases.steps.iter().any(|step| (step.from, step.to) == (from, to)) {
            let wrong = Wrong::StepMissing { from: from.as_str(), to: to.as_str() };
            found.add(format!("{at}/steps"), wrong);
        }
    }
    if !(1..=TEST).contains(&cases.test_days) {
        let wrong = Wrong::Bounds { found: cases.test_days, least: 1, most: TEST };
        found.add(format!("{at}/testDays"), wrong);
    }
    if let Some(requests) = cases.requests.filter(|requests| !(1..=ANSWER).contains(&requests.days)) {
        let wrong = Wrong::Bounds { found: requests.days, least: 1, most: ANSWER };
        found.add(format!("{at}/requests/days"), wrong);
    }
}
