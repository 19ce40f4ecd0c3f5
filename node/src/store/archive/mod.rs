//! All rows of members, out of one database and into another, of either kind.

mod depart;
mod export;
mod import;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value as Json;

use super::script::Value;

pub use depart::Departure;
pub use export::{Export, Snapshot, Stored};
pub use import::Import;

/// Kind of a column's values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Int,
    /// Base64 in an archive.
    Bytes,
}

/// A table of a member's rows: its columns but `member`, in the order of their reading.
#[derive(Debug)]
pub struct Table {
    pub name: &'static str,
    pub columns: &'static [(&'static str, Kind)],
    order: &'static str,
}

macro_rules! tables {
    ($($name:ident by $order:literal: $($column:ident $kind:ident),+;)*) => {
        /// Every table with rows of members, but `member` itself. A test compares it with the schema.
        pub const TABLES: &[Table] = &[$(Table {
            name: stringify!($name),
            columns: &[$((stringify!($column), Kind::$kind)),+],
            order: $order,
        }),*];
    };
}

tables! {
    member_key by "valid_from, kid": kid Text, purpose Text, alg Text, public_jwk Text, sealed Bytes, valid_from Int,
        valid_until Int;
    api_token by "id": id Text, hash Text, role Text, label Text, created Int, expires Int, revoked Int;
    statement by "issuer, digest": digest Text, issuer Text, level Text, statement Text, recorded Int, valid_until Int;
    peer_identity by "did": did Text, document Bytes, fetched_at Int;
    dataset by "id": id Text, revision Int, digest Text, rung Text, withdrawn Int, created Int, updated Int,
        version Int;
    dataset_revision by "dataset, revision": dataset Text, revision Int, digest Text, body Text, at Int;
    offer by "id, revision": id Text, dataset Text, revision Int, position Int, body Text;
    negotiation by "pid": pid Text, role Text, peer Text, peer_pid Text, dataset Text, state Text, agreement Text,
        needs_person Int, version Int, created Int, updated Int, body Text;
    agreement by "id": id Text, role Text, peer Text, dataset Text, standing Text, first_use Int, version Int,
        created Int, body Text;
    revocation by "agreement": agreement Text, issuer Text, ground Text, at Int, statement Text;
    framework by "id, version": id Text, version Text, standing Text, publisher Text, digest Text, adopted Int, created Int,
        body Text;
    convention by "id": id Text, side Text, peer Text, standing Text, created Int, body Text;
    membership by "framework, side, applicant": framework Text, side Text, applicant Text, operator Text, state Text,
        siren Text, version Int, created Int, updated Int, body Text;
    seat by "framework, body, seat": framework Text, body Text, seat Text, holder Text, since Int;
    question by "id": id Text, framework Text, outcome Text, body Text;
    use_case by "side, id": id Text, side Text, framework Text, operator Text, state Text, version Int, created Int,
        updated Int, body Text;
    access_request by "side, id": id Text, side Text, peer Text, dataset Text, state Text, version Int, created Int,
        updated Int, body Text;
    ballot by "question, seat": question Text, seat Text, holder Text, choice Text, at Int, ballot Text;
    directory_entry by "framework, did": framework Text, did Text, seen Int, body Text;
    status_list by "id": id Int, used Int, step Int, start Int, revoked Bytes, suspended Bytes;
    credential_issued by "created, id": id Text, holder Text, kind Text, about Text, profile Text, standing Text, list Int, idx Int,
        created Int, until Int, version Int, body Text;
    entitlement by "holder, kind, about": holder Text, kind Text, about Text, claims Text, seconds Int, created Int;
    credential_request by "side, id": id Text, side Text, theirs Text, peer Text, state Text, kinds Text, created Int;
    credential_held by "issuer, kind, about, profile": id Text, issuer Text, kind Text, about Text, profile Text, until Int, created Int,
        body Text;
    attested by "peer, issuer, credential": peer Text, credential Text, issuer Text, kind Text, facts Text, status Text,
        valid_from Int, valid_until Int, verified Int, confirmed Int, lost Text;
    status_seen by "list": list Text, issuer Text, purpose Text, stated Int, fetched Int, bits Bytes;
    transfer by "pid": pid Text, role Text, peer Text, peer_pid Text, agreement Text, dataset Text, state Text,
        needs_person Int, version Int, created Int, updated Int, body Text;
    duty by "agreement, pointer, occurrence": agreement Text, pointer Text, occurrence Int, role Text, peer Text, state Text, measure Text, due Int,
        version Int, body Text;
    delivery by "role, reference": reference Text, role Text, transfer Text, agreement Text, dataset Text, peer Text,
        path Text, first Int, at_most Int, opened Int, closed Int, bytes Int, sha256 Text, ending Text;
    receipt by "role, reference": reference Text, role Text, peer Text, state Text, at Int, body Text;
    pull by "id": id Text, transfer Text, path Text, target Text, state Text, outcome Text, created Int, ended Int;
    twin_check by "agreement": agreement Text, state Text, tried Int, answered Int, ours Int, theirs Int, report Text,
        evidence Text;
    witnessed by "hash": hash Text, origin Text, size Int, root Bytes, at Int, note Text, fork Text;
    cosigned by "size": size Int, at Int, note Text;
    stamp by "size, authority": size Int, authority Text, at Int, checkpoint Text, token Bytes;
    counter by "agreement, counter": agreement Text, counter Text, used Int;
    counter_use by "agreement, counter, request": agreement Text, counter Text, request Text, amount Int;
    inbox by "sender, process, message": sender Text, process Text, message Text, status Int, body Text, at Int;
    outbox by "id": peer Text, process_kind Text, process Text, seq Int, kind Text, url Text, body Text, state Text,
        attempts Int, next_at Int, claimed_until Int, reason Text, created Int, updated Int;
    replay by "used": used Bytes, expires Int;
    log_head by "size": size Int, root Bytes, at Int, epoch Int, checkpoint Text;
    log_epoch by "epoch": epoch Int, size Int, at Int, ended Text, lost Text;
    log_entry by "idx": idx Int, at Int, kind Text, reference Text, leaf Bytes, leaf_hash Bytes;
    log_tile by "level, idx": level Int, idx Int, root Bytes, hashes Bytes;
    opening_key by "kid": kid Text, subject Text, year Int, sealed Bytes;
    entry_body by "idx": idx Int, agreement Text, body Text, opening_key Text;
    decision_facts by "idx": idx Int, salt Text, facts Text;
    event_cursor by "consumer": consumer Text, idx Int;
    harvest_source by "name": name Text, kind Text, url Text, cursor Text, tried Int, succeeded Int, fault Text, report Text;
    harvest_record by "origin": origin Text, source Text, digest Text, body Text, graph Text, created Int, updated Int;
}

/// A table by its name.
pub fn table(name: &str) -> Option<&'static Table> {
    TABLES.iter().find(|table| table.name == name)
}

impl Table {
    /// Statement that reads one member's rows.
    fn select(&self) -> String {
        let names: Vec<_> = self.columns.iter().map(|(name, _)| *name).collect();
        format!("SELECT {} FROM {} WHERE member = $1 ORDER BY {}", names.join(", "), self.name, self.order)
    }
}

impl Kind {
    /// A value of this kind as an archive has it; `None` if it is of another kind.
    fn read(self, value: Json) -> Option<Value> {
        Some(match (self, value) {
            (Self::Text, Json::Null) => Value::Text(None),
            (Self::Int, Json::Null) => Value::Int(None),
            (Self::Bytes, Json::Null) => Value::Blob(None),
            (Self::Text, Json::String(text)) => text.into(),
            (Self::Int, Json::Number(number)) => number.as_i64()?.into(),
            (Self::Bytes, Json::String(text)) => Value::Blob(Some(STANDARD.decode(text).ok()?)),
            _ => return None,
        })
    }
}
