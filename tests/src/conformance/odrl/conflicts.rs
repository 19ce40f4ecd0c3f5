//! The benchmark of conflicts: two policies, and what a comparison should say of them. Two lines: how many verdicts
//! are as expected, and how many are not wrong. Where the engine says that it cannot tell, that is never wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use ontology::vocab;
use policies::Verdict;
use policies::compare::{Knowledge, compare, realizable};
use policies::model::{self, Policy};
use policies::rdf::{Graph, Node, Term};
use serde::Deserialize;

use super::graph::{TYPE, id, text, turtle, written};
use super::{Judged, bytes, cases, guarded};
use crate::reference::files;

const FIRST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#first";
const REST: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#rest";
/// What says that one concept is within another.
const BROADER: [&str; 3] = [
    "http://www.w3.org/2004/02/skos/core#broader",
    "http://www.w3.org/2000/01/rdf-schema#subClassOf",
    "https://www.geonames.org/ontology#parentFeature",
];
const ALL_DIFFERENT: &str = "http://www.w3.org/2002/07/owl#AllDifferent";
const MEMBERS: &str = "http://www.w3.org/2002/07/owl#distinctMembers";

const BEFORE: &str = "odrl:operator odrl:or ; odrl:rightOperand (";
const AFTER: &str = "odrl:or (";

#[derive(Deserialize)]
struct Case {
    question: String,
    policies: Vec<String>,
    expected: String,
}

pub(super) fn run(suite: &Path) -> Vec<Judged> {
    let mut decided = Judged { share: 95, ..Judged::new("conflict-benchmark") };
    let mut sound = Judged::new("conflict-benchmark soundness");
    let knowledge = knowledge(&suite.join("resources")).unwrap_or_else(|why| panic!("{why}"));
    for (name, folder) in cases(suite) {
        match guarded(|| judge(&folder, &knowledge)) {
            Ok((found, expected)) => {
                let differ = format!("{found}, expected {expected}");
                let said = |good: bool| if good { Ok(()) } else { Err(differ.clone()) };
                decided.case(&name, said(found == expected));
                sound.case(&name, said(found == expected || found == "Unknown"));
            }
            Err(why) => {
                decided.case(&name, Err(why.clone()));
                sound.case(&name, Err(why));
            }
        }
    }
    vec![decided, sound]
}

/// What the engine says, and what it should.
fn judge(folder: &Path, knowledge: &Knowledge) -> Result<(String, String), String> {
    let case: Case = serde_json::from_slice(&bytes(folder, "case.json")?).map_err(|e| e.to_string())?;
    let text = bytes(folder, "policies.ttl")?;
    let policies = case.policies.iter().map(|name| policy(&text, name)).collect::<Result<Vec<_>, _>>()?;
    let (words, verdict) = match (case.question.as_str(), policies.as_slice()) {
        ("conflict", [one, two]) => (["Compatible", "Conflict"], compare(one, two, knowledge).together),
        ("subsumption", [one, two]) => {
            (["Subsumed", "NotSubsumed"], compare(one, two, knowledge).first_within)
        }
        ("refinement", [one, two]) => (["Refines", "NotRefines"], compare(one, two, knowledge).first_within),
        ("realizability", [one]) => (["Realizable", "Unrealizable"], realizable(one, knowledge)),
        (other, _) => return Err(format!("question {other} of {} policies", case.policies.len())),
    };
    let found = match verdict {
        Verdict::Satisfied => words[0],
        Verdict::Unsatisfied => words[1],
        Verdict::Unknown => "Unknown",
    };
    Ok((found.to_owned(), case.expected))
}

/// The policy of a name. Some cases give a rule only: it is then the permission of a policy.
fn policy(bytes: &[u8], name: &str) -> Result<Policy, String> {
    let rule = turtle(bytes)?.graph.iter().any(|triple| {
        id(&triple.subject) == name
            && triple.predicate.as_str() == TYPE
            && self::text(&triple.object) == format!("{}Permission", vocab::ODRL)
    });
    // One case writes a logical constraint as an operator with a list, which is no ODRL.
    let text = String::from_utf8_lossy(bytes);
    let spaced = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .flat_map(str::split_whitespace)
        .collect::<Vec<_>>()
        .join(" ");
    let mended = spaced.contains(BEFORE);
    let mut text = if mended { spaced.replace(BEFORE, AFTER).into_bytes() } else { bytes.to_vec() };
    let wanted = if rule {
        text.extend(format!("\n<urn:policy> <{}permission> <{name}> .\n", vocab::ODRL).bytes());
        "urn:policy"
    } else {
        name
    };
    let written = written(&turtle(&text)?)?;
    let own = written.iter().find(|policy| policy.id == wanted).ok_or_else(|| format!("no policy {name}"))?;
    model::atomic(own, &written).map_err(|faults| format!("{faults:?}"))
}

/// The small hierarchies that come with the suite.
fn knowledge(folder: &Path) -> Result<Knowledge, String> {
    let mut knowledge = Knowledge::default();
    for file in files(folder, "ttl") {
        let bytes = std::fs::read(&file).map_err(|e| format!("{}: {e}", file.display()))?;
        let graph = turtle(&bytes)?.graph;
        for triple in graph.iter().filter(|triple| BROADER.contains(&triple.predicate.as_str())) {
            let broader: &mut BTreeMap<String, BTreeSet<String>> = &mut knowledge.broader;
            broader.entry(id(&triple.subject)).or_default().insert(text(&triple.object));
        }
        for triple in graph.iter().filter(|triple| text(&triple.object) == ALL_DIFFERENT) {
            let lists = graph.objects(&triple.subject, MEMBERS);
            knowledge.distinct.extend(lists.map(|list| members(&graph, list)));
        }
    }
    Ok(knowledge)
}

fn members(graph: &Graph, list: &Term) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut at = list.clone();
    loop {
        let node = match &at {
            Term::NamedNode(node) => Node::from(node.clone()),
            Term::BlankNode(node) => Node::from(node.clone()),
            Term::Literal(_) => return found,
        };
        found.extend(graph.objects(&node, FIRST).map(text));
        let Some(next) = graph.objects(&node, REST).next().cloned() else { return found };
        at = next;
    }
}
