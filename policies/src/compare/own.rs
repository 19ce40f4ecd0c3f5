//! Clauses on operands of this program, by trying values: every purpose, a country of each kind, every number that
//! a clause names. Each is checked by the very test that decides an access.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use ontology::Relation;
use ontology::place::{self, Place};
use ontology::purpose::Purpose;

use super::axis::{any, so};
use super::formula::Truth;
use crate::decision::Verdict::{self, Satisfied, Unknown, Unsatisfied};
use crate::evaluate::Mode;
use crate::facts::{Attestation, Charter, Declared, Facts, Uses};
use crate::operand::Operand;
use crate::policy::{Check, Test, Version};
use crate::seen::Seen;

/// Somebody whom no policy names.
const NOBODY: &str = "did:web:nobody.invalid";
/// What places are grouped in.
const GROUPS: [&str; 3] = ["EU", "EEA", "FR"];
/// A part of a country that no policy names.
const ELSEWHERE: &str = "ZZZ";

pub(super) fn verdict(tests: &[(&Test, Truth)]) -> Verdict {
    let Some((first, _)) = tests.first() else { return Satisfied };
    match first.operand {
        Operand::CharterVersion => charters(tests),
        Operand::Purpose => {
            let facts =
                |one: Purpose| Facts { purpose: Some(one.concept().id.to_owned()), ..Facts::default() };
            tried(tests, Purpose::all().map(facts))
        }
        Operand::Recipient => {
            let facts = |one: String| Facts { recipient: Some(one.to_string()), ..Facts::default() };
            let named = tests.iter().flat_map(|(test, _)| match &test.check {
                Check::Recipient(listed) => listed.clone(),
                _ => Vec::new(),
            });
            tried(tests, named.chain([NOBODY.into()]).map(facts))
        }
        Operand::ProcessingPlace => tried(
            tests,
            places(tests).map(|value| Facts {
                processing_place: Some(Declared { value, level: Attestation::Declared }),
                ..Facts::default()
            }),
        ),
        Operand::GoverningLaw => tried(
            tests,
            places(tests).map(|value| Facts {
                governing_law: Some(Declared { value, level: Attestation::Declared }),
                ..Facts::default()
            }),
        ),
        Operand::Count => {
            let limits = tests.iter().flat_map(|(test, _)| match test.check {
                Check::Count(limit) => [limit, limit.saturating_sub(1)],
                _ => [0; 2],
            });
            let facts =
                |used| Facts { counts: Some(BTreeMap::from([(String::new(), used)])), ..Facts::default() };
            tried(tests, limits.chain([0]).map(facts))
        }
        Operand::CountOfAssignee | Operand::CountOfDataset => {
            let limits = tests.iter().flat_map(|(test, _)| match test.check {
                Check::Uses(limit) => [limit, limit.saturating_sub(1)],
                _ => [0; 2],
            });
            let facts = |n| Facts { uses: Some(Uses { assignee: n, dataset: n }), ..Facts::default() };
            tried(tests, limits.chain([0]).map(facts))
        }
        // These have an order, and are compared by it.
        Operand::DateTime | Operand::ElapsedTime | Operand::DelayPeriod | Operand::TimeInterval => Unknown,
        // What is delivered is no condition on the world, and what has several values cannot be tried one by one.
        Operand::Columns
        | Operand::Territory
        | Operand::Contributors
        | Operand::Embargo
        | Operand::MemberKind
        | Operand::Label
        | Operand::UseCase
        | Operand::EthicalAudit
        | Operand::Reciprocity => Unknown,
    }
}

fn tried(tests: &[(&Test, Truth)], worlds: impl Iterator<Item = Facts>) -> Verdict {
    any(worlds
        .map(|facts| tests.iter().fold(Satisfied, |sum, (test, wanted)| sum.and(met(test, *wanted, &facts)))))
}

/// Of one world it can always be told.
fn met(test: &Test, wanted: Truth, facts: &Facts) -> Verdict {
    let verdict = test.verdict(&Seen::of(facts), "", Mode::Now);
    let holds = match wanted {
        Truth::Holds => verdict == Satisfied,
        Truth::Fails => verdict == Unsatisfied,
        Truth::NotHolds => verdict != Satisfied,
        Truth::NotFails => verdict != Unsatisfied,
    };
    if holds { Satisfied } else { Unsatisfied }
}

/// Countries by the groups that they are in; those of one class differ by their names only.
static CLASSES: LazyLock<Vec<Vec<&'static str>>> = LazyLock::new(|| {
    let groups: Vec<Place> = GROUPS.iter().filter_map(|code| Place::parse(code)).collect();
    let mut classes: BTreeMap<Vec<bool>, Vec<&'static str>> = BTreeMap::new();
    for code in place::countries() {
        if let Some(place) = Place::parse(code) {
            let inside = groups.iter().map(|group| place.relation(group) == Relation::Within).collect();
            classes.entry(inside).or_default().push(code);
        }
    }
    classes.into_values().collect()
});

/// Codes that a policy names, the groups, one country of each class that is not named, and a part of each.
fn places(tests: &[(&Test, Truth)]) -> impl Iterator<Item = String> {
    let mut codes: Vec<String> = GROUPS.map(str::to_owned).to_vec();
    for (test, _) in tests {
        if let Check::Place(listed) = &test.check {
            codes.extend(listed.iter().map(|place| place.code().to_owned()));
        }
    }
    let country = |code: &String| code.split('-').next().unwrap_or_default().to_owned();
    let named: BTreeSet<String> = codes.iter().map(country).collect();
    let others = CLASSES.iter().filter_map(|class| class.iter().find(|code| !named.contains(**code)));
    let countries: Vec<String> = named.iter().cloned().chain(others.map(|code| (*code).to_owned())).collect();
    let parts = countries.clone().into_iter().map(|code| format!("{code}-{ELSEWHERE}"));
    codes.into_iter().chain(parts).chain(countries)
}

/// Several charters can be accepted: each clause needs one of them, and none of them may be of those that must not be.
fn charters(tests: &[(&Test, Truth)]) -> Verdict {
    let mut versions: Vec<(String, String)> = Vec::new();
    for (test, _) in tests {
        let Check::Charter(listed) = &test.check else { return Unknown };
        for (id, version) in listed {
            let near = [Version::LEAST, *version, version.next()];
            versions.extend(near.map(|version| (id.clone(), version.to_string())));
        }
    }
    let alone = |(id, version): &(String, String)| Facts {
        charters: Some(vec![Charter {
            id: id.clone(),
            version: version.clone(),
            level: Attestation::Declared,
        }]),
        ..Facts::default()
    };
    // With something accepted, what does not hold fails.
    let wanted = |truth: &Truth| matches!(truth, Truth::Holds | Truth::NotFails);
    let spared = |facts: &Facts| {
        let against = tests.iter().filter(|(_, truth)| !wanted(truth));
        against
            .map(|(test, _)| so(Truth::Fails, test.verdict(&Seen::of(facts), "", Mode::Now)))
            .fold(Satisfied, Verdict::and)
    };
    let each = tests.iter().filter(|(_, truth)| wanted(truth)).map(|(test, _)| {
        any(versions
            .iter()
            .map(alone)
            .map(|facts| test.verdict(&Seen::of(&facts), "", Mode::Now).and(spared(&facts))))
    });
    each.fold(Satisfied, Verdict::and)
}
