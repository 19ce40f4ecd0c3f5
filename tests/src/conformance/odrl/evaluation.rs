//! SolidLab's test suite: a policy, a request, a state of the world, and the report to be written.

use std::collections::BTreeSet;
use std::path::Path;

use policies::evaluation::{DutyState, Event, Reported, World, evaluate, report};
use policies::model::{Policy, Scope};
use policies::rdf::{Graph, Term};

use super::graph::{id, isomorphic, policy, reached, text, turtle, written};
use super::{Judged, bytes, cases, guarded, levels, same};

const ISSUED: &str = "http://purl.org/dc/terms/issued";
const PART_OF: &str = "http://www.w3.org/ns/odrl/2/partOf";

pub(super) fn run(suite: &Path) -> Vec<Judged> {
    let mut levels = ["decision", "activation", "report"]
        .map(|level| Judged::new(&format!("evaluation-solidlab {level}")));
    for (name, case) in cases(suite) {
        let results = guarded(|| judge(&case)).unwrap_or_else(|why| [(); 3].map(|()| Err(why.clone())));
        for (level, result) in levels.iter_mut().zip(results) {
            level.case(&name, result);
        }
    }
    levels.into()
}

/// Each level of one case.
fn judge(case: &Path) -> Result<[Result<(), String>; 3], String> {
    let policy = policy(&turtle(&bytes(case, "policy.ttl")?)?)?;
    let state = turtle(&bytes(case, "sotw.ttl")?)?.graph;
    let (request, event) = request(&bytes(case, "request.ttl")?, &state)?;
    let world = world(&policy, &state)?;
    let expected = turtle(&bytes(case, "expected.ttl")?)?.graph;
    let outcome = evaluate(&policy, &event, &world);
    let written = report(&outcome, Some(&request));
    let (top, wanted) = (levels::top(&written)?, levels::top(&expected)?);
    let decision = same("permitted", &outcome.permitted, &levels::allows(&expected));
    let activation = same("rules", &levels::rules(&written, &top), &levels::rules(&expected, &wanted));
    let equal = isomorphic(&reached(&written, &top), &reached(&expected, &wanted), levels::nameless);
    let report = if equal { Ok(()) } else { Err("the reports differ".to_owned()) };
    Ok([decision, activation, report])
}

/// A request is written as a policy with the permission that is asked for.
fn request(bytes: &[u8], state: &Graph) -> Result<(String, Event), String> {
    let written = written(&turtle(bytes)?)?;
    let [request] = written.as_slice() else { return Err(format!("{} requests", written.len())) };
    let [asked] = request.rules.as_slice() else {
        return Err(format!("{} things asked", request.rules.len()));
    };
    let named = |scopes: &[Scope]| scopes.first().map(|scope| scope.id.clone());
    let event = Event {
        id: Some(asked.id.clone()),
        action: asked.own.actions.first().map(|action| action.name.clone()),
        party: named(&asked.own.assignees),
        target: named(&asked.own.targets),
        ..Event::default()
    };
    let clock: Option<Term> =
        state.iter().find(|triple| triple.predicate.as_str() == ISSUED).map(|triple| triple.object.clone());
    Ok((request.id.clone(), event.clocked(clock.ok_or("no clock")?)))
}

fn world(policy: &Policy, state: &Graph) -> Result<World, String> {
    let mut world = World::default();
    for triple in state.iter().filter(|triple| triple.predicate.as_str() == PART_OF) {
        let groups: &mut BTreeSet<String> = world.part_of.entry(id(&triple.subject)).or_default();
        groups.insert(text(&triple.object));
    }
    let own: Vec<&str> =
        policy.permissions.iter().flat_map(|rule| &rule.duties).map(|duty| duty.id.as_str()).collect();
    let reports = levels::duties(state);
    for (report, duty, state) in &reports {
        let state = match state.as_str() {
            "Fulfilled" => DutyState::Fulfilled,
            "NonSet" | "NotSet" => DutyState::NotSet,
            "Violated" => DutyState::Violated,
            other => return Err(format!("state of a duty: {other}")),
        };
        // Upstream, some states keep the report of the policy that theirs was copied from. The only report there is
        // is then about the only duty there is.
        let duty = match own.as_slice() {
            [only] if reports.len() == 1 => *only,
            _ => duty,
        };
        world.duties.insert(duty.to_owned(), Reported { report: report.clone(), state });
    }
    Ok(world)
}
