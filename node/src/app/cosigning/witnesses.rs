//! Who is asked for cosignatures: the witnesses of the policy, or without one the members with whom there are contracts.

use contracts::id::ParticipantId;
use contracts::jwk::Point;
use contracts::tlog::note::{self, ED25519_COSIGNATURE, NoteSignature, VerifierKey};
use contracts::tlog::policy::{self, Policy};

use crate::app::{App, Error, Hosted};

/// Most contract partners that are asked.
const MOST: usize = 32;

/// A witness, and how its cosignatures are known.
#[derive(Debug, Clone)]
pub(super) struct Witness {
    /// Name of its key.
    pub name: String,
    /// What `add-checkpoint` is below.
    pub url: String,
    /// Empty when its identity cannot be resolved now.
    pub keys: Vec<VerifierKey>,
}

impl Witness {
    pub fn has_signed(&self, lines: &[NoteSignature]) -> bool {
        let is_his = |line: &NoteSignature| {
            self.keys.iter().any(|key| line.name == key.name && line.key_id == key.id())
        };
        lines.iter().any(is_his)
    }
}

pub(super) async fn of(app: &App, hosted: &Hosted, policy: Option<&Policy>) -> Result<Vec<Witness>, Error> {
    if let Some(policy) = policy {
        return Ok(policy.witnesses.iter().map(named).collect());
    }
    // Whoever cosigns a log shows its size to everybody.
    if app.config.log.is_closed(&hosted.member.name) {
        return Ok(Vec::new());
    }
    let parties = app.store.read(hosted.id()).await?.parties(MOST).await?;
    let mut witnesses = Vec::with_capacity(parties.len());
    for peer in parties {
        witnesses.extend(partner(app, &peer).await);
    }
    Ok(witnesses)
}

/// Without an address, the one that the key's name is if it is one.
fn named(witness: &policy::Witness) -> Witness {
    let name = witness.key.name.clone();
    let url = witness.url.clone().unwrap_or_else(|| format!("https://{name}"));
    Witness { url: url.trim_end_matches('/').to_owned(), keys: vec![witness.key.clone()], name }
}

async fn partner(app: &App, peer: &ParticipantId) -> Option<Witness> {
    let base = contracts::did::base_url(peer.as_str()).ok()?;
    let name = note::witness(&note::origin(&base, 1));
    let url = format!("{}/witness", base.as_str().trim_end_matches('/'));
    let keys = match app.resolver.resolve(peer).await {
        Ok(identity) => identity.keys().filter_map(|key| key.jwk().point().ok()).collect(),
        Err(_) => Vec::new(),
    };
    let keys = keys.into_iter().filter_map(|point| match point {
        Point::Ed25519(public) => Some(public.to_vec()),
        Point::P256 { .. } => None,
    });
    let keys = keys.map(|public| VerifierKey { name: name.clone(), kind: ED25519_COSIGNATURE, public });
    Some(Witness { url, keys: keys.collect(), name })
}
