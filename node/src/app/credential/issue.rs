//! Issuing: a credential, its place in the status list and its entry in the log, in one write.

use std::sync::Arc;

use contracts::dcp::credential::{BASE_TYPE, Credential};
use contracts::dcp::status::{Purpose, StatusEntry};
use contracts::dcp::{Profile, Scope};
use contracts::id::ParticipantId;
use serde_json::{Map, Value};

use super::notice;
use super::status::address;
use super::{App, Error, Hosted, internal, malformed};
use crate::domain::credential::{Change, Entitlement, Issued, Standing, about};
use crate::domain::event::{CredentialEvent, Event};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::identity::credential::sign_claims;
use crate::identity::keys::{Key, Purpose as KeyPurpose};
use crate::identity::random;
use crate::store::{Page, Place, Tx};

/// Longest life of a credential, in seconds: ten years.
const MAX_LIFE: i64 = 3650 * 86_400;
/// Largest claims of a credential, in bytes of their JSON.
const MAX_CLAIMS: usize = 16 * 1024;

/// What is to be issued.
#[derive(Debug, Clone)]
pub struct Wanted {
    pub holder: ParticipantId,
    /// Its type, such as `MembershipCredential`.
    pub kind: String,
    /// What it says of the holder; `id` is set to the holder.
    pub claims: Map<String, Value>,
    pub profile: Profile,
    /// How long it counts, from now.
    pub seconds: i64,
}

/// Who issues: the member, and the key it signs with.
#[derive(Clone)]
pub struct Issuer {
    member: Member,
    key: Arc<Key>,
}

impl Issuer {
    /// # Errors
    /// No key of the member signs now.
    pub fn of(hosted: &Hosted, now: Timestamp) -> Result<Self, Error> {
        let key = Arc::clone(hosted.keys().current(KeyPurpose::Sign, now)?);
        Ok(Self { member: hosted.member.clone(), key })
    }
}

impl Wanted {
    /// # Errors
    /// A type, claims or life that no credential can have.
    pub fn check(&self) -> Result<(), Error> {
        if Scope::parse(&Scope::Type(self.kind.clone()).to_string()).is_none() || self.kind == BASE_TYPE {
            return Err(malformed("a credential needs a type of its own", "/type"));
        }
        if Value::from(self.claims.clone()).to_string().len() > MAX_CLAIMS {
            return Err(malformed(format!("claims have at most {MAX_CLAIMS} bytes"), "/claims"));
        }
        match (1..=MAX_LIFE).contains(&self.seconds) {
            true => Ok(()),
            false => Err(malformed(format!("a credential counts for 1 to {MAX_LIFE} seconds"), "/seconds")),
        }
    }
}

/// What the status of a credential can say. The data model 1.1 gives a credential one status (VCDM 1.1, 4.9).
fn purposes(profile: Profile) -> &'static [Purpose] {
    match profile {
        Profile::Vc11 => &[Purpose::Revocation],
        Profile::Vc20 => &Purpose::ALL,
    }
}

/// Issues a credential, in the member's status list; `credential.issued` in its log.
///
/// # Errors
/// [`Error::Malformed`] as [`Wanted::check`].
pub async fn issue(app: &App, hosted: &Hosted, wanted: Wanted) -> Result<Issued, Error> {
    wanted.check()?;
    let issuer = Issuer::of(hosted, app.now())?;
    let issued = app
        .store
        .write(hosted.id(), move |tx| Box::pin(async move { issue_in(tx, &issuer, &wanted).await }))
        .await?;
    Ok(issued.value)
}

/// As [`issue`], within a write that does more. `wanted` was checked.
///
/// # Errors
/// Those of the store.
pub async fn issue_in(tx: &mut Tx<'_>, issuer: &Issuer, wanted: &Wanted) -> Result<Issued, Error> {
    let now = tx.now();
    let place = tx.take_place(u64::from_le_bytes(random::bytes())).await?;
    let index = u64::try_from(place.index).map_err(internal)?;
    let id = format!("urn:uuid:{}", random::uuid_v7(now));
    let mut subject = wanted.claims.clone();
    subject.insert("id".into(), wanted.holder.as_str().into());
    let status = purposes(wanted.profile).iter().map(|purpose| StatusEntry {
        purpose: *purpose,
        index,
        list: address(&issuer.member, place.list, *purpose, wanted.profile),
    });
    let until = now.seconds().saturating_add(wanted.seconds);
    let credential = Credential {
        id: Some(id.clone()),
        issuer: issuer.member.did.clone(),
        types: vec![BASE_TYPE.into(), wanted.kind.clone()],
        subject,
        from: now.seconds(),
        until: Some(until),
        status: status.collect(),
        schemas: Vec::new(),
    };
    let claims = credential.claims(wanted.profile, now.seconds());
    let jwt = sign_claims(wanted.profile.credential_type(), &claims, &issuer.key).map_err(internal)?;
    let issued = Issued {
        id,
        holder: wanted.holder.clone(),
        kind: wanted.kind.clone(),
        about: about(&wanted.claims).to_owned(),
        profile: wanted.profile,
        standing: Standing::Active,
        list: place.list,
        index: place.index,
        created: now,
        until: Some(Timestamp::from_seconds(until)),
        jwt,
        version: 1,
    };
    tx.insert_issued(&issued).await?;
    tx.record(Event::Credential(issued.event(CredentialEvent::Issued)));
    Ok(issued)
}

/// Suspends, resumes or revokes a credential: its bit, how it stands, and the entry in the log.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::NotNow`] when it is revoked already and is to count again.
pub async fn change(app: &App, hosted: &Hosted, id: &str, change: Change) -> Result<Issued, Error> {
    let id = id.to_owned();
    let written = app
        .store
        .write(hosted.id(), move |tx| Box::pin(async move { change_in(tx, &id, change).await }))
        .await?;
    Ok(written.value)
}

/// As [`change`], within a write that does more.
///
/// # Errors
/// As [`change`].
pub async fn change_in(tx: &mut Tx<'_>, id: &str, change: Change) -> Result<Issued, Error> {
    let issued = tx.issued_credential(id).await?.ok_or(Error::NotFound("credential"))?;
    if change == Change::Suspend && !purposes(issued.profile).contains(&Purpose::Suspension) {
        let expected =
            "a credential of profile vc20-bssl/jwt: one of vc11-sl2021/jwt can only be revoked".into();
        return Err(Error::NotNow { state: issued.standing.as_str().into(), expected });
    }
    let changed = issued.clone().change(change).map_err(|refused| Error::NotNow {
        state: refused.standing.as_str().into(),
        expected: "active, suspended".into(),
    })?;
    let Some((next, event)) = changed else { return Ok(issued) };
    tx.save_issued(&next).await?;
    let place = Place { list: next.list, index: next.index };
    match change {
        Change::Revoke => tx.set_status(place, Purpose::Revocation, true).await?,
        Change::Suspend => tx.set_status(place, Purpose::Suspension, true).await?,
        Change::Resume => tx.set_status(place, Purpose::Suspension, false).await?,
    }
    tx.record(Event::Credential(event));
    notice::tell(tx, &next).await?;
    Ok(Issued { version: next.version + 1, ..next })
}

/// Says what a holder is given when it asks for a type, instead of what it was given before about the same matter;
/// nothing without `seconds`.
///
/// # Errors
/// [`Error::Malformed`] as [`Wanted::check`].
pub async fn entitle(
    app: &App,
    hosted: &Hosted,
    holder: ParticipantId,
    kind: String,
    claims: Map<String, Value>,
    seconds: Option<i64>,
) -> Result<(), Error> {
    let about = about(&claims).to_owned();
    let entitlement = match seconds {
        None => None,
        Some(seconds) => {
            let wanted = Wanted {
                holder: holder.clone(),
                kind: kind.clone(),
                claims,
                profile: Profile::Vc20,
                seconds,
            };
            wanted.check()?;
            let (holder, kind, claims) = (wanted.holder, wanted.kind, wanted.claims);
            Some(Entitlement { holder, kind, about: about.clone(), claims, seconds, created: app.now() })
        }
    };
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                match entitlement {
                    Some(entitlement) => tx.put_entitlement(&entitlement).await?,
                    None => drop(tx.remove_entitlement(&holder, &kind, &about).await?),
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(())
}

/// Credentials that the member issued, after a cursor.
pub async fn list(app: &App, hosted: &Hosted, page: &Page) -> Result<Vec<Issued>, Error> {
    Ok(app.store.read(hosted.id()).await?.issued_credentials(page).await?)
}

/// One of them.
///
/// # Errors
/// [`Error::NotFound`].
pub async fn get(app: &App, hosted: &Hosted, id: &str) -> Result<Issued, Error> {
    let found = app.store.read(hosted.id()).await?.issued_credential(id).await?;
    found.ok_or(Error::NotFound("credential"))
}
