-- As a witness: the newest checkpoint of each log that this member cosigned, and one that contradicts it, if it was shown.
-- `hash` is the SHA-256 of the origin in hexadecimal: what monitors ask by.
CREATE TABLE witnessed (
    hash TEXT NOT NULL,
    origin TEXT NOT NULL,
    member TEXT NOT NULL,
    size BIGINT NOT NULL,
    root BLOB NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL,
    fork TEXT,
    PRIMARY KEY (member, hash)
);
