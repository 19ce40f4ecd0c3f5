-- Credentials (Decentralized Claims Protocol): issued with a bit in a status list, held, and shown by peers.
CREATE TABLE status_list (
    id BIGINT NOT NULL,
    member TEXT NOT NULL,
    used BIGINT NOT NULL,
    step BIGINT NOT NULL,
    start BIGINT NOT NULL,
    revoked BYTEA NOT NULL,
    suspended BYTEA NOT NULL,
    PRIMARY KEY (member, id)
);
CREATE TABLE credential_issued (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    holder TEXT NOT NULL,
    kind TEXT NOT NULL,
    profile TEXT NOT NULL,
    standing TEXT NOT NULL,
    list BIGINT NOT NULL,
    idx BIGINT NOT NULL,
    created BIGINT NOT NULL,
    until BIGINT,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id),
    UNIQUE (member, list, idx)
);
CREATE TABLE entitlement (
    holder TEXT NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    claims TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (member, holder, kind)
);
CREATE TABLE credential_request (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    side TEXT NOT NULL,
    theirs TEXT NOT NULL,
    peer TEXT NOT NULL,
    state TEXT NOT NULL,
    kinds TEXT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (member, side, id)
);
CREATE INDEX credential_request_theirs ON credential_request (member, side, peer, theirs);
CREATE TABLE credential_held (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    profile TEXT NOT NULL,
    until BIGINT,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, issuer, kind, profile)
);
CREATE TABLE attested (
    peer TEXT NOT NULL,
    member TEXT NOT NULL,
    credential TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    facts TEXT NOT NULL,
    status TEXT NOT NULL,
    valid_from BIGINT NOT NULL,
    valid_until BIGINT,
    verified BIGINT NOT NULL,
    confirmed BIGINT NOT NULL,
    lost TEXT,
    PRIMARY KEY (member, peer, issuer, credential)
);
CREATE TABLE status_seen (
    list TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    purpose TEXT NOT NULL,
    stated BIGINT,
    fetched BIGINT NOT NULL,
    bits BYTEA NOT NULL,
    PRIMARY KEY (member, list)
);
