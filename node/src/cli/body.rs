//! `fiducie body`: seats, questions and ballots of the bodies of a framework.

use clap::{Subcommand, ValueEnum};
use contracts::api::membership::{CastBallot, CastView, QuestionView, SeatView};
use contracts::ballot::Choice;

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::exit::Failed;
use super::output::table;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Body {
    Appoint {
        id: String,
        #[arg(value_name = "BODY")]
        body: String,
        #[arg(value_name = "SEAT")]
        seat: String,
        #[arg(value_name = "DID")]
        holder: String,
    },
    Seats {
        id: String,
    },
    Questions {
        id: String,
    },
    Vote {
        #[arg(value_name = "QUESTION")]
        question: String,
        #[arg(value_name = "SEAT")]
        seat: String,
        #[arg(value_name = "CHOICE")]
        choice: Said,
        #[arg(long, value_name = "DID")]
        operator: String,
        #[arg(long, value_name = "DIGEST")]
        asked: String,
        #[arg(long, value_name = "WORDS")]
        words: Option<String>,
    },
    Answer {
        #[arg(value_name = "QUESTION")]
        question: String,
    },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Said {
    Yes,
    No,
    Abstain,
    Recused,
}

impl From<Said> for Choice {
    fn from(said: Said) -> Self {
        match said {
            Said::Yes => Self::Yes,
            Said::No => Self::No,
            Said::Abstain => Self::Abstain,
            Said::Recused => Self::Recused,
        }
    }
}

impl Body {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let (out, client) = (global.output(), Client::open(global)?);
        let row = |one: &SeatView| vec![one.body.clone(), one.seat.clone(), one.holder.clone()];
        match self {
            Self::Appoint { id, body, seat, holder } => {
                let wanted = SeatView { body, seat, holder };
                let named: SeatView =
                    client.post(&format!("/frameworks/{}/seats", segment(&id)), &wanted).await?;
                out.result(&named, |named| row(named).join("  "))
            }
            Self::Seats { id } => {
                let all: Vec<SeatView> = client.get(&format!("/frameworks/{}/seats", segment(&id))).await?;
                out.result(&all, |all| table(&all.iter().map(row).collect::<Vec<_>>()))
            }
            Self::Questions { id } => {
                let path = format!("/frameworks/{}/questions", segment(&id));
                let all: Vec<QuestionView> = every_page(&client, &path).await?;
                out.result(&all, |all| {
                    let row = |one: &QuestionView| {
                        let outcome = one.outcome.clone().unwrap_or_else(|| "-".into());
                        let (id, body) = (one.question.id.to_string(), one.question.body.clone());
                        vec![id, body, outcome, one.question.closes.to_string(), one.digest.clone()]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
            Self::Vote { question, seat, choice, operator, asked, words } => {
                let choice = Choice::from(choice);
                let wanted = CastBallot { operator, question, asked, seat, choice, words };
                let cast: CastView = client.post("/ballots", &wanted).await?;
                out.result(&cast, |_| text::get(out.lang, "trust.ballot-cli-cast").to_owned())
            }
            Self::Answer { question } => {
                let path = format!("/questions/{}/answer", segment(&question));
                let answered: QuestionView = client.post(&path, &serde_json::json!({})).await?;
                out.result(&answered, |answered| {
                    let outcome = answered.outcome.clone().unwrap_or_default();
                    let count = answered.ballots.len().to_string();
                    let values = [("outcome", outcome.as_str()), ("ballots", &count)];
                    text::fill(out.lang, "trust.ballot-cli-answered", &values)
                })
            }
        }
    }
}
