-- First schema. Every table has its member, but `lease`. Instants are milliseconds since 1970-01-01T00:00:00Z.

CREATE TABLE lease (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    holder TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);

CREATE TABLE member (
    member TEXT PRIMARY KEY,
    did TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    base_url TEXT NOT NULL UNIQUE,
    created BIGINT NOT NULL
);

CREATE TABLE member_key (
    kid TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    purpose TEXT NOT NULL,
    alg TEXT NOT NULL,
    public_jwk TEXT NOT NULL,
    sealed BLOB NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT
);
CREATE INDEX member_key_member ON member_key (member);

CREATE TABLE api_token (
    id TEXT PRIMARY KEY,
    member TEXT NOT NULL,
    hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    label TEXT NOT NULL,
    created BIGINT NOT NULL,
    expires BIGINT,
    revoked BIGINT
);
CREATE INDEX api_token_member ON api_token (member, id);

-- Signed statements of participants about themselves; `issuer` is empty for the member's own.
CREATE TABLE statement (
    digest TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    level TEXT NOT NULL,
    statement TEXT NOT NULL,
    recorded BIGINT NOT NULL,
    valid_until BIGINT NOT NULL,
    PRIMARY KEY (member, issuer, digest)
);

CREATE TABLE peer_identity (
    did TEXT NOT NULL,
    member TEXT NOT NULL,
    document BLOB NOT NULL,
    fetched_at BIGINT NOT NULL,
    PRIMARY KEY (member, did)
);

CREATE TABLE dataset (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    rung TEXT NOT NULL,
    withdrawn BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (member, id)
);
CREATE INDEX dataset_shown ON dataset (member, withdrawn, rung, id);

CREATE TABLE dataset_revision (
    dataset TEXT NOT NULL,
    member TEXT NOT NULL,
    revision BIGINT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT,
    at BIGINT NOT NULL,
    PRIMARY KEY (member, dataset, revision)
);

CREATE TABLE offer (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    dataset TEXT NOT NULL,
    revision BIGINT NOT NULL,
    position BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id, revision)
);
CREATE INDEX offer_dataset ON offer (member, dataset, revision, position);

CREATE TABLE negotiation (
    pid TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    peer_pid TEXT,
    dataset TEXT NOT NULL,
    state TEXT NOT NULL,
    agreement TEXT,
    needs_person BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, pid)
);
CREATE UNIQUE INDEX negotiation_peer ON negotiation (member, role, peer, peer_pid);
CREATE INDEX negotiation_state ON negotiation (member, state, pid);

CREATE TABLE agreement (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    dataset TEXT NOT NULL,
    standing TEXT NOT NULL,
    first_use BIGINT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id)
);
CREATE INDEX agreement_dataset ON agreement (member, dataset, id);

CREATE TABLE revocation (
    agreement TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    ground TEXT NOT NULL,
    at BIGINT NOT NULL,
    statement TEXT NOT NULL,
    PRIMARY KEY (member, agreement)
);

CREATE TABLE transfer (
    pid TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    peer_pid TEXT,
    agreement TEXT NOT NULL,
    dataset TEXT NOT NULL,
    state TEXT NOT NULL,
    needs_person BIGINT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, pid)
);
CREATE UNIQUE INDEX transfer_peer ON transfer (member, role, peer, peer_pid);
CREATE INDEX transfer_agreement ON transfer (member, agreement, state);
CREATE INDEX transfer_state ON transfer (member, state, pid);

CREATE TABLE delivery (
    reference TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    transfer TEXT NOT NULL,
    agreement TEXT NOT NULL,
    dataset TEXT NOT NULL,
    peer TEXT NOT NULL,
    path TEXT NOT NULL,
    first BIGINT NOT NULL,
    at_most BIGINT NOT NULL,
    opened BIGINT NOT NULL,
    closed BIGINT,
    bytes BIGINT,
    sha256 TEXT,
    ending TEXT,
    PRIMARY KEY (member, role, reference)
);
CREATE INDEX delivery_open ON delivery (member) WHERE closed IS NULL;
CREATE INDEX delivery_transfer ON delivery (member, transfer);

CREATE TABLE receipt (
    reference TEXT NOT NULL,
    member TEXT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    state TEXT NOT NULL,
    at BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, role, reference)
);
CREATE INDEX receipt_waiting ON receipt (member, peer) WHERE state = 'waiting';

CREATE TABLE counter (
    member TEXT NOT NULL,
    agreement TEXT NOT NULL,
    counter TEXT NOT NULL,
    used BIGINT NOT NULL,
    PRIMARY KEY (member, agreement, counter)
);

CREATE TABLE counter_use (
    member TEXT NOT NULL,
    agreement TEXT NOT NULL,
    counter TEXT NOT NULL,
    request TEXT NOT NULL,
    amount BIGINT NOT NULL,
    PRIMARY KEY (member, agreement, counter, request)
);

CREATE TABLE inbox (
    member TEXT NOT NULL,
    sender TEXT NOT NULL,
    process TEXT NOT NULL,
    message TEXT NOT NULL,
    status BIGINT NOT NULL,
    body TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (member, sender, process, message)
);
CREATE INDEX inbox_at ON inbox (at);

CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    member TEXT NOT NULL,
    peer TEXT NOT NULL,
    process_kind TEXT NOT NULL,
    process TEXT NOT NULL,
    seq BIGINT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    next_at BIGINT NOT NULL,
    claimed_until BIGINT NOT NULL,
    reason TEXT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    UNIQUE (member, process_kind, process, seq)
);
CREATE INDEX outbox_due ON outbox (next_at) WHERE state = 'waiting';

-- `used` is the start of SHA-256 over issuer and token identifier: enough to know it again.
CREATE TABLE replay (
    member TEXT NOT NULL,
    used BLOB NOT NULL,
    expires BIGINT NOT NULL,
    PRIMARY KEY (member, used)
);
CREATE INDEX replay_expires ON replay (expires);

CREATE TABLE log_head (
    member TEXT PRIMARY KEY,
    size BIGINT NOT NULL,
    root BLOB NOT NULL,
    at BIGINT NOT NULL,
    epoch BIGINT NOT NULL,
    checkpoint TEXT NOT NULL
);

CREATE TABLE log_entry (
    member TEXT NOT NULL,
    idx BIGINT NOT NULL,
    at BIGINT NOT NULL,
    kind TEXT NOT NULL,
    reference TEXT,
    leaf BLOB NOT NULL,
    leaf_hash BLOB NOT NULL,
    PRIMARY KEY (member, idx)
);
CREATE INDEX log_entry_reference ON log_entry (member, reference) WHERE reference IS NOT NULL;

-- Complete tiles of 256 hashes (C2SP tlog-tiles); level 0 holds leaf hashes, level 1 roots of level 0 tiles.
CREATE TABLE log_tile (
    member TEXT NOT NULL,
    level BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    root BLOB NOT NULL,
    hashes BLOB NOT NULL,
    PRIMARY KEY (member, level, idx)
);

-- Erasable: clear values and the salts that open the leaf's commitments.
CREATE TABLE entry_body (
    member TEXT NOT NULL,
    idx BIGINT NOT NULL,
    agreement TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (member, idx)
);
CREATE INDEX entry_body_agreement ON entry_body (member, agreement) WHERE agreement IS NOT NULL;

-- Erasable: what a decision looked at, with its salt.
CREATE TABLE decision_facts (
    member TEXT NOT NULL,
    idx BIGINT NOT NULL,
    salt TEXT NOT NULL,
    facts TEXT NOT NULL,
    PRIMARY KEY (member, idx)
);

-- How far a consumer of a member's events has read.
CREATE TABLE event_cursor (
    member TEXT NOT NULL,
    consumer TEXT NOT NULL,
    idx BIGINT NOT NULL,
    PRIMARY KEY (member, consumer)
);
