-- The newest checkpoint of each member's log that its witnesses cosigned; without a note, since when they are to.
CREATE TABLE cosigned (
    member TEXT NOT NULL PRIMARY KEY,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    note TEXT NOT NULL
);
-- Checkpoints with the time-stamp tokens (RFC 3161) of authorities.
CREATE TABLE stamp (
    member TEXT NOT NULL,
    size BIGINT NOT NULL,
    authority TEXT NOT NULL,
    at BIGINT NOT NULL,
    checkpoint TEXT NOT NULL,
    token BYTEA NOT NULL,
    PRIMARY KEY (member, size, authority)
);
