//! The credential of a membership: what a member may be given, and what it loses with its standing.

use contracts::framework::FrameworkFile;
use contracts::id::{FrameworkId, ParticipantId};
use serde_json::{Map, Value, json};

use super::{App, Error, Hosted};
use crate::app::credential::ask;
use crate::app::credential::issue::change_in;
use crate::domain::credential::{Change, Entitlement, Held, Standing};
use crate::domain::membership::{Membership, Side, State};
use crate::store::{Reader, Tx};
use contracts::dcp::Profile;
use std::sync::Arc;

/// The type of the credential.
pub const KIND: &str = "MembershipCredential";
/// How long each counts, in seconds: a year. It ends earlier with the membership.
const LIFE: i64 = 365 * 86_400;

/// Lets a membership's credentials follow it: a member is entitled to one, who is suspended has it suspended, who left or was
/// excluded has it revoked. In the write that changes the membership.
pub(super) async fn follow(
    tx: &mut Tx<'_>,
    membership: &Membership,
    file: &FrameworkFile,
) -> Result<(), Error> {
    let (holder, about) = (&membership.applicant, membership.framework.as_str());
    let change = match membership.state {
        State::Member => {
            let claims = claims(membership, file);
            let (holder, kind, created) = (holder.clone(), KIND.into(), tx.now());
            let about = about.to_owned();
            tx.put_entitlement(&Entitlement { holder, kind, about, claims, seconds: LIFE, created }).await?;
            Change::Resume
        }
        State::Suspended => Change::Suspend,
        State::Excluded | State::Left => Change::Revoke,
        State::Sent | State::Applied { .. } | State::Refused | State::Admitted | State::Appealed { .. } => {
            return Ok(());
        }
    };
    if change != Change::Resume {
        tx.remove_entitlement(holder, KIND, about).await?;
    }
    for issued in tx.issued_to(holder, KIND, about).await? {
        // One of the data model 1.1 cannot be suspended: its holder asks for another when it is a member again.
        let change = match (change, issued.profile) {
            (Change::Suspend, Profile::Vc11) => Change::Revoke,
            (change, _) => change,
        };
        if issued.standing != Standing::Revoked {
            change_in(tx, &issued.id, change).await?;
        }
    }
    Ok(())
}

/// Memberships with the credential of each that counts: issued here, or held.
pub(super) async fn named(
    reader: &mut Reader,
    memberships: Vec<Membership>,
) -> Result<Vec<(Membership, Option<String>)>, Error> {
    let held = reader.held_credentials().await?;
    let mut named = Vec::with_capacity(memberships.len());
    for one in memberships {
        let framework = one.framework.as_str();
        let of = |held: &&Held| held.kind == KIND && held.issuer == one.operator && held.about == framework;
        let credential = match one.side {
            Side::Applicant => held.iter().find(of).map(|held| held.id.clone()),
            Side::Operator => {
                let issued = reader.issued_to(&one.applicant, KIND, framework).await?;
                let standing = issued.into_iter().rfind(|one| one.standing != Standing::Revoked);
                standing.map(|issued| issued.id)
            }
        };
        named.push((one, credential));
    }
    Ok(named)
}

/// What is attested of a member: what it declared when it applied and the framework's rules admitted.
fn claims(membership: &Membership, file: &FrameworkFile) -> Map<String, Value> {
    let held = &membership.held;
    let charter = &file.framework.parts.rules.charter;
    let all = [
        ("framework", Some(json!(membership.framework))),
        ("memberKind", Some(json!(held.kind))),
        ("name", Some(json!(held.name))),
        ("siren", held.siren.as_ref().map(|siren| json!(siren))),
        ("siret", held.siret.as_ref().map(|siret| json!(siret))),
        ("charter", Some(json!({"id": charter.id, "version": charter.version}))),
        ("processingPlace", held.place.as_ref().map(|place| json!(place))),
        ("governingLaw", held.law.as_ref().map(|law| json!(law))),
        ("labels", (!held.labels.is_empty()).then(|| json!(held.labels))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// A member that has just been told that it is one of a framework asks for its credential, if it trusts the operator to
/// attest and has none.
pub(super) async fn fetch(
    app: &Arc<App>,
    hosted: &Hosted,
    operator: &ParticipantId,
    framework: &FrameworkId,
) -> Result<(), Error> {
    let held = ask::held(app, hosted).await?;
    let rules = app.config.credentials.rules(&hosted.member.name);
    let has = |one: &Held| one.issuer == *operator && one.kind == KIND && one.about == framework.as_str();
    if !rules.knows(operator) || held.iter().any(has) {
        return Ok(());
    }
    ask::ask(app, hosted, operator, &[KIND.to_owned()], Profile::Vc20).await.map(drop)
}
