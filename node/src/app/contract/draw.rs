//! Drawing up a contract: the provider's part.

use contracts::contract::{
    Capacity, ContractDocument, ContractType, Dataset, Party, Role as PartyRole, Term, Text, identity_digest,
};
use contracts::format::{DigestAlg, Instant, V1};
use contracts::id::{AgreementId, ParticipantId};
use contracts::jcs;
use ontology::Lang;
use serde_json::{Value, json};

use super::internal;
use crate::app::access::not_understood;
use crate::app::credential;
use crate::app::negotiation::wire;
use crate::app::peer::read_policy;
use crate::app::{App, Error, Hosted};
use crate::domain::agreement::{Agreement, Contract, Standing};
use crate::domain::negotiation::Negotiation;
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::identity::keys::Purpose;
use crate::identity::peer::PeerIdentity;
use crate::identity::proof::sign_contract;
use crate::identity::random;
use crate::text::say;

/// Name of the readable text's template; its version is the policies crate's.
pub(super) const TEMPLATE: &str = "fiducie-terms";

/// The provider's agreement to a negotiation's terms, with the contract signed by us.
pub fn draw_up(
    app: &App,
    hosted: &Hosted,
    negotiation: &Negotiation,
    consumer: &PeerIdentity,
    now: Timestamp,
) -> Result<Agreement, Error> {
    let id = AgreementId::from_uuid(random::uuid_v7(now));
    let shown = negotiation.terms.shown.clone();
    let policy = agreement_of(negotiation, &id, hosted.did().as_str(), negotiation.peer.as_str(), now)?;
    let mut agreement = Agreement {
        id: id.clone(),
        role: Role::Provider,
        peer: negotiation.peer.clone(),
        callback: negotiation.callback.clone(),
        dataset: negotiation.terms.dataset.clone(),
        shown: shown.clone(),
        policy: policy.to_string(),
        contract: None,
        standing: Standing::Pending,
        revoked: None,
        created: now,
        until: negotiation.terms.until,
        first_use: None,
        version: 0,
    };
    let Some(shown) = shown else { return Ok(agreement) };
    let ours = own_document(app, hosted, now)?;
    let lang = &app.config.contracts.language;
    let text = readable(&policy, lang)?;
    let document = ContractDocument {
        kind: ContractType::Contract,
        v: V1,
        alg: DigestAlg::Sha256,
        id,
        framework: None,
        parties: vec![
            party(hosted.did(), PartyRole::Provider, &ours)?,
            Party {
                did: negotiation.peer.clone(),
                role: PartyRole::Consumer,
                identity: consumer.digest().to_owned(),
            },
        ],
        dataset: Dataset {
            id: negotiation.terms.dataset.clone(),
            revision: shown.revision,
            digest: shown.digest,
        },
        term: Term {
            from: Instant::from_seconds(now.seconds()),
            until: negotiation.terms.until.map(|at| Instant::from_seconds(at.seconds())),
        },
        text: Text {
            template: TEMPLATE.to_owned(),
            version: policies::TEMPLATE_VERSION.to_string(),
            lang: lang.clone(),
            digest: jcs::sha256_b64url(text.as_bytes()),
        },
        policy,
        created_at: Instant::from_seconds(now.seconds()),
    };
    document.check().map_err(|e| Error::Internal(format!("contract drawn up: {e}")))?;
    let bytes = document.canonical().map_err(internal)?;
    let keys = hosted.keys();
    let signature =
        sign_contract(&bytes, &keys.current(Purpose::Sign, now)?.signer, Capacity::Node, None, now)?;
    agreement.contract = Some(Contract {
        document: String::from_utf8(bytes).map_err(|e| Error::Internal(e.to_string()))?,
        text,
        identities: json!({ hosted.did().as_str(): ours, negotiation.peer.as_str(): consumer.shown() })
            .to_string(),
        signatures: vec![signature],
    });
    Ok(agreement)
}

/// The offer as an agreement between two parties (ODRL Information Model 2.2, section 2.1).
fn agreement_of(
    negotiation: &Negotiation,
    id: &AgreementId,
    assigner: &str,
    assignee: &str,
    now: Timestamp,
) -> Result<Value, Error> {
    let mut policy = wire::parse(&negotiation.terms.policy)?;
    let members =
        policy.as_object_mut().ok_or_else(|| Error::malformed(say("malformed.offer-object"), "/offer"))?;
    for (name, value) in [
        ("@id", id.as_str()),
        ("@type", "Agreement"),
        ("target", negotiation.terms.dataset.as_str()),
        ("assigner", assigner),
        ("assignee", assignee),
        ("timestamp", &now.rfc3339()),
    ] {
        members.insert(name.to_owned(), value.into());
    }
    Ok(policy)
}

/// Our DID document as it is shown now.
pub(super) fn own_document(app: &App, hosted: &Hosted, now: Timestamp) -> Result<Value, Error> {
    serde_json::to_value(credential::document(app, hosted, now)).map_err(internal)
}

pub(super) fn party(did: &ParticipantId, role: PartyRole, document: &Value) -> Result<Party, Error> {
    Ok(Party { did: did.clone(), role, identity: identity_digest(document).map_err(internal)? })
}

pub(super) fn readable(policy: &Value, lang: &str) -> Result<String, Error> {
    let refused =
        |faults: Vec<policies::Fault>| not_understood(&faults, Lang::parse(lang).unwrap_or(Lang::Fr));
    let compiled = policies::signable(&read_policy(policy, "/agreement")?).map_err(refused)?;
    Ok(policies::render(&compiled, Lang::parse(lang).unwrap_or(Lang::Fr)))
}
