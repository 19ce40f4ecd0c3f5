//! The members of a framework: listed by its operator for everybody, page by page under its seal, and read by members.

use contracts::id::{FrameworkId, ParticipantId};
use contracts::membership::{DirectoryEntry, DirectoryPage};
use contracts::{did, jcs};

use super::{App, Error, Hosted};
use crate::domain::framework::Standing;
use crate::domain::membership::{Membership, State};
use crate::identity::feed::verify_page;
use crate::store::Page;

/// Members on a page.
const STEP: usize = 200;
/// Most pages followed, oldest seal that is believed in seconds, largest page in bytes.
const PAGES: usize = 500;
const FRESH: i64 = 3_600;
const LARGEST: usize = 1 << 20;

/// A page of the members of a framework that this member runs, after one of them.
///
/// # Errors
/// [`Error::NotFound`] for a framework of somebody else.
pub async fn directory(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
    after: Option<String>,
) -> Result<DirectoryPage, Error> {
    let mut reader = app.store.read(hosted.id()).await?;
    let versions = reader.framework(framework).await?;
    if !versions.iter().any(|one| one.standing == Standing::Published) {
        return Err(Error::NotFound("framework"));
    }
    let page = Page { after, limit: STEP };
    let found = reader.memberships(framework, &page).await?;
    let next = (found.len() == STEP).then(|| found.last().map(|one| one.applicant.to_string())).flatten();
    let listed = found.iter().filter(|one| matches!(one.state, State::Member | State::Suspended));
    Ok(DirectoryPage { framework: framework.clone(), members: listed.map(entry).collect(), next })
}

fn entry(one: &Membership) -> DirectoryEntry {
    let held = &one.held;
    DirectoryEntry {
        did: one.applicant.clone(),
        state: one.state.as_str().to_owned(),
        name: held.name.clone(),
        kind: held.kind.clone(),
        siren: held.siren.clone(),
        siret: held.siret.clone(),
        version: one.version,
        place: held.place.clone(),
        law: held.law.clone(),
        labels: held.labels.clone(),
        since: one.updated.rfc3339(),
    }
}

/// Reads the directory of a framework at its operator, whole, and keeps it in the place of the one before.
///
/// # Errors
/// [`Error::Peer`] when a page cannot be had or is not sealed by the operator: what is here stays.
pub async fn refresh(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
) -> Result<Vec<DirectoryEntry>, Error> {
    let versions = app.store.read(hosted.id()).await?.framework(framework).await?;
    let operator = versions.into_iter().next_back().ok_or(Error::NotFound("framework"))?.publisher;
    let failed = |what: String| Error::Peer { peer: operator.to_string(), what };
    let base = did::base_url(operator.as_str()).map_err(|e| failed(e.to_string()))?;
    let start = format!("{}/frameworks/{}/members", base.as_str().trim_end_matches('/'), framework.segment());
    let (mut all, mut next, mut pages) = (Vec::new(), Some(start.clone()), 0);
    while let Some(url) = next.take() {
        pages += 1;
        if pages > PAGES {
            return Err(failed(format!("its directory has more than {PAGES} pages")));
        }
        let page = one(app, &operator, &url).await?;
        if page.framework != *framework {
            return Err(failed("its directory is of another framework".into()));
        }
        all.extend(page.members);
        next = page.next.map(|after| {
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("after", &after).finish();
            format!("{start}?{query}")
        });
    }
    let (kept, framework, now) = (all.clone(), framework.clone(), app.now());
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move { Ok::<_, Error>(tx.put_directory(&framework, &kept, now).await?) })
        })
        .await?;
    Ok(all)
}

/// The directory as it was last read.
pub async fn listed(
    app: &App,
    hosted: &Hosted,
    framework: &FrameworkId,
) -> Result<Vec<DirectoryEntry>, Error> {
    Ok(app.store.read(hosted.id()).await?.directory(framework).await?)
}

/// A page, once it is known to be the operator's.
async fn one(app: &App, operator: &ParticipantId, url: &str) -> Result<DirectoryPage, Error> {
    let failed = |what: String| Error::Peer { peer: operator.to_string(), what };
    let answer = app.client.fetch(url, "application/json", LARGEST).await;
    let answer = answer.map_err(|e| failed(e.to_string()))?;
    if answer.status != 200 {
        return Err(failed(format!("its directory: status {}", answer.status)));
    }
    let seal = answer.seal.ok_or_else(|| failed("its directory has no seal".into()))?;
    let (_, kid) = crate::identity::proof::signer_of(&seal).map_err(|e| failed(format!("seal: {e}")))?;
    let identity = app.resolver.with_key(operator, &kid).await?;
    let now = app.now();
    let sealed = verify_page(&seal, &identity, now).map_err(|e| failed(format!("seal: {e}")))?;
    let is_fresh = sealed.at.seconds() >= now.seconds() - FRESH;
    if sealed.page != url || sealed.digest != jcs::sha256_b64url(&answer.body) || !is_fresh {
        return Err(failed("the seal of its directory is of another page or time".into()));
    }
    serde_json::from_slice(&answer.body).map_err(|e| failed(format!("its directory: {e}")))
}
