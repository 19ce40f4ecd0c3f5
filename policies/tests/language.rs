//! The language beyond what agreements hold yet: one test for each part of its semantics.

#![allow(clippy::unwrap_used, reason = "a test stops where it is surprised")]

use policies::evaluation::{Event, Feature, Outcome, World, evaluate, monitor};
use policies::model::{self, Policy};
use policies::rdf::{Term, turtle};

const PREFIXES: &str = "@prefix odrl: <http://www.w3.org/ns/odrl/2/> . @prefix ex: <http://example.org/> . \
    @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . \
    @prefix xsd: <http://www.w3.org/2001/XMLSchema#> . ";
const ODRL: &str = "http://www.w3.org/ns/odrl/2/";

fn written(text: &str) -> Result<Policy, Vec<policies::Fault>> {
    let document = turtle(format!("{PREFIXES}{text}").as_bytes()).unwrap();
    let written = model::read(&document)?;
    model::atomic(&written[0], &written)
}

fn policy(text: &str) -> Policy {
    written(text).unwrap()
}

fn literal(text: &str) -> Term {
    oxrdf::Literal::new_simple_literal(text).into()
}

fn event(action: &str, party: &str, at: &str) -> Event {
    let event = Event {
        action: Some(if action.contains(':') { action.into() } else { format!("{ODRL}{action}") }),
        party: Some(format!("http://example.org/{party}")),
        target: Some("http://example.org/data".to_owned()),
        ..Event::default()
    };
    event.clocked(literal(at))
}

fn with(mut event: Event, left: &str, value: &str) -> Event {
    let feature = Feature { values: vec![literal(value)], unit: None };
    event.of_action.insert(format!("{ODRL}{left}"), feature);
    event
}

fn permits(policy: &Policy, event: &Event) -> bool {
    evaluate(policy, event, &World::default()).permitted
}

const NOON: &str = "2027-01-15T12:00:00Z";

#[test]
fn shared_properties_hold_for_rules_that_say_nothing_else() {
    let policy = policy(
        "ex:p a odrl:Set ; odrl:assignee ex:john ; odrl:action odrl:print, odrl:display ; odrl:target ex:data ; \
         odrl:permission [ odrl:assignee ex:beth ] , [ odrl:action odrl:read ] .",
    );
    assert_eq!(policy.permissions.len(), 3);
    for (action, party, expected) in
        [("print", "beth", true), ("display", "beth", true), ("print", "john", false), ("read", "john", true)]
    {
        assert_eq!(permits(&policy, &event(action, party, NOON)), expected, "{action} {party}");
    }
}

#[test]
fn rules_are_inherited_and_a_missing_parent_permits_nothing() {
    let child = "ex:p a odrl:Agreement ; odrl:inheritFrom ex:parent ; odrl:assignee ex:john ; \
        odrl:permission [ odrl:action odrl:use ; odrl:target ex:data ] .";
    let parent = "ex:parent a odrl:Policy ; odrl:assigner ex:org ; \
        odrl:prohibition [ odrl:action odrl:print ; odrl:target ex:data ] .";
    let both = policy(&format!("{child}{parent}"));
    assert_eq!(both.prohibitions[0].pointer, "/inheritFrom/0/prohibition/0");
    let name = |scope: &Option<model::Scope>| scope.as_ref().map(|scope| scope.id.clone());
    assert_eq!(name(&both.prohibitions[0].assignee).as_deref(), Some("http://example.org/john"));
    assert_eq!(name(&both.permissions[0].assigner).as_deref(), Some("http://example.org/org"));
    assert!(permits(&both, &event("read", "john", NOON)) && !permits(&both, &event("print", "john", NOON)));
    assert!(!permits(&policy(child), &event("read", "john", NOON)));
    let circle = format!("{child}{parent} ex:parent odrl:inheritFrom ex:p .");
    assert_eq!(written(&circle).unwrap_err()[0].code, policies::FaultCode::Cycle);
}

#[test]
fn what_leads_in_a_circle_or_too_deep_is_refused() {
    let circle = "ex:p a odrl:Set ; odrl:permission [ odrl:action odrl:use ; odrl:constraint ex:c ] . \
        ex:c odrl:and ex:d . ex:d odrl:or ex:c .";
    assert_eq!(written(circle).unwrap_err()[0].code, policies::FaultCode::Cycle);
    let deep: String = (0..40).map(|level| format!("ex:c{level} odrl:and ex:c{} . ", level + 1)).collect();
    let deep = format!("ex:p odrl:permission [ odrl:action odrl:use ; odrl:constraint ex:c0 ] . {deep}");
    assert_eq!(written(&deep).unwrap_err()[0].code, policies::FaultCode::Large);
    // Each level names the next one twice: few statements, and more ways than can be walked.
    let wide: String = (0..24)
        .map(|level| format!("ex:c{level} odrl:and ex:l{level}, ex:r{level} . ex:l{level} odrl:or ex:c{n} . ex:r{level} odrl:or ex:c{n} . ", n = level + 1))
        .collect();
    let wide = format!("ex:p odrl:permission [ odrl:action odrl:use ; odrl:constraint ex:c0 ] . {wide}");
    assert_eq!(written(&wide).unwrap_err()[0].code, policies::FaultCode::Large);
}

#[test]
fn strategies() {
    let rules = "odrl:permission [ odrl:action odrl:use ] ; odrl:prohibition [ odrl:action odrl:read ] .";
    for (strategy, permitted, void) in [
        ("", false, true),
        ("odrl:invalid", false, true),
        ("odrl:prohibit", false, false),
        ("odrl:perm", true, false),
    ] {
        let conflict =
            if strategy.is_empty() { String::new() } else { format!("odrl:conflict {strategy} ;") };
        let policy = policy(&format!("ex:p a odrl:Set ; {conflict} {rules}"));
        let event = event("read", "john", NOON);
        let Outcome { permitted: found, void: found_void, .. } = evaluate(&policy, &event, &World::default());
        assert_eq!((found, found_void), (permitted, void), "{strategy}");
    }
}

#[test]
fn what_is_not_understood_permits_nothing_and_spares_from_no_prohibition() {
    let free = "odrl:permission [ odrl:action odrl:use ]";
    let read = event("read", "john", NOON);
    assert!(permits(&policy(&format!("ex:p a odrl:Set ; {free} .")), &read));
    for strange in [
        "odrl:permission [ odrl:action odrl:use ; ex:only ex:mondays ]",
        "odrl:permission [ odrl:action odrl:use ; odrl:constraint ex:elsewhere ]",
        "odrl:permission [ odrl:action odrl:use ; odrl:constraint [ odrl:leftOperand ex:a ; odrl:operator ex:like ; odrl:rightOperand 1 ] ]",
        "odrl:permission [ odrl:action odrl:use ; odrl:constraint [ odrl:leftOperand odrl:count ; odrl:operator odrl:lt ; odrl:rightOperandReference <https://x.example/limit> ] ]",
        "odrl:permission [ odrl:action odrl:use ] ; odrl:conflict ex:mine",
        "odrl:permission [ odrl:action odrl:use ] ; ex:condition 1",
        "odrl:permission [ odrl:action odrl:use ] ; odrl:prohibition [ odrl:action ex:anything ]",
        "odrl:permission [ odrl:action odrl:use ] ; odrl:prohibition [ odrl:action odrl:read ; ex:only ex:mondays ]",
        "odrl:permission [ odrl:action odrl:use ] ; odrl:prohibition [ odrl:action odrl:read ; odrl:constraint [ odrl:leftOperand odrl:industry ; odrl:operator odrl:eq ; odrl:rightOperand ex:water ] ]",
    ] {
        assert!(!permits(&policy(&format!("ex:p a odrl:Set ; {strange} .")), &read), "{strange}");
    }
    // Terms that only describe are no conditions.
    let described = "<http://purl.org/dc/terms/title> 'A policy'";
    assert!(permits(&policy(&format!("ex:p a odrl:Set ; {described} ; {free} .")), &read));
}

#[test]
fn refinements_look_at_what_they_refine() {
    let policy = policy(
        "ex:p a odrl:Set ; odrl:permission [ odrl:action [ rdf:value odrl:print ; odrl:refinement \
         [ odrl:leftOperand odrl:resolution ; odrl:operator odrl:lteq ; odrl:rightOperand 1200 ; odrl:unit ex:dpi ] ] ] .",
    );
    let print = |value: &str| with(event("print", "john", NOON), "resolution", value);
    assert!(permits(&policy, &print("1200.0")) && !permits(&policy, &print("1201")));
    assert!(!permits(&policy, &event("print", "john", NOON)));
    let mut other = print("600");
    other.of_action.values_mut().for_each(|feature| feature.unit = Some("http://example.org/cm".to_owned()));
    assert!(!permits(&policy, &other));
}

const DUTY: &str = "ex:p a odrl:Set ; odrl:permission [ odrl:action odrl:compensate, odrl:watermark ] , \
    [ odrl:action odrl:play ; odrl:duty [ odrl:action odrl:compensate ; \
      odrl:consequence [ odrl:action odrl:watermark ] ] ] .";

#[test]
fn a_duty_is_done_before_or_settled_with_its_consequence() {
    let policy = policy(DUTY);
    let valid = |actions: &[&str]| {
        let at = |hour: usize| format!("2027-01-15T{hour:02}:00:00Z");
        let events: Vec<Event> =
            actions.iter().enumerate().map(|(hour, action)| event(action, "john", &at(hour))).collect();
        monitor(&policy, &events, &World::default()).valid()
    };
    assert!(valid(&["compensate", "play", "play"]));
    assert!(!valid(&["play", "compensate"]));
    assert!(!valid(&["play", "watermark"]));
    assert!(valid(&["play", "compensate", "watermark"]));
    assert!(!valid(&["watermark", "play", "compensate"]));
    assert!(!valid(&["compensate", "play", "sell"]));
}

#[test]
fn remedies_and_obligations() {
    let policy = policy(
        "ex:p a odrl:Set ; odrl:permission [ odrl:action odrl:use ] ; \
         odrl:prohibition [ odrl:action odrl:print ; odrl:remedy [ odrl:action odrl:delete ] ] ; \
         odrl:obligation [ odrl:action odrl:inform ; odrl:consequence [ odrl:action odrl:compensate ] ; \
           odrl:constraint [ odrl:leftOperand odrl:dateTime ; odrl:operator odrl:lteq ; odrl:rightOperand '2027-01-15' ] ] .",
    );
    let valid = |events: &[(&str, &str)]| {
        let events: Vec<Event> = events.iter().map(|(action, at)| event(action, "john", at)).collect();
        monitor(&policy, &events, &World::default()).valid()
    };
    let inform = ("inform", "2027-01-15T23:59:59Z");
    assert!(valid(&[inform]));
    assert!(!valid(&[]));
    assert!(valid(&[("delete", "2027-01-14T12:00:00Z"), ("print", "2027-01-14T11:00:00Z"), inform]));
    assert!(!valid(&[("delete", "2027-01-14T10:00:00Z"), ("print", "2027-01-14T11:00:00Z"), inform]));
    let late = ("inform", "2027-01-16T00:00:00Z");
    assert!(!valid(&[late]));
    assert!(valid(&[late, ("compensate", "2027-01-16T01:00:00Z")]));
    assert!(!valid(&[("compensate", "2027-01-16T01:00:00Z")]));
}

#[test]
fn an_asset_that_has_the_policy_is_its_target() {
    let policy =
        policy("ex:data odrl:hasPolicy ex:p . ex:p a odrl:Set ; odrl:permission [ odrl:action odrl:use ] .");
    let here = event("read", "john", NOON);
    let there = Event { target: Some("http://example.org/other".to_owned()), ..here.clone() };
    assert!(permits(&policy, &here) && !permits(&policy, &there));
}
