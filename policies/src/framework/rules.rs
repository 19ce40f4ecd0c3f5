//! Charter, members, admission, purposes, clauses, model contracts.

use contracts::framework::{
    AdmissionRule, Charter, Clause, Governance, Labels, Places, Purposes, Rules, Template,
};
use contracts::odrl;
use ontology::dcat::theme::THEMES;
use ontology::place::Place;
use ontology::purpose::Purpose;
use ontology::{Lang, Relation, clause};

use super::words::{distinct, known, line, slug, some};
use super::{Faults, Noun, Wrong};
use crate::claim::KINDS;
use crate::constraint::identifier;
use crate::policy::Version;
use crate::{explain, sheet};

pub(super) fn check(found: &mut Faults, at: &str, rules: &Rules, governance: &Governance) {
    let Rules { charter, members, admission, purposes, clauses, templates, witnesses } = rules;
    self::charter(found, &format!("{at}/charter"), charter);
    some(found, &format!("{at}/members"), members.len());
    distinct(found, &format!("{at}/members"), members.iter().map(|member| member.kind.as_str()));
    for (i, member) in members.iter().enumerate() {
        kind(found, format!("{at}/members/{i}/kind"), &member.kind);
        line(found, &format!("{at}/members/{i}/name"), &member.name);
    }
    some(found, &format!("{at}/admission/rules"), admission.rules.len());
    for (i, rule) in admission.rules.iter().enumerate() {
        asked(found, &format!("{at}/admission/rules/{i}"), rule);
        for other in &rule.kinds {
            if admission.rules[..i].iter().any(|before| before.kinds.contains(other)) {
                found.add(format!("{at}/admission/rules/{i}/kinds"), Wrong::TwoRules(other.clone()));
            }
            let listed = members.iter().any(|member| member.kind == *other);
            known(found, format!("{at}/admission/rules/{i}/kinds"), Noun::Kind, other, listed);
        }
    }
    for member in members {
        if !admission.rules.iter().any(|rule| rule.kinds.contains(&member.kind)) {
            found.add(format!("{at}/admission/rules"), Wrong::NoRule(member.kind.clone()));
        }
    }
    for (name, body) in [("vote", &admission.vote), ("appeal", &admission.appeal)] {
        let listed = governance.bodies.iter().any(|one| one.id == *body);
        known(found, format!("{at}/admission/{name}"), Noun::Body, body, listed);
    }
    if admission.vote == admission.appeal {
        found.add(format!("{at}/admission/appeal"), Wrong::OwnAppeal);
    }
    self::purposes(found, &format!("{at}/purposes"), purposes);
    self::clauses(found, &format!("{at}/clauses"), clauses);
    distinct(found, &format!("{at}/templates"), templates.iter().map(|template| template.id.as_str()));
    for (i, one) in templates.iter().enumerate() {
        template(found, &format!("{at}/templates/{i}"), one);
    }
    if witnesses.quorum > 100 {
        let wrong = Wrong::Bounds { found: witnesses.quorum, least: 0, most: 100 };
        found.add(format!("{at}/witnesses/quorum"), wrong);
    }
}

fn charter(found: &mut Faults, at: &str, charter: &Charter) {
    if !identifier(&charter.id) || !charter.id.contains(':') {
        found.add(
            format!("{at}/id"),
            Wrong::Value { found: charter.id.clone(), accepted: "urn:…, https://…".into() },
        );
    }
    let readable = Version::parse(&charter.version).is_some();
    known(found, format!("{at}/version"), Noun::CharterVersion, &charter.version, readable);
    line(found, &format!("{at}/name"), &charter.name);
    some(found, &format!("{at}/principles"), charter.principles.len());
    distinct(found, &format!("{at}/principles"), charter.principles.iter().map(|one| one.id.as_str()));
    for (i, one) in charter.principles.iter().enumerate() {
        slug(found, &format!("{at}/principles/{i}/id"), &one.id);
        line(found, &format!("{at}/principles/{i}/name"), &one.name);
    }
}

fn kind(found: &mut Faults, at: String, code: &str) {
    known(found, at, Noun::Kind, code, KINDS.split(", ").any(|kind| kind == code));
}

fn asked(found: &mut Faults, at: &str, rule: &AdmissionRule) {
    some(found, &format!("{at}/kinds"), rule.kinds.len());
    distinct(found, &format!("{at}/kinds"), rule.kinds.iter().map(String::as_str));
    for (name, places) in [("control", &rule.control), ("place", &rule.place), ("law", &rule.law)] {
        if let Some(Places { within, except }) = places {
            some(found, &format!("{at}/{name}/within"), within.len());
            for code in within.iter().chain(except) {
                known(found, format!("{at}/{name}"), Noun::Place, code, Place::parse(code).is_some());
            }
        }
    }
    if let Some(Labels { all, none }) = &rule.labels {
        for label in all.iter().chain(none) {
            let readable = identifier(label) && label.contains(':');
            known(found, format!("{at}/labels"), Noun::Label, label, readable);
        }
    }
    for theme in &rule.themes {
        let listed = THEMES.iter().any(|known| known.code == theme);
        known(found, format!("{at}/themes"), Noun::Theme, theme, listed);
    }
}

fn purposes(found: &mut Faults, at: &str, purposes: &Purposes) {
    some(found, &format!("{at}/allowed"), purposes.allowed.len());
    for (name, codes) in [("allowed", &purposes.allowed), ("prohibited", &purposes.prohibited)] {
        distinct(found, &format!("{at}/{name}"), codes.iter().map(String::as_str));
        for code in codes {
            known(found, format!("{at}/{name}"), Noun::Purpose, code, Purpose::parse(code).is_some());
        }
    }
    let prohibited: Vec<_> = purposes.prohibited.iter().filter_map(|code| Purpose::parse(code)).collect();
    for code in &purposes.allowed {
        let Some(purpose) = Purpose::parse(code) else { continue };
        if prohibited.iter().any(|no| purpose.relation(*no) == Relation::Within) {
            found.add(format!("{at}/allowed"), Wrong::Contradiction(code.clone()));
        }
    }
}

fn clauses(found: &mut Faults, at: &str, clauses: &[Clause]) {
    distinct(found, at, clauses.iter().map(|one| one.clause.as_str()));
    for (i, one) in clauses.iter().enumerate() {
        let Some(family) = clause::find(&one.clause) else {
            known(found, format!("{at}/{i}/clause"), Noun::Clause, &one.clause, false);
            continue;
        };
        for (name, value) in &one.parameters {
            let at = format!("{at}/{i}/parameters/{name}");
            match family.parameter(name) {
                None => known(found, at, Noun::Parameter, name, false),
                Some(parameter) if !parameter.takes.accepts(value) => {
                    let accepted = parameter.takes.shown();
                    found.add(at, Wrong::Value { found: value.clone(), accepted });
                }
                Some(_) => {}
            }
        }
    }
}

/// A model is held to what a node would sign: a term that nobody could check is refused here, not at the first contract.
fn template(found: &mut Faults, at: &str, template: &Template) {
    slug(found, &format!("{at}/id"), &template.id);
    line(found, &format!("{at}/name"), &template.name);
    clauses(found, &format!("{at}/clauses"), &template.clauses);
    match odrl::Policy::try_from(template.policy.clone()) {
        Err(e) => found.add(format!("{at}/policy"), Wrong::Shape(e.to_string())),
        Ok(policy) => {
            for fault in sheet::signable(&policy).err().unwrap_or_default() {
                let said = |lang| explain::fault(&fault, lang);
                found.add(format!("{at}/policy"), Wrong::Policy { fr: said(Lang::Fr), en: said(Lang::En) });
            }
        }
    }
}
