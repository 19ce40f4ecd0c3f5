//! Keys of openings. What opens the entries about one person in one year is sealed by one key, itself sealed by the
//! node's secret: to erase that key is to erase all it sealed, wherever a copy of it lies.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use contracts::id::MemberId;
use sqlx::AnyConnection;

use super::found::Kind;
use super::row::{Row, of};
use super::script::Statement;
use super::{Engine, Error, Store, Tx};
use crate::domain::time::Timestamp;
use crate::identity::cipher::{Cipher, KEY};
use crate::identity::random;
use crate::identity::seal::SealError;
use crate::log::entry::{Body, Facts};

/// Most keys that the writer remembers; when full, it starts again.
const MOST: usize = 4096;

/// A key in use.
#[derive(Clone)]
pub(super) struct Key {
    pub(super) kid: String,
    cipher: Arc<Cipher>,
}

/// A member, whom its entries are about, and their year.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct About {
    pub(super) member: MemberId,
    /// Empty for the member itself.
    pub(super) subject: String,
    pub(super) year: i64,
}

impl About {
    pub(super) fn new(member: &MemberId, subject: Option<&str>, at: Timestamp) -> Self {
        let subject = subject.unwrap_or_default().to_owned();
        Self { member: member.clone(), subject, year: i64::from(at.to_date().year()) }
    }
}

/// The keys that the writer seals with, as last committed or made by the present batch.
#[derive(Default)]
pub(super) struct Openings(Mutex<HashMap<About, Key>>);

impl Openings {
    fn lock(&self) -> MutexGuard<'_, HashMap<About, Key>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn clear(&self) {
        self.lock().clear();
    }

    /// The key of a person and year; the first entry about them makes it, by a statement added to `script`.
    pub(super) async fn key(
        &self,
        conn: &mut AnyConnection,
        wrap: &Cipher,
        about: &About,
        script: &mut Vec<Statement>,
    ) -> Result<Key, Error> {
        if let Some(key) = self.lock().get(about) {
            return Ok(key.clone());
        }
        let sql = "SELECT kid, sealed FROM opening_key WHERE member = $1 AND subject = $2 AND year = $3";
        let query = sqlx::query(sql).bind(about.member.as_str()).bind(&about.subject).bind(about.year);
        let key = match query.fetch_optional(conn).await?.map(of("opening_key")) {
            Some(row) => {
                let (kid, sealed) = (row.text("kid")?, row.bytes("sealed")?);
                let cipher = opened(wrap, &kid, &sealed).map_err(|_| row.wrong("sealed"))?;
                Key { kid, cipher: Arc::new(cipher) }
            }
            None => {
                let (kid, plain) = (hex::encode(random::bytes::<12>()), random::bytes::<KEY>());
                let sealed = wrap.seal(kid.as_bytes(), &plain).map_err(broken)?;
                let sql = "INSERT INTO opening_key (kid, member, subject, year, sealed) VALUES ($1, $2, $3, $4, $5)";
                script.push(Statement::new(
                    sql,
                    [
                        kid.as_str().into(),
                        about.member.as_str().into(),
                        about.subject.as_str().into(),
                        about.year.into(),
                        sealed.as_slice().into(),
                    ],
                ));
                Key { kid, cipher: Arc::new(Cipher::new(&plain).map_err(broken)?) }
            }
        };
        let mut known = self.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(about.clone(), key.clone());
        Ok(key)
    }
}

impl Key {
    /// Body and facts of an entry as they are stored: nobody reads them without the key, nor at another place.
    pub(super) fn seal(&self, index: i64, what: What, plain: &str) -> Result<String, Error> {
        let sealed = self.cipher.seal(&what.about(index), plain.as_bytes()).map_err(broken)?;
        Ok(STANDARD_NO_PAD.encode(sealed))
    }
}

/// Which of an entry's erasable parts.
#[derive(Debug, Clone, Copy)]
pub(super) enum What {
    Body,
    /// Its salt, a space, and the facts.
    Facts,
}

impl What {
    fn about(self, index: i64) -> Vec<u8> {
        let name = match self {
            Self::Body => "body",
            Self::Facts => "facts",
        };
        format!("{name}/{index}").into_bytes()
    }
}

/// Body and facts of a stored entry; nothing when they were erased. Rows without key are older than keys.
pub(super) fn read(row: &Row, wrap: Option<&Cipher>) -> Result<(Option<Body>, Option<Facts>), Error> {
    let (body, facts) = (row.opt_text("body")?, row.opt_text("facts")?);
    let Some(kid) = row.opt_text("opening_key")? else {
        let body = body.map(|_| row.json("body")).transpose()?;
        let facts = facts.zip(row.opt_text("salt")?).map(|(json, salt)| Facts { json, salt });
        return Ok((body, facts));
    };
    let Some(sealed) = row.opt_bytes("sealed")? else { return Ok((None, None)) };
    let wrap = wrap
        .ok_or_else(|| Error::Internal("openings are sealed, and the member's keys are not open".into()))?;
    let key = opened(wrap, &kid, &sealed).map_err(|_| row.wrong("sealed"))?;
    let index = row.int("idx")?;
    let open = |what: What, column: &'static str, text: String| {
        let sealed = STANDARD_NO_PAD.decode(text).map_err(|_| row.wrong(column))?;
        let plain = key.open(&what.about(index), &sealed).map_err(|_| row.wrong(column))?;
        String::from_utf8(plain.to_vec()).map_err(|_| row.wrong(column))
    };
    let body = body.map(|text| open(What::Body, "body", text)).transpose()?;
    let body = body.map(|json| serde_json::from_str(&json).map_err(|_| row.wrong("body"))).transpose()?;
    let facts = facts.map(|text| open(What::Facts, "facts", text)).transpose()?;
    let facts = facts.map(|text| {
        let (salt, json) = text.split_once(' ').ok_or_else(|| row.wrong("facts"))?;
        Ok::<_, Error>(Facts { json: json.to_owned(), salt: salt.to_owned() })
    });
    Ok((body, facts.transpose()?))
}

fn opened(wrap: &Cipher, kid: &str, sealed: &[u8]) -> Result<Cipher, SealError> {
    Cipher::new(&wrap.open(kid.as_bytes(), sealed)?)
}

fn broken(error: SealError) -> Error {
    Error::Internal(error.to_string())
}

impl Tx<'_> {
    /// Erases what opens the entries about a person in a year (`None`: about the member itself). Their leaves stay, and
    /// say nothing. Gives whether there was anything.
    pub async fn erase_openings(&mut self, subject: Option<&str>, year: i64) -> Result<bool, Error> {
        let (member, subject) = (self.member.clone(), subject.unwrap_or_default().to_owned());
        self.changes(Kind::Entries);
        let conn = self.writing().await?;
        // Written over first: what a database deletes it may leave where it was.
        let over = vec![0_u8; 1 + 12 + KEY + 16];
        let sql = "UPDATE opening_key SET sealed = $4 WHERE member = $1 AND subject = $2 AND year = $3";
        let query = sqlx::query(sql).bind(member.as_str()).bind(&subject).bind(year).bind(over);
        let found = query.execute(&mut *conn).await?.rows_affected() > 0;
        let sql = "DELETE FROM opening_key WHERE member = $1 AND subject = $2 AND year = $3";
        sqlx::query(sql).bind(member.as_str()).bind(&subject).bind(year).execute(&mut *conn).await?;
        self.batch.known.openings.lock().remove(&About { member, subject, year });
        Ok(found)
    }
}

impl Store {
    /// After an erasure: makes the database let go of what it still has of erased keys, in its file and beside it.
    ///
    /// # Errors
    /// [`Error::Busy`] when readers did not let it; the erasure stands, and this may be tried again.
    pub async fn scrub(&self) -> Result<(), Error> {
        let mut conn = self.pool.acquire().await?;
        match self.engine {
            Engine::Sqlite => {
                let checkpoint = sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut *conn).await?;
                let busy: i64 = sqlx::Row::try_get(&checkpoint, 0)?;
                if busy == 0 { Ok(()) } else { Err(Error::Busy) }
            }
            Engine::Postgres => {
                sqlx::raw_sql("VACUUM (FULL) opening_key").execute(&mut *conn).await?;
                Ok(())
            }
        }
    }
}
