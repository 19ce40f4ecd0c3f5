//! What a compliance report says, level by level.

use std::collections::BTreeMap;

use policies::rdf::{Graph, Node};

use super::graph::{REPORT, TYPE, id, node, of_class, one};

/// The state of each premise of a rule, and whether it is in force.
#[derive(Debug, PartialEq, Eq, Default)]
pub(super) struct Rule {
    class: String,
    attempt: String,
    activation: String,
    /// Class or constraint, and state.
    premises: Vec<(String, String)>,
}

/// Reports of rules by the rule.
pub(super) fn rules(graph: &Graph, report: &Node) -> BTreeMap<String, Rule> {
    let reports = graph.objects(report, &property("ruleReport")).filter_map(node).collect::<Vec<_>>();
    let read = |own: &Node| {
        let mut rule = Rule {
            class: local(one(graph, own, TYPE)),
            attempt: local(one(graph, own, &property("attemptState"))),
            activation: local(one(graph, own, &property("activationState"))),
            premises: Vec::new(),
        };
        premises(graph, own, &mut rule.premises);
        rule.premises.sort();
        (one(graph, own, &property("rule")).unwrap_or_default(), rule)
    };
    reports.iter().map(read).collect()
}

fn premises(graph: &Graph, of: &Node, found: &mut Vec<(String, String)>) {
    let below: Vec<Node> = graph.objects(of, &property("premiseReport")).filter_map(node).collect();
    for premise in below {
        let class = local(one(graph, &premise, TYPE));
        let name = one(graph, &premise, &property("constraint")).unwrap_or(class);
        found.push((name, local(one(graph, &premise, &property("satisfactionState")))));
        premises(graph, &premise, found);
    }
}

/// Whether a report allows: a permission in force, and no prohibition.
pub(super) fn allows(graph: &Graph) -> bool {
    let active = |class: &str| {
        of_class(graph, &property(class))
            .iter()
            .any(|own| local(one(graph, own, &property("activationState"))) == "Active")
    };
    active("PermissionReport") && !active("ProhibitionReport")
}

/// Nodes of a report have no names: what they are in says which they are.
pub(super) fn nameless(triples: &[oxrdf::Triple], subject: &Node) -> bool {
    triples.iter().any(|triple| {
        let class = triple.object.to_string();
        triple.subject == *subject
            && triple.predicate.as_str() == TYPE
            && class.strip_prefix(&format!("<{REPORT}")).is_some_and(|class| class.ends_with("Report>"))
    })
}

pub(super) fn property(name: &str) -> String {
    format!("{REPORT}{name}")
}

fn local(iri: Option<String>) -> String {
    iri.unwrap_or_default().trim_start_matches(REPORT).to_owned()
}

/// The report that a graph is about.
pub(super) fn top(graph: &Graph) -> Result<Node, String> {
    of_class(graph, &property("PolicyReport")).into_iter().next().ok_or_else(|| "no PolicyReport".to_owned())
}

/// Reports of duties in a state of the world: report, duty, state.
pub(super) fn duties(graph: &Graph) -> Vec<(String, String, String)> {
    let read = |own: &Node| {
        let duty = one(graph, own, &property("rule")).unwrap_or_default();
        (id(own), duty, local(one(graph, own, &property("deonticState"))))
    };
    of_class(graph, &property("DutyReport")).iter().map(read).collect()
}
