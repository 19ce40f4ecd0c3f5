//! Checking a contract before anything of ours is signed or given: the consumer's part, and the provider's answer.

use contracts::contract::{Capacity, ContractDocument, Party, Role as PartyRole};
use contracts::dsp::negotiation::ContractAgreementMessage;
use contracts::jcs;
use contracts::odrl::same_policy;
use serde_json::{Value, json};

use super::agreement_id;
use super::draw::{TEMPLATE, own_document, party, readable};
use crate::app::negotiation::wire;
use crate::app::peer::{Caller, read_policy, refused, unb64};
use crate::app::{App, Error, Hosted};
use crate::domain::agreement::{Agreement, Contract, Standing};
use crate::domain::negotiation::{Negotiation, Shown};
use crate::domain::process::Role;
use crate::domain::time::Timestamp;
use crate::identity::keys::Purpose;
use crate::identity::proof::{sign_contract, verify_contract_signature};
use crate::text::say;

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
    (app.discretion.terms)(same_terms(app, hosted, negotiation, &message.agreement))?;
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
        until: None,
        first_use: None,
        version: 0,
    };
    let (Some(contract), Some(text)) = (&message.contract, &message.text) else {
        if app.config.contracts.accept_unsigned {
            return Ok(Countersigned { agreement, ours: Vec::new() });
        }
        return Err(refused(app, "refusal.provider-unsigned", &[]));
    };
    let bytes = unb64(contract, "/contract")?;
    let document = ContractDocument::parse(&bytes)
        .map_err(|e| Error::malformed(say("malformed.contract").with("what", e), "/contract"))?;
    let ours = own_document(app, hosted, now)?;
    same_contract(app, hosted, negotiation, caller, message, &document, &ours)?;
    if jcs::sha256_b64url(text.as_bytes()) != document.text.digest {
        return Err(refused(app, "refusal.other-text", &[]));
    }
    // The text is ours to compute: a peer cannot have us sign words that the policy does not say.
    // A wording this program does not know cannot be computed, so it is not signed.
    if document.text.template != TEMPLATE
        || document.text.version != policies::TEMPLATE_VERSION.to_string()
        || readable(&message.agreement, &document.text.lang)? != *text
    {
        return Err(refused(app, "refusal.text-differs", &[]));
    }
    let signed = message
        .signatures
        .iter()
        .filter_map(|jws| verify_contract_signature(jws, &bytes, &caller.identity, Some(now)).ok())
        .any(|info| info.did == caller.did && info.capacity == Capacity::Node);
    if !signed {
        return Err(refused(app, "refusal.no-provider-signature", &[]));
    }
    let keys = hosted.keys();
    let signature =
        sign_contract(&bytes, &keys.current(Purpose::Sign, now)?.signer, Capacity::Node, None, now)?;
    let mut signatures = message.signatures.clone();
    signatures.push(signature.clone());
    agreement.standing = Standing::Pending;
    agreement.until = document.term.until.map(|at| Timestamp::from_seconds(at.seconds()));
    agreement.contract = Some(Contract {
        document: String::from_utf8(bytes).map_err(|e| Error::Internal(e.to_string()))?,
        text: text.clone(),
        identities: json!({ hosted.did().as_str(): ours, caller.did.as_str(): caller.identity.shown() })
            .to_string(),
        signatures,
    });
    Ok(Countersigned { agreement, ours: vec![signature] })
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
        return Err(refused(app, "refusal.no-consumer-signature", &[]));
    }
    contract.signatures.extend(valid.into_iter().cloned());
    agreement.standing = Standing::Signed;
    Ok(agreement)
}

fn unsigned(app: &App, mut agreement: Agreement) -> Result<Agreement, Error> {
    if !app.config.contracts.accept_unsigned {
        return Err(refused(app, "refusal.consumer-unsigned", &[]));
    }
    agreement.standing = Standing::Unsigned;
    Ok(agreement)
}

/// The agreement says what the negotiation said, between its two parties.
fn same_terms(app: &App, hosted: &Hosted, negotiation: &Negotiation, agreement: &Value) -> Result<(), Error> {
    for (member, expected) in [
        ("target", negotiation.terms.dataset.as_str()),
        ("assigner", negotiation.peer.as_str()),
        ("assignee", hosted.did().as_str()),
    ] {
        if agreement.get(member).and_then(Value::as_str) != Some(expected) {
            return Err(refused(app, "refusal.other-party", &[("member", member), ("expected", expected)]));
        }
    }
    let asked = read_policy(&wire::parse(&negotiation.terms.policy)?, "/offer")?;
    let mut agreed = read_policy(agreement, "/agreement")?;
    if asked.assignee.is_none() {
        // An offer to everybody becomes an agreement with us: that it names us is judged above.
        agreed.assignee = None;
    }
    if same_policy(&asked, &agreed) { Ok(()) } else { Err(refused(app, "refusal.other-rules", &[])) }
}

/// The contract says what the agreement says, of the dataset as it was shown to us.
fn same_contract(
    app: &App,
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
        return Err(refused(app, "refusal.other-identities", &[]));
    }
    if document.policy != message.agreement {
        return Err(refused(app, "refusal.other-policy", &[]));
    }
    if document.framework.is_some() {
        return Err(refused(app, "refusal.other-framework", &[]));
    }
    let dataset = Shown { revision: document.dataset.revision, digest: document.dataset.digest.clone() };
    if document.dataset.id != negotiation.terms.dataset
        || negotiation.terms.shown.as_ref().is_none_or(|shown| *shown != dataset)
    {
        return Err(refused(app, "refusal.other-dataset", &[]));
    }
    Ok(())
}
