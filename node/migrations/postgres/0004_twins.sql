-- Comparisons of both members' entries about a contract. `ours` and `theirs`: everything before these places is settled.
CREATE TABLE twin_check (
    agreement TEXT NOT NULL,
    member TEXT NOT NULL,
    state TEXT NOT NULL,
    tried BIGINT NOT NULL,
    answered BIGINT,
    ours BIGINT NOT NULL,
    theirs BIGINT NOT NULL,
    report TEXT NOT NULL,
    evidence TEXT,
    PRIMARY KEY (member, agreement)
);
