-- Conventions of hosting, as both sides keep them: the file with the signatures so far.
CREATE TABLE convention (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    side TEXT NOT NULL,
    peer TEXT NOT NULL,
    standing TEXT NOT NULL,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id)
);
