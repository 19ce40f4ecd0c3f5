//! The signed contract: drawn up by the provider, checked and countersigned by the consumer, revoked by either.

use std::collections::BTreeMap;
use std::sync::Arc;

use contracts::contract::{
    Capacity, ContractDocument, ContractFile, ContractType, Dataset, FileType, Party, Role as PartyRole,
    Term, Text, identity_digest,
};
use contracts::dsp::negotiation::ContractAgreementMessage;
use contracts::format::{DigestAlg, Instant, V1};
use contracts::id::AgreementId;
use contracts::jcs;
use contracts::odrl::same_policy;
use ontology::Lang;
use serde_json::{Value, json};

use super::access::not_understood;
use super::negotiation::wire;
use super::peer::{Caller, read_policy, unb64};
use super::{App, Error, Hosted};
use crate::domain::agreement::{Agreement, Contract, Standing};
use crate::domain::event::{ContractEvent, Event};
use crate::domain::negotiation::{Message, Negotiation, Shown};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::identity::document::did_document;
use crate::identity::keys::Purpose;
use crate::identity::peer::PeerIdentity;
use crate::identity::proof::{sign_contract, verify_contract_signature};
use crate::identity::random;
use crate::store::{Page, Tx};

/// Name of the readable text's template; its version is the policies crate's.
const TEMPLATE: &str = "fiducie-terms";

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
        first_use: None,
        version: 0,
    };
    let Some(shown) = shown else { return Ok(agreement) };
    let ours = own_document(hosted, now)?;
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
        term: Term { from: Instant::from_seconds(now.seconds()), until: None },
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

/// Provider: sends the agreement, in the transaction of the state that leads to it.
pub(crate) async fn propose(
    tx: &mut Tx<'_>,
    negotiation: Negotiation,
    agreement: Agreement,
    now: Timestamp,
) -> Result<Negotiation, Error> {
    let step = negotiation.send(Message::Agreement(agreement.id.clone()), now)?;
    let message = wire::agreement(&step.next, &agreement, now)?;
    let saved = super::negotiation::save(tx, step).await?;
    if agreement.contract.is_some() {
        tx.record(event(&agreement, ContractEvent::Signed));
    }
    tx.insert_agreement(agreement).await?;
    tx.enqueue(message).await?;
    Ok(saved)
}

/// A checked agreement with our signature on it.
pub struct Countersigned {
    pub agreement: Agreement,
    /// The signatures to send back; none for an agreement the peer did not sign.
    pub ours: Vec<String>,
}

/// Consumer: is this the agreement we asked for, and is it signed by who we asked? Then we sign too.
pub fn check_proposal(
    app: &App,
    hosted: &Hosted,
    negotiation: &Negotiation,
    caller: &Caller,
    message: &ContractAgreementMessage,
    now: Timestamp,
) -> Result<Countersigned, Error> {
    let id = agreement_id(&message.agreement)?;
    same_terms(hosted, negotiation, &message.agreement)?;
    let mut agreement = Agreement {
        id,
        role: Role::Consumer,
        peer: caller.did.clone(),
        callback: negotiation.callback.clone(),
        dataset: negotiation.terms.dataset.clone(),
        shown: negotiation.terms.shown.clone(),
        policy: message.agreement.to_string(),
        contract: None,
        standing: Standing::Unsigned,
        revoked: None,
        created: now,
        first_use: None,
        version: 0,
    };
    let (Some(contract), Some(text)) = (&message.contract, &message.text) else {
        if app.config.contracts.accept_unsigned {
            return Ok(Countersigned { agreement, ours: Vec::new() });
        }
        return Err(refused(
            "the provider did not sign a contract, and unsigned agreements are not accepted here",
        ));
    };
    let bytes = unb64(contract, "/contract")?;
    let document = ContractDocument::parse(&bytes).map_err(|e| {
        Error::malformed(e.to_string(), "/contract", "send the canonical bytes of a contract of version 1")
    })?;
    let ours = own_document(hosted, now)?;
    same_contract(hosted, negotiation, caller, message, &document, &ours)?;
    if jcs::sha256_b64url(text.as_bytes()) != document.text.digest {
        return Err(refused("the readable text is not the one the contract names"));
    }
    // The text is ours to compute: a peer cannot have us sign words that the policy does not say.
    if document.text.template == TEMPLATE
        && document.text.version == policies::TEMPLATE_VERSION.to_string()
        && readable(&message.agreement, &document.text.lang)? != *text
    {
        return Err(refused("the readable text does not say what the policy says"));
    }
    let signed = message
        .signatures
        .iter()
        .filter_map(|jws| verify_contract_signature(jws, &bytes, &caller.identity, Some(now)).ok())
        .any(|info| info.did == caller.did && info.capacity == Capacity::Node);
    if !signed {
        return Err(refused("no valid signature of the provider is on the contract"));
    }
    let keys = hosted.keys();
    let signature =
        sign_contract(&bytes, &keys.current(Purpose::Sign, now)?.signer, Capacity::Node, None, now)?;
    let mut signatures = message.signatures.clone();
    signatures.push(signature.clone());
    agreement.standing = Standing::Pending;
    agreement.contract = Some(Contract {
        document: String::from_utf8(bytes).map_err(|e| Error::Internal(e.to_string()))?,
        text: text.clone(),
        identities: json!({ hosted.did().as_str(): ours, caller.did.as_str(): caller.identity.shown() })
            .to_string(),
        signatures,
    });
    Ok(Countersigned { agreement, ours: vec![signature] })
}

/// Consumer: keeps a checked agreement.
pub(crate) async fn accept(tx: &mut Tx<'_>, agreement: Agreement) -> Result<(), Error> {
    if agreement.contract.is_some() {
        tx.record(event(&agreement, ContractEvent::Countersigned));
        tx.record(event(&agreement, ContractEvent::Signed));
    } else {
        tx.record(event(&agreement, ContractEvent::RecordedUnsigned));
    }
    tx.insert_agreement(agreement).await?;
    Ok(())
}

/// Provider: the consumer's signature on our contract; an agreement without one counts by configuration only.
pub fn countersignature(
    app: &App,
    mut agreement: Agreement,
    caller: &Caller,
    signatures: &[String],
    now: Timestamp,
) -> Result<Agreement, Error> {
    let Some(contract) = agreement.contract.as_mut() else {
        return unsigned(app, agreement);
    };
    if signatures.is_empty() {
        return unsigned(app, agreement);
    }
    let bytes = contract.document.as_bytes();
    let valid: Vec<&String> = signatures
        .iter()
        .filter(|jws| {
            verify_contract_signature(jws, bytes, &caller.identity, Some(now))
                .is_ok_and(|info| info.did == caller.did && info.capacity == Capacity::Node)
        })
        .collect();
    if valid.is_empty() {
        return Err(refused("no valid signature of the consumer is on the contract"));
    }
    contract.signatures.extend(valid.into_iter().cloned());
    agreement.standing = Standing::Signed;
    Ok(agreement)
}

fn unsigned(app: &App, mut agreement: Agreement) -> Result<Agreement, Error> {
    if !app.config.contracts.accept_unsigned {
        return Err(refused(
            "the consumer did not sign the contract, and unsigned agreements are not accepted here",
        ));
    }
    agreement.standing = Standing::Unsigned;
    Ok(agreement)
}

/// Provider: keeps the contract signed by both.
pub(crate) async fn concluded(tx: &mut Tx<'_>, agreement: Agreement) -> Result<(), Error> {
    let what = match agreement.standing {
        Standing::Signed => ContractEvent::Countersigned,
        Standing::Pending | Standing::Unsigned | Standing::Abandoned => ContractEvent::RecordedUnsigned,
    };
    tx.record(event(&agreement, what));
    tx.save_agreement(agreement).await?;
    Ok(())
}

/// A negotiation ended: what was not signed by both gives no right.
pub(crate) async fn abandon(tx: &mut Tx<'_>, agreement: Option<AgreementId>) -> Result<(), Error> {
    let Some(id) = agreement else { return Ok(()) };
    if let Some(mut agreement) = tx.agreement(&id).await? {
        agreement.standing = Standing::Abandoned;
        tx.save_agreement(agreement).await?;
    }
    Ok(())
}

/// One agreement as the member sees it.
pub async fn get(app: &App, hosted: &Arc<Hosted>, id: &AgreementId) -> Result<Agreement, Error> {
    app.store.read(hosted.id()).await?.agreement(id).await?.ok_or(Error::NotFound("contract"))
}

/// Agreements of the member, oldest first, after a cursor.
pub async fn list(
    app: &App,
    hosted: &Arc<Hosted>,
    after: Option<&AgreementId>,
    limit: usize,
) -> Result<Vec<Agreement>, Error> {
    let page = Page { after: after.map(ToString::to_string), limit };
    Ok(app.store.read(hosted.id()).await?.agreements(&page).await?)
}

/// The contract as a file that verifies alone.
pub async fn file(app: &App, hosted: &Arc<Hosted>, id: &AgreementId) -> Result<Vec<u8>, Error> {
    let agreement =
        app.store.read(hosted.id()).await?.agreement(id).await?.ok_or(Error::NotFound("contract"))?;
    let Some(contract) = agreement.contract else {
        return Err(Error::Unsupported(
            "the peer of this agreement cannot sign: there is no contract file".into(),
        ));
    };
    let identities: BTreeMap<String, Value> = serde_json::from_str(&contract.identities)
        .map_err(|e| Error::Internal(format!("identities: {e}")))?;
    let file = ContractFile {
        kind: FileType::File,
        v: V1,
        contract: ContractDocument::parse(contract.document.as_bytes())
            .map_err(|e| Error::Internal(e.to_string()))?,
        text: contract.text,
        identities,
        signatures: contract.signatures,
        revocations: agreement.revoked.into_iter().map(|r| r.statement).collect(),
    };
    file.canonical().map_err(internal)
}

/// The event of an agreement.
pub(crate) fn event(agreement: &Agreement, what: ContractEvent) -> Event {
    let text = agreement.contract.as_ref().map_or(agreement.policy.as_str(), |c| c.document.as_str());
    Event::Contract {
        what,
        agreement: agreement.id.clone(),
        peer: agreement.peer.clone(),
        dataset: agreement.dataset.clone(),
        digest: jcs::sha256_b64url(text.as_bytes()),
    }
}

/// The identifier of an ODRL agreement.
pub(crate) fn agreement_id(agreement: &Value) -> Result<AgreementId, Error> {
    let id = agreement.get("@id").and_then(Value::as_str).unwrap_or_default();
    AgreementId::parse(id)
        .map_err(|e| Error::malformed(e.to_string(), "/agreement/@id", "name the agreement"))
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
    let members = policy
        .as_object_mut()
        .ok_or_else(|| Error::malformed("the offer is not an object", "/offer", "send an ODRL offer"))?;
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

/// The agreement says what the negotiation said, between its two parties.
fn same_terms(hosted: &Hosted, negotiation: &Negotiation, agreement: &Value) -> Result<(), Error> {
    for (member, expected) in [
        ("target", negotiation.terms.dataset.as_str()),
        ("assigner", negotiation.peer.as_str()),
        ("assignee", hosted.did().as_str()),
    ] {
        if agreement.get(member).and_then(Value::as_str) != Some(expected) {
            return Err(refused(&format!("the agreement's {member} is not {expected}")));
        }
    }
    let asked = read_policy(&wire::parse(&negotiation.terms.policy)?, "/offer")?;
    if same_policy(&asked, &read_policy(agreement, "/agreement")?) {
        Ok(())
    } else {
        Err(refused("the agreement's rules are not those of the negotiation"))
    }
}

/// The contract says what the agreement says, of the dataset as it was shown to us.
fn same_contract(
    hosted: &Hosted,
    negotiation: &Negotiation,
    caller: &Caller,
    message: &ContractAgreementMessage,
    document: &ContractDocument,
    ours: &Value,
) -> Result<(), Error> {
    let parties = [
        Party {
            did: caller.did.clone(),
            role: PartyRole::Provider,
            identity: caller.identity.digest().to_owned(),
        },
        party(hosted.did(), PartyRole::Consumer, ours)?,
    ];
    if document.parties != parties {
        return Err(refused("the contract's parties or their identities are not the caller and this member"));
    }
    if document.policy != message.agreement {
        return Err(refused("the contract's policy is not the agreement's"));
    }
    if document.framework.is_some() {
        return Err(refused("the contract names a trust framework that was not negotiated"));
    }
    let dataset = Shown { revision: document.dataset.revision, digest: document.dataset.digest.clone() };
    if document.dataset.id != negotiation.terms.dataset
        || negotiation.terms.shown.as_ref().is_none_or(|shown| *shown != dataset)
    {
        return Err(refused("the contract names another dataset, or not as it was shown"));
    }
    Ok(())
}

/// Our DID document as it is shown now.
fn own_document(hosted: &Hosted, now: Timestamp) -> Result<Value, Error> {
    serde_json::to_value(did_document(&hosted.member, &hosted.keys(), now)).map_err(internal)
}

fn party(did: &contracts::id::ParticipantId, role: PartyRole, document: &Value) -> Result<Party, Error> {
    Ok(Party { did: did.clone(), role, identity: identity_digest(document).map_err(internal)? })
}

fn readable(policy: &Value, lang: &str) -> Result<String, Error> {
    let compiled = policies::compile(&read_policy(policy, "/agreement")?).map_err(|f| not_understood(&f))?;
    Ok(policies::render(&compiled, Lang::parse(lang).unwrap_or(Lang::Fr)))
}

fn refused(reason: &str) -> Error {
    Error::NotAllowed { reasons: vec![reason.to_owned()] }
}

fn internal(error: impl std::fmt::Display) -> Error {
    Error::Internal(error.to_string())
}
