//! Comparisons of both members' entries about a contract, each as it was last made.

use contracts::id::{AgreementId, MemberId};
use sqlx::AnyConnection;

use super::row::{Page, Row, int, of, reads};
use super::{Error, Tx};
use crate::domain::time::Timestamp;

/// A comparison as kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwinCheck {
    pub agreement: AgreementId,
    pub state: TwinState,
    pub tried: Timestamp,
    /// When the peer last gave its entries.
    pub answered: Option<Timestamp>,
    /// Everything before these places, in our log and in the peer's, is settled.
    pub ours: u64,
    pub theirs: u64,
    /// What was found, in JSON.
    pub report: String,
    /// Both sides' entries, in JSON, when they differ.
    pub evidence: Option<String>,
}

/// How a comparison ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TwinState {
    Agree,
    Differ,
    /// The peer gave nothing yet, within what is tolerated.
    Waiting,
    /// And beyond it.
    Unanswered,
}

impl TwinState {
    pub const ALL: [Self; 4] = [Self::Agree, Self::Differ, Self::Waiting, Self::Unanswered];
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Agree => "agree",
            Self::Differ => "differ",
            Self::Waiting => "waiting",
            Self::Unanswered => "unanswered",
        }
    }
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

macro_rules! select {
    ($condition:literal) => {
        concat!(
            "SELECT agreement, state, tried, answered, ours, theirs, report, evidence FROM twin_check \
             WHERE member = $1 AND ",
            $condition
        )
    };
}

reads! {
    /// The last comparison about an agreement.
    twin_check(agreement: &AgreementId) -> Option<TwinCheck> = one;
    /// The last comparisons, by agreement.
    twin_checks(page: &Page) -> Vec<TwinCheck> = list;
}

async fn one(
    conn: &mut AnyConnection,
    member: &MemberId,
    agreement: &AgreementId,
) -> Result<Option<TwinCheck>, Error> {
    let query = sqlx::query(select!("agreement = $2")).bind(member.as_str()).bind(agreement.as_str());
    query.fetch_optional(conn).await?.map(of("twin_check")).map(|row| read(&row)).transpose()
}

async fn list(conn: &mut AnyConnection, member: &MemberId, page: &Page) -> Result<Vec<TwinCheck>, Error> {
    let query = sqlx::query(select!("agreement > $2 ORDER BY agreement LIMIT $3 + 0"));
    let rows = query.bind(member.as_str()).bind(page.after()).bind(page.limit()).fetch_all(conn).await?;
    rows.into_iter().map(of("twin_check")).map(|row| read(&row)).collect()
}

fn read(row: &Row) -> Result<TwinCheck, Error> {
    Ok(TwinCheck {
        agreement: row.agreement("agreement")?,
        state: row.one_of("state", TwinState::parse)?,
        tried: row.time("tried")?,
        answered: row.opt_time("answered")?,
        ours: row.count("ours")?,
        theirs: row.count("theirs")?,
        report: row.text("report")?,
        evidence: row.opt_text("evidence")?,
    })
}

impl Tx<'_> {
    /// Keeps a comparison in the place of the one before.
    pub async fn save_twin_check(&mut self, check: &TwinCheck) -> Result<(), Error> {
        let sql = "INSERT INTO twin_check (member, agreement, state, tried, answered, ours, theirs, report, evidence) \
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (member, agreement) DO UPDATE SET \
                   state = excluded.state, tried = excluded.tried, answered = excluded.answered, ours = excluded.ours, \
                   theirs = excluded.theirs, report = excluded.report, evidence = excluded.evidence";
        let query = sqlx::query(sql)
            .bind(self.member.to_string())
            .bind(check.agreement.as_str())
            .bind(check.state.as_str())
            .bind(check.tried.0)
            .bind(check.answered.map(|at| at.0))
            .bind(int(check.ours)?)
            .bind(int(check.theirs)?)
            .bind(check.report.as_str())
            .bind(check.evidence.as_deref());
        query.execute(self.writing().await?).await?;
        Ok(())
    }
}
