//! The store on both engines: the same functions run on SQLite always, and on PostgreSQL when
//! `FIDUCIE_TEST_POSTGRES` is the URL of a server where databases may be created.

mod datasets;
mod fixture;
mod known;
mod lease;
mod load;
mod log;
mod nouns;
mod outbox;
mod processes;
mod schema;
mod write;

use std::future::Future;

use fixture::Fixture;
use node::store::Engine;

/// Runs a test on a fresh database of an engine, if there is one.
async fn run<F: Future<Output = ()>>(engine: Engine, test: impl FnOnce(Fixture) -> F) {
    if let Some(fixture) = Fixture::new(engine).await {
        test(fixture).await;
    }
}

macro_rules! on_both_engines {
    ($($module:ident: $($test:ident)*;)*) => {
        mod sqlite {
            $($(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::run(node::store::Engine::Sqlite, crate::$module::$test).await;
            })*)*
        }
        mod postgres {
            $($(#[tokio::test(flavor = "multi_thread")]
            async fn $test() {
                crate::run(node::store::Engine::Postgres, crate::$module::$test).await;
            })*)*
        }
    };
}

on_both_engines! {
    write: an_error_undoes_its_write_and_no_other a_panic_undoes_its_write_and_the_writer_goes_on
        members_are_served_in_turn a_full_queue_refuses an_answered_write_is_read_after_reopening
        a_database_that_goes_away_comes_back many_writes_at_once durable_settings
        what_nobody_waits_for_shares_the_next_commit;
    log: entries_are_proven_as_the_log_grows the_log_goes_on_after_reopening tampering_is_found
        extracts_verify_offline erased_entries_keep_their_leaf nothing_is_recorded_without_a_key;
    lease: a_second_process_is_refused_then_served a_process_that_lost_its_lease_writes_no_more;
    schema: only_the_programs_schema_is_opened databases_of_earlier_numbers_are_brought_up_to_date
        every_table_of_members_is_archived the_first_archive_is_still_read
        a_database_file_is_its_owners_only;
    datasets: datasets;
    nouns: identifiers_are_used_once counters_are_idempotent members_keys_tokens_and_statements
        a_member_that_left_writes_no_more
        receipts_wait_and_are_signed first_answers_are_kept;
    processes: negotiations taken_names_are_refused transfers agreements deliveries impossible_rows_are_told;
    known: an_undone_write_is_not_known a_name_taken_meanwhile_undoes_one_write_of_a_commit
        a_version_that_another_process_wrote_fails_the_commit;
    outbox: messages_of_a_process_keep_their_order;
}
