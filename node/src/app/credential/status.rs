//! The member's status lists, as anybody may read them: signed when asked for.

use contracts::dcp::Profile;
use contracts::dcp::status::{Purpose, StatusList};

use super::{App, Error, Hosted, internal};
use crate::domain::member::Member;
use crate::identity::credential::sign_claims;
use crate::identity::keys::Purpose as KeyPurpose;

/// Life of a signed list, in seconds: who keeps it longer believes what may have ended.
const LIFE: i64 = 3600;

fn form(profile: Profile) -> &'static str {
    match profile {
        Profile::Vc11 => "2021",
        Profile::Vc20 => "bitstring",
    }
}

/// Where a list is read.
pub(super) fn address(member: &Member, list: i64, purpose: Purpose, profile: Profile) -> String {
    member.at(&format!("/dcp/status/{list}/{}/{}", purpose.as_str(), form(profile)))
}

/// A list as a signed credential.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn show(
    app: &App,
    hosted: &Hosted,
    list: &str,
    purpose: &str,
    kind: &str,
) -> Result<String, Error> {
    let not_found = || Error::NotFound("status list");
    let list: i64 = list.parse().map_err(|_| not_found())?;
    let purpose = Purpose::parse(purpose).ok_or_else(not_found)?;
    let profile = Profile::ALL.into_iter().find(|profile| form(*profile) == kind).ok_or_else(not_found)?;
    let now = app.now();
    let bits = app.store.read(hosted.id()).await?.status_bits(list, purpose).await?.ok_or_else(not_found)?;
    let stated = StatusList {
        issuer: hosted.did().clone(),
        purpose,
        stated: Some(now.seconds()),
        from: now.seconds(),
        until: Some(now.seconds() + LIFE),
        bits,
    };
    let claims = stated.claims(profile, &address(&hosted.member, list, purpose, profile), now.seconds());
    let keys = hosted.keys();
    let key = keys.current(KeyPurpose::Sign, now)?;
    sign_claims(profile.credential_type(), &claims, key).map_err(internal)
}
