-- Several credentials of one type for one holder, told apart by what they are about: the framework of a membership, a use case.
CREATE TABLE entitlement_about (
    holder TEXT NOT NULL,
    member TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    claims TEXT NOT NULL,
    seconds BIGINT NOT NULL,
    created BIGINT NOT NULL,
    PRIMARY KEY (member, holder, kind, about)
);
INSERT INTO entitlement_about (holder, member, kind, about, claims, seconds, created)
    SELECT holder, member, kind, COALESCE(json_extract(claims, '$.framework'), ''), claims, seconds, created FROM entitlement;
DROP TABLE entitlement;
ALTER TABLE entitlement_about RENAME TO entitlement;
ALTER TABLE credential_issued ADD COLUMN about TEXT NOT NULL DEFAULT '';
-- Until now a holder had one membership credential of an operator, of whichever framework came last.
UPDATE credential_issued SET about = COALESCE((
    SELECT MAX(membership.framework) FROM membership
    WHERE membership.member = credential_issued.member AND membership.side = 'operator'
        AND membership.applicant = credential_issued.holder), '')
    WHERE kind = 'MembershipCredential';
CREATE TABLE credential_held_about (
    id TEXT NOT NULL,
    member TEXT NOT NULL,
    issuer TEXT NOT NULL,
    kind TEXT NOT NULL,
    about TEXT NOT NULL,
    profile TEXT NOT NULL,
    until BIGINT,
    created BIGINT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (member, issuer, kind, about, profile)
);
INSERT INTO credential_held_about (id, member, issuer, kind, about, profile, until, created, body)
    SELECT id, member, issuer, kind, CASE WHEN kind = 'MembershipCredential' THEN COALESCE((
        SELECT MAX(membership.framework) FROM membership
        WHERE membership.member = credential_held.member AND membership.side = 'applicant'
            AND membership.operator = credential_held.issuer), '') ELSE '' END,
        profile, until, created, body FROM credential_held;
DROP TABLE credential_held;
ALTER TABLE credential_held_about RENAME TO credential_held;
UPDATE membership SET body = json_remove(body, '$.credential');
