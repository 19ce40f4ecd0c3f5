//! Two members, a contract between them, and what they sign. Keys are drawn anew, or read from the golden files.

use contracts::contract::{
    Capacity, ContractDocument, ContractFile, ContractType, Dataset, FileType, Party, Role, Term, Text,
};
use contracts::format::{DigestAlg, Instant, V1};
use contracts::id::{AgreementId, DatasetId, MemberId, ParticipantId, Pid};
use contracts::jcs::{canonical, sha256_b64url};
use contracts::receipt::{Range, Receipt, ReceiptType};
use contracts::revocation::Revocation;
use serde_json::{Value, json};
use url::Url;

use crate::domain::member::Member;
use crate::domain::time::Timestamp;
use crate::identity::document::did_document;
use crate::identity::keys::{KeyRow, Keyring, Purpose};
use crate::identity::peer::PeerIdentity;
use crate::identity::proof::{sign_contract, sign_revocation};
use crate::identity::seal::MasterSecret;
use crate::identity::signer::Signer;

/// 2026-01-01T00:00:00Z
pub const T: Timestamp = Timestamp(1_767_225_600_000);
pub const SECRET: &str = "a test secret that protects nothing at all";

pub struct Side {
    pub member: Member,
    pub keyring: Keyring,
    pub rows: Vec<KeyRow>,
}

impl Side {
    pub fn new(host: &str) -> Self {
        let member = member(host);
        let secret = MasterSecret::from_text(SECRET).unwrap();
        let (keyring, rows) = Keyring::generate(&member, &secret, T).unwrap();
        Self { member, keyring, rows }
    }
    pub fn did(&self) -> &ParticipantId {
        &self.member.did
    }
    pub fn document(&self) -> Value {
        serde_json::to_value(did_document(&self.member, &self.keyring, T)).unwrap()
    }
    pub fn anchor(&self) -> Vec<u8> {
        canonical(&self.document()).unwrap()
    }
    pub fn identity(&self) -> PeerIdentity {
        PeerIdentity::from_value(self.did(), self.document()).unwrap()
    }
    pub fn signer(&self) -> &Signer {
        &self.keyring.current(Purpose::Sign, T).unwrap().signer
    }
    pub fn sign(&self, document: &[u8]) -> String {
        sign_contract(document, self.signer(), Capacity::Node, None, T.plus_seconds(10)).unwrap()
    }
}

pub fn member(host: &str) -> Member {
    let base_url = Url::parse(&format!("https://{host}")).unwrap();
    let did = contracts::did::from_base_url(&base_url).unwrap();
    Member { id: MemberId::parse(format!("urn:test:{host}")).unwrap(), did, name: host.into(), base_url }
}

fn at(seconds: i64) -> Instant {
    Instant::from_seconds(T.seconds() + seconds)
}

pub fn agreement() -> AgreementId {
    AgreementId::parse("urn:uuid:0192a000-0000-7000-8000-000000000001").unwrap()
}

pub fn document(provider: &Side, consumer: &Side, text: &str) -> ContractDocument {
    let dataset = DatasetId::parse("urn:uuid:0192a000-0000-7000-8000-000000000002").unwrap();
    let party = |side: &Side, role| {
        let identity = side.identity().digest().to_owned();
        Party { did: side.did().clone(), role, identity }
    };
    ContractDocument {
        kind: ContractType::Contract,
        v: V1,
        alg: DigestAlg::Sha256,
        id: agreement(),
        framework: None,
        parties: vec![party(provider, Role::Provider), party(consumer, Role::Consumer)],
        policy: json!({
            "@id": agreement(), "@type": "Agreement", "assigner": provider.did(), "assignee": consumer.did(),
            "target": dataset, "timestamp": "2026-01-01T00:00:00Z",
            "permission": [{"action": "use", "constraint": [{"leftOperand": "count", "operator": "lteq", "rightOperand": 3.5}]}]
        }),
        dataset: Dataset { id: dataset, revision: 1, digest: sha256_b64url(b"description") },
        term: Term { from: at(0), until: Some(at(86_400 * 365)) },
        text: Text {
            template: "usage".into(),
            version: "1".into(),
            lang: "fr".into(),
            digest: sha256_b64url(text.as_bytes()),
        },
        created_at: at(5),
    }
}

pub const TEXT: &str = "CONDITIONS D'UTILISATION\nJeu de données : réseau d'eau\n";

pub fn file(provider: &Side, consumer: &Side) -> ContractFile {
    let contract = document(provider, consumer, TEXT);
    let bytes = contract.canonical().unwrap();
    let identities = [provider, consumer].map(|side| (side.did().to_string(), side.document()));
    ContractFile {
        kind: FileType::File,
        v: V1,
        contract,
        text: TEXT.into(),
        identities: identities.into(),
        signatures: vec![provider.sign(&bytes), consumer.sign(&bytes)],
        revocations: vec![],
    }
}

pub fn revocation(by: &Side) -> String {
    let said = Revocation::new(agreement(), by.did().clone(), "fin anticipée de la délégation", at(3600));
    sign_revocation(&said, by.signer()).unwrap()
}

pub fn receipt(provider: &Side, consumer: &Side, n: u64) -> Receipt {
    Receipt {
        kind: ReceiptType::Receipt,
        v: V1,
        alg: DigestAlg::Sha256,
        reference: format!("{n:032x}"),
        agreement: agreement(),
        transfer: Pid::parse("urn:uuid:0192a000-0000-7000-8000-000000000003").unwrap(),
        provider: provider.did().clone(),
        consumer: consumer.did().clone(),
        range: (n % 2 == 1).then_some(Range { first: 1, last: None }),
        bytes: 1000 + n,
        sha256: sha256_b64url(&n.to_be_bytes()),
        at: at(60),
    }
}
