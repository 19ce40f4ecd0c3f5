//! Decisions: contracts of twenty conditions that are all true to the last, visited at random, with facts that are
//! drawn anew for each and reasons for all of them. One core, nothing remembered between two decisions.

mod cedar;
mod rego;

use std::hint::black_box;
use std::time::{Duration, Instant};

use contracts::odrl::Policy;
use policies::evaluation::{Event, World, evaluate, report_text};
use policies::{Attestation, Charter, Compiled, Declared, Facts, FirstUse, Request, compile, decide, model};
use serde_json::{Value, json};

use super::figure::{Figure, percentile};
use crate::judges::Judges;
use crate::random::Random;

/// Contracts of the larger set.
const MANY: usize = 10_000;
/// Contracts that the other engines hold at once.
const THEIRS: usize = 1000;
const CHARTER: &str = "https://charte.example/donnees";
const PURPOSES: [&str; 3] = ["eau_assainissement", "gestion_ressource_eau", "exploitation_service_eau"];
const PLACES: [&str; 4] = ["FR", "FR-35", "DE", "IT"];
/// 2027-01-01.
const START: i64 = 1_798_761_600;

/// How much is done.
#[derive(Debug, Clone, Copy)]
pub struct Sizes {
    pub decisions: usize,
    pub reports: usize,
}

pub fn run(sizes: Sizes, mut told: impl FnMut(&Figure)) -> Vec<Figure> {
    let mut random = Random::new(1);
    let many: Vec<Compiled> = (0..MANY).map(|number| compiled(&policy(number))).collect();
    let mut one = times(&many[..1], sizes.decisions, &mut random);
    let mut all = times(&many, sizes.decisions, &mut random);
    let total: f64 = all.iter().sum();
    let (single, median) = (percentile(&mut one, 0.5), percentile(&mut all, 0.5));
    let figures = vec![
        Figure::new("decision_p50_us", median, "µs").at_most(2.0),
        Figure::new("decision_p99_us", percentile(&mut all, 0.99), "µs").at_most(10.0),
        Figure::new("decisions_per_s", all.len() as f64 * 1e6 / total, "/s").at_least(300_000.0),
        Figure::new("load_10k_slowdown", median / single, "times").at_most(2.0),
        Figure::new("report_us", reports(sizes.reports, &mut random), "µs").at_most(50.0),
        theirs("cedar_p50_us", cedar::times, &sizes, &mut random),
        theirs("regorus_p50_us", rego::times, &sizes, &mut random),
    ];
    figures.iter().for_each(&mut told);
    figures
}

type Times = fn(&mut Judges, usize, usize, &mut Random) -> Value;

/// The median of another engine on the same conditions, contracts at random and facts drawn anew.
fn theirs(name: &'static str, times: Times, sizes: &Sizes, random: &mut Random) -> Figure {
    let mut judges = match Judges::start() {
        Ok(judges) => judges,
        Err(why) => return Figure::missing(name, "µs", why),
    };
    let answer = times(&mut judges, THEIRS.min(sizes.decisions), sizes.decisions.div_ceil(20), random);
    let mut times: Vec<f64> = answer["times"].as_array().unwrap().iter().filter_map(Value::as_f64).collect();
    Figure::new(name, percentile(&mut times, 0.5), "µs")
}

/// Microseconds of each decision.
fn times(contracts: &[Compiled], decisions: usize, random: &mut Random) -> Vec<f64> {
    let mut times = Vec::with_capacity(decisions);
    for _ in 0..decisions {
        let number = usize::try_from(random.below(contracts.len() as u64)).unwrap();
        let (facts, request) = (facts(number, random), Request::read(target(number)));
        let begun = Instant::now();
        let decision = black_box(decide(&contracts[number], &request, &facts));
        times.push(micros(begun.elapsed()));
        assert!(decision.is_permit() && decision.reasons.len() > 20, "{decision:?}");
    }
    times
}

/// The median of a whole report: the policy evaluated, and the report written as a node digests it.
fn reports(count: usize, random: &mut Random) -> f64 {
    let document = model::dsp(&Policy::try_from(policy(0)).unwrap()).unwrap();
    let written = model::read(&document).unwrap();
    let policy = model::atomic(&written[0], &written).unwrap();
    let action = Some("http://www.w3.org/ns/odrl/2/read".to_owned());
    let event = Event { action, target: Some(target(0)), ..Event::default() };
    let mut times: Vec<f64> = (0..count.max(1))
        .map(|_| {
            let world = World { facts: facts(0, random), ..World::default() };
            let begun = Instant::now();
            let outcome = evaluate(&policy, &event, &world);
            black_box(report_text(&outcome, None));
            let time = micros(begun.elapsed());
            assert!(outcome.permitted);
            time
        })
        .collect();
    percentile(&mut times, 0.5)
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn compiled(policy: &Value) -> Compiled {
    compile(&Policy::try_from(policy.clone()).unwrap()).unwrap()
}

fn target(number: usize) -> String {
    format!("urn:dataset:{number}")
}

fn recipient(number: usize) -> String {
    format!("did:web:partner-{number}.example")
}

/// Seconds since 1970 of the beginning of a day.
fn seconds(day: &str) -> i64 {
    let format = time::macros::format_description!("[year]-[month]-[day]");
    time::Date::parse(day, format).unwrap().midnight().assume_utc().unix_timestamp()
}

/// A contract of twenty conditions, and a prohibition.
fn policy(number: usize) -> Value {
    let test = |left: &str, operator: &str, right: Value| json!({"leftOperand": left, "operator": operator, "rightOperand": right});
    let place = |operator: &str, right: Value| test("fiducie:processingPlace", operator, right);
    let law = |operator: &str, right: Value| test("fiducie:governingLaw", operator, right);
    let date = |operator: &str, right: &str| test("dateTime", operator, json!(right));
    let conditions = json!([
        test("recipient", "isAnyOf", json!([recipient(number + 1), recipient(number)])),
        test("recipient", "isNoneOf", json!([recipient(number + 2)])),
        test("purpose", "isA", json!("eau_assainissement")),
        test("purpose", "isNoneOf", json!(["recherche", "usage_commercial"])),
        place("isPartOf", json!("EU")),
        place("isNoneOf", json!(["US", "CN"])),
        law("isPartOf", json!("EEA")),
        law("neq", json!("US")),
        date("gteq", "2027-01-01"),
        date("lteq", "2029-12-31"),
        date("neq", "2030-07-14"),
        test("elapsedTime", "lteq", json!("P3Y")),
        test("count", "lteq", json!(1_000_000)),
        test("fiducie:charterVersion", "gteq", json!(format!("{CHARTER}@2.0"))),
        {"or": [test("purpose", "eq", json!("recherche")), place("isAnyOf", json!(["EU", "CH"]))]},
        {"xone": [date("lt", "2027-01-01"), law("isPartOf", json!("EU"))]},
        {"and": [date("gt", "2026-12-31"), test("purpose", "neq", json!("recherche"))]},
    ]);
    json!({
        "@type": "Agreement", "@id": format!("urn:agreement:{number}"), "target": target(number),
        "assignee": recipient(number),
        "permission": [{"action": "use", "constraint": conditions}],
        "prohibition": [{"action": "distribute"}],
    })
}

/// What is known at one access.
fn facts(number: usize, random: &mut Random) -> Facts {
    let mut pick = |list: &[&str]| list[usize::try_from(random.below(list.len() as u64)).unwrap()].to_owned();
    let declared = |value| Some(Declared { value, level: Attestation::Declared });
    let (purpose, place, law) = (pick(&PURPOSES), pick(&PLACES), pick(&PLACES));
    let at = |day: u64| {
        let seconds = START + i64::try_from(day * 86_400).unwrap();
        time::OffsetDateTime::from_unix_timestamp(seconds).unwrap()
    };
    Facts {
        now: Some(at(30 + random.below(900))),
        purpose: Some(purpose),
        recipient: Some(recipient(number)),
        processing_place: declared(place),
        governing_law: declared(law),
        charters: Some(vec![Charter {
            id: CHARTER.to_owned(),
            version: format!("2.{}", random.below(9)),
            level: Attestation::Declared,
        }]),
        signed_at: Some(at(0)),
        first_use: Some(FirstUse::At(at(1 + random.below(20)))),
        counts: Some([("/permission/0".to_owned(), random.below(900_000))].into()),
        fulfilled: Some(Vec::new()),
        ..Facts::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_decision_is_measured_to_its_last_condition() {
        let mut told = Vec::new();
        run(Sizes { decisions: 50, reports: 2 }, |figure| told.push(figure.name));
        assert_eq!(told.len(), 7);
    }
}
