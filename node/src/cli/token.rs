//! `fiducie token`: who may use the management API.

use clap::{Args, Subcommand, ValueEnum};
use contracts::api::scope::Scope;
use contracts::api::token::{IssuedToken, NewToken, Role, TokenView};

use contracts::format::Instant;

use super::Global;
use super::catalog::every_page;
use super::client::{Client, segment};
use super::evidence::day;
use super::exit::Failed;
use super::output::table;
use crate::text;

#[derive(Debug, Subcommand)]
pub enum Token {
    New {
        #[arg(long, value_enum)]
        role: RoleName,
        #[arg(long)]
        label: String,
        #[arg(long)]
        days: Option<u32>,
        #[command(flatten)]
        scope: ScopeOf,
    },
    List,
    Revoke {
        id: String,
    },
}

// What an auditor may open. No documentation comment: it would be the help of the command.
#[derive(Debug, Args)]
pub struct ScopeOf {
    #[arg(long, value_name = "ID")]
    dataset: Vec<String>,
    #[arg(long, value_name = "ID")]
    contract: Vec<String>,
    #[arg(long, value_name = "DID")]
    recipient: Vec<String>,
    #[arg(long, value_name = "DATE")]
    from: Option<String>,
    #[arg(long, value_name = "DATE")]
    to: Option<String>,
}

impl ScopeOf {
    fn read(self, lang: text::Lang) -> Result<Option<Scope>, Failed> {
        let instant = |text: Option<String>| {
            let read = |text: String| {
                let wrong = || Failed::Usage(text::fill(lang, "malformed.instant", &[("found", &text)]));
                Instant::parse(&text).ok_or_else(wrong)
            };
            day(text).map(read).transpose()
        };
        let (from, until) = (instant(self.from)?, instant(self.to)?);
        let scope = Scope {
            datasets: self.dataset,
            contracts: self.contract,
            recipients: self.recipient,
            from,
            until,
        };
        Ok(Some(scope).filter(|scope| !scope.is_everything()))
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum RoleName {
    Auditor,
    Reader,
    Operator,
    Admin,
}

impl Token {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let client = Client::open(global)?;
        match self {
            Self::New { role, label, days, scope } => {
                let scope = scope.read(out.lang)?;
                let role = match role {
                    RoleName::Auditor => Role::Auditor,
                    RoleName::Reader => Role::Reader,
                    RoleName::Operator => Role::Operator,
                    RoleName::Admin => Role::Admin,
                };
                let issued: IssuedToken =
                    client.post("/tokens", &NewToken { role, label, days, scope }).await?;
                out.note(text::get(out.lang, "cli.token-once"));
                out.result(&issued, |t| t.token.clone())
            }
            Self::List => {
                let all: Vec<TokenView> = every_page(&client, "/tokens").await?;
                out.result(&all, |all| {
                    let row = |t: &TokenView| {
                        let expires = t.expires.clone().unwrap_or_else(|| "-".into());
                        vec![
                            t.id.clone(),
                            t.role.as_str().into(),
                            t.created.clone(),
                            expires,
                            t.label.clone(),
                        ]
                    };
                    table(&all.iter().map(row).collect::<Vec<_>>())
                })
            }
            Self::Revoke { id } => {
                client.delete(&format!("/tokens/{}", segment(&id))).await?;
                out.result(&serde_json::json!({ "revoked": id }), |_| {
                    text::fill(out.lang, "cli.token-revoked", &[("id", &id)])
                })
            }
        }
    }
}
