//! What the frameworks that the member follows say of a policy that is written under them: one that names their charter.

use contracts::framework::FrameworkFile;
use contracts::odrl::Policy;
use policies::framework::{Listed, charters, listed, prohibited};
use serde_json::Value;

use super::MOST;
use crate::app::membership::{both, current};
use crate::app::{App, Error, Hosted};
use crate::domain::framework::{Framework, Standing};
use crate::store::Page;

/// Refuses a policy that permits a purpose which such a framework prohibits, and a use for one.
///
/// # Errors
/// [`Error::NotAllowed`] with the framework and the purpose.
pub(crate) async fn allows(
    app: &App,
    hosted: &Hosted,
    policy: &Value,
    purpose: Option<&str>,
) -> Result<(), Error> {
    // What cannot be read is refused by who reads it.
    let Ok(policy) = Policy::try_from(policy.clone()) else { return Ok(()) };
    let Ok(compiled) = policies::compile(&policy) else { return Ok(()) };
    let named = charters(&compiled);
    if named.is_empty() {
        return Ok(());
    }
    for file in followed(app, hosted).await? {
        let rules = &file.framework.parts.rules;
        if !named.contains(&rules.charter.id.as_str()) {
            continue;
        }
        let mut wrong: Vec<String> = prohibited(&compiled, &rules.purposes)
            .into_iter()
            .map(|one| one.concept().id.to_owned())
            .collect();
        wrong.extend(
            purpose.filter(|one| listed(&rules.purposes, one) == Listed::Prohibited).map(str::to_owned),
        );
        if let Some(purpose) = wrong.first() {
            let name = file.framework.name.fr.as_str();
            let reason = both("trust.purpose-prohibited", &[("purpose", purpose), ("framework", name)]);
            return Err(Error::NotAllowed { reasons: vec![reason] });
        }
    }
    Ok(())
}

/// The version in force of each framework that the member publishes or follows.
async fn followed(app: &App, hosted: &Hosted) -> Result<Vec<FrameworkFile>, Error> {
    let most = Page::first(usize::try_from(MOST).unwrap_or(usize::MAX));
    let mut all = app.store.read(hosted.id()).await?.frameworks(&most).await?;
    all.retain(|one| one.standing == Standing::Published || one.adopted.is_some());
    all.sort_by(|a, b| (&a.id, a.version).cmp(&(&b.id, b.version)));
    let groups = all.chunk_by(|a, b| a.id == b.id).map(<[Framework]>::to_vec);
    // One that is not in force yet says nothing.
    Ok(groups.filter_map(|versions| current(versions, app.now()).ok()).collect())
}
