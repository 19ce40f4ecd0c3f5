//! What members say about themselves under their own signature: ours to show, a peer's to record as declared.

pub mod renew;

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use contracts::statement::{About, Charter, Claim, Place, Statement};
use policies::{Attestation, Facts, Operand};

use super::peer::Caller;
use super::{App, Error, Hosted};
use crate::domain::event::{Event, MemberEvent};
use crate::domain::time::Timestamp;
use crate::identity::keys::Purpose;
use crate::identity::peer::PeerIdentity;
use crate::identity::proof::{sign_statement, verify_statement};
use crate::text::say;

/// Most statements read from one message.
const MAX: usize = 8;

/// What a peer declared, from statements whose signatures were verified. Nothing here is proven.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Declared {
    pub place: Option<Place>,
    pub law: Option<String>,
    pub charter: Option<Charter>,
    pub claims: Vec<Claim>,
}

impl Declared {
    /// Reads the statements of a message: each must be the caller's own and valid now; a later one replaces an earlier.
    pub fn read(statements: &[String], caller: &Caller, now: Timestamp) -> Result<Self, Error> {
        if statements.len() > MAX {
            return Err(Error::malformed(say("malformed.statements").with("most", MAX), "/statements"));
        }
        let mut declared = Self::default();
        for (index, jws) in statements.iter().enumerate() {
            let statement = verify_statement(jws, &caller.identity, now).map_err(|e| {
                Error::malformed(say("malformed.statement").with("what", e), format!("/statements/{index}"))
            })?;
            declared.add(statement);
        }
        Ok(declared)
    }

    /// As [`Self::read`], of statements recorded earlier: those no longer valid are passed over. A signature is
    /// verified once per identity as shown; the term is looked at each time.
    pub fn recorded(app: &App, statements: &[String], identity: &PeerIdentity, now: Timestamp) -> Self {
        let mut declared = Self::default();
        for jws in statements.iter().take(MAX) {
            let key = (identity.digest().to_owned(), jws.clone());
            let statement = match app.statements.get(&key) {
                Some(known) => known,
                None => {
                    let Ok(verified) = verify_statement(jws, identity, now) else { continue };
                    let verified = Arc::new(verified);
                    app.statements.put(key, Arc::clone(&verified));
                    verified
                }
            };
            if statement.exp > now.seconds() {
                declared.add(Statement::clone(&statement));
            }
        }
        declared
    }

    fn add(&mut self, statement: Statement) {
        self.place = statement.place.or(self.place.take());
        self.law = statement.law.or(self.law.take());
        self.charter = statement.charter.or(self.charter.take());
        if !statement.claims.is_empty() {
            self.claims = statement.claims;
        }
    }

    /// The facts that a declaration gives to a decision.
    pub fn facts(&self, now: Timestamp) -> Facts {
        let declared =
            |value: &String| policies::Declared { value: value.clone(), level: Attestation::Declared };
        let charter = |c: &Charter| policies::Charter {
            id: c.id.clone(),
            version: c.version.clone(),
            level: Attestation::Declared,
        };
        Facts {
            now: Some(now.to_date()),
            processing_place: self.place.as_ref().map(|p| declared(&p.processing)),
            governing_law: self.law.as_ref().map(declared),
            charters: self.charter.as_ref().map(|c| vec![charter(c)]),
            claims: (!self.claims.is_empty()).then(|| self.claims.iter().map(claim).collect()),
            ..Facts::default()
        }
    }
}

fn claim(claim: &Claim) -> policies::Claim {
    let about = match claim.about {
        About::MemberKind => Operand::MemberKind,
        About::Label => Operand::Label,
        About::UseCase => Operand::UseCase,
        About::EthicalAudit => Operand::EthicalAudit,
    };
    let until = claim.until.map(|at| Timestamp::from_seconds(at).to_date());
    policies::Claim { about, value: claim.value.clone(), until, level: Attestation::Declared }
}

/// Our own statements to send with a request: none if the member made none.
pub async fn ours(app: &App, hosted: &Arc<Hosted>) -> Result<Vec<String>, Error> {
    if let Err(error) = renew::renew(app, hosted).await {
        tracing::warn!(%error, member = %hosted.id(), "the member's statement is not renewed");
    }
    let now = app.now();
    match app.store.newest_own_statement(hosted.id()).await? {
        None => Ok(Vec::new()),
        Some((newest, until)) if until > now => Ok(vec![newest]),
        // An older one may have been made for longer.
        Some(_) => Ok(app.store.read(hosted.id()).await?.own_statement(now).await?.into_iter().collect()),
    }
}

/// What the member says of itself, in force now.
pub async fn in_force(app: &App, hosted: &Hosted) -> Result<Option<Statement>, Error> {
    let jws = app.store.read(hosted.id()).await?.own_statement(app.now()).await?;
    Ok(jws.and_then(|jws| own(&jws)))
}

/// What a statement of our own says. Its signature is ours and was made here.
fn own(jws: &str) -> Option<Statement> {
    let payload = URL_SAFE_NO_PAD.decode(jws.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// The member says where it processes, under which law, and which charter it follows, for so many seconds.
pub async fn declare(
    app: &App,
    hosted: &Arc<Hosted>,
    declared: Declared,
    valid_seconds: i64,
) -> Result<String, Error> {
    let now = app.now();
    let mut statement =
        Statement::new(hosted.did().clone(), now.seconds(), now.plus_seconds(valid_seconds).seconds());
    statement.place = declared.place;
    statement.law = declared.law;
    statement.charter = declared.charter;
    statement.claims = declared.claims;
    statement
        .check()
        .map_err(|e| Error::malformed(say("malformed.declaration").with("what", e.what), e.at))?;
    let keys = hosted.keys();
    let jws = sign_statement(&statement, &keys.current(Purpose::Sign, now)?.signer)?;
    let digest = contracts::jcs::sha256_b64url(jws.as_bytes());
    let until = Timestamp::from_seconds(statement.exp);
    let kept = jws.clone();
    app.store
        .write(hosted.id(), move |tx| {
            Box::pin(async move {
                tx.save_own_statement(&kept, now, until).await?;
                tx.record(Event::Member(MemberEvent::StatementMade { digest }));
                Ok::<_, Error>(())
            })
        })
        .await?;
    Ok(jws)
}
