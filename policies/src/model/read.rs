//! A graph to policies as they were written.

mod constraint;
mod part;

use contracts::odrl;
use ontology::vocab;
use serde_json::Value;

use super::name::{TYPE, descriptive, id, local, name, node, shown};
use super::{RuleKind, Scope, Shared, Strategy, Written, WrittenRule};
use crate::fault::{Fault, FaultCode};
use crate::rdf::{self, Contexts, Document, Graph, MAX_STATEMENTS, Node, Term, Unreadable};

/// Deepest nesting of rules and constraints.
const MAX_DEPTH: usize = 32;

/// Policies of a document, in its order.
///
/// # Errors
/// What leads back to itself, is nested too deeply, or says twice what can be said once.
pub fn read(document: &Document) -> Result<Vec<Written>, Vec<Fault>> {
    let mut reader = Reader::new(&document.graph);
    let roots = reader.roots();
    let mut policies: Vec<Written> = roots.iter().map(|root| reader.policy(root)).collect();
    for policy in &mut policies {
        policy.unknown.extend(document.dropped.iter().cloned());
    }
    if reader.faults.is_empty() { Ok(policies) } else { Err(reader.faults) }
}

/// The document of a policy of the Dataspace Protocol. Its terms have the meaning of our own context, whatever it says
/// of them.
///
/// # Errors
/// See [`Unreadable`].
pub fn dsp(policy: &odrl::Policy) -> Result<Document, Unreadable> {
    let mut value = policy.to_value();
    if let Value::Object(object) = &mut value {
        object.insert("@context".to_owned(), vocab::DSPACE_CONTEXT.into());
    }
    rdf::json_ld(value.to_string().as_bytes(), &Contexts::default())
}

struct Reader<'g> {
    graph: &'g Graph,
    faults: Vec<Fault>,
    /// Nodes between the policy and where the reader is.
    path: Vec<Node>,
    /// Nodes that may still be read: what is shared by many is read for each.
    left: usize,
}

impl<'g> Reader<'g> {
    fn new(graph: &'g Graph) -> Reader<'g> {
        Reader { graph, faults: Vec::new(), path: Vec::new(), left: MAX_STATEMENTS }
    }

    /// Nodes that are policies by their class or by what they hold.
    fn roots(&self) -> Vec<Node> {
        let mut roots: Vec<Node> = Vec::new();
        for triple in self.graph.iter() {
            let property = triple.predicate.as_str();
            let class = match &triple.object {
                Term::NamedNode(class) if property == TYPE => local(class.as_str()),
                _ => None,
            };
            let policy = class.is_some_and(|class| ontology::odrl::POLICIES.contains(&class))
                || matches!(local(property), Some("permission" | "prohibition" | "obligation"));
            if policy && !roots.contains(&triple.subject) {
                roots.push(triple.subject.clone());
            }
        }
        roots
    }

    fn policy(&mut self, root: &Node) -> Written {
        let mut policy = Written {
            id: id(root),
            kinds: self.kinds(root),
            profiles: Vec::new(),
            inherits: Vec::new(),
            strategy: None,
            shared: Shared::default(),
            rules: Vec::new(),
            unknown: Vec::new(),
        };
        self.path = vec![root.clone()];
        let graph = self.graph;
        self.led_here(root, &mut policy.shared);
        let mut counts = [0usize; 3];
        for (property, object) in graph.about(root) {
            let rule = |kind: RuleKind, count: &mut usize| {
                let pointer = format!("/{}/{count}", kind.property());
                *count += 1;
                (kind, pointer)
            };
            let (kind, pointer) = match local(property.as_str()) {
                Some("permission") => rule(RuleKind::Permission, &mut counts[0]),
                Some("prohibition") => rule(RuleKind::Prohibition, &mut counts[1]),
                Some("obligation") => rule(RuleKind::Obligation, &mut counts[2]),
                Some("profile") => {
                    policy.profiles.extend(name(object));
                    continue;
                }
                Some("inheritFrom") => {
                    policy.inherits.extend(name(object));
                    continue;
                }
                Some("conflict") => {
                    self.strategy(object, &mut policy);
                    continue;
                }
                _ => {
                    if !self.shared(property.as_str(), object, "", &mut policy.shared)
                        && !descriptive(property.as_str())
                    {
                        policy.unknown.push(property.as_str().to_owned());
                    }
                    continue;
                }
            };
            policy.rules.extend(self.rule(object, kind, pointer));
        }
        policy
    }

    /// An asset that has the policy is what it is about, a party that is its assignee or assigner is so (2.2.2, 2.3.3).
    fn led_here(&mut self, root: &Node, shared: &mut Shared) {
        let graph = self.graph;
        for triple in graph.iter().filter(|triple| node(&triple.object).as_ref() == Some(root)) {
            let scopes = match local(triple.predicate.as_str()) {
                Some("hasPolicy") => &mut shared.targets,
                Some("assigneeOf") => &mut shared.assignees,
                Some("assignerOf") => &mut shared.assigners,
                _ => continue,
            };
            // The node says of itself that it has the policy: its description is not read again.
            scopes.push(Scope {
                id: id(&triple.subject),
                anonymous: matches!(triple.subject, Node::BlankNode(_)),
                source: None,
                collection: false,
                part_of: Vec::new(),
                refinements: Vec::new(),
                unknown: Vec::new(),
            });
        }
    }

    fn strategy(&mut self, object: &Term, policy: &mut Written) {
        let strategy = match name(object).as_deref().and_then(vocab::odrl) {
            Some("perm") => Strategy::Permit,
            Some("prohibit") => Strategy::Prohibit,
            Some("invalid") => Strategy::Invalid,
            _ => {
                policy.unknown.push(format!("conflict {}", shown(object)));
                return;
            }
        };
        if policy.strategy.is_some_and(|known| known != strategy) {
            self.faults.push(Fault::new("/conflict", FaultCode::Values, shown(object), "1"));
        }
        policy.strategy = Some(strategy);
    }

    /// Actions, targets and parties, of a policy or a rule. Whether the property was one of these.
    fn shared(&mut self, property: &str, object: &Term, at: &str, shared: &mut Shared) -> bool {
        let scopes = match local(property) {
            Some("action") => {
                let (action, targets) = self.action(object, &format!("{at}/action"));
                shared.actions.push(action);
                shared.targets.extend(targets);
                return true;
            }
            Some("target") => &mut shared.targets,
            Some("assigner") => &mut shared.assigners,
            Some("assignee") => &mut shared.assignees,
            _ => return false,
        };
        let place = format!("{at}/{}", local(property).unwrap_or_default());
        scopes.push(self.scope(object, &place));
        true
    }

    fn rule(&mut self, object: &Term, kind: RuleKind, pointer: String) -> Option<WrittenRule> {
        let Some(subject) = node(object) else {
            self.faults.push(Fault::new(&pointer, FaultCode::Member, shown(object), "{ … }"));
            return None;
        };
        self.enter(&subject, &pointer)?;
        let mut rule = WrittenRule {
            id: id(&subject),
            kind,
            kinds: self.kinds(&subject),
            own: Shared::default(),
            constraints: Vec::new(),
            duties: Vec::new(),
            consequences: Vec::new(),
            remedies: Vec::new(),
            unknown: Vec::new(),
            pointer,
        };
        if !self.graph.describes(&subject) && matches!(subject, Node::NamedNode(_)) {
            rule.unknown.push(format!("{}: said elsewhere", rule.id));
        }
        for (property, object) in self.graph.about(&subject) {
            let property = property.as_str();
            let at = rule.pointer.clone();
            let (kind, list) = match local(property) {
                Some("duty") => (RuleKind::Duty, &mut rule.duties),
                Some("consequence") => (RuleKind::Consequence, &mut rule.consequences),
                Some("remedy") => (RuleKind::Remedy, &mut rule.remedies),
                Some("constraint") => {
                    let place = format!("{at}/constraint/{}", rule.constraints.len());
                    rule.constraints.extend(self.constraint(object, place));
                    continue;
                }
                // Who else has a part in it, and what comes of it, is told to those who read.
                Some(function) if ontology::odrl::FUNCTIONS.contains(&function) || function == "output" => {
                    continue;
                }
                _ => {
                    if !self.shared(property, object, &at, &mut rule.own) && !descriptive(property) {
                        rule.unknown.push(property.to_owned());
                    }
                    continue;
                }
            };
            let place = format!("{at}/{}/{}", kind.property(), list.len());
            list.extend(self.rule(object, kind, place));
        }
        self.path.pop();
        Some(rule)
    }

    /// IRIs of the classes of a node.
    fn kinds(&self, subject: &Node) -> Vec<String> {
        self.graph.objects(subject, TYPE).filter_map(name).collect()
    }

    /// Goes one node deeper, unless that leads in a circle or too far.
    fn enter(&mut self, subject: &Node, at: &str) -> Option<()> {
        let fault = if self.path.contains(subject) {
            Fault::new(at, FaultCode::Cycle, id(subject), "")
        } else if self.path.len() >= MAX_DEPTH {
            Fault::new(at, FaultCode::Large, format!("{} levels", self.path.len() + 1), MAX_DEPTH.to_string())
        } else if self.left == 0 {
            Fault::new(
                at,
                FaultCode::Large,
                format!("{} nodes", MAX_STATEMENTS + 1),
                MAX_STATEMENTS.to_string(),
            )
        } else {
            self.left -= 1;
            self.path.push(subject.clone());
            return Some(());
        };
        // One fault of this kind is enough: a graph can lead to the same place on very many ways.
        if !self.faults.iter().any(|known| known.code == fault.code) {
            self.faults.push(fault);
        }
        None
    }
}
