-- Pulls asked for: one that runs when the process ends goes on at the next start.
CREATE TABLE pull (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    transfer TEXT NOT NULL,
    path TEXT,
    target TEXT,
    state TEXT NOT NULL,
    outcome TEXT,
    created BIGINT NOT NULL,
    ended BIGINT,
    PRIMARY KEY (member, id)
);
CREATE INDEX pull_running ON pull (member) WHERE state = 'running';
CREATE INDEX pull_ended ON pull (member, ended) WHERE ended IS NOT NULL;
