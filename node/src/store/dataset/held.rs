//! What of a dataset's newest description a data request asks for, parsed alone.

use std::sync::Arc;

use contracts::dataset::Day;
use contracts::id::DatasetId;
use ontology::rung::Rung;
use policies::Table;
use serde::Deserialize;
use sqlx::AnyConnection;

use crate::domain::dataset::{Withheld, table, withheld};
use crate::domain::source::Source;
use crate::domain::time::Timestamp;
use crate::store::Error;
use crate::store::row::of;

/// Where a dataset's bytes are, or why none can leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The newest revision that describes it; a tombstone does not end contracts made before.
    pub revision: i64,
    pub source: Result<Source, Withheld>,
    /// The data plane that gives them, if it is another one.
    pub plane: Option<String>,
    /// The table of which this node can deliver parts.
    pub table: Option<Arc<Table>>,
    pub embargo: Option<Day>,
}

/// What of a dataset's newest description decides whether bytes leave, and which.
#[derive(Debug)]
pub(in crate::store) struct Kept {
    revision: i64,
    rung: Rung,
    embargo: Option<Day>,
    source: Option<Source>,
    plane: Option<String>,
    table: Option<Arc<Table>>,
}

impl Kept {
    pub(in crate::store) fn held(&self, now: Timestamp) -> Held {
        let source = match (withheld(self.rung, self.embargo, now), &self.source) {
            (Some(why), _) => Err(why),
            (None, Some(source)) => Ok(source.clone()),
            (None, None) if self.plane.is_some() => Err(Withheld::Elsewhere),
            (None, None) => Err(Withheld::NoSource),
        };
        let (plane, table) = (self.plane.clone(), self.table.clone());
        Held { revision: self.revision, source, plane, table, embargo: self.embargo }
    }
}

pub(super) async fn kept(
    conn: &mut AnyConnection,
    member: &str,
    id: &DatasetId,
) -> Result<Option<Kept>, Error> {
    let sql = "SELECT dataset, revision, body FROM dataset_revision \
               WHERE member = $1 AND dataset = $2 AND body IS NOT NULL ORDER BY revision DESC LIMIT 1";
    let query = sqlx::query(sql).bind(member.to_owned()).bind(id.to_string());
    let Some(row) = query.fetch_optional(conn).await?.map(of("dataset_revision")) else { return Ok(None) };
    // Only what is needed is parsed.
    let bytes: Bytes = row.json("body")?;
    let embargo = match bytes.embargo {
        Some(day) => Some(Day::parse(&day).ok_or_else(|| row.wrong("body"))?),
        None => None,
    };
    let rung = Rung::parse(&bytes.rung).ok_or_else(|| row.wrong("body"))?;
    let separated = table::separated(bytes.format.iter().map(String::as_str));
    let columns = bytes.columns.iter().map(|one| table::Declared {
        name: &one.name,
        kind: &one.kind,
        territory: one.territory,
        contributors: one.contributors,
    });
    let table = matches!(bytes.source, Some(Place::File(_)) if separated)
        .then(|| table::of_columns(columns).map(Arc::new))
        .flatten();
    let (source, plane) = match bytes.source {
        Some(Place::File(path)) => (Some(Source::File(path)), None),
        Some(Place::Folder(path)) => (Some(Source::Folder(path)), None),
        Some(Place::DataPlane(name)) => (None, Some(name)),
        None => (None, None),
    };
    Ok(Some(Kept {
        revision: row.int("revision")?,
        rung: if bytes.draft { Rung::Invisible } else { rung },
        embargo,
        source,
        plane,
        table,
    }))
}

#[derive(Deserialize)]
struct Bytes {
    rung: String,
    #[serde(default)]
    draft: bool,
    embargo: Option<String>,
    source: Option<Place>,
    #[serde(default)]
    format: Vec<String>,
    #[serde(default)]
    columns: Vec<Column>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
    #[serde(rename = "type")]
    kind: String,
    territory: Option<u16>,
    #[serde(default)]
    contributors: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "lowercase")]
enum Place {
    File(String),
    Folder(String),
    #[serde(rename = "data_plane")]
    DataPlane(String),
}
