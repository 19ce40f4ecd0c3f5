//! Status lists: those of a member, bit by bit, and those of others as last seen.

use contracts::dcp::status::{Bits, MIN_BITS, Purpose};
use contracts::id::{MemberId, ParticipantId};
use sqlx::AnyConnection;

use super::super::row::{of, reads};
use super::super::{Error, Tx};
use crate::domain::time::Timestamp;

/// Bits of a list.
const SIZE: i64 = MIN_BITS as i64;

/// The place of a credential in a status list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    pub list: i64,
    pub index: i64,
}

/// A list of somebody else, as last seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenList {
    pub list: String,
    pub issuer: ParticipantId,
    pub purpose: Purpose,
    /// Seconds since the epoch, as far as it says so.
    pub stated: Option<i64>,
    pub fetched: Timestamp,
    pub bits: Bits,
}

reads! {
    /// The bits of one of the member's lists.
    status_bits(id: i64, purpose: Purpose) -> Option<Bits> = bits;
    /// A list of somebody else.
    seen_list(list: &str) -> Option<SeenList> = seen;
}

async fn bits(
    conn: &mut AnyConnection,
    member: &MemberId,
    id: i64,
    purpose: Purpose,
) -> Result<Option<Bits>, Error> {
    let sql = "SELECT id, revoked, suspended FROM status_list WHERE member = $1 AND id = $2";
    let row = sqlx::query(sql).bind(member.as_str()).bind(id).fetch_optional(conn).await?;
    row.map(of("status_list")).map(|row| Ok(Bits::from_bytes(row.bytes(column(purpose))?))).transpose()
}

async fn seen(conn: &mut AnyConnection, member: &MemberId, list: &str) -> Result<Option<SeenList>, Error> {
    let sql = "SELECT list, issuer, purpose, stated, fetched, bits FROM status_seen \
               WHERE member = $1 AND list = $2";
    let row = sqlx::query(sql).bind(member.as_str()).bind(list).fetch_optional(conn).await?;
    row.map(of("status_seen"))
        .map(|row| {
            Ok(SeenList {
                list: row.text("list")?,
                issuer: row.participant("issuer")?,
                purpose: row.one_of("purpose", Purpose::parse)?,
                stated: row.opt_int("stated")?,
                fetched: row.time("fetched")?,
                bits: Bits::from_bytes(row.bytes("bits")?),
            })
        })
        .transpose()
}

fn column(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Revocation => "revoked",
        Purpose::Suspension => "suspended",
    }
}

impl Tx<'_> {
    /// The next free place, in an order that does not tell who came after whom: `chance` begins a new list.
    pub async fn take_place(&mut self, chance: u64) -> Result<Place, Error> {
        let member = self.member.to_string();
        let sql = "SELECT id, used, step, start FROM status_list WHERE member = $1 ORDER BY id DESC LIMIT 1";
        let row = sqlx::query(sql).bind(member.clone()).fetch_optional(self.reading().await?).await?;
        let newest = match row.map(of("status_list")) {
            Some(row) => Some((row.int("id")?, row.int("used")?, row.int("step")?, row.int("start")?)),
            None => None,
        };
        if let Some((list, used, step, start)) = newest.filter(|(_, used, ..)| *used < SIZE) {
            let sql = "UPDATE status_list SET used = used + 1 WHERE member = $1 AND id = $2";
            sqlx::query(sql).bind(member).bind(list).execute(self.writing().await?).await?;
            return Ok(Place { list, index: (start + used * step).rem_euclid(SIZE) });
        }
        let list = newest.map_or(1, |(id, ..)| id + 1);
        let chance = i64::try_from(chance >> 1).unwrap_or_default();
        // An odd step visits every place of a list whose size is a power of two once.
        let (step, start) = ((chance % SIZE) | 1, (chance / SIZE).rem_euclid(SIZE));
        let empty = Bits::new(MIN_BITS);
        let sql = "INSERT INTO status_list (id, member, used, step, start, revoked, suspended) \
                   VALUES ($1, $2, 1, $3, $4, $5, $6)";
        let query = sqlx::query(sql).bind(list).bind(member).bind(step).bind(start);
        let query = query.bind(empty.bytes().to_vec()).bind(empty.bytes().to_vec());
        query.execute(self.writing().await?).await?;
        Ok(Place { list, index: start })
    }

    /// Sets or clears the bit of a place.
    pub async fn set_status(&mut self, place: Place, purpose: Purpose, value: bool) -> Result<(), Error> {
        let bits = self.status_bits(place.list, purpose).await?;
        let mut bits = bits.ok_or(Error::NotFound("status list"))?;
        if !u64::try_from(place.index).is_ok_and(|index| bits.set(index, value)) {
            return Err(Error::NotFound("status list"));
        }
        let sql = match purpose {
            Purpose::Revocation => "UPDATE status_list SET revoked = $1 WHERE member = $2 AND id = $3",
            Purpose::Suspension => "UPDATE status_list SET suspended = $1 WHERE member = $2 AND id = $3",
        };
        let query =
            sqlx::query(sql).bind(bits.bytes().to_vec()).bind(self.member.to_string()).bind(place.list);
        query.execute(self.writing().await?).await?;
        Ok(())
    }

    /// Keeps a list of somebody else as it is seen now.
    pub async fn put_seen_list(&mut self, seen: &SeenList) -> Result<(), Error> {
        let sql = "INSERT INTO status_seen (list, member, issuer, purpose, stated, fetched, bits) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (member, list) DO UPDATE SET \
                   issuer = excluded.issuer, purpose = excluded.purpose, stated = excluded.stated, \
                   fetched = excluded.fetched, bits = excluded.bits";
        let query = sqlx::query(sql)
            .bind(seen.list.clone())
            .bind(self.member.to_string())
            .bind(seen.issuer.to_string())
            .bind(seen.purpose.as_str())
            .bind(seen.stated)
            .bind(seen.fetched.0)
            .bind(seen.bits.bytes().to_vec());
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
