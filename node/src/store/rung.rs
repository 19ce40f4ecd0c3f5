//! How open a dataset is, by its head row.

use contracts::id::{DatasetId, MemberId};
use ontology::rung::Rung;
use sqlx::AnyConnection;

use super::Error;
use super::row::{of, reads};

reads! {
    /// The rung of a dataset of this member, at its newest revision.
    rung(dataset: &DatasetId) -> Option<Rung> = one;
}

async fn one(
    conn: &mut AnyConnection,
    member: &MemberId,
    dataset: &DatasetId,
) -> Result<Option<Rung>, Error> {
    let query = sqlx::query("SELECT id, rung FROM dataset WHERE member = $1 AND id = $2");
    let query = query.bind(member.as_str()).bind(dataset.as_str());
    let row = query.fetch_optional(conn).await?.map(of("dataset"));
    row.map(|row| row.one_of("rung", Rung::parse)).transpose()
}
