-- What others publish, as it was last read from each source. The report is of the last reading; the cursor is where a feed goes on.
CREATE TABLE harvest_source (
    name TEXT NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    url TEXT NOT NULL,
    cursor TEXT,
    tried BIGINT NOT NULL,
    succeeded BIGINT,
    fault TEXT,
    report TEXT NOT NULL,
    PRIMARY KEY (member, name)
);
-- Datasets of others, each once: descriptions, never data. The graph is as its member wrote it, where a feed brought it.
CREATE TABLE harvest_record (
    origin TEXT NOT NULL,
    member TEXT NOT NULL,
    source TEXT NOT NULL,
    digest TEXT NOT NULL,
    body TEXT NOT NULL,
    graph TEXT,
    created BIGINT NOT NULL,
    updated BIGINT NOT NULL,
    PRIMARY KEY (member, origin)
);
CREATE INDEX harvest_record_source ON harvest_record (member, source, origin);
