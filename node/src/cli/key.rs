//! `fiducie key`: the member's keys.

use clap::{Subcommand, ValueEnum};
use contracts::api::member::{KeyView, MemberView, RotateKey};

use super::Global;
use super::client::Client;
use super::exit::Failed;
use super::output::table;

#[derive(Debug, Subcommand)]
pub enum Key {
    List,
    Rotate { purpose: Purpose },
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Purpose {
    Sign,
    Data,
    Log,
}

impl Key {
    pub async fn run(self, global: &Global) -> Result<(), Failed> {
        let client = Client::open(global)?;
        let keys: Vec<KeyView> = match self {
            Self::List => client.get::<MemberView>("/members/self").await?.keys,
            Self::Rotate { purpose } => {
                let purpose = match purpose {
                    Purpose::Sign => "sign",
                    Purpose::Data => "data",
                    Purpose::Log => "log",
                };
                client
                    .post::<_, MemberView>("/members/self/keys", &RotateKey { purpose: purpose.into() })
                    .await?
                    .keys
            }
        };
        global.output().result(&keys, |keys| {
            let row = |k: &KeyView| {
                let until = k.until.clone().unwrap_or_else(|| "-".into());
                vec![k.purpose.clone(), k.algorithm.clone(), k.from.clone(), until, k.kid.clone()]
            };
            table(&keys.iter().map(row).collect::<Vec<_>>())
        })
    }
}
