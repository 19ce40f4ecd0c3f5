//! Reading stored rows.

use contracts::id::{
    AgreementId, ConventionId, DatasetId, FrameworkId, MemberId, ParticipantId, Pid, RequestId, UseCaseId,
};
use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::Error;
use crate::domain::time::Timestamp;

/// A row of a table, whose first selected column names it in errors.
pub(super) struct Row {
    row: AnyRow,
    table: &'static str,
}

/// Makes rows of one table: `.map(of("member"))`.
pub(super) fn of(table: &'static str) -> impl Fn(AnyRow) -> Row {
    move |row| Row { row, table }
}

impl Row {
    pub(super) fn wrong(&self, column: &'static str) -> Error {
        let id = self.row.try_get::<String, _>(0);
        let id = id.or_else(|_| self.row.try_get::<i64, _>(0).map(|n| n.to_string())).unwrap_or_default();
        Error::Inconsistency { table: self.table, column, id }
    }
    pub(super) fn text(&self, column: &'static str) -> Result<String, Error> {
        self.row.try_get(column).map_err(|_| self.wrong(column))
    }
    pub(super) fn opt_text(&self, column: &'static str) -> Result<Option<String>, Error> {
        self.row.try_get(column).map_err(|_| self.wrong(column))
    }
    pub(super) fn int(&self, column: &'static str) -> Result<i64, Error> {
        self.row.try_get(column).map_err(|_| self.wrong(column))
    }
    pub(super) fn opt_int(&self, column: &'static str) -> Result<Option<i64>, Error> {
        self.row.try_get(column).map_err(|_| self.wrong(column))
    }
    pub(super) fn count(&self, column: &'static str) -> Result<u64, Error> {
        u64::try_from(self.int(column)?).map_err(|_| self.wrong(column))
    }
    pub(super) fn flag(&self, column: &'static str) -> Result<bool, Error> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.wrong(column)),
        }
    }
    pub(super) fn time(&self, column: &'static str) -> Result<Timestamp, Error> {
        self.int(column).map(Timestamp)
    }
    pub(super) fn opt_time(&self, column: &'static str) -> Result<Option<Timestamp>, Error> {
        Ok(self.opt_int(column)?.map(Timestamp))
    }
    pub(super) fn bytes(&self, column: &'static str) -> Result<Vec<u8>, Error> {
        self.row.try_get(column).map_err(|_| self.wrong(column))
    }
    pub(super) fn opt_bytes(&self, column: &'static str) -> Result<Option<Vec<u8>>, Error> {
        self.row.try_get(column).map_err(|_| self.wrong(column))
    }
    pub(super) fn hash(&self, column: &'static str) -> Result<[u8; 32], Error> {
        self.bytes(column)?.try_into().map_err(|_| self.wrong(column))
    }
    /// A text that must be one of a closed set.
    pub(super) fn one_of<T>(
        &self,
        column: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Error> {
        parse(&self.text(column)?).ok_or_else(|| self.wrong(column))
    }
    /// A column of JSON.
    pub(super) fn json<T: serde::de::DeserializeOwned>(&self, column: &'static str) -> Result<T, Error> {
        serde_json::from_str(&self.text(column)?).map_err(|_| self.wrong(column))
    }
}

macro_rules! identifiers {
    ($($function:ident: $kind:ty),*) => {
        impl Row {
            $(pub(super) fn $function(&self, column: &'static str) -> Result<$kind, Error> {
                self.one_of(column, |text| <$kind>::parse(text).ok())
            })*
        }
    };
}
identifiers!(
    pid: Pid,
    dataset: DatasetId,
    agreement: AgreementId,
    convention: ConventionId,
    framework: FrameworkId,
    use_case: UseCaseId,
    request: RequestId,
    member: MemberId,
    participant: ParticipantId
);

/// JSON of a stored detail.
pub(super) fn to_json<T: serde::Serialize>(value: &T) -> Result<String, Error> {
    serde_json::to_string(value).map_err(|e| Error::Internal(e.to_string()))
}

/// A number as databases keep it.
pub(super) fn int(number: u64) -> Result<i64, Error> {
    i64::try_from(number).map_err(|_| Error::Internal(format!("{number} is beyond 63 bits")))
}

/// Gives a read over a connection and a member to both [`super::Reader`] and [`super::Tx`].
macro_rules! reads {
    ($($(#[$doc:meta])* $name:ident($($arg:ident: $kind:ty),*) -> $value:ty = $function:path;)*) => {
        impl super::Reader {
            $($(#[$doc])* pub async fn $name(&mut self $(, $arg: $kind)*) -> Result<$value, super::Error> {
                $function(&mut self.conn, &self.member $(, $arg)*).await
            })*
        }
        impl super::Tx<'_> {
            $($(#[$doc])* pub async fn $name(&mut self $(, $arg: $kind)*) -> Result<$value, super::Error> {
                let member = self.member.clone();
                $function(self.reading().await?, &member $(, $arg)*).await
            })*
        }
    };
}
pub(super) use reads;

/// A page of a list ordered by its first column: at most `limit` rows after the one named `after`.
#[derive(Debug, Clone, Default)]
pub struct Page {
    /// Identifier of the last row of the page before.
    pub after: Option<String>,
    pub limit: usize,
}

impl Page {
    pub fn first(limit: usize) -> Self {
        Self { after: None, limit }
    }
    pub(super) fn after(&self) -> &str {
        self.after.as_deref().unwrap_or("")
    }
    /// Statements say `LIMIT $n + 0`: SQLite prepares a statement whose limit is a bare parameter again at each use.
    pub(super) fn limit(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(i64::MAX)
    }
}
