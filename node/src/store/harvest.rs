//! Datasets of others and where they come from: a copy that can be read again, not part of the log.

use super::row::{Row, of, to_json};
use super::{Error, Reader, Tx};
use contracts::harvest::Record;

use crate::domain::harvest::{Harvested, Kind, Source};

/// What is known of a dataset without its description.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    pub origin: String,
    pub source: String,
    pub digest: String,
}

impl Reader {
    /// The sources read so far, by name.
    pub async fn harvest_sources(&mut self) -> Result<Vec<Source>, Error> {
        let sql = "SELECT name, kind, url, cursor, tried, succeeded, fault, report FROM harvest_source \
                   WHERE member = $1 ORDER BY name";
        let query = sqlx::query(sql).bind(self.member.to_string());
        let rows = query.fetch_all(self.reading().await?).await?;
        rows.into_iter().map(of("harvest_source")).map(|row| source(&row)).collect()
    }

    /// Which datasets of others are known.
    pub async fn harvest_known(&mut self) -> Result<Vec<Known>, Error> {
        let sql = "SELECT origin, source, digest FROM harvest_record WHERE member = $1 ORDER BY origin";
        let query = sqlx::query(sql).bind(self.member.to_string());
        let rows = query.fetch_all(self.reading().await?).await?;
        let known = |row: Row| {
            Ok(Known {
                origin: row.text("origin")?,
                source: row.text("source")?,
                digest: row.text("digest")?,
            })
        };
        rows.into_iter().map(of("harvest_record")).map(known).collect()
    }

    /// A page of datasets of others in the order of their origins; of one source, or of all when it is empty.
    pub async fn harvested(
        &mut self,
        source: &str,
        after: &str,
        limit: i64,
    ) -> Result<Vec<Harvested>, Error> {
        let sql = "SELECT origin, source, digest, body, graph, created, updated FROM harvest_record \
                   WHERE member = $1 AND ($2 = '' OR source = $2) AND origin > $3 ORDER BY origin LIMIT $4 + 0";
        let query =
            sqlx::query(sql).bind(self.member.to_string()).bind(source.to_owned()).bind(after.to_owned());
        let rows = query.bind(limit).fetch_all(self.reading().await?).await?;
        rows.into_iter().map(of("harvest_record")).map(|row| harvested(&row)).collect()
    }

    /// How many datasets of others there are, of one source or of all, and when that last changed.
    pub async fn harvest_state(&mut self, source: &str) -> Result<(u64, Option<i64>), Error> {
        let sql = "SELECT COUNT(*) AS n, MAX(updated) AS at FROM harvest_record \
                   WHERE member = $1 AND ($2 = '' OR source = $2)";
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(source.to_owned());
        let row = of("harvest_record")(query.fetch_one(self.reading().await?).await?);
        Ok((row.count("n")?, row.opt_int("at")?))
    }
}

impl Tx<'_> {
    /// Keeps a dataset of somebody else in its newest form.
    pub async fn put_harvested(&mut self, kept: &Harvested) -> Result<(), Error> {
        let sql = "INSERT INTO harvest_record (origin, member, source, digest, body, graph, created, updated) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (member, origin) DO UPDATE SET \
                   source = excluded.source, digest = excluded.digest, body = excluded.body, \
                   graph = excluded.graph, updated = excluded.updated";
        let query = sqlx::query(sql)
            .bind(kept.record.origin.clone())
            .bind(self.member.to_string())
            .bind(kept.source.clone())
            .bind(kept.digest.clone())
            .bind(to_json(&kept.record)?)
            .bind(kept.graph.clone())
            .bind(kept.created.0)
            .bind(kept.updated.0);
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// A dataset of somebody else, by its name at its origin.
    pub async fn harvested_one(&mut self, origin: &str) -> Result<Option<Record>, Error> {
        let sql = "SELECT body FROM harvest_record WHERE member = $1 AND origin = $2";
        let query = sqlx::query(sql).bind(self.member.to_string()).bind(origin.to_owned());
        let row = query.fetch_optional(self.writing().await?).await?;
        row.map(of("harvest_record")).map(|row| row.json("body")).transpose()
    }

    /// Forgets a dataset of a source.
    pub async fn drop_harvested(&mut self, source: &str, origin: &str) -> Result<(), Error> {
        let sql = "DELETE FROM harvest_record WHERE member = $1 AND source = $2 AND origin = $3";
        let query =
            sqlx::query(sql).bind(self.member.to_string()).bind(source.to_owned()).bind(origin.to_owned());
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Keeps how a source was read.
    pub async fn put_harvest_source(&mut self, source: &Source) -> Result<(), Error> {
        let sql = "INSERT INTO harvest_source (name, member, kind, url, cursor, tried, succeeded, fault, report) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (member, name) DO UPDATE SET \
                   kind = excluded.kind, url = excluded.url, cursor = excluded.cursor, tried = excluded.tried, \
                   succeeded = excluded.succeeded, fault = excluded.fault, report = excluded.report";
        let query = sqlx::query(sql)
            .bind(source.name.clone())
            .bind(self.member.to_string())
            .bind(source.kind.as_str())
            .bind(source.url.clone())
            .bind(source.cursor.clone())
            .bind(source.tried.0)
            .bind(source.succeeded.map(|at| at.0))
            .bind(source.fault.clone())
            .bind(to_json(&source.report)?);
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Forgets a source and everything that came from it. Says whether it was there.
    pub async fn drop_harvest_source(&mut self, name: &str) -> Result<bool, Error> {
        let member = self.member.to_string();
        let conn = self.writing().await?;
        let records = "DELETE FROM harvest_record WHERE member = $1 AND source = $2";
        sqlx::query(records).bind(member.clone()).bind(name.to_owned()).execute(&mut *conn).await?;
        let sql = "DELETE FROM harvest_source WHERE member = $1 AND name = $2";
        let gone = sqlx::query(sql).bind(member).bind(name.to_owned()).execute(&mut *conn).await?;
        Ok(gone.rows_affected() > 0)
    }
}

fn source(row: &Row) -> Result<Source, Error> {
    Ok(Source {
        name: row.text("name")?,
        kind: row.one_of("kind", Kind::parse)?,
        url: row.text("url")?,
        cursor: row.opt_text("cursor")?,
        tried: row.time("tried")?,
        succeeded: row.opt_time("succeeded")?,
        fault: row.opt_text("fault")?,
        report: row.json("report")?,
    })
}

fn harvested(row: &Row) -> Result<Harvested, Error> {
    Ok(Harvested {
        source: row.text("source")?,
        record: row.json("body")?,
        digest: row.text("digest")?,
        graph: row.opt_text("graph")?,
        created: row.time("created")?,
        updated: row.time("updated")?,
    })
}
