//! What the public may know of the uses of a member's data: as much as each dataset's rung shows, the rest together.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::api::uses::{Counted, UseView, UsesView};
use ontology::rung::Rung;

use super::{App, Error, Hosted};
use crate::domain::time::Timestamp;
use crate::store::Uses;

/// Seconds for which what was counted is given again: everybody may ask, and counting reads every delivery.
const KEPT: i64 = 60;

/// When it was counted, and what.
pub type Lately = (Timestamp, UsesView);

/// Deliveries by dataset, recipient and purpose.
pub async fn uses(app: &App, hosted: &Hosted) -> Result<UsesView, Error> {
    let now = app.now();
    if let Some(known) = app.uses.get(hosted.id()).filter(|known| now < known.0.plus_seconds(KEPT)) {
        return Ok(known.1.clone());
    }
    let found = app.store.read(hosted.id()).await?.uses().await?;
    let (uses, rest) = counted(found);
    let view = UsesView { member: hosted.did().to_string(), at: now.rfc3339(), uses, rest };
    app.uses.put(hosted.id().clone(), Arc::new((now, view.clone())));
    Ok(view)
}

/// Whether the rung lets the dataset's description be read by everybody; then its uses may be known, too. Of a dataset
/// that is announced only, or not at all, a line of its own would tell more than the catalogue does.
fn shows(rung: Rung) -> bool {
    match rung {
        Rung::Ouvert
        | Rung::OuvertIdentifie
        | Rung::AgregatPublic
        | Rung::MembresDuCadre
        | Rung::PartenairesNommes
        | Rung::RequeteSure => true,
        Rung::ExistenceSeule | Rung::Invisible => false,
    }
}

fn counted(found: Vec<Uses>) -> (Vec<UseView>, Counted) {
    let (mut shown, mut rest) = (BTreeMap::new(), Counted::default());
    for uses in found {
        let sum = match uses.rung.filter(|rung| shows(*rung)) {
            Some(rung) => shown
                .entry((uses.dataset, rung.code(), uses.peer, uses.purpose))
                .or_insert_with(Counted::default),
            None => &mut rest,
        };
        sum.deliveries += uses.deliveries;
        sum.bytes = sum.bytes.saturating_add(uses.bytes);
    }
    let line = |((dataset, rung, recipient, purpose), counted): ((String, &str, String, _), _)| UseView {
        dataset,
        rung: rung.to_owned(),
        recipient,
        purpose,
        counted,
    };
    (shown.into_iter().map(line).collect(), rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_rung_does_not_show_is_counted_with_the_rest() {
        let of = |dataset: &str, rung, deliveries| Uses {
            dataset: dataset.into(),
            rung,
            peer: "did:web:b.example".into(),
            purpose: Some("p".into()),
            deliveries,
            bytes: 10 * deliveries,
        };
        for rung in Rung::ALL {
            let (shown, rest) =
                counted(vec![of("a", Some(rung), 1), of("a", Some(rung), 2), of("b", None, 4)]);
            let hidden = [Rung::ExistenceSeule, Rung::Invisible].contains(&rung);
            assert_eq!(
                shown.iter().map(|line| line.counted.deliveries).sum::<u64>(),
                if hidden { 0 } else { 3 }
            );
            assert_eq!(shown.len(), usize::from(!hidden));
            let all = if hidden { 7 } else { 4 };
            assert_eq!(rest, Counted { deliveries: all, bytes: 10 * all });
        }
    }
}
