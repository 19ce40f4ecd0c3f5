//! What changed in a dataset since a revision, as one asker may see it.

use std::collections::BTreeSet;

use contracts::id::DatasetId;
use serde_json::Value;

use super::rows;
use crate::app::{App, Error, Hosted};
use crate::domain::dataset::{Asker, Revision, Visibility};
use crate::store::Line;

/// Most revisions of one answer.
const MOST: usize = 50;

/// One revision that the asker may see in full, or a withdrawal of what it could.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    pub line: Line,
    /// Members of the description that differ from the revision seen before.
    pub changed: Vec<String>,
}

/// The changes of a dataset after a revision.
#[derive(Debug, Clone, PartialEq)]
pub struct Delta {
    pub withdrawn: bool,
    pub changes: Vec<Change>,
    pub next: Option<i64>,
}

/// The changes after revision `since`, oldest first.
///
/// # Errors
/// [`Error::NotFound`] unless the asker may see the dataset in full at its newest revision; of a withdrawn one, at the
/// last that described it. Revisions that it could not see in full at their own terms are passed over.
pub async fn delta(
    app: &App,
    hosted: &Hosted,
    asker: Asker<'_>,
    id: &DatasetId,
    since: i64,
) -> Result<Delta, Error> {
    let now = app.now();
    let sees = |revision: &Revision| revision.seen(asker, now).0 == Visibility::Full;
    let mut reader = app.store.read(hosted.id()).await?;
    let head = reader.dataset(id).await?.ok_or(Error::NotFound("dataset"))?;
    let last = match head.is_withdrawn() {
        true => reader.dataset_revision(id, head.number - 1).await?,
        false => Some(head.clone()),
    };
    if !last.as_ref().is_some_and(sees) {
        return Err(Error::NotFound("dataset"));
    }
    let mut lines = reader.dataset_history(id, since, rows(MOST + 1)).await?;
    let more = lines.len() > MOST;
    lines.truncate(MOST);
    let next = lines.last().filter(|_| more).map(|line| line.number);
    let mut before = match since {
        1.. => reader.dataset_revision(id, since).await?.filter(sees),
        _ => None,
    };
    let mut changes = Vec::new();
    for line in lines {
        let Some(revision) = reader.dataset_revision(id, line.number).await? else { continue };
        if revision.is_withdrawn() {
            changes.push(Change { line, changed: Vec::new() });
        } else if sees(&revision) {
            let changed = changed(before.as_ref(), &revision);
            changes.push(Change { line, changed });
            before = Some(revision);
        }
    }
    Ok(Delta { withdrawn: head.is_withdrawn(), changes, next })
}

/// Members that differ between what is shown of two revisions.
fn changed(before: Option<&Revision>, after: &Revision) -> Vec<String> {
    let shown = |revision: &Revision| {
        revision
            .described()
            .map(|described| described.description.shown(&revision.dataset, 0))
            .unwrap_or_default()
    };
    let (old, new) = (before.map(shown).unwrap_or_default(), shown(after));
    let names = |value: &Value| -> Vec<String> {
        value.as_object().map(|members| members.keys().cloned().collect()).unwrap_or_default()
    };
    let all: BTreeSet<String> = names(&old).into_iter().chain(names(&new)).collect();
    let frame = ["type", "id", "revision", "v"];
    all.into_iter().filter(|name| !frame.contains(&name.as_str()) && old.get(name) != new.get(name)).collect()
}
