//! The issuer service: holders ask, what they are entitled to is issued and delivered (DCP 1.0, 6.4).

use contracts::dcp::issuance::{
    CredentialContainer, CredentialMessage, CredentialObject, CredentialRequestMessage, CredentialStatus,
    IssuerMetadata, Outcome, Progress,
};
use contracts::dcp::{CREDENTIAL_SERVICE, Profile};
use contracts::id::Pid;
use serde_json::{Value, json};

use super::issue::{Issuer, Wanted, issue_in};
use super::{App, Error, Hosted, internal, malformed, message, rules};
use crate::app::peer::{Answer, Caller, MessageKey, check_address, once, outgoing_body, spend};
use crate::domain::credential::{Request, RequestState, Side};
use crate::domain::event::{CredentialEvent, Event, OfCredential};
use crate::domain::outgoing::{Outgoing, Process};
use crate::identity::random;
use crate::text::say;

/// The first words of the kind of our messages, by which their answers are known.
pub(super) const DELIVERY: &str = "credential";

/// What a member issues, one object for each type and profile.
///
/// # Errors
/// [`Error::NotFound`] when it issues nothing.
pub fn metadata(app: &App, hosted: &Hosted) -> Result<IssuerMetadata, Error> {
    let kinds = rules(app, hosted).issue;
    if kinds.is_empty() {
        return Err(Error::NotFound("issuer"));
    }
    let objects = kinds.iter().flat_map(|kind| Profile::ALL.map(|profile| object(hosted, kind, profile)));
    Ok(IssuerMetadata::new(hosted.did().to_string(), objects.collect()))
}

fn object(hosted: &Hosted, kind: &str, profile: Profile) -> CredentialObject {
    CredentialObject {
        id: hosted.member.at(&format!("/dcp/issuer/metadata#{kind}/{}", profile.as_str())),
        kind: Some("CredentialObject".into()),
        credential_type: Some(kind.into()),
        credential_schema: Some(hosted.member.at(&format!("/dcp/issuer/schemas/{kind}"))),
        offer_reason: Some("issuance".into()),
        binding_methods: vec!["did:web".into()],
        profile: Some(profile.as_str().into()),
        issuance_policy: None,
    }
}

/// What every credential of a type has in common: a subject that is named.
///
/// # Errors
/// [`Error::NotFound`] when the type is not issued.
pub fn schema(app: &App, hosted: &Hosted, kind: &str) -> Result<Value, Error> {
    if !rules(app, hosted).issue.iter().any(|issued| issued == kind) {
        return Err(Error::NotFound("schema"));
    }
    Ok(json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": hosted.member.at(&format!("/dcp/issuer/schemas/{kind}")),
        "title": kind,
        "type": "object",
        "properties": {"credentialSubject": {"type": "object", "properties": {"id": {"type": "string"}}, "required": ["id"]}},
        "required": ["credentialSubject"],
    }))
}

/// Takes a request and decides it at once: everything asked for, or nothing; of a
/// type, one for each matter the holder is entitled to it about. The answer goes to the holder's credential
/// service.
///
/// # Errors
/// [`Error::Conflict`] when the holder has used this `holderPid`; [`Error::Malformed`] for what is not issued here.
pub async fn receive(
    app: &App,
    hosted: &Hosted,
    caller: &Caller,
    value: Value,
    body: &[u8],
) -> Result<Answer, Error> {
    let asked: CredentialRequestMessage = message(value)?;
    asked.check().map_err(|e| malformed(e, "body"))?;
    let issued = rules(app, hosted).issue;
    if issued.is_empty() {
        return Err(Error::NotFound("issuer"));
    }
    let known: Vec<(String, Profile)> =
        issued.iter().flat_map(|kind| Profile::ALL.map(|profile| (kind.clone(), profile))).collect();
    let mut wanted = Vec::new();
    for (n, one) in asked.credentials.iter().enumerate() {
        let found = known.iter().find(|(kind, profile)| object(hosted, kind, *profile).id == one.id);
        let found =
            found.ok_or_else(|| malformed("it is not issued here", &format!("/credentials/{n}/id")))?;
        wanted.push(found.clone());
    }
    let document = caller.identity.document();
    let service = document.service(CREDENTIAL_SERVICE);
    let service = service.ok_or_else(|| malformed("your DID document names no CredentialService", "body"))?;
    check_address(app, service, "CredentialService")?;
    let url = format!("{}/credentials", service.trim_end_matches('/'));
    let issuer = Issuer::of(hosted, app.now())?;
    let pid = Pid::from_uuid(random::uuid_v7(app.now()));
    let holder = caller.did.clone();
    let again = app.leniency.repeated_requests;
    let once_by = if again { caller.jti.clone() } else { String::new() };
    let key = MessageKey::new(&asked.holder_pid, (!once_by.is_empty()).then_some(once_by.as_str()), body);
    once(app, hosted, caller, key, move |tx| {
        Box::pin(async move {
            let taken = tx.credential_request_of(Side::Issuer, &holder, &asked.holder_pid).await?.is_some();
            if taken && !again {
                return Err(Error::Conflict(say("conflict.holder-pid")));
            }
            let (mut given, mut entitled) = (Vec::new(), true);
            for (kind, profile) in &wanted {
                let entitlements = tx.entitlements(&holder, kind).await?;
                entitled &= !entitlements.is_empty();
                given.extend(entitlements.into_iter().map(|one| Wanted {
                    holder: holder.clone(),
                    kind: kind.clone(),
                    claims: one.claims,
                    profile: *profile,
                    seconds: one.seconds,
                }));
            }
            let kinds: Vec<&str> = wanted.iter().map(|(kind, _)| kind.as_str()).collect();
            let outcome = if entitled { Outcome::Issued } else { Outcome::Rejected };
            let mut answer =
                CredentialMessage::new(pid.segment().to_owned(), asked.holder_pid.clone(), outcome);
            let request = Request {
                id: pid.segment().to_owned(),
                theirs: asked.holder_pid,
                peer: holder.clone(),
                state: if entitled { RequestState::Issued } else { RequestState::Rejected },
                kinds: kinds.join(" "),
                created: tx.now(),
            };
            if entitled {
                let mut containers = Vec::new();
                for wanted in &given {
                    let issued = issue_in(tx, &issuer, wanted).await?;
                    containers.push(CredentialContainer {
                        credential_type: issued.kind,
                        payload: issued.jwt,
                        format: issued.profile.as_str().into(),
                    });
                }
                answer.credentials = Some(containers);
            } else {
                answer.rejection_reason = Some("the holder is not entitled to what it asks for".into());
                tx.record(Event::Credential(OfCredential {
                    what: CredentialEvent::Refused,
                    credential: request.id.clone(),
                    peer: holder.clone(),
                    kind: request.kinds.clone(),
                }));
            }
            tx.put_credential_request(Side::Issuer, &request).await?;
            tx.enqueue(Outgoing {
                process: Process::Credentials(pid.clone()),
                peer: holder,
                kind: DELIVERY,
                url,
                body: outgoing_body(&answer)?,
            })
            .await?;
            Ok(Answer { status: 201, body: json!({"issuerPid": request.id}).to_string() })
        })
    })
    .await
}

/// How far a request of the caller is.
///
/// # Errors
/// [`Error::NotFound`] when there is no such request of the caller's.
pub async fn progress(
    app: &App,
    hosted: &Hosted,
    caller: &Caller,
    id: &str,
) -> Result<CredentialStatus, Error> {
    spend(app, hosted, caller).await?;
    let found = app.store.read(hosted.id()).await?.credential_request(Side::Issuer, id).await?;
    let request = found.filter(|request| request.peer == caller.did);
    let request = request.ok_or(Error::NotFound("credential request"))?;
    let progress = match request.state {
        RequestState::Received => Progress::Received,
        RequestState::Issued => Progress::Issued,
        RequestState::Rejected => Progress::Rejected,
        RequestState::Offered => return Err(internal("an issuer's request is an offer")),
    };
    Ok(CredentialStatus::new(request.id, request.theirs, progress))
}
