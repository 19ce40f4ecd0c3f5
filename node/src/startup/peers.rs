//! Who peers are: resolved over the network, kept in the database so that a restart does not ask them all again.

use std::sync::Arc;

use crate::app::Members;
use crate::config::Config;
use crate::domain::time::Clock;
use crate::identity::resolve::{Keep, Kept, Limits, Resolver};
use crate::peer;
use crate::store::Store;

/// A resolver that knows the documents kept before.
pub(super) async fn resolver(
    client: &peer::Client,
    config: &Config,
    clock: &Clock,
    store: &Store,
    members: &Members,
) -> Result<Resolver, crate::store::Error> {
    let limits = Limits { identities: config.limits.identities, ..Limits::default() };
    let keep = keep(store, members);
    let resolver = Resolver::new(Arc::new(client.clone()), limits, clock.clone(), keep);
    let since = clock.now().plus_seconds(-limits.stale);
    let most = i64::try_from(limits.identities).unwrap_or(i64::MAX);
    for kept in store.identities(since, most).await? {
        if let Err(error) = resolver.import(&kept) {
            tracing::warn!(did = %kept.did, %error, "a kept identity no longer reads and will be fetched again");
        }
    }
    Ok(resolver)
}

/// Documents are public and the same for all members: they are kept in the name of the first.
fn keep(store: &Store, members: &Members) -> Option<Keep> {
    let first = members.all().into_iter().find(|hosted| !hosted.has_left())?;
    let (store, first) = (store.clone(), first.id().clone());
    Some(Arc::new(move |kept: Kept| {
        let (store, first) = (store.clone(), first.clone());
        tokio::spawn(async move {
            let did = kept.did.clone();
            let written =
                store.write(&first, move |tx| Box::pin(async move { tx.keep_identity(&kept).await })).await;
            if let Err::<_, crate::store::Error>(error) = written {
                tracing::warn!(%did, %error, "an identity could not be kept");
            }
        });
    }))
}
