//! Counters of agreements: how often, how much. Taking is idempotent by request, and can be given back.

use contracts::id::{AgreementId, MemberId};
use sqlx::AnyConnection;

use super::row::{int, of, reads};
use super::{Error, Tx};

reads! {
    /// What was taken from a counter so far; 0 before the first time.
    count(agreement: &AgreementId, counter: &str) -> u64 = used;
}

async fn used(
    conn: &mut AnyConnection,
    member: &MemberId,
    agreement: &AgreementId,
    counter: &str,
) -> Result<u64, Error> {
    let query = sqlx::query(
        "SELECT counter, used FROM counter WHERE member = $1 AND agreement = $2 AND counter = $3",
    );
    let query = query.bind(member.as_str()).bind(agreement.as_str()).bind(counter);
    query.fetch_optional(conn).await?.map(of("counter")).map_or(Ok(0), |row| row.count("used"))
}

impl Tx<'_> {
    /// Takes from a counter, once per request.
    pub async fn take_count(
        &mut self,
        agreement: &AgreementId,
        counter: &str,
        amount: u64,
        request: &str,
    ) -> Result<(), Error> {
        let (member, amount) = (self.member.to_string(), int(amount)?);
        let conn = self.writing().await?;
        let sql = "INSERT INTO counter_use (member, agreement, counter, request, amount) VALUES ($1, $2, $3, $4, $5) \
                   ON CONFLICT DO NOTHING";
        let query = sqlx::query(sql).bind(member.as_str()).bind(agreement.as_str()).bind(counter);
        if query.bind(request).bind(amount).execute(&mut *conn).await?.rows_affected() == 0 {
            return Ok(());
        }
        let sql = "INSERT INTO counter (member, agreement, counter, used) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (member, agreement, counter) DO UPDATE SET used = counter.used + excluded.used";
        let query =
            sqlx::query(sql).bind(member.as_str()).bind(agreement.as_str()).bind(counter).bind(amount);
        query.execute(conn).await?;
        Ok(())
    }

    /// Gives back all that a request took under an agreement.
    pub async fn give_back_all(&mut self, agreement: &AgreementId, request: &str) -> Result<(), Error> {
        let member = self.member.to_string();
        let sql = "SELECT counter FROM counter_use WHERE member = $1 AND agreement = $2 AND request = $3";
        let query = sqlx::query(sql).bind(member).bind(agreement.as_str()).bind(request);
        let taken = query.fetch_all(self.reading().await?).await?;
        for row in taken.into_iter().map(of("counter_use")) {
            self.give_back(agreement, &row.text("counter")?, request).await?;
        }
        Ok(())
    }

    /// Gives back what a request took; `false` if it took nothing, or gave it back already.
    pub async fn give_back(
        &mut self,
        agreement: &AgreementId,
        counter: &str,
        request: &str,
    ) -> Result<bool, Error> {
        let member = self.member.to_string();
        let conn = self.writing().await?;
        let sql = "DELETE FROM counter_use WHERE member = $1 AND agreement = $2 AND counter = $3 AND request = $4 \
                   RETURNING request, amount";
        let query =
            sqlx::query(sql).bind(member.as_str()).bind(agreement.as_str()).bind(counter).bind(request);
        let Some(row) = query.fetch_all(&mut *conn).await?.into_iter().next().map(of("counter_use")) else {
            return Ok(false);
        };
        let sql = "UPDATE counter SET used = used - $4 WHERE member = $1 AND agreement = $2 AND counter = $3";
        let query = sqlx::query(sql).bind(member.as_str()).bind(agreement.as_str()).bind(counter);
        query.bind(row.int("amount")?).execute(conn).await?;
        Ok(true)
    }
}
