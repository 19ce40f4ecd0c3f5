//! Migrations.

use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;

use contracts::id::ParticipantId;
use node::app::member::import;
use node::domain::time::Clock;
use node::identity::keys::{Keyring, Purpose};
use node::identity::seal::MasterSecret;
use node::log::verify;
use node::store::{Engine, Error, LogKey, Options, Page, Reader, Store, TABLES};
use sqlx::{AssertSqlSafe, Connection, Row};
use tests::reference::repository;

use crate::fixture::{Fixture, record};

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
         SELECT 99, 'later', TRUE, checksum, 0 FROM _sqlx_migrations WHERE version = 1",
    )
    .await;
    assert_eq!(refused(&f).await, Error::Newer { found: 99, known: Store::schema() });
    assert_eq!(Store::migrate(&f.url).await, Err(Error::Newer { found: 99, known: Store::schema() }));
    let mut aside = f.aside().await;
    sqlx::raw_sql("DROP TABLE _sqlx_migrations").execute(&mut aside).await.unwrap();
    aside.close().await.unwrap();
    assert_eq!(refused(&f).await, Error::Unmigrated { found: 0, needed: Store::schema() });
    let options = node::store::Options { url: "mysql://x/y".into(), ..f.options() };
    assert!(matches!(Store::open(options).await.map(|_| ()), Err(Error::Address(_))));
}

/// One database of each earlier number, as the program of that time left it after an exchange and a revocation.
pub async fn databases_of_earlier_numbers_are_brought_up_to_date(f: Fixture) {
    let engine = if f.url.starts_with("sqlite") { Engine::Sqlite } else { Engine::Postgres };
    let name = if engine == Engine::Sqlite { "sqlite" } else { "postgres" };
    for number in 1..Store::schema() {
        let stored = |kind: &str| {
            std::fs::read_to_string(repository().join(format!("tests/stored/{number}.{name}.{kind}")))
                .unwrap()
        };
        let secret = MasterSecret::from_text(&stored("secret")).unwrap();
        let mut aside = f.aside().await;
        for table in tables(&f).await {
            sqlx::raw_sql(AssertSqlSafe(format!("DROP TABLE {table}"))).execute(&mut aside).await.unwrap();
        }
        sqlx::raw_sql(AssertSqlSafe(stored("sql"))).execute(&mut aside).await.unwrap();
        aside.close().await.unwrap();
        assert_eq!(refused(&f).await, Error::Unmigrated { found: number, needed: Store::schema() });
        Store::migrate(&f.url).await.unwrap();
        let store = Store::open(Options::new(&f.url)).await.unwrap();
        let members = store.members().await.unwrap();
        assert_eq!(members.len(), 2);
        for member in members {
            let mut reader = store.read(&member.id).await.unwrap();
            let keys = Keyring::open(&member, &secret, &reader.keys().await.unwrap()).unwrap();
            let log: Vec<_> =
                keys.keys().iter().filter(|k| k.purpose == Purpose::Log).map(|k| &*k.public).collect();
            let before = verify::verify(&mut reader, &log).await.unwrap();
            assert!(before > 10);
            let agreements = reader.agreements(&Page::first(10)).await.unwrap();
            assert_eq!(agreements.len(), 1);
            assert!(agreements[0].revoked.is_some());
            assert_eq!(reader.negotiations(None, &Page::first(10)).await.unwrap().len(), 1);
            assert_eq!(reader.transfers(None, &Page::first(10)).await.unwrap().len(), 1);
            if number == 14 {
                of_one_framework(&mut reader, &member.did).await;
            }
            drop(reader);
            let now = Clock::System.now();
            store.set_log_key(member.id.clone(), LogKey::of(member.log_origin(1), &keys, now).unwrap());
            record(&store, &member.id, 3).await;
            let mut reader = store.read(&member.id).await.unwrap();
            assert_eq!(verify::verify(&mut reader, &log).await.unwrap(), before + 3);
        }
        store.close().await;
    }
}

/// The operator's credential and entitlements, the holder's credential: each of the framework of the membership.
async fn of_one_framework(reader: &mut Reader, did: &ParticipantId) {
    const FRAMEWORK: &str = "urn:uuid:01a20185-0000-7000-8000-000000000001";
    let ville = ParticipantId::parse("did:web:localhost%3A28443:ville").unwrap();
    if *did == ville {
        assert_eq!(reader.held_credentials().await.unwrap()[0].about, FRAMEWORK);
        return;
    }
    let issued = reader.issued_to(&ville, "MembershipCredential", FRAMEWORK).await.unwrap();
    let entitled = reader.entitlements(&ville, "MembershipCredential").await.unwrap();
    assert_eq!((issued.len(), entitled.len(), entitled[0].about.as_str()), (1, 1, FRAMEWORK));
    assert_eq!(reader.entitlements(&ville, "LabelCredential").await.unwrap()[0].about, "");
    assert_eq!(reader.all_memberships(&Page::first(10)).await.unwrap().len(), 1);
}

async fn tables(f: &Fixture) -> BTreeSet<String> {
    let sql = if f.url.starts_with("sqlite") {
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    } else {
        "SELECT CAST(tablename AS TEXT) FROM pg_tables WHERE schemaname = current_schema()"
    };
    let rows = sqlx::query(sql).fetch_all(&mut f.aside().await).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// What a member takes along is everything of it: a column that is forgotten would be lost with the next move.
pub async fn every_table_of_members_is_archived(f: Fixture) {
    let mut found = BTreeSet::new();
    for table in tables(&f).await {
        let sql = if f.url.starts_with("sqlite") {
            "SELECT name FROM pragma_table_info($1)"
        } else {
            "SELECT CAST(column_name AS TEXT) FROM information_schema.columns WHERE table_name = $1"
        };
        let rows = sqlx::query(sql).bind(&table).fetch_all(&mut f.aside().await).await.unwrap();
        let columns: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        if ["lease", "_sqlx_migrations", "member"].contains(&table.as_str()) {
            continue;
        }
        assert!(columns.iter().any(|c| c == "member"), "{table} has no member");
        // Numbers of the outbox are the database's own.
        let own = |c: &String| c != "member" && (table.as_str(), c.as_str()) != ("outbox", "id");
        found.extend(columns.into_iter().filter(own).map(|c| format!("{table}.{c}")));
    }
    let archived: BTreeSet<_> =
        TABLES.iter().flat_map(|t| t.columns.iter().map(move |(c, _)| format!("{}.{c}", t.name))).collect();
    assert_eq!(archived, found);
}

/// The archive that the first program with archives wrote is still read.
pub async fn the_first_archive_is_still_read(f: Fixture) {
    let golden = |name: &str| std::fs::read(repository().join("tests/golden").join(name)).unwrap();
    let secret = MasterSecret::from_text(std::str::from_utf8(&golden("member-v1.secret")).unwrap()).unwrap();
    let node = MasterSecret::from_text(&MasterSecret::generate_text()).unwrap();
    let archive = golden("member-v1.archive");
    let now = Clock::System.now();
    let imported = import::import(&f.url, archive.as_slice(), &secret, &node, now).await.unwrap();
    assert_eq!((imported.member.name.as_str(), imported.entries), ("Ville", 18));
    let again = import::import(&f.url, archive.as_slice(), &secret, &node, now).await.unwrap_err();
    assert!(matches!(again, node::app::Error::Conflict(_)), "{again}");
    let store = Store::open(Options::new(&f.url)).await.unwrap();
    import::settle(&store, imported.member, &node, now).await.unwrap();
    store.close().await;
}

/// Whatever the umask of who runs the program.
pub async fn a_database_file_is_its_owners_only(f: Fixture) {
    let store = f.open().await;
    record(&store, f.member(0), 1).await;
    let Some(folder) = f.folder() else { return };
    let mut names = Vec::new();
    for file in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
        assert_eq!(file.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", file.path());
        names.push(file.file_name());
    }
    assert!(names.len() > 1, "{names:?}");
    store.close().await;
}
