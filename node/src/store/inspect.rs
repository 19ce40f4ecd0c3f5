//! A look at a database without taking its lease: what `fiducie check` does beside a running node.

use super::engine::Address;
use super::row::of;
use super::{Error, Setting, Store, schema};
use crate::domain::time::Timestamp;

/// What a look finds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Inspected {
    /// The settings on which durability depends.
    pub settings: Vec<Setting>,
    /// When the newest log entry of any member was made.
    pub newest: Option<Timestamp>,
}

impl Store {
    /// # Errors
    /// [`Error::Unavailable`] when it cannot be reached, [`Error::Unmigrated`] or [`Error::Newer`] for another schema.
    pub async fn inspect(url: &str) -> Result<Inspected, Error> {
        let address = Address::parse(url)?;
        let mut conn = address.connect().await?;
        schema::check(address.engine, &mut conn).await?;
        let settings = address.engine.durability(&mut conn).await?;
        let newest =
            sqlx::query("SELECT at FROM log_head ORDER BY at DESC LIMIT 1").fetch_optional(&mut conn).await?;
        let newest = newest.map(of("log_head")).map(|row| row.int("at")).transpose()?.map(Timestamp);
        sqlx::Connection::close(conn).await?;
        Ok(Inspected { settings, newest })
    }
}
