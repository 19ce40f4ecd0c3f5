//! Datasets: revisions and tombstones, insert-only; a head row with the rung; the offers of each revision.

mod held;

use std::sync::Arc;

use contracts::dataset::Description;
use contracts::id::{DatasetId, MemberId, OfferId};
use serde_json::Value;
use sqlx::AnyConnection;

use super::found::Kind;
use super::row::{Row, of, to_json};
use super::{Error, Reader, Store, Tx};
use crate::domain::dataset::{Content, Described, Revision};
use crate::domain::time::Timestamp;

pub use held::Held;
pub(super) use held::Kept;
use held::kept;

/// One line of a dataset's history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    pub number: i64,
    pub digest: String,
    pub at: Timestamp,
    pub withdrawn: bool,
}

/// Selects revisions under their head.
macro_rules! heads {
    ($condition:literal) => {
        concat!(
            "SELECT r.dataset, r.revision, r.digest, r.body, r.at, d.created FROM dataset d JOIN dataset_revision r ",
            "ON r.member = d.member AND r.dataset = d.id AND r.revision = d.revision WHERE d.member = $1 ",
            $condition
        )
    };
}

impl Store {
    /// Where the bytes of a dataset are, as last committed: known, or read.
    pub async fn dataset_source(&self, member: &MemberId, id: &DatasetId) -> Result<Option<Held>, Error> {
        match self.shared.known.sources.get(member, id.as_str()) {
            Some(known) => Ok(Some(known.held(self.clock.now()))),
            None => self.read(member).await?.dataset_source(id).await,
        }
    }

    /// A dataset at its newest revision, which may be a tombstone: known, or read.
    pub async fn dataset(&self, member: &MemberId, id: &DatasetId) -> Result<Option<Arc<Revision>>, Error> {
        let (heads, key) = (&self.shared.found.heads, id.to_string());
        let (found, look) = heads.get(member, &key, self.clock.now());
        if found.is_some() {
            return Ok(found);
        }
        let mut reader = self.read(member).await?;
        let Some(row) = head(&mut reader.conn, member.as_str(), id).await? else { return Ok(None) };
        let read = Arc::new(revision(&row)?);
        heads.put(member, key, Arc::clone(&read), size(&row)?, &look);
        Ok(Some(read))
    }

    /// The datasets that others may be shown in full, in the order of their identifiers, each at the revision it had at
    /// an instant: known, or read.
    pub async fn shown_datasets_at(
        &self,
        member: &MemberId,
        at: Timestamp,
        after: Option<&DatasetId>,
        limit: i64,
    ) -> Result<Arc<[Arc<Revision>]>, Error> {
        let pages = &self.shared.found.pages;
        let key = (after.map(ToString::to_string).unwrap_or_default(), limit);
        let now = self.clock.now();
        let (found, look) = pages.get(member, &key, now);
        // As of any instant since the last change they are the same. A revision may have been dated by a clock that
        // was set back since: hence not for ever.
        let same = at >= look.since;
        if let Some((read, page)) = found
            && same
            && now.millis() - read.millis() < AGAIN
        {
            return Ok(page);
        }
        let rows = self.read(member).await?.shown_at(at, after, limit).await?;
        let page: Result<Arc<[_]>, Error> = rows.iter().map(|row| revision(row).map(Arc::new)).collect();
        let page = page?;
        if same {
            let bytes = rows.iter().map(size).sum::<Result<usize, Error>>()?;
            pages.put(member, key, (now, Arc::clone(&page)), bytes, &look);
        }
        Ok(page)
    }
}

/// Longest that a page which nothing changed is kept, in milliseconds.
const AGAIN: i64 = 60_000;

/// About how many bytes a revision takes when it is read.
fn size(row: &Row) -> Result<usize, Error> {
    Ok(1024 + 4 * row.opt_text("body")?.map_or(0, |body| body.len()))
}

impl Reader {
    /// A dataset at its newest revision, which may be a tombstone.
    pub async fn dataset(&mut self, id: &DatasetId) -> Result<Option<Revision>, Error> {
        let member = self.member.to_string();
        head(self.reading().await?, &member, id).await?.map(|row| revision(&row)).transpose()
    }

    /// A dataset at one revision.
    pub async fn dataset_revision(&mut self, id: &DatasetId, number: i64) -> Result<Option<Revision>, Error> {
        let sql = "SELECT r.dataset, r.revision, r.digest, r.body, r.at, d.created FROM dataset_revision r \
                   JOIN dataset d ON d.member = r.member AND d.id = r.dataset \
                   WHERE r.member = $1 AND r.dataset = $2 AND r.revision = $3";
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(id.to_string()).bind(number);
        query
            .fetch_optional(self.reading().await?)
            .await?
            .map(of("dataset_revision"))
            .map(|row| revision(&row))
            .transpose()
    }

    /// A dataset at the revision it had at an instant, which may be a tombstone; nothing when it was not there yet.
    pub async fn dataset_at(&mut self, id: &DatasetId, at: Timestamp) -> Result<Option<Revision>, Error> {
        let sql = "SELECT r.dataset, r.revision, r.digest, r.body, r.at, d.created FROM dataset_revision r \
                   JOIN dataset d ON d.member = r.member AND d.id = r.dataset \
                   WHERE r.member = $1 AND r.dataset = $2 AND r.at <= $3 ORDER BY r.revision DESC LIMIT 1";
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(id.to_string()).bind(at.0);
        let row = query.fetch_optional(self.reading().await?).await?;
        row.map(of("dataset_revision")).map(|row| revision(&row)).transpose()
    }

    /// The history of a dataset after a revision, oldest first.
    pub async fn dataset_history(
        &mut self,
        id: &DatasetId,
        after: i64,
        limit: i64,
    ) -> Result<Vec<Line>, Error> {
        let sql = "SELECT revision, digest, at, CASE WHEN body IS NULL THEN 1 ELSE 0 END AS withdrawn \
                   FROM dataset_revision WHERE member = $1 AND dataset = $2 AND revision > $3 \
                   ORDER BY revision LIMIT $4 + 0";
        let query =
            sqlx::query(sql).bind(self.member.to_string()).bind(id.to_string()).bind(after).bind(limit);
        let rows = query.fetch_all(self.reading().await?).await?;
        rows.into_iter().map(of("dataset_revision")).map(|row| line(&row)).collect()
    }

    /// Newest revisions of all datasets in the order of their identifiers, tombstones included.
    pub async fn datasets(&mut self, after: Option<&DatasetId>, limit: i64) -> Result<Vec<Revision>, Error> {
        self.heads(heads!("AND d.id > $2 ORDER BY d.id LIMIT $3 + 0"), after, limit).await
    }

    /// As [`Self::datasets`], of those that others may be shown in full: the rung, an indexed column, decides.
    pub async fn shown_datasets(
        &mut self,
        after: Option<&DatasetId>,
        limit: i64,
    ) -> Result<Vec<Revision>, Error> {
        let sql = heads!(
            "AND d.withdrawn = 0 AND d.rung NOT IN ('existence_seule', 'invisible') AND d.id > $2 \
             ORDER BY d.id LIMIT $3 + 0"
        );
        self.heads(sql, after, limit).await
    }

    /// As [`Self::shown_datasets`], each at the revision it had at an instant: pages of one catalogue belong together.
    /// What is no longer shown is left out all the same, and what came later is not in it.
    async fn shown_at(
        &mut self,
        at: Timestamp,
        after: Option<&DatasetId>,
        limit: i64,
    ) -> Result<Vec<Row>, Error> {
        let sql = "SELECT r.dataset, r.revision, r.digest, r.body, r.at, d.created FROM dataset d JOIN dataset_revision r \
                   ON r.member = d.member AND r.dataset = d.id AND r.revision = (SELECT MAX(x.revision) \
                   FROM dataset_revision x WHERE x.member = d.member AND x.dataset = d.id AND x.at <= $4) \
                   WHERE d.member = $1 AND d.withdrawn = 0 AND d.rung NOT IN ('existence_seule', 'invisible') \
                   AND d.id > $2 ORDER BY d.id LIMIT $3 + 0";
        let after = after.map(ToString::to_string).unwrap_or_default();
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(after).bind(limit).bind(at.0);
        let rows = query.fetch_all(self.reading().await?).await?;
        Ok(rows.into_iter().map(of("dataset_revision")).collect())
    }

    async fn heads(
        &mut self,
        sql: &'static str,
        after: Option<&DatasetId>,
        limit: i64,
    ) -> Result<Vec<Revision>, Error> {
        let after = after.map(ToString::to_string).unwrap_or_default();
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(after).bind(limit);
        let rows = query.fetch_all(self.reading().await?).await?;
        rows.into_iter().map(of("dataset_revision")).map(|row| revision(&row)).collect()
    }

    /// Where the bytes of a dataset are; nothing for a dataset that never was.
    pub async fn dataset_source(&mut self, id: &DatasetId) -> Result<Option<Held>, Error> {
        let (member, now) = (self.member.to_string(), self.at);
        Ok(kept(self.reading().await?, &member, id).await?.map(|kept| kept.held(now)))
    }
}

/// What all datasets of a member are known by, together.
const ALL: &str = "";

impl Tx<'_> {
    /// A dataset at its newest revision, which may be a tombstone.
    pub async fn dataset(&mut self, id: &DatasetId) -> Result<Option<Revision>, Error> {
        let member = self.member.to_string();
        head(self.reading().await?, &member, id).await?.map(|row| revision(&row)).transpose()
    }

    /// Where the bytes of a dataset are, as of this write.
    pub async fn dataset_source(&mut self, id: &DatasetId) -> Result<Option<Held>, Error> {
        let known = self.batch.changes.sources.get(&self.batch.known.sources, &self.member, id.as_str());
        if let Some(known) = known {
            return Ok(Some(known.held(self.at)));
        }
        let member = self.member.clone();
        let Some(kept) = kept(self.reading().await?, member.as_str(), id).await?.map(Arc::new) else {
            return Ok(None);
        };
        self.batch.changes.sources.read(&member, id.as_str(), &kept);
        Ok(Some(kept.held(self.at)))
    }

    /// How many datasets the member has, withdrawn ones included. Counted once: what is published is added, for counting
    /// takes longer the more there are.
    pub async fn datasets_held(&mut self) -> Result<u64, Error> {
        if let Some(known) = self.batch.changes.datasets.get(&self.batch.known.datasets, &self.member, ALL) {
            return Ok(known);
        }
        let member = self.member.clone();
        let query =
            sqlx::query("SELECT COUNT(*) AS n FROM dataset WHERE member = $1").bind(member.to_string());
        let held = of("dataset")(query.fetch_one(self.reading().await?).await?).count("n")?;
        self.batch.changes.datasets.read(&member, ALL, &held);
        Ok(held)
    }

    /// The other dataset that has an offer of this identifier, in any revision.
    pub async fn offer_taken(
        &mut self,
        offer: &OfferId,
        by_other_than: &DatasetId,
    ) -> Result<Option<String>, Error> {
        let sql = "SELECT dataset FROM offer WHERE member = $1 AND id = $2 AND dataset <> $3 LIMIT 1";
        let member = self.member.to_string();
        let query = sqlx::query(sql).bind(member).bind(offer.to_string()).bind(by_other_than.to_string());
        query
            .fetch_optional(self.reading().await?)
            .await?
            .map(of("offer"))
            .map(|row| row.text("dataset"))
            .transpose()
    }

    /// Announced datasets, other than this one, that may name it: all that do are among them.
    pub async fn announced_with(&mut self, id: &DatasetId) -> Result<Vec<Revision>, Error> {
        let plain = |c: char| c.is_ascii_alphanumeric() || ":.-/#?=&_".contains(c);
        let pattern = match id.as_str().chars().all(plain) {
            true => format!("%{id}%"),
            false => "%".to_owned(),
        };
        let sql = heads!("AND d.withdrawn = 0 AND d.rung <> 'invisible' AND d.id <> $2 AND r.body LIKE $3");
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(id.to_string()).bind(pattern);
        let rows = query.fetch_all(self.reading().await?).await?;
        rows.into_iter().map(of("dataset_revision")).map(|row| revision(&row)).collect()
    }

    /// Adds a dataset's next revision.
    ///
    /// # Errors
    /// [`Error::Conflict`] unless it follows the newest one.
    pub async fn insert_revision(&mut self, revision: &Revision) -> Result<(), Error> {
        let (member, at) = (self.member.to_string(), revision.at.millis());
        let dataset = revision.dataset.to_string();
        let described = revision.described();
        let body = described.map(|described| to_json(&described.description)).transpose()?;
        let rung = described.map_or("", |described| described.description.exposed().code());
        self.batch.changes.sources.written(&self.member, &dataset, None);
        if revision.number == 1 {
            let (changes, known) = (&mut self.batch.changes, &self.batch.known);
            let held = changes.datasets.get(&known.datasets, &self.member, ALL).map(|held| held + 1);
            changes.datasets.written(&self.member, ALL, held.as_ref());
        }
        self.changes(Kind::Catalogue);
        let conn = self.writing().await?;
        let written = match revision.number {
            1 => {
                let sql = "INSERT INTO dataset \
                    (id, member, revision, digest, rung, withdrawn, created, updated, version) \
                    VALUES ($1, $2, 1, $3, $4, $5, $6, $6, 1)";
                sqlx::query(sql)
                    .bind(&dataset)
                    .bind(&member)
                    .bind(&revision.digest)
                    .bind(rung)
                    .bind(i64::from(body.is_none()))
                    .bind(at)
                    .execute(&mut *conn)
                    .await?
            }
            // The rung of a tombstone stays that of the last description.
            number => {
                let sql = "UPDATE dataset SET revision = $1, digest = $2, \
                    rung = CASE WHEN $3 = '' THEN rung ELSE $3 END, withdrawn = $4, updated = $5, \
                    created = $9, version = version + 1 WHERE member = $6 AND id = $7 AND revision = $8";
                sqlx::query(sql)
                    .bind(number)
                    .bind(&revision.digest)
                    .bind(rung)
                    .bind(i64::from(body.is_none()))
                    .bind(at)
                    .bind(&member)
                    .bind(&dataset)
                    .bind(number - 1)
                    .bind(revision.issued.millis())
                    .execute(&mut *conn)
                    .await?
            }
        };
        if written.rows_affected() != 1 {
            return Err(Error::Conflict("dataset"));
        }
        let sql = "INSERT INTO dataset_revision (dataset, member, revision, digest, body, at) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        sqlx::query(sql)
            .bind(&dataset)
            .bind(&member)
            .bind(revision.number)
            .bind(&revision.digest)
            .bind(body)
            .bind(at)
            .execute(&mut *conn)
            .await?;
        let offers = described.map(|described| described.offers.as_slice()).unwrap_or_default();
        for (position, offer) in (0_i64..).zip(offers) {
            let sql = "INSERT INTO offer (id, member, dataset, revision, position, body) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
            sqlx::query(sql)
                .bind(offer.id.to_string())
                .bind(&member)
                .bind(&dataset)
                .bind(revision.number)
                .bind(position)
                .bind(to_json(&offer.policy)?)
                .execute(&mut *conn)
                .await?;
        }
        Ok(())
    }
}

async fn head(conn: &mut AnyConnection, member: &str, id: &DatasetId) -> Result<Option<Row>, Error> {
    let query = sqlx::query(heads!("AND d.id = $2")).bind(member.to_owned()).bind(id.to_string());
    Ok(query.fetch_optional(conn).await?.map(of("dataset_revision")))
}

fn revision(row: &Row) -> Result<Revision, Error> {
    let content = match row.opt_text("body")? {
        None => Content::Tombstone,
        Some(body) => {
            let value: Value = serde_json::from_str(&body).map_err(|_| row.wrong("body"))?;
            let description = Description::read(&value).map_err(|_| row.wrong("body"))?;
            Content::Described(Box::new(Described::stored(description).ok_or_else(|| row.wrong("body"))?))
        }
    };
    Ok(Revision {
        dataset: row.dataset("dataset")?,
        number: row.int("revision")?,
        digest: row.text("digest")?,
        at: row.time("at")?,
        issued: row.time("created")?,
        content,
    })
}

fn line(row: &Row) -> Result<Line, Error> {
    Ok(Line {
        number: row.int("revision")?,
        digest: row.text("digest")?,
        at: row.time("at")?,
        withdrawn: row.flag("withdrawn")?,
    })
}
