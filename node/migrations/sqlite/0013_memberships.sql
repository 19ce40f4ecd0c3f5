-- Memberships of trust frameworks, as operator and member keep them; the body has what no query asks for.
CREATE TABLE membership (
    member TEXT NOT NULL,
    framework TEXT NOT NULL,
    side TEXT NOT NULL,
    applicant TEXT NOT NULL,
    operator TEXT NOT NULL,
    state TEXT NOT NULL,
    siren TEXT,
    version BIGINT NOT NULL,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, framework, side, applicant)
);
-- Who holds a seat of a body.
CREATE TABLE seat (
    member TEXT NOT NULL,
    framework TEXT NOT NULL,
    body TEXT NOT NULL,
    seat TEXT NOT NULL,
    holder TEXT NOT NULL,
    since BIGINT NOT NULL,
    PRIMARY KEY (member, framework, body, seat)
);
-- What bodies are asked, as everybody may read it, and what it came to.
CREATE TABLE question (
    member TEXT NOT NULL,
    id TEXT NOT NULL,
    framework TEXT NOT NULL,
    outcome TEXT,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id)
);
-- Signed ballots; a seat has one for a question.
CREATE TABLE ballot (
    member TEXT NOT NULL,
    question TEXT NOT NULL,
    seat TEXT NOT NULL,
    holder TEXT NOT NULL,
    choice TEXT NOT NULL,
    at BIGINT NOT NULL,
    ballot TEXT NOT NULL,
    PRIMARY KEY (member, question, seat)
);
-- Members of frameworks as their operator last listed them.
CREATE TABLE directory_entry (
    member TEXT NOT NULL,
    framework TEXT NOT NULL,
    did TEXT NOT NULL,
    seen BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, framework, did)
);
