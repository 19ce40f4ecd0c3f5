-- What opens entries about one person in one year is sealed by one key; the subject is empty for the member itself.
-- Bodies without key are older than this and in clear.
CREATE TABLE opening_key (
    kid TEXT NOT NULL,
    member TEXT NOT NULL,
    subject TEXT NOT NULL,
    year BIGINT NOT NULL,
    sealed BLOB NOT NULL,
    PRIMARY KEY (member, kid)
);
CREATE UNIQUE INDEX opening_key_subject ON opening_key (member, subject, year);
ALTER TABLE entry_body ADD COLUMN opening_key TEXT;
