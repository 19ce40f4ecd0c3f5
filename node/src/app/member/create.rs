//! A new member: identity, keys, first token and first statement, in one write.

use std::sync::Arc;

use contracts::api::token::Role;
use contracts::did;
use contracts::id::MemberId;
use contracts::jcs::sha256_b64url;
use contracts::statement::{Place, Statement};
use url::Url;

use crate::app::token::draw;
use crate::app::{App, Error, Hosted, events};
use crate::domain::event::{Event, MemberEvent};
use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::identity::keys::{Keyring, Purpose};
use crate::identity::proof::sign_statement;
use crate::identity::random;
use crate::identity::seal::MasterSecret;
use crate::store::{LogKey, Store};
use crate::text;

use super::STATEMENT_LIFE;
use super::keys::key_fault;
use crate::text::say;

/// What has to be known of a new member.
#[derive(Debug, Clone)]
pub struct NewMember {
    pub name: String,
    /// Public address; its DID is derived from it.
    pub base_url: Url,
    /// Where it processes data and the law that binds it; declared when at least one is given.
    pub place: Option<String>,
    pub law: Option<String>,
}

/// A member just made, with the administrator's token, which is shown once.
pub struct Created {
    pub hosted: Arc<Hosted>,
    pub token: String,
}

/// Makes a member in an open store.
///
/// # Errors
/// [`Error::Malformed`] for an address that cannot become a `did:web`; [`Error::Conflict`] if it is taken.
pub async fn create(
    store: &Store,
    secret: &MasterSecret,
    new: NewMember,
    now: Timestamp,
) -> Result<Created, Error> {
    let name = new.name.trim().to_owned();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::malformed(say("malformed.name"), "name"));
    }
    let base_url = public_address(&new.base_url)?;
    let did = did::from_base_url(&base_url).map_err(|e| {
        Error::malformed(say("malformed.public-address").with("url", &base_url).with("what", e), "url")
    })?;
    let member = Member { id: MemberId::from_uuid(random::uuid_v7(now)), did, name, base_url };
    let (keys, rows) = Keyring::generate(&member, secret, now).map_err(key_fault)?;
    let log_key =
        LogKey::of(member.log_origin(1), &keys, now).ok_or_else(|| Error::Internal("no log key".into()))?;
    store.set_log_key(member.id.clone(), log_key);
    let drawn = draw(Role::Admin, "init", None, now);
    let statement = first_statement(&member, &keys, &new, now)?;
    let (row, token) = (member.clone(), drawn.token);
    store
        .write(&member.id, move |tx| {
            Box::pin(async move {
                tx.insert_member(&row).await?;
                tx.record(Event::Member(MemberEvent::Created));
                for key in &rows {
                    tx.insert_key(key).await?;
                    tx.record(Event::Member(MemberEvent::KeyAdded { kid: key.kid.clone() }));
                }
                tx.insert_api_token(&token).await?;
                tx.record(Event::Member(MemberEvent::TokenIssued {
                    role: token.role.as_str().to_owned(),
                    scope: String::new(),
                }));
                if let Some((jws, until)) = statement {
                    tx.save_own_statement(&jws, now, until).await?;
                    tx.record(Event::Member(MemberEvent::StatementMade {
                        digest: sha256_b64url(jws.as_bytes()),
                    }));
                }
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(Created { hosted: Arc::new(Hosted::new(member, keys)), token: drawn.secret })
}

/// Hosts one more member while the node runs, for an administrator of the host.
///
/// # Errors
/// [`Error::NotAllowed`] for administrators of other members; as [`create`] otherwise.
pub async fn add(
    app: &Arc<App>,
    caller: &Hosted,
    secret: &MasterSecret,
    new: NewMember,
) -> Result<Created, Error> {
    must_be_host(app, caller)?;
    if app.members.all().len() >= app.config.limits.members {
        let most = app.config.limits.members;
        return Err(Error::Conflict(say("conflict.members").with("most", most)));
    }
    let created = create(&app.store, secret, new, app.now()).await?;
    app.members.insert(Arc::clone(&created.hosted));
    events::follow(app, Arc::clone(&created.hosted));
    Ok(created)
}

/// The host is the default member, or the first.
///
/// # Errors
/// [`Error::NotAllowed`] for another member.
pub fn must_be_host(app: &App, caller: &Hosted) -> Result<(), Error> {
    let all = app.members.all();
    let named = all.iter().find(|hosted| hosted.member.name == app.config.members.default);
    match named.or(all.first()) {
        Some(host) if host.id() == caller.id() => Ok(()),
        _ => {
            let lang = app.config.language();
            Err(Error::NotAllowed { reasons: vec![text::get(lang, "refusal.not-host").to_owned()] })
        }
    }
}

/// An address without what would change where it points: query, fragment, credentials, trailing slash.
fn public_address(url: &Url) -> Result<Url, Error> {
    let refused = |key| Err(Error::malformed(say(key).with("url", url), "url"));
    if url.scheme() != "https" || url.host_str().is_none() {
        return refused("malformed.not-https");
    }
    if url.query().is_some()
        || url.fragment().is_some()
        || !url.username().is_empty()
        || url.password().is_some()
    {
        return refused("malformed.bare-address");
    }
    let mut address = url.clone();
    let path = url.path().trim_end_matches('/').to_owned();
    address.set_path(&path);
    Ok(address)
}

fn first_statement(
    member: &Member,
    keys: &Keyring,
    new: &NewMember,
    now: Timestamp,
) -> Result<Option<(String, Timestamp)>, Error> {
    if new.place.is_none() && new.law.is_none() {
        return Ok(None);
    }
    let until = now.plus_seconds(STATEMENT_LIFE);
    let mut statement = Statement::new(member.did.clone(), now.seconds(), until.seconds());
    statement.place = new.place.clone().map(|processing| Place { processing });
    statement.law = new.law.clone();
    let key = keys.current(Purpose::Sign, now).map_err(key_fault)?;
    let jws = sign_statement(&statement, &key.signer)
        .map_err(|e| Error::malformed(say("malformed.countries").with("what", e), "place, law"))?;
    Ok(Some((jws, until)))
}
