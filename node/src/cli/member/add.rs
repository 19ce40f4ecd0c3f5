//! `fiducie member add`: through the running node's own API, or straight into the database of a stopped one.

use contracts::api::member::{AddedMember, NewMember as Wanted};
use serde_json::json;

use super::Add;
use crate::app::member::create::NewMember;
use crate::cli::access::{self, Access};
use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::init::{self, Made};
use crate::cli::{Global, exit};
use crate::config::Config;
use crate::domain::time::Clock;
use crate::startup::{StartError, store};
use crate::{config, text};

impl Add {
    pub(super) async fn run(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let config = config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))?;
        let made = match store::open(&config, &Clock::System).await {
            Ok(store) => {
                let Self { name, url, place, law } = self;
                init::add(&config, store, NewMember { name, base_url: url, place, law }, out.lang).await?
            }
            Err(StartError::Store(crate::store::Error::Held { .. })) => self.ask(global, &config).await?,
            Err(error) => return Err(Failed::Setup(error.to_string())),
        };
        let result = json!({ "member": made.access.member, "did": made.did, "url": made.access.url });
        out.result(&result, |_| {
            let values = [("did", made.did.as_str()), ("url", made.access.url.as_str())];
            text::fill(out.lang, "cli.member-added", &values)
        })
    }

    /// Of the node that runs, as an administrator of its host.
    async fn ask(self, global: &Global, config: &Config) -> Result<Made, exit::Failed> {
        let client = Client::open(global)?;
        let Self { name, url, place, law } = self;
        let wanted = Wanted { name, url: url.to_string(), place, law };
        let added: AddedMember = client.post("/members", &wanted).await?;
        let access = Access { member: added.name, url: added.base_url, token: added.token };
        let file = access::save(&config.dir, &access)?;
        Ok(Made { access, did: added.did, file })
    }
}
