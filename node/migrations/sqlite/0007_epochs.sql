-- Epochs of members' logs but the first: how long the log was when each was opened, the last checkpoint of the one before
-- as it was signed, and the newest that others hold of it and that the log does not lead to.
CREATE TABLE log_epoch (
    member TEXT NOT NULL,
    epoch BIGINT NOT NULL,
    size BIGINT NOT NULL,
    at BIGINT NOT NULL,
    ended TEXT NOT NULL,
    lost TEXT,
    PRIMARY KEY (member, epoch)
);
-- When a member came back from a backup, until its partners have said what they hold of its log.
ALTER TABLE member ADD COLUMN restored BIGINT;
