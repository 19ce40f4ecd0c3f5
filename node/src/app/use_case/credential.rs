//! The credential of an approved use case: what each of its recipients may be given, and loses with the approval.

use std::sync::Arc;

use contracts::dcp::Profile;
use contracts::framework::UseCases;
use contracts::id::{ParticipantId, UseCaseId};
use serde_json::{Map, Value, json};

use super::{App, Error, Hosted};
use crate::app::credential::ask;
use crate::app::credential::issue::change_in;
use crate::app::membership::{is_member, own};
use crate::domain::credential::{Change, Entitlement, Standing};
use crate::domain::time::Timestamp;
use crate::domain::use_case::{Side, UseCase};
use crate::store::Tx;

/// The type of the credential.
pub const KIND: &str = "UseCaseCredential";
/// Longest life of one, in seconds: a year. It ends with the approval, if that is earlier.
const LIFE: i64 = 365 * 86_400;

/// Lets the credentials of a use case follow it: its recipients are entitled to one each as long as it is approved and they
/// are members; else what they have is revoked. In the write that decides.
pub(super) async fn follow(
    tx: &mut Tx<'_>,
    case: &UseCase,
    rules: &UseCases,
    now: Timestamp,
) -> Result<(), Error> {
    for holder in &case.proposal.recipients {
        to(tx, case, rules, holder, now).await?;
    }
    Ok(())
}

/// What somebody has as a recipient follows its membership.
pub(crate) async fn follow_member(
    tx: &mut Tx<'_>,
    holder: &ParticipantId,
    now: Timestamp,
) -> Result<(), Error> {
    for case in tx.live_use_cases().await? {
        if case.proposal.recipients.contains(holder) {
            let file = own(tx, &case.framework, now).await?;
            to(tx, &case, &file.framework.parts.use_cases, holder, now).await?;
        }
    }
    Ok(())
}

async fn to(
    tx: &mut Tx<'_>,
    case: &UseCase,
    rules: &UseCases,
    holder: &ParticipantId,
    now: Timestamp,
) -> Result<(), Error> {
    let about = case.id.to_string();
    if case.approved && is_member(tx, &case.operator, &case.framework, holder).await? {
        let until = case.until(rules);
        let seconds = until.seconds().saturating_sub(now.seconds()).clamp(1, LIFE);
        let (holder, kind, claims) = (holder.clone(), KIND.into(), claims(case, until, now));
        return Ok(tx
            .put_entitlement(&Entitlement { holder, kind, about, claims, seconds, created: now })
            .await?);
    }
    tx.remove_entitlement(holder, KIND, &about).await?;
    for issued in tx.issued_to(holder, KIND, &about).await? {
        if issued.standing != Standing::Revoked {
            change_in(tx, &issued.id, Change::Revoke).await?;
        }
    }
    Ok(())
}

/// What is attested of a recipient: the use case, and its audit by its own name and by that of the framework under which
/// it was made; each with its end.
fn claims(case: &UseCase, until: Timestamp, now: Timestamp) -> Map<String, Value> {
    let mut claims = Map::new();
    claims.insert("framework".into(), json!(case.framework));
    claims.insert("useCase".into(), json!(case.id));
    claims.insert("useCases".into(), json!([{"id": case.id, "until": until.rfc3339()}]));
    if let Some(audit) = case.audit.as_ref().filter(|audit| now < audit.until) {
        let until = audit.until.rfc3339();
        let audits = json!([{"id": case.id, "until": until}, {"id": case.framework, "until": until}]);
        claims.insert("ethicalAudits".into(), audits);
    }
    claims
}

/// A recipient that has just heard of a use case shows what is approved, and no more what is not: it asks for its credential
/// anew, if it trusts the operator to attest.
pub(super) async fn fetch(app: &Arc<App>, hosted: &Hosted, id: &UseCaseId) -> Result<(), Error> {
    let case = app.store.read(hosted.id()).await?.use_case(Side::Party, id).await?;
    let case = case.filter(|case| case.proposal.recipients.contains(hosted.did()));
    let Some(case) = case else { return Ok(()) };
    if !app.config.credentials.rules(&hosted.member.name).knows(&case.operator) {
        return Ok(());
    }
    if case.approved {
        return ask::ask(app, hosted, &case.operator, &[KIND.to_owned()], Profile::Vc20).await.map(drop);
    }
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(
                async move { Ok::<_, Error>(tx.remove_held(&case.operator, KIND, case.id.as_str()).await?) },
            )
        })
        .await?;
    Ok(())
}
