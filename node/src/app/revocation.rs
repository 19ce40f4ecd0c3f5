//! The end of a contract before its term: a signed statement in both logs, and no byte after it.

use std::sync::Arc;

use contracts::format::Instant;
use contracts::id::AgreementId;
use contracts::revocation::Revocation as Document;
use serde::{Deserialize, Serialize};

use super::peer::{Answer, Caller, MessageKey, once, outgoing_body};
use super::{App, Error, Hosted, contract, transfer};
use crate::domain::agreement::{Agreement, Revocation, Standing};
use crate::domain::event::{ContractEvent, Ending};
use crate::domain::outgoing::{Outgoing, Process};
use crate::domain::plane::DataPlane;
use crate::domain::time::Timestamp;
use crate::identity::keys::Purpose;
use crate::identity::proof::{sign_revocation, verify_revocation};
use crate::store::Tx;
use crate::text::say;

/// Why its transfers end.
const REASON: &str = "the contract was revoked";

/// Body of `POST <base>/peer/v1/revocations`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RevocationMessage {
    /// The statement (compact JWS).
    pub revocation: String,
}

/// This member revokes: running transfers end, the peer is told, bytes in flight stop.
pub async fn revoke(
    app: &App,
    hosted: &Arc<Hosted>,
    id: &AgreementId,
    ground: &str,
) -> Result<Agreement, Error> {
    let now = app.now();
    let document =
        Document::new(id.clone(), hosted.did().clone(), ground, Instant::from_seconds(now.seconds()));
    document.check().map_err(|e| Error::malformed(say("malformed.ground").with("what", e.what), e.at))?;
    let keys = hosted.keys();
    let statement = sign_revocation(&document, &keys.current(Purpose::Sign, now)?.signer)?;
    let revoked = Revocation { by: hosted.did().clone(), ground: ground.to_owned(), at: now, statement };
    let agreement = id.clone();
    let saved = app
        .store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                let mut found = tx.agreement(&agreement).await?.ok_or(Error::NotFound("contract"))?;
                if let Some(before) = &found.revoked {
                    return Err(Error::NotNow {
                        state: format!("revoked on {}", before.at.rfc3339()),
                        expected: "nothing: a revocation is final".into(),
                    });
                }
                found.revoked = Some(revoked);
                tx.record(contract::event(&found, ContractEvent::Revoked));
                let saved = tx.save_agreement(found).await?;
                tell(tx, &saved).await?;
                for live in tx.live_transfers(&saved.id).await? {
                    transfer::act::end(tx, live, transfer::act::REVOKED, REASON, now).await?;
                }
                Ok::<_, Error>(saved)
            })
        })
        .await?;
    app.flights.stop_agreement(hosted.id(), id, Ending::Revoked);
    Ok(saved.value)
}

/// Tells the peer of our revocation. A contract revoked while its signing is under way is told of when it is signed:
/// until then the peer may not hold it. A peer that cannot sign does not know our endpoint: the terminations say it.
pub(super) async fn tell(tx: &mut Tx<'_>, agreement: &Agreement) -> Result<(), Error> {
    match &agreement.revoked {
        Some(revoked) if agreement.standing == Standing::Signed && revoked.by != agreement.peer => {
            Ok(tx.enqueue(message(agreement, revoked)?).await?)
        }
        _ => Ok(()),
    }
}

/// The peer revoked: `POST /peer/v1/revocations`.
pub async fn receive(
    app: &Arc<App>,
    hosted: &Arc<Hosted>,
    caller: &Caller,
    message: RevocationMessage,
    key: MessageKey,
) -> Result<Answer, Error> {
    let now = app.now();
    let document = verify_revocation(&message.revocation, &caller.identity, Some(now))
        .map_err(|e| Error::malformed(say("malformed.revocation").with("what", e), "/revocation"))?;
    let revoked = Revocation {
        by: document.by,
        ground: document.ground,
        at: Timestamp::from_seconds(document.at.seconds()),
        statement: message.revocation,
    };
    let (caller_did, id) = (caller.did.clone(), document.agreement.clone());
    let answer = once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let mut found = tx
                .agreement(&id)
                .await?
                .filter(|a| a.peer == caller_did)
                .ok_or(Error::NotFound("contract"))?;
            if found.revoked.is_none() {
                found.revoked = Some(revoked);
                tx.record(contract::event(&found, ContractEvent::RevokedByPeer));
                let saved = tx.save_agreement(found).await?;
                // Our own data plane is refused from now on; another one is told, whenever the peer's terminations come.
                for live in tx.live_transfers(&saved.id).await? {
                    if live.plane != DataPlane::Local {
                        transfer::act::end(tx, live, transfer::act::REVOKED, REASON, now).await?;
                    }
                }
            }
            Ok(Answer { status: 200, body: "{}".into() })
        })
    })
    .await?;
    app.flights.stop_agreement(hosted.id(), &document.agreement, Ending::Revoked);
    Ok(answer)
}

fn message(agreement: &Agreement, revoked: &Revocation) -> Result<Outgoing, Error> {
    let base = contracts::did::base_url(agreement.peer.as_str())
        .map_err(|e| Error::Internal(format!("peer of a signed contract: {e}")))?;
    Ok(Outgoing {
        process: Process::Agreement(agreement.id.clone()),
        peer: agreement.peer.clone(),
        kind: "revocation",
        url: format!("{}/peer/v1/revocations", base.as_str().trim_end_matches('/')),
        body: outgoing_body(&RevocationMessage { revocation: revoked.statement.clone() })?,
    })
}
