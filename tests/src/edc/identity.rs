//! An EDC participant as our nodes know it: a DID with keys, kept by the gateway. EDC itself only says a name.

use contracts::did::DidDocument;
use contracts::id::{MemberId, ParticipantId};
use node::domain::member::Member;
use node::domain::time::{Clock, Timestamp};
use node::identity::credential::sign_claims;
use node::identity::document::did_document;
use node::identity::keys::{Keyring, Purpose};
use node::identity::peer::PeerIdentity;
use node::identity::seal::MasterSecret;
use node::identity::token::{Expected, PeerToken, issue_peer, issue_self};
use serde_json::{Value, json};
use url::Url;

/// A test double carries this mark: it is searched for in the shipped program.
const MARK: &str = crate::DOUBLE;

/// What EDC's `iam-mock` sends in place of a token, and takes.
pub struct Mock;

impl Mock {
    /// The header that makes EDC believe a name.
    pub fn header(caller: &str, audience: &str) -> String {
        json!({"region": MARK, "audience": audience, "clientId": caller}).to_string()
    }

    /// The name that EDC says it has.
    pub fn caller(header: &str) -> Option<String> {
        let said: Value = serde_json::from_str(header).ok()?;
        Some(said.get("clientId")?.as_str()?.to_owned())
    }
}

/// The participant's DID and keys.
pub struct Identity {
    member: Member,
    keys: Keyring,
}

impl Identity {
    /// A participant whose protocol endpoint is below `base`, an https address.
    pub fn new(base: &str) -> Self {
        let base_url = Url::parse(base).unwrap();
        let member = Member {
            id: MemberId::parse("edc").unwrap(),
            did: contracts::did::from_base_url(&base_url).unwrap(),
            name: "Eclipse EDC".into(),
            base_url,
        };
        let secret = MasterSecret::from_text(&MasterSecret::generate_text()).unwrap();
        // A minute ago: a token is not older than its key, whatever a clock rounds to.
        let begun = Clock::System.now().plus_seconds(-60);
        let (keys, _) = Keyring::generate(&member, &secret, begun).unwrap();
        Self { member, keys }
    }

    pub fn did(&self) -> &str {
        self.member.did.as_str()
    }

    /// Its DID document: keys, and where its versions of the protocol are listed.
    pub fn document(&self) -> DidDocument {
        let mut document = did_document(&self.member, &self.keys, Clock::System.now());
        document
            .service
            .retain(|service| service.kind == "DataService" || service.kind == "CredentialService");
        document
    }

    /// The token of one message to a member of ours.
    pub fn token(&self, audience: &str, body: &[u8]) -> String {
        issue_peer(&self.keys, audience, body, Clock::System.now()).unwrap()
    }

    /// A self-issued token (DCP 1.0), with what lets its audience ask a credential service.
    /// It is issued at `now`, by the clock of who gets it.
    pub fn self_issued(&self, audience: &str, access: Option<&str>, now: Timestamp) -> String {
        issue_self(&self.keys, audience, access, now).unwrap()
    }

    /// Signed claims.
    pub fn sign(&self, typ: &str, claims: &Value) -> String {
        let key = self.keys.current(Purpose::Sign, Clock::System.now()).unwrap();
        sign_claims(typ, claims, key).unwrap()
    }

    /// Who sent us this message, as its token proves.
    ///
    /// # Errors
    /// What is wrong with the token.
    pub fn caller(&self, token: &str, body: &[u8], document: &[u8]) -> Result<String, String> {
        let told = |e: &dyn std::fmt::Display| e.to_string();
        let expected = Expected { audience: self.did(), body, require_body: true, now: Clock::System.now() };
        let token = PeerToken::parse(token).map_err(|e| told(&e))?;
        let issuer: &ParticipantId = token.issuer();
        let identity = PeerIdentity::parse(issuer, document).map_err(|e| told(&e))?;
        let claims = token.verify(&identity, &expected).map_err(|e| told(&e))?;
        Ok(claims.issuer.to_string())
    }
}
