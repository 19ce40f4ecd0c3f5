//! Rules, each with those that stand under it.

use serde_json::{Map, Value, json};

use super::Maker;
use crate::fault::FaultCode;
use crate::form::Rule;
use crate::model::RuleKind;

const KINDS: [RuleKind; 6] = [
    RuleKind::Permission,
    RuleKind::Prohibition,
    RuleKind::Obligation,
    RuleKind::Duty,
    RuleKind::Consequence,
    RuleKind::Remedy,
];

/// Whether a rule of this kind stands under another one.
fn below(kind: RuleKind) -> bool {
    matches!(kind, RuleKind::Duty | RuleKind::Consequence | RuleKind::Remedy)
}

impl Maker {
    pub(super) fn rules(&mut self, rules: &[Rule], policy: &mut Map<String, Value>) {
        let mut kinds = Vec::new();
        for (index, rule) in rules.iter().enumerate() {
            let kind = KINDS.into_iter().find(|kind| kind.property() == rule.rule);
            let accepted = KINDS.map(RuleKind::property).join(", ");
            if kind.is_none() {
                self.fault(&format!("/rules/{index}/rule"), FaultCode::Value, &rule.rule, &accepted);
            }
            kinds.push(kind);
            // A rule stands under one before it: nothing leads back to itself.
            let under = rule.under.is_some_and(|number| number == 0 || number > index);
            let missing = rule.under.is_none() && kind.is_some_and(below);
            let strange = rule.under.is_some() && kind.is_some_and(|kind| !below(kind));
            if under || missing || strange {
                let found = rule.under.map(|number| number.to_string()).unwrap_or_default();
                let accepted = if strange { String::new() } else { format!("1 … {index}") };
                self.fault(&format!("/rules/{index}/under"), FaultCode::Value, &found, &accepted);
            }
        }
        if !self.faults.is_empty() {
            return;
        }
        for kind in KINDS.into_iter().filter(|kind| !below(*kind)) {
            let own = (0..rules.len()).filter(|index| kinds[*index] == Some(kind));
            let made: Vec<Value> = own.map(|index| self.rule(rules, &kinds, index)).collect();
            if !made.is_empty() {
                policy.insert(kind.property().to_owned(), made.into());
            }
        }
    }

    fn rule(&mut self, rules: &[Rule], kinds: &[Option<RuleKind>], index: usize) -> Value {
        let (rule, at) = (&rules[index], format!("/rules/{index}"));
        let mut made = Map::new();
        let mut acts = Vec::new();
        for (number, act) in rule.actions.iter().enumerate() {
            acts.push(self.act(act, &format!("{at}/actions/{number}")));
        }
        put(&mut made, "action", acts);
        let things = [
            ("target", "datasets", &rule.datasets),
            ("assigner", "granted_by", &rule.granted_by),
            ("assignee", "granted_to", &rule.granted_to),
        ];
        for (member, field, list) in things {
            let mut all = Vec::new();
            for (number, thing) in list.iter().enumerate() {
                all.push(self.thing(thing, member, &format!("{at}/{field}/{number}")));
            }
            put(&mut made, member, all);
        }
        let mut constraints = rule.usual();
        constraints.extend(self.conditions(&rule.conditions, &format!("{at}/conditions")));
        list(&mut made, "constraint", constraints);
        let plain = rule.duties.iter().map(|action| json!({"action": super::term(action)})).collect();
        list(&mut made, "duty", plain);
        for kind in KINDS.into_iter().filter(|kind| below(*kind)) {
            let own = (0..rules.len())
                .filter(|other| kinds[*other] == Some(kind) && rules[*other].under == Some(index + 1));
            let all: Vec<Value> = own.map(|other| self.rule(rules, kinds, other)).collect();
            list(&mut made, kind.property(), all);
        }
        match &rule.name {
            None => Value::Object(made),
            Some(name) => {
                // A name of which nothing is said would stand for something said elsewhere.
                if made.is_empty() {
                    let class = match kinds[index] {
                        Some(RuleKind::Permission) => "Permission",
                        Some(RuleKind::Prohibition) => "Prohibition",
                        _ => "Duty",
                    };
                    made.insert("@type".to_owned(), class.into());
                }
                made.insert("@id".to_owned(), name.as_str().into());
                self.named(name, Value::Object(made), &format!("{at}/name"))
            }
        }
    }
}

/// One value, or a list of several.
fn put(made: &mut Map<String, Value>, member: &str, mut values: Vec<Value>) {
    let value = match values.len() {
        0 => return,
        1 => values.swap_remove(0),
        _ => values.into(),
    };
    made.insert(member.to_owned(), value);
}

/// A list, added to the one that is there.
fn list(made: &mut Map<String, Value>, member: &str, values: Vec<Value>) {
    if values.is_empty() {
        return;
    }
    match made.get_mut(member) {
        Some(Value::Array(known)) => known.extend(values),
        _ => drop(made.insert(member.to_owned(), values.into())),
    }
}
