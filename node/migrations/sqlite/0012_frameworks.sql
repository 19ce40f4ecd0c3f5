-- Versions of trust frameworks, published or taken from others: the signed file, and since when the member follows it.
CREATE TABLE framework (
    member TEXT NOT NULL,
    id TEXT NOT NULL,
    version TEXT NOT NULL,
    standing TEXT NOT NULL,
    publisher TEXT NOT NULL,
    digest TEXT NOT NULL,
    adopted BIGINT,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, id, version)
);
