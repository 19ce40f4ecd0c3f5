//! What a token lets its holder open of the log.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::format::Instant;

/// Entries that fit every list that is given, within the period. A list that is empty bounds nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Identifiers of datasets.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub datasets: Vec<String>,
    /// Identifiers of agreements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<String>,
    /// DIDs of other parties: for a recipient who may see its own uses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub recipients: Vec<String>,
    /// First instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub from: Option<Instant>,
    /// Instant after the last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub until: Option<Instant>,
}

impl Scope {
    /// Whether an entry of this second is within it; `open` gives its fields in clear. What was erased fits no list.
    pub fn lets<'a>(&self, at: i64, open: impl Fn(&str) -> Option<&'a str>) -> bool {
        let lists = [("dataset", &self.datasets), ("agreement", &self.contracts), ("peer", &self.recipients)];
        self.from.is_none_or(|from| at >= from.seconds())
            && self.until.is_none_or(|until| at < until.seconds())
            && lists.iter().all(|(field, list)| {
                list.is_empty() || open(field).is_some_and(|value| list.iter().any(|one| one == value))
            })
    }

    pub fn is_everything(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_fits_every_list_and_the_period() {
        let scope = Scope {
            datasets: vec!["d".into(), "e".into()],
            recipients: vec!["p".into()],
            from: Some(Instant::from_seconds(10)),
            until: Some(Instant::from_seconds(20)),
            ..Scope::default()
        };
        let lets = |at, dataset: Option<&'static str>, peer: Option<&'static str>| {
            scope.lets(at, |field| match field {
                "dataset" => dataset,
                "peer" => peer,
                _ => None,
            })
        };
        assert!(lets(10, Some("d"), Some("p")) && lets(19, Some("e"), Some("p")));
        for (at, dataset, peer) in [
            (9, Some("d"), Some("p")),
            (20, Some("d"), Some("p")),
            (10, Some("x"), Some("p")),
            (10, Some("d"), Some("x")),
            (10, None, Some("p")),
            (10, Some("d"), None),
        ] {
            assert!(!lets(at, dataset, peer), "{at} {dataset:?} {peer:?}");
        }
        assert!(Scope::default().lets(0, |_| None));
    }
}
