//! Migrations.

use node::store::{Error, Store};
use sqlx::Connection;

use crate::fixture::Fixture;

async fn refused(f: &Fixture) -> Error {
    Store::open(f.options()).await.map(|_| ()).unwrap_err()
}

pub async fn only_the_programs_schema_is_opened(f: Fixture) {
    Store::migrate(&f.url).await.unwrap();
    f.open().await.close().await;
    f.tamper("UPDATE _sqlx_migrations SET success = FALSE").await;
    assert!(matches!(refused(&f).await, Error::Migration { number: 1, .. }));
    assert!(matches!(Store::migrate(&f.url).await, Err(Error::Migration { number: 1, .. })));
    f.tamper("UPDATE _sqlx_migrations SET success = TRUE").await;
    f.open().await.close().await;
    f.tamper(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) \
         SELECT 7, 'later', TRUE, checksum, 0 FROM _sqlx_migrations",
    )
    .await;
    assert_eq!(refused(&f).await, Error::Newer { found: 7, known: 1 });
    assert_eq!(Store::migrate(&f.url).await, Err(Error::Newer { found: 7, known: 1 }));
    let mut aside = f.aside().await;
    sqlx::raw_sql("DROP TABLE _sqlx_migrations").execute(&mut aside).await.unwrap();
    aside.close().await.unwrap();
    assert_eq!(refused(&f).await, Error::Unmigrated { found: 0, needed: 1 });
    let options = node::store::Options { url: "mysql://x/y".into(), ..f.options() };
    assert!(matches!(Store::open(options).await.map(|_| ()), Err(Error::Address(_))));
}
