//! Memberships of trust frameworks.

use contracts::framework::Version;
use contracts::id::{FrameworkId, MemberId, ParticipantId, QuestionId};
use serde::{Deserialize, Serialize};
use sqlx::AnyConnection;

use super::row::{Page, Row, of, reads, to_json};
use super::{Error, Tx};
use crate::domain::membership::{Contested, Held, Membership, Side, State};

/// What no query asks for.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Body {
    version: Version,
    question: Option<QuestionId>,
    from: Option<String>,
    appealed: bool,
    kind: String,
    name: String,
    siret: Option<String>,
    application: String,
    charter: Option<String>,
    reasons: Vec<String>,
    place: Option<String>,
    law: Option<String>,
    labels: Vec<String>,
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT applicant, framework, side, operator, state, siren, version, created, updated, body FROM membership \
             WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// One membership, as this side keeps it.
    membership(framework: &FrameworkId, side: Side, applicant: &ParticipantId) -> Option<Membership> = one;
    /// Memberships of a framework as its operator keeps them, by applicant, after a cursor.
    memberships(framework: &FrameworkId, page: &Page) -> Vec<Membership> = of_framework;
    /// All, on either side, after the cursor `framework side applicant`.
    all_memberships(page: &Page) -> Vec<Membership> = list;
    /// Applications of the member that this operator has not answered.
    applications_to(operator: &ParticipantId) -> Vec<Membership> = sent_to;
    /// Who has this number (SIREN) in a framework.
    numbered(framework: &FrameworkId, siren: &str) -> Vec<Membership> = with_number;
}

async fn one(
    conn: &mut AnyConnection,
    member: &MemberId,
    framework: &FrameworkId,
    side: Side,
    applicant: &ParticipantId,
) -> Result<Option<Membership>, Error> {
    let query = sqlx::query(select!("framework = $2 AND side = $3 AND applicant = $4"));
    let query = query.bind(member.as_str()).bind(framework.as_str()).bind(side.as_str());
    let row = query.bind(applicant.as_str()).fetch_optional(conn).await?;
    row.map(of("membership")).map(|row| read(&row)).transpose()
}

async fn of_framework(
    conn: &mut AnyConnection,
    member: &MemberId,
    framework: &FrameworkId,
    page: &Page,
) -> Result<Vec<Membership>, Error> {
    let sql =
        select!("framework = $2 AND side = 'operator' AND applicant > $3 ORDER BY applicant LIMIT $4 + 0");
    let query = sqlx::query(sql).bind(member.as_str()).bind(framework.as_str());
    read_all(query.bind(page.after()).bind(page.limit()).fetch_all(conn).await?)
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<Membership>, Error> {
    let sql = select!(
        "framework || ' ' || side || ' ' || applicant > $2 ORDER BY framework || ' ' || side || ' ' || applicant LIMIT $3 + 0"
    );
    let query = sqlx::query(sql).bind(member.as_str()).bind(page.after()).bind(page.limit());
    read_all(query.fetch_all(conn).await?)
}

async fn with_number(
    conn: &mut AnyConnection,
    member: &MemberId,
    framework: &FrameworkId,
    siren: &str,
) -> Result<Vec<Membership>, Error> {
    let sql = select!("framework = $2 AND side = 'operator' AND siren = $3 ORDER BY applicant");
    let query = sqlx::query(sql).bind(member.as_str()).bind(framework.as_str()).bind(siren);
    read_all(query.fetch_all(conn).await?)
}

async fn sent_to(
    conn: &mut AnyConnection,
    member: &MemberId,
    operator: &ParticipantId,
) -> Result<Vec<Membership>, Error> {
    let sql = select!("side = 'applicant' AND state = 'sent' AND operator = $2 ORDER BY framework");
    read_all(sqlx::query(sql).bind(member.as_str()).bind(operator.as_str()).fetch_all(conn).await?)
}

fn read_all(rows: Vec<sqlx::any::AnyRow>) -> Result<Vec<Membership>, Error> {
    rows.into_iter().map(of("membership")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<Membership, Error> {
    let body: Body = row.json("body")?;
    let from = body.from.as_deref().map(|from| Contested::parse(from).ok_or_else(|| row.wrong("body")));
    let state = State::parse(&row.text("state")?, body.question, from.transpose()?);
    Ok(Membership {
        framework: row.framework("framework")?,
        version: body.version,
        side: row.one_of("side", Side::parse)?,
        operator: row.participant("operator")?,
        applicant: row.participant("applicant")?,
        state: state.ok_or_else(|| row.wrong("state"))?,
        appealed: body.appealed,
        held: Held {
            kind: body.kind,
            name: body.name,
            siren: row.opt_text("siren")?,
            siret: body.siret,
            application: body.application,
            charter: body.charter,
            reasons: body.reasons,
            place: body.place,
            law: body.law,
            labels: body.labels,
        },
        created: row.time("created")?,
        updated: row.time("updated")?,
        row: row.int("version")?,
    })
}

fn body(membership: &Membership) -> Result<String, Error> {
    let held = &membership.held;
    let from = match &membership.state {
        State::Appealed { from, .. } => Some(from.as_str().to_owned()),
        _ => None,
    };
    to_json(&Body {
        version: membership.version,
        question: membership.state.question().cloned(),
        from,
        appealed: membership.appealed,
        kind: held.kind.clone(),
        name: held.name.clone(),
        siret: held.siret.clone(),
        application: held.application.clone(),
        charter: held.charter.clone(),
        reasons: held.reasons.clone(),
        place: held.place.clone(),
        law: held.law.clone(),
        labels: held.labels.clone(),
    })
}

impl Tx<'_> {
    /// Keeps a membership that begins: in the place of one that has ended, if there is one.
    ///
    /// # Errors
    /// [`Error::Conflict`] if one is under way.
    pub async fn begin_membership(&mut self, new: &Membership) -> Result<(), Error> {
        let sql = "INSERT INTO membership (member, framework, side, applicant, operator, state, siren, version, created, \
                   updated, body) VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $8, $9, $10) \
                   ON CONFLICT (member, framework, side, applicant) DO UPDATE SET operator = excluded.operator, \
                   state = excluded.state, siren = excluded.siren, version = membership.version + 1, \
                   created = excluded.created, updated = excluded.updated, body = excluded.body \
                   WHERE membership.state IN ('refused', 'left')";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(new.framework.to_string())
            .bind(new.side.as_str())
            .bind(new.applicant.to_string())
            .bind(new.operator.to_string())
            .bind(new.state.as_str())
            .bind(new.held.siren.clone())
            .bind(new.created.0)
            .bind(new.updated.0)
            .bind(body(new)?);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("membership")),
        }
    }

    /// Saves what of a membership changes.
    ///
    /// # Errors
    /// [`Error::Conflict`] if it changed meanwhile.
    pub async fn save_membership(&mut self, kept: &Membership) -> Result<(), Error> {
        let sql = "UPDATE membership SET state = $1, updated = $2, body = $3, version = version + 1 \
                   WHERE member = $4 AND framework = $5 AND side = $6 AND applicant = $7 AND version = $8";
        let query = sqlx::query(sql)
            .bind(kept.state.as_str())
            .bind(kept.updated.0)
            .bind(body(kept)?)
            .bind(self.member.to_string())
            .bind(kept.framework.to_string())
            .bind(kept.side.as_str())
            .bind(kept.applicant.to_string())
            .bind(kept.row);
        match query.execute(self.writing().await?).await?.rows_affected() {
            1 => Ok(()),
            _ => Err(Error::Conflict("membership")),
        }
    }
}
