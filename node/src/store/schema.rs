//! Numbered migrations, the same numbers on both engines, run only when asked.

use sqlx::migrate::{MigrateError, Migration, MigrationType, Migrator};
use sqlx::{AnyConnection, Row, SqlSafeStr};

use super::Error;
use super::engine::Engine;

macro_rules! migration {
    ($number:literal, $name:literal, $file:literal) => {
        (
            $number,
            $name,
            include_str!(concat!("../../migrations/sqlite/", $file)),
            include_str!(concat!("../../migrations/postgres/", $file)),
        )
    };
}

/// Number, name, SQLite text, PostgreSQL text.
const MIGRATIONS: &[(i64, &str, &str, &str)] = &[
    migration!(1, "first", "0001_first.sql"),
    migration!(2, "retired", "0002_retired.sql"),
    migration!(3, "pulls", "0003_pulls.sql"),
    migration!(4, "twins", "0004_twins.sql"),
    migration!(5, "witnessed", "0005_witnessed.sql"),
    migration!(6, "cosigned", "0006_cosigned.sql"),
    migration!(7, "epochs", "0007_epochs.sql"),
    migration!(8, "openings", "0008_openings.sql"),
    migration!(9, "harvest", "0009_harvest.sql"),
    migration!(10, "convention", "0010_convention.sql"),
    migration!(11, "duties", "0011_duties.sql"),
    migration!(12, "frameworks", "0012_frameworks.sql"),
    migration!(13, "memberships", "0013_memberships.sql"),
    migration!(14, "credentials", "0014_credentials.sql"),
    migration!(15, "matters", "0015_matters.sql"),
    migration!(16, "use cases", "0016_use_cases.sql"),
];

/// Newest schema this program knows.
pub(super) fn newest() -> i64 {
    MIGRATIONS.last().map_or(0, |m| m.0)
}

fn migrator(engine: Engine) -> Migrator {
    let migrations = MIGRATIONS.iter().map(|(number, name, sqlite, postgres)| {
        let sql = match engine {
            Engine::Sqlite => *sqlite,
            Engine::Postgres => *postgres,
        };
        Migration::new(*number, (*name).into(), MigrationType::Simple, sql.into_sql_str(), false)
    });
    Migrator::with_migrations(migrations.collect())
}

/// Brings the schema to the newest number; each migration is one transaction.
pub(super) async fn migrate(engine: Engine, conn: &mut AnyConnection) -> Result<(), Error> {
    let found = number(engine, conn).await?;
    if found > newest() {
        return Err(Error::Newer { found, known: newest() });
    }
    migrator(engine).run(&mut *conn).await.map_err(|e| match e {
        MigrateError::Dirty(number) => wrong(number, "it was not finished"),
        MigrateError::VersionMismatch(number) => wrong(number, "its text is not the one that was applied"),
        MigrateError::VersionMissing(number) => Error::Newer { found: number, known: newest() },
        MigrateError::ExecuteMigration(e, number) => wrong(number, &e.to_string()),
        MigrateError::Execute(e) => Error::from(e),
        other => Error::Unavailable(other.to_string()),
    })
}

/// Refuses any schema but the newest.
pub(super) async fn check(engine: Engine, conn: &mut AnyConnection) -> Result<(), Error> {
    match number(engine, conn).await? {
        found if found < newest() => Err(Error::Unmigrated { found, needed: newest() }),
        found if found > newest() => Err(Error::Newer { found, known: newest() }),
        _ => Ok(()),
    }
}

fn wrong(number: i64, what: &str) -> Error {
    Error::Migration { number, what: what.to_owned() }
}

/// The newest migration applied, 0 before the first. An interrupted one is an error.
async fn number(engine: Engine, conn: &mut AnyConnection) -> Result<i64, Error> {
    let table = match engine {
        Engine::Sqlite => "SELECT COUNT(*) FROM sqlite_schema WHERE name = '_sqlx_migrations'",
        Engine::Postgres => {
            "SELECT COUNT(*) FROM pg_tables WHERE tablename = '_sqlx_migrations' AND schemaname = current_schema()"
        }
    };
    let exists: i64 = sqlx::query(table).fetch_one(&mut *conn).await?.try_get(0)?;
    if exists == 0 {
        return Ok(0);
    }
    let rows = sqlx::query(
        "SELECT version, CASE WHEN success THEN 1 ELSE 0 END FROM _sqlx_migrations ORDER BY version",
    )
    .fetch_all(&mut *conn)
    .await?;
    let mut newest = 0;
    for row in rows {
        newest = row.try_get(0)?;
        let done: i32 = row.try_get(1)?;
        if done == 0 {
            return Err(wrong(newest, "it was not finished"));
        }
    }
    Ok(newest)
}
