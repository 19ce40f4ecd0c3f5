-- Use cases of trust frameworks, and requests for access to datasets: each as its side keeps it.
CREATE TABLE use_case (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    side TEXT NOT NULL,
    framework TEXT NOT NULL,
    operator TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, side, id)
);
CREATE INDEX use_case_framework ON use_case (member, framework, id);
CREATE TABLE access_request (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    side TEXT NOT NULL,
    peer TEXT NOT NULL,
    dataset TEXT NOT NULL,
    state TEXT NOT NULL,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, side, id)
);
CREATE INDEX access_request_peer ON access_request (member, side, peer, dataset);
