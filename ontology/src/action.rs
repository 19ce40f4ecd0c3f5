//! Actions of ODRL 2.2 and their `odrl:includedIn` hierarchy.
//!
//! Source: ODRL Vocabulary & Expression 2.2, actions for rules (core and common) and deprecated terms.

use crate::vocab;

/// An action of the vocabulary, by its place in the table. Copying and comparing cost nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Action(u8);

/// Compact name and the action it is directly included in. Only `use` and `transfer` have no parent.
const TABLE: &[(&str, Option<&str>)] = &[
    ("use", None),
    ("transfer", None),
    ("acceptTracking", Some("use")),
    ("aggregate", Some("use")),
    ("annotate", Some("use")),
    ("anonymize", Some("use")),
    ("archive", Some("use")),
    ("attribute", Some("use")),
    ("compensate", Some("use")),
    ("concurrentUse", Some("use")),
    ("delete", Some("use")),
    ("derive", Some("use")),
    ("digitize", Some("use")),
    ("display", Some("play")),
    ("distribute", Some("use")),
    ("ensureExclusivity", Some("use")),
    ("execute", Some("use")),
    ("extract", Some("reproduce")),
    ("give", Some("transfer")),
    ("grantUse", Some("use")),
    ("include", Some("use")),
    ("index", Some("use")),
    ("inform", Some("use")),
    ("install", Some("use")),
    ("modify", Some("use")),
    ("move", Some("use")),
    ("nextPolicy", Some("use")),
    ("obtainConsent", Some("use")),
    ("play", Some("use")),
    ("present", Some("use")),
    ("print", Some("use")),
    ("read", Some("use")),
    ("reproduce", Some("use")),
    ("reviewPolicy", Some("use")),
    ("sell", Some("transfer")),
    ("stream", Some("use")),
    ("synchronize", Some("use")),
    ("textToSpeech", Some("use")),
    ("transform", Some("use")),
    ("translate", Some("use")),
    ("uninstall", Some("use")),
    ("watermark", Some("use")),
    ("cc:Attribution", Some("use")),
    ("cc:CommercialUse", Some("use")),
    ("cc:DerivativeWorks", Some("use")),
    ("cc:Distribution", Some("use")),
    ("cc:Notice", Some("use")),
    ("cc:Reproduction", Some("use")),
    ("cc:ShareAlike", Some("use")),
    ("cc:Sharing", Some("use")),
    ("cc:SourceCode", Some("use")),
];

/// Deprecated names that ODRL 2.2 declares to be an exact match of a current one.
pub const RENAMED: &[(&str, &str)] = &[
    ("append", "modify"),
    ("appendTo", "modify"),
    ("attachPolicy", "cc:Notice"),
    ("attachSource", "cc:SourceCode"),
    ("commercialize", "cc:CommercialUse"),
    ("copy", "reproduce"),
    ("export", "transform"),
    ("license", "grantUse"),
    ("pay", "compensate"),
    ("share", "cc:Sharing"),
    ("shareAlike", "cc:ShareAlike"),
    ("write", "modify"),
    ("writeTo", "modify"),
];

/// Deprecated names without a successor in ODRL 2.2: what they include is nowhere said, so no rule can use them.
pub const WITHDRAWN: &[&str] = &[
    "adHocShare",
    "extractChar",
    "extractPage",
    "extractWord",
    "ignore",
    "lease",
    "lend",
    "preview",
    "secondaryUse",
];

impl Action {
    /// Obtaining the data of an asset: what a data request asks for.
    pub const READ: Action = Action(position("read"));
    pub const USE: Action = Action(position("use"));

    /// Reads `use`, `odrl:use`, `cc:Notice` or a full IRI. Deprecated names become their successor.
    /// `None`: not an action of ODRL 2.2, or one of [`WITHDRAWN`].
    pub fn parse(name: &str) -> Option<Action> {
        if let Some(cc) = vocab::local(name, "cc", vocab::CC) {
            return Self::find(|own| own.strip_prefix("cc:") == Some(cc));
        }
        let local = vocab::odrl(name)?;
        let local = RENAMED.iter().find(|(old, _)| *old == local).map_or(local, |(_, new)| *new);
        Self::find(|own| own == local)
    }

    fn find(matches: impl Fn(&str) -> bool) -> Option<Action> {
        let at = TABLE.iter().position(|(name, _)| matches(name))?;
        u8::try_from(at).ok().map(Action)
    }

    /// The compact name, as the Dataspace Protocol context writes it.
    pub fn name(self) -> &'static str {
        TABLE[usize::from(self.0)].0
    }

    /// The full IRI.
    pub fn iri(self) -> String {
        match self.name().strip_prefix("cc:") {
            Some(local) => format!("{}{local}", vocab::CC),
            None => format!("{}{}", vocab::ODRL, self.name()),
        }
    }

    /// The action this one is directly included in.
    pub fn broader(self) -> Option<Action> {
        TABLE[usize::from(self.0)].1.and_then(|parent| Self::find(|own| own == parent))
    }

    /// Is `other` this action, or included in it (`odrl:includedIn`, transitively)?
    pub fn covers(self, other: Action) -> bool {
        let mut at = Some(other);
        while let Some(action) = at {
            if action == self {
                return true;
            }
            at = action.broader();
        }
        false
    }

    /// Every action, in the order of the table.
    pub fn all() -> impl Iterator<Item = Action> {
        (0u8..).take(TABLE.len()).map(Action)
    }
}

/// Position of a name in the table, at compile time: a misspelt constant does not build.
const fn position(name: &str) -> u8 {
    let mut at = 0;
    while at < TABLE.len() {
        if same(TABLE[at].0.as_bytes(), name.as_bytes()) {
            return at as u8;
        }
        at += 1;
    }
    panic!("no such action")
}

const fn same(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut at = 0;
    while at < a.len() {
        if a[at] != b[at] {
            return false;
        }
        at += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(name: &str) -> Action {
        Action::parse(name).unwrap_or_else(|| panic!("{name}"))
    }

    #[test]
    fn every_parent_exists_and_every_chain_ends() {
        for action in Action::all() {
            assert_eq!(
                TABLE[usize::from(action.0)].1.is_some(),
                action.broader().is_some(),
                "{}",
                action.name()
            );
            assert!(action.covers(action));
            assert_eq!(Action::parse(&action.iri()), Some(action));
            assert!(
                Action::USE.covers(action) != self::action("transfer").covers(action),
                "{}",
                action.name()
            );
        }
        for (_, new) in RENAMED {
            action(new);
        }
    }

    #[test]
    fn hierarchy() {
        assert!(Action::USE.covers(Action::READ) && !Action::READ.covers(Action::USE));
        assert!(action("use").covers(action("extract")) && action("play").covers(action("display")));
        assert!(!action("use").covers(action("sell")));
        assert_eq!(action("odrl:copy"), action("reproduce"));
        assert_eq!(action("http://creativecommons.org/ns#Notice"), action("attachPolicy"));
        for name in WITHDRAWN.iter().chain(&["Use", "", "cc:use", "https://example.org/ns#use"]) {
            assert_eq!(Action::parse(name), None, "{name}");
        }
    }
}
