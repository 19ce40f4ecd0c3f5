-- Duties of agreements, each once at either member; the body has what no query asks for.
CREATE TABLE duty (
    agreement TEXT NOT NULL,
    member TEXT NOT NULL,
    pointer TEXT NOT NULL,
    occurrence BIGINT NOT NULL,
    role TEXT NOT NULL,
    peer TEXT NOT NULL,
    state TEXT NOT NULL,
    measure TEXT NOT NULL,
    due BIGINT,
    version BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, agreement, pointer, occurrence)
);
CREATE INDEX duty_open ON duty (member) WHERE state IN ('pending', 'due', 'overdue');
-- Uses of a dataset are counted, whatever the agreement; the first delivery under an agreement dates its duties.
CREATE INDEX delivery_dataset ON delivery (member, dataset);
CREATE INDEX delivery_agreement ON delivery (member, agreement);
