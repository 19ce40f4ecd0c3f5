//! `fiducie member export`, `import` and `remove`.

use std::fs::File;

use contracts::api::member::MemberView;
use serde_json::json;

use super::Archive;
use crate::app::Error;
use crate::app::member::{export, import, keys, leave};
use crate::cli::access::{self, Access};
use crate::cli::client::Client;
use crate::cli::exit::Failed;
use crate::cli::part::{Part, secret_for_new};
use crate::cli::{Global, init};
use crate::config::{self, Config};
use crate::dataplane::plane::Plane;
use crate::domain::time::Clock;
use crate::startup::{StartError, store};
use crate::store::{Export, Store};
use crate::text;

impl Archive {
    /// Retires the member, at the running node or in the database of a stopped one, then writes the archive. Can be
    /// repeated: the archive of a member that left is always the same.
    pub(super) async fn export(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let failed = |e| Failed::of(e, out.lang);
        let config = load(global)?;
        let node = config::secret(&config).map_err(Failed::Setup)?;
        let archive = secret_for_new(&self.file, &self.secret_file, out.lang)?;
        let mut found = find(global, &config).await?;
        if found.stored.retired.is_none() {
            let member = found.stored.member.clone();
            drop(found);
            match store::open(&config, &Clock::System).await {
                Ok(store) => {
                    let now = Clock::System.now();
                    let hosted = keys::open(&store, member, &node, now).await.map_err(failed);
                    let retired = match hosted {
                        Ok(hosted) => leave::record(&store, &hosted).await.map_err(failed),
                        Err(error) => Err(error),
                    };
                    store.close().await;
                    retired?;
                }
                Err(StartError::Store(crate::store::Error::Held { .. })) => {
                    let _: MemberView =
                        Client::open(global)?.post("/members/self/retire", &json!({})).await?;
                }
                Err(error) => return Err(Failed::Setup(error.to_string())),
            }
            found = find(global, &config).await?;
        }
        let wait = out.spinner(text::get(out.lang, "cli.exporting").to_owned());
        let part = Part::create(&self.file)?;
        let written = export::export(&mut found, &node, &archive, part.file()).await;
        wait.finish_and_clear();
        let exported = written.map_err(failed)?;
        part.keep()?;
        let file = self.file.display().to_string();
        let result =
            json!({ "did": exported.did, "entries": exported.entries, "rows": exported.rows, "file": file });
        out.result(&result, |_| {
            let secret = self.secret_file.display().to_string();
            let entries = exported.entries.to_string();
            let values =
                [("file", file.as_str()), ("secret", &secret), ("did", &exported.did), ("entries", &entries)];
            text::fill(out.lang, "cli.exported", &values)
        })
    }

    pub(super) async fn import(self, global: &Global) -> Result<(), Failed> {
        let out = global.output();
        let failed = |e| Failed::of(e, out.lang);
        let config = load(global)?;
        let node = config::secret(&config).map_err(Failed::Setup)?;
        let archive = config::secret_of(&self.secret_file).map_err(Failed::Usage)?;
        let file =
            File::open(&self.file).map_err(|e| Failed::Usage(format!("{}: {e}", self.file.display())))?;
        let (url, now) = (config.database_url(), Clock::System.now());
        let wait = out.spinner(text::get(out.lang, "cli.importing").to_owned());
        let imported = import::import(&url, file, &archive, &node, now).await;
        wait.finish_and_clear();
        let imported = imported.map_err(failed)?;
        let store = init::open(&config).await?;
        let settled = import::settle(&store, imported.member.clone(), &node, now).await;
        store.close().await;
        let settled = settled.map_err(failed)?;
        let member = imported.member;
        let url = member.base_url.as_str().trim_end_matches('/').to_owned();
        let access = Access { member: member.name.clone(), url: url.clone(), token: settled.token };
        access::save(&config.dir, &access)?;
        // Files do not travel in the archive: what its datasets need is named.
        let roots = Plane::from_config(&config).roots;
        let missing = settled.sources.iter().filter(|s| roots.check(s).is_err()).map(|s| s.path().to_owned());
        let missing: Vec<_> = missing.collect();
        let result = json!({
            "member": member.name, "did": member.did, "url": url, "entries": imported.entries,
            "rows": imported.rows, "missing": missing,
        });
        out.result(&result, |_| {
            let (entries, missing) = (imported.entries.to_string(), missing.join(", "));
            let values =
                [("did", member.did.as_str()), ("url", &url), ("entries", &entries), ("missing", &missing)];
            let key = if missing.is_empty() { "cli.imported" } else { "cli.imported-without" };
            text::fill(out.lang, key, &values)
        })
    }
}

pub(super) async fn remove(global: &Global) -> Result<(), Failed> {
    let out = global.output();
    let config = load(global)?;
    let found = find(global, &config).await?;
    let member = found.stored.member.clone();
    drop(found);
    Store::remove(&config.database_url(), &member.id, Clock::System.now())
        .await
        .map_err(|e| Failed::of(e.into(), out.lang))?;
    access::forget(&config.dir, &member.name)?;
    out.result(&json!({ "removed": member.did }), |_| {
        text::fill(out.lang, "cli.member-removed", &[("did", member.did.as_str())])
    })
}

fn load(global: &Global) -> Result<Config, Failed> {
    config::load(&global.dir).map_err(|e| Failed::Setup(e.to_string()))
}

/// The member that `--member`, the configuration or its being alone names.
pub(super) async fn find(global: &Global, config: &Config) -> Result<Export, Failed> {
    let default = Some(config.members.default.as_str()).filter(|name| !name.is_empty());
    let name = global.member.as_deref().or(default);
    export::open(&config.database_url(), name, Clock::System.now()).await.map_err(|e| match e {
        Error::NotFound(_) => Failed::NotFound(text::get(global.output().lang, "cli.no-one-member").into()),
        other => Failed::of(other, global.output().lang),
    })
}
