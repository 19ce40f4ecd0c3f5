//! `TCK_PARTICIPANT`: who the kit is to this node. The kit knows neither identities nor catalogues of its own.

use std::sync::Arc;

use contracts::did::{self, DidDocument};
use contracts::id::{MemberId, ParticipantId};
use node::domain::member::Member;
use node::domain::time::Clock;
use node::identity::document::did_document;
use node::identity::keys::Keyring;
use node::identity::seal::MasterSecret;
use node::identity::token::issue_peer;
use serde_json::{Value, json};
use url::Url;

/// An identity at an address, with its keys.
#[derive(Clone)]
pub struct Participant {
    member: Arc<Member>,
    keys: Arc<Keyring>,
}

impl Participant {
    /// A new identity at an https address.
    pub fn new(base: &str) -> Self {
        let base_url = Url::parse(base).unwrap();
        let did = did::from_base_url(&base_url).unwrap();
        let id = MemberId::parse("kit").unwrap();
        let member = Member { id, did, name: "TCK_PARTICIPANT".into(), base_url };
        let secret = MasterSecret::from_text(&MasterSecret::generate_text()).unwrap();
        let (keys, _) = Keyring::generate(&member, &secret, Clock::System.now()).unwrap();
        Self { member: Arc::new(member), keys: Arc::new(keys) }
    }

    pub fn did(&self) -> &ParticipantId {
        &self.member.did
    }
    /// Base of its protocol endpoint.
    pub fn endpoint(&self) -> String {
        self.member.dsp_base()
    }
    pub fn document(&self) -> DidDocument {
        did_document(&self.member, &self.keys, Clock::System.now())
    }
    /// The token of a message to the node under test.
    pub fn token(&self, audience: &str, body: &[u8]) -> String {
        issue_peer(&self.keys, audience, body, Clock::System.now()).unwrap()
    }

    /// A dataset as its catalogue shows it. The kit takes the dataset from the offer's name.
    pub fn dataset(&self, id: &str) -> Value {
        json!({
            "@context": [contracts::dsp::CONTEXT],
            "@id": id,
            "@type": "Dataset",
            "hasPolicy": [{
                "@id": format!("offer{id}"),
                "@type": "Offer",
                "permission": [{"action": "use"}],
            }],
            "distribution": [{
                "@type": "Distribution",
                "format": super::cases::FORMAT,
                "accessService": format!("{}#connector", self.did()),
            }],
        })
    }
}
