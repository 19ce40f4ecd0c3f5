//! From a policy as it travels to one that can be decided. Everything that is not understood is refused here, at
//! publication and before signature, so that no agreement holds a clause that nobody checks.

mod asset;

use contracts::odrl::{self, Extra, Policy};
use ontology::action::{Action, WITHDRAWN};
use ontology::vocab;
use serde_json::Value;

use crate::constraint::{self, Position};
use crate::fault::{Fault, FaultCode};
use crate::policy::{Compiled, Rule};

/// Profiles whose terms this engine speaks.
pub const PROFILES: &[&str] =
    &[vocab::PROFILE, "http://www.w3.org/ns/odrl/2/core", "http://www.w3.org/ns/odrl/2/"];

/// Compiles a policy, or returns every fault it has.
///
/// # Errors
/// All faults, in the order of the document.
pub fn compile(policy: &Policy) -> Result<Compiled, Vec<Fault>> {
    let mut faults = Vec::new();
    let mut extra = policy.extra.clone();
    // The context says how names are spelt; names are read by spelling here, so that it cannot redefine them.
    extra.remove("@context");
    conflict(&mut extra, &mut faults);
    unknown(&extra, "", &accepted_members(&extra), &mut faults);
    kind(policy, &mut faults);
    for (member, value) in
        [("target", &policy.target), ("assigner", &policy.assigner), ("assignee", &policy.assignee)]
    {
        if let Some(value) = value.as_ref().filter(|value| !constraint::identifier(value)) {
            let accepted = "urn:uuid:…, did:web:…, https://…";
            faults.push(Fault::new(format!("/{member}"), FaultCode::Value, value, accepted));
        }
    }
    for (index, profile) in policy.profile.iter().enumerate() {
        if !PROFILES.contains(&profile.as_str()) {
            faults.push(Fault::new(
                format!("/profile/{index}"),
                FaultCode::Profile,
                profile,
                PROFILES.join(", "),
            ));
        }
    }
    let unread = |member: &str| policy.extra.contains_key(member);
    if policy.permission.is_empty()
        && policy.prohibition.is_empty()
        && !unread("permission")
        && !unread("prohibition")
    {
        faults.push(Fault::new("", FaultCode::NoRule, "", "permission, prohibition"));
    }
    let mut rules = |list: &[odrl::Rule], member: &str, kind: Kind| -> Vec<Rule> {
        let one = |(index, rule): (usize, &odrl::Rule)| {
            self::rule(policy, rule, &format!("/{member}/{index}"), kind, &mut faults)
        };
        list.iter().enumerate().filter_map(one).collect()
    };
    let permissions = rules(&policy.permission, "permission", Kind::Permission);
    let prohibitions = rules(&policy.prohibition, "prohibition", Kind::Prohibition);
    let obligations = rules(&policy.obligation, "obligation", Kind::Obligation);
    if !faults.is_empty() {
        return Err(faults);
    }
    let (target, assigner, assignee) =
        (policy.target.clone(), policy.assigner.clone(), policy.assignee.clone());
    Ok(Compiled::new([target, assigner, assignee], [permissions, prohibitions, obligations]))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Permission,
    Prohibition,
    Obligation,
    /// A duty of a permission.
    Precondition,
}

impl Kind {
    const fn types(self) -> &'static [&'static str] {
        match self {
            Kind::Permission => &["Permission", "Rule"],
            Kind::Prohibition => &["Prohibition", "Rule"],
            Kind::Obligation | Kind::Precondition => &["Duty", "Obligation", "Rule"],
        }
    }
}

fn rule(policy: &Policy, rule: &odrl::Rule, at: &str, kind: Kind, faults: &mut Vec<Fault>) -> Option<Rule> {
    let mut extra = rule.extra.clone();
    let refined = match kind {
        Kind::Permission => asset::refined(policy, &mut extra, at, faults),
        Kind::Prohibition | Kind::Obligation | Kind::Precondition => Vec::new(),
    };
    for (member, own) in
        [("target", &policy.target), ("assigner", &policy.assigner), ("assignee", &policy.assignee)]
    {
        if let Some(value) = extra.remove(member)
            && value.as_str() != own.as_deref()
        {
            let accepted = own.clone().unwrap_or_default();
            faults.push(Fault::new(format!("{at}/{member}"), FaultCode::Party, value.to_string(), accepted));
        }
    }
    if kind != Kind::Permission && !rule.duty.is_empty() {
        faults.push(Fault::new(
            format!("{at}/duty"),
            FaultCode::Duty,
            "duty",
            "/permission/…/duty, /obligation",
        ));
    }
    for member in ["consequence", "remedy", "failure"] {
        if let Some(value) = extra.remove(member) {
            faults.push(Fault::new(format!("{at}/{member}"), FaultCode::Duty, value.to_string(), ""));
        }
    }
    members(&extra, at, kind.types(), faults);
    let position = match kind {
        Kind::Permission => Position::Permission,
        Kind::Prohibition => Position::Elsewhere,
        Kind::Obligation | Kind::Precondition => Position::Deadline,
    };
    if kind == Kind::Precondition && !rule.constraint.is_empty() {
        faults.push(Fault::new(
            format!("{at}/constraint"),
            FaultCode::Duty,
            "constraint",
            "/obligation/…/constraint",
        ));
    }
    let mut when = constraint::all(&rule.constraint, &format!("{at}/constraint"), position, faults);
    when.extend(refined);
    let duty = |(index, duty): (usize, &odrl::Rule)| {
        self::rule(policy, duty, &format!("{at}/duty/{index}"), Kind::Precondition, faults)
    };
    let duties = rule.duty.iter().enumerate().filter_map(duty).collect();
    missing(rule.action.is_none() && !rule.extra.contains_key("action"), at, "action", faults);
    let action = action(rule.action.as_deref()?, at, faults)?;
    let rule = Rule { pointer: at.into(), said: action.name().into(), action, when, duties };
    if rule.leaves_no_column() {
        faults.push(Fault::new(format!("{at}/constraint"), FaultCode::Empty, "fiducie:columns", ""));
    }
    Some(rule)
}

fn action(name: &str, at: &str, faults: &mut Vec<Fault>) -> Option<Action> {
    let action = Action::parse(name);
    if action.is_none() {
        let withdrawn = vocab::odrl(name).is_some_and(|local| WITHDRAWN.contains(&local));
        let accepted = if withdrawn {
            "use, read, distribute, reproduce, …"
        } else {
            "ODRL 2.2: use, read, distribute, …"
        };
        faults.push(Fault::new(format!("{at}/action"), FaultCode::Action, name, accepted));
    }
    action
}

fn kind(policy: &Policy, faults: &mut Vec<Fault>) {
    if let Some(kind) = &policy.kind
        && !matches!(vocab::odrl(kind), Some("Offer" | "Agreement" | "Set"))
    {
        faults.push(Fault::new("/@type", FaultCode::Type, kind, "Offer, Agreement"));
    }
}

/// Here prohibitions always win; a policy that asks for another strategy would be decided otherwise than it says.
fn conflict(extra: &mut Extra, faults: &mut Vec<Fault>) {
    if let Some(value) = extra.remove("conflict")
        && value.as_str().and_then(vocab::odrl) != Some("prohibit")
    {
        faults.push(Fault::new("/conflict", FaultCode::Conflict, value.to_string(), "prohibit"));
    }
}

/// Faults for every member that is left, except `@id` and an expected `@type`.
pub(crate) fn members(extra: &Extra, at: &str, types: &[&str], faults: &mut Vec<Fault>) {
    let mut left = extra.clone();
    left.retain(|member, value| match (member.as_str(), &*value) {
        ("@id", Value::String(_)) => false,
        ("@type", Value::String(kind)) => !vocab::odrl(kind).is_some_and(|kind| types.contains(&kind)),
        _ => true,
    });
    unknown(&left, at, "", faults);
}

fn unknown(extra: &Extra, at: &str, accepted: &str, faults: &mut Vec<Fault>) {
    for (member, value) in extra {
        let member = member.replace('~', "~0").replace('/', "~1");
        faults.push(Fault::new(format!("{at}/{member}"), FaultCode::Member, value.to_string(), accepted));
    }
}

/// What the policy level accepts, named only when something there is not understood.
fn accepted_members(extra: &Extra) -> String {
    if extra.is_empty() {
        return String::new();
    }
    "@context, @id, @type, profile, target, assigner, assignee, timestamp, conflict, permission, prohibition, obligation"
        .to_owned()
}

pub(crate) fn missing(absent: bool, at: &str, member: &str, faults: &mut Vec<Fault>) {
    if absent {
        faults.push(Fault::new(at, FaultCode::Missing, "", member));
    }
}
