//! Statements that wait to go to the database together.
//!
//! Each visit to the database costs a crossing: to the thread of the SQL library with SQLite, to a server with
//! PostgreSQL. SQLite takes several statements with their values at once, so that a commit is one or two visits.

use std::borrow::Cow;
use std::fmt::Write as _;

use sqlx::any::AnyArguments;
use sqlx::error::ErrorKind;
use sqlx::{AnyConnection, Arguments, AssertSqlSafe};

use super::{Engine, Error};

/// What a column is given.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Text(Option<String>),
    Int(Option<i64>),
    Blob(Option<Vec<u8>>),
}

macro_rules! values {
    ($($from:ty => |$value:ident| $into:expr;)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $into
            }
        })*
    };
}
values! {
    &str => |text| Self::Text(Some(text.to_owned()));
    String => |text| Self::Text(Some(text));
    Option<String> => |text| Self::Text(text);
    i64 => |number| Self::Int(Some(number));
    Option<i64> => |number| Self::Int(number);
    bool => |flag| Self::Int(Some(i64::from(flag)));
    &[u8] => |bytes| Self::Blob(Some(bytes.to_vec()));
}

/// A statement with the values of its parameters `$1`, `$2`, …
#[derive(Debug)]
pub(super) struct Statement {
    sql: Cow<'static, str>,
    values: Vec<Value>,
    /// Its parameters have no numbers: it cannot stand beside others.
    alone: bool,
    /// The table whose row may be there already: then the write is undone alone.
    taken: Option<&'static str>,
}

impl Statement {
    pub(super) fn new<const N: usize>(sql: &'static str, values: [Value; N]) -> Self {
        Self { sql: sql.into(), values: values.into(), alone: false, taken: None }
    }

    /// The row of this table may be there already.
    pub(super) fn unless_taken(self, table: &'static str) -> Self {
        Self { taken: Some(table), ..self }
    }

    pub(super) fn may_be_taken(&self) -> bool {
        self.taken.is_some()
    }

    /// Inserts of many rows, as few as possible. `start` is `INSERT INTO t (a, b)`, `end` what follows the values.
    pub(super) fn inserts<T, V: IntoIterator<Item = Value>>(
        engine: Engine,
        start: &str,
        end: &str,
        rows: &[T],
        values: impl Fn(&T) -> Result<V, Error>,
    ) -> Result<Vec<Self>, Error> {
        let mut statements = Vec::new();
        let mut rest = rows;
        while !rest.is_empty() {
            let len = LENGTHS.into_iter().find(|n| *n <= rest.len()).unwrap_or(1);
            let (chunk, after) = rest.split_at(len);
            // SQLite finds a numbered parameter by going through all of them.
            let alone = engine == Engine::Sqlite && len >= WIDE;
            let mut sql = String::with_capacity(start.len() + end.len() + 8 + len * 40);
            sql.push_str(start);
            sql.push_str(" VALUES ");
            let mut bound = Vec::new();
            for (n, row) in chunk.iter().enumerate() {
                sql.push_str(if n == 0 { "(" } else { ",(" });
                let first = bound.len();
                bound.extend(values(row)?);
                for column in first + 1..=bound.len() {
                    sql.push_str(if column == first + 1 { "" } else { "," });
                    let _ = if alone { write!(sql, "?") } else { write!(sql, "${column}") };
                }
                sql.push(')');
            }
            sql.push_str(end);
            statements.push(Self { sql: sql.into(), values: bound, alone, taken: None });
            rest = after;
        }
        Ok(statements)
    }
}

// Few lengths, so that few statements are prepared.
const LENGTHS: [usize; 8] = [128, 64, 32, 16, 8, 4, 2, 1];

/// Rows from which an insert stands alone.
const WIDE: usize = 8;

/// Most values in one visit: longer statements are worth one of their own, which stays prepared.
const MOST: usize = 200;

/// Runs statements in their order.
pub(super) async fn run(
    conn: &mut AnyConnection,
    engine: Engine,
    statements: impl IntoIterator<Item = Statement>,
) -> Result<(), Error> {
    let mut visit = Visit::default();
    for statement in statements {
        let fits = visit.values.len() + statement.values.len() <= MOST;
        let together = engine == Engine::Sqlite && fits && !statement.alone && !visit.alone;
        if !together {
            std::mem::take(&mut visit).make(conn).await?;
        }
        visit.add(statement);
    }
    visit.make(conn).await
}

#[derive(Default)]
struct Visit {
    sql: String,
    values: Vec<Value>,
    alone: bool,
    taken: Vec<&'static str>,
}

impl Visit {
    fn add(&mut self, statement: Statement) {
        self.taken.extend(statement.taken);
        if self.sql.is_empty() && self.values.is_empty() {
            self.sql = statement.sql.into_owned();
            self.values = statement.values;
            self.alone = statement.alone;
            return;
        }
        self.sql.push(';');
        renumber(&statement.sql, self.values.len(), &mut self.sql);
        self.values.extend(statement.values);
    }

    async fn make(self, conn: &mut AnyConnection) -> Result<(), Error> {
        if self.sql.is_empty() {
            return Ok(());
        }
        let sql = AssertSqlSafe(self.sql);
        let made = if self.values.is_empty() {
            sqlx::raw_sql(sql).execute(conn).await
        } else {
            sqlx::query_with(sql, arguments(self.values)?).execute(conn).await
        };
        made.map(|_| ()).map_err(|error| refused(error, &self.taken))
    }
}

/// A version, log head or lease that is not the one this process left (`CASE WHEN …` without `ELSE`): somebody else
/// wrote. A row that may be taken and is: its table.
fn refused(error: sqlx::Error, taken: &[&'static str]) -> Error {
    match &error {
        sqlx::Error::Database(e) if e.kind() == ErrorKind::NotNullViolation => Error::Fenced,
        sqlx::Error::Database(e) if e.is_unique_violation() => {
            // PostgreSQL names the table. SQLite says `UNIQUE constraint failed: table.column, …`.
            let named = |table: &str| match e.table() {
                Some(found) => found == table,
                None => e.message().split([' ', '.']).any(|word| word == table),
            };
            Error::Conflict(taken.iter().find(|table| named(table)).copied().unwrap_or(OTHER))
        }
        _ => error.into(),
    }
}

/// A conflict in a row that nobody but us can have written.
pub(super) const OTHER: &str = "a unique row";

fn arguments(values: Vec<Value>) -> Result<AnyArguments, Error> {
    let mut arguments = AnyArguments::default();
    for value in values {
        let added = match value {
            Value::Text(text) => arguments.add(text),
            Value::Int(number) => arguments.add(number),
            Value::Blob(bytes) => arguments.add(bytes),
        };
        added.map_err(sqlx::Error::Encode)?;
    }
    Ok(arguments)
}

/// Appends a statement whose parameters begin after `offset` others. Our statements have `$` nowhere else.
fn renumber(sql: &str, offset: usize, to: &mut String) {
    let mut parts = sql.split('$');
    to.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let (number, rest) = part.split_at(digits);
        let _ = write!(to, "${}{rest}", number.parse::<usize>().unwrap_or_default() + offset);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_follow_those_before() {
        let mut sql = "A $1".to_owned();
        renumber("B $2, $1, $12 C", 10, &mut sql);
        assert_eq!(sql, "A $1B $12, $11, $22 C");
    }
}
