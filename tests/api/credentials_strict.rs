//! The strict value of each rule that a compatibility kit is not held to (`node::app::Leniency`), with the lenient one
//! beside it; and status lists that cannot be believed.

use actix_web::web::Bytes;
use contracts::dcp::Profile;
use contracts::dcp::status::{Bits, MIN_BITS, Purpose, StatusEntry, StatusList};
use contracts::id::ParticipantId;
use node::app::Leniency;
use node::app::credential::ask;
use node::domain::credential::{Request, RequestState};
use serde_json::{Value, json};
use tests::answer::Answer;
use tests::credentials::{KIND, Stage, stage_with};
use tests::edc::identity::Identity;
use tests::engine::Engine;
use tests::foreign::{Foreign, Says};
use tests::on_both;

on_both!(
    a_status_list_is_signed_and_long,
    a_status_list_is_reachable_and_never_goes_back,
    only_trusted_issuers_count,
    a_request_has_a_name_of_its_own,
    credentials_have_the_form_of_their_model,
    more_than_a_token_allows_is_left_out,
);

const DCP: &str = "accept = [\"dcp\"]\n";
const LIST: &str = "/lists/1";

/// An issuer of another make, known to the holder, and to the verifier when it is trusted there.
async fn with_issuer(engine: Engine, trusted: bool, leniency: Leniency) -> (Stage, Foreign) {
    let foreign = Foreign::start();
    let stage = stage_with(engine, DCP, leniency, foreign.did(), trusted).await;
    let request = Request {
        id: "asked".into(),
        theirs: String::new(),
        peer: ParticipantId::did(foreign.did()).unwrap(),
        state: RequestState::Received,
        kinds: KIND.into(),
        created: stage.clock.now(),
    };
    ask::open(stage.holder.app(), &stage.holder.hosted(), request, None).await.unwrap();
    (stage, foreign)
}

/// The claims of a credential of the holder, with the first place of a list of the issuer's.
fn claims(stage: &Stage, foreign: &Foreign) -> Value {
    let now = stage.clock.now().seconds();
    let entry =
        StatusEntry { purpose: Purpose::Revocation, index: 1, list: format!("{}{LIST}", foreign.base) };
    let subject = json!({"id": stage.holder.did, "level": "gold"});
    contracts::dcp::credential::Credential {
        id: Some("urn:uuid:1".into()),
        issuer: ParticipantId::did(foreign.did()).unwrap(),
        types: vec!["VerifiableCredential".into(), KIND.into()],
        subject: subject.as_object().unwrap().clone(),
        from: now,
        until: Some(now + 3600),
        status: vec![entry],
        schemas: Vec::new(),
    }
    .claims(Profile::Vc11, now)
}

/// The issuer delivers a credential to the holder.
async fn deliver(stage: &Stage, foreign: &Foreign, claims: &Value) -> Answer {
    let jwt = foreign.identity().sign("JWT", claims);
    let container = json!({"credentialType": KIND, "payload": jwt, "format": "vc11-sl2021/jwt"});
    let message = json!({
        "@context": [contracts::dcp::CONTEXT], "type": "CredentialMessage", "issuerPid": "i", "holderPid": "asked",
        "status": "ISSUED", "credentials": [container],
    });
    post(&stage.holder, foreign.identity(), "/dcp/holder/credentials", &message, None).await
}

/// A message of this protocol, with a self-issued token.
async fn post(
    to: &tests::member::Member,
    from: &Identity,
    path: &str,
    message: &Value,
    access: Option<&str>,
) -> Answer {
    let body = serde_json::to_vec(message).unwrap();
    let bearer = format!("Bearer {}", from.self_issued(&to.did, access, to.app().now()));
    let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
    to.raw(reqwest::Method::POST, path, &headers, body).await
}

/// A list as the issuer states it, as many seconds after the stage's clock.
fn list(stage: &Stage, foreign: &Foreign, bits: usize, set: &[u64], later: i64) -> Value {
    let mut all = Bits::new(bits);
    set.iter().for_each(|index| assert!(all.set(*index, true)));
    let at = stage.clock.now().seconds() + later;
    let issuer = ParticipantId::did(foreign.did()).unwrap();
    let (purpose, stated) = (Purpose::Revocation, Some(at));
    let list = StatusList { issuer, purpose, stated, from: at - 100, until: None, bits: all };
    list.claims(Profile::Vc11, &format!("{}{LIST}", foreign.base), at)
}

fn signed(foreign: &Foreign, list: &Value) -> Says {
    Says::Pieces(vec![Bytes::from(foreign.identity().sign("JWT", list))])
}

async fn a_status_list_is_signed_and_long(engine: Engine) {
    let lenient = Leniency { unsigned_lists: true, ..Leniency::default() };
    for (leniency, counts) in [(Leniency::default(), false), (lenient, true)] {
        let (stage, foreign) = with_issuer(engine, true, leniency).await;
        deliver(&stage, &foreign, &claims(&stage, &foreign)).await.ok();
        let short = list(&stage, &foreign, 16_384, &[], 0);
        let unsigned = short["vc"].clone();
        for says in [Says::Json(200, unsigned), signed(&foreign, &short)] {
            foreign.answers(LIST, says);
            assert_eq!(stage.call().await.status == 200, counts);
            stage.clock.advance(61_000);
        }
        foreign.answers(LIST, signed(&foreign, &list(&stage, &foreign, MIN_BITS, &[], 1)));
        stage.call().await.ok();
    }
}

async fn a_status_list_is_reachable_and_never_goes_back(engine: Engine) {
    let (stage, foreign) = with_issuer(engine, true, Leniency::default()).await;
    deliver(&stage, &foreign, &claims(&stage, &foreign)).await.ok();
    foreign.answers(LIST, Says::Json(503, json!({})));
    assert!(
        stage.call().await.problem(502).to_string().contains("503"),
        "nothing is said, nothing permitted"
    );
    foreign.answers(LIST, signed(&foreign, &list(&stage, &foreign, MIN_BITS, &[9], 0)));
    stage.call().await.ok();
    stage.clock.advance(61_000);
    for back in [list(&stage, &foreign, MIN_BITS, &[], 0), list(&stage, &foreign, MIN_BITS, &[9], -120)] {
        foreign.answers(LIST, signed(&foreign, &back));
        assert!(stage.call().await.problem(502).to_string().contains("older than one that was seen"));
    }
    foreign.answers(LIST, signed(&foreign, &list(&stage, &foreign, MIN_BITS, &[1, 9], 0)));
    assert!(stage.call().await.problem(502).to_string().contains("revoked"));
}

async fn only_trusted_issuers_count(engine: Engine) {
    let (stage, foreign) = with_issuer(engine, false, Leniency::default()).await;
    deliver(&stage, &foreign, &claims(&stage, &foreign)).await.ok();
    let refused = stage.call().await.problem(502);
    assert!(refused.to_string().contains("is not trusted to issue"), "{refused}");
    assert!(foreign.authorizations(LIST).is_empty(), "nothing is asked of a stranger");
    // Nor does the holder take what is not for it.
    let (stage, foreign) = with_issuer(engine, true, Leniency::default()).await;
    let mut other = claims(&stage, &foreign);
    other["sub"] = json!(stage.verifier.did);
    other["vc"]["credentialSubject"]["id"] = json!(stage.verifier.did);
    deliver(&stage, &foreign, &other).await.problem(400);
}

async fn a_request_has_a_name_of_its_own(engine: Engine) {
    let lenient = Leniency { repeated_requests: true, ..Leniency::default() };
    for (leniency, second) in [(Leniency::default(), 409), (lenient, 201)] {
        let (stage, foreign) = with_issuer(engine, true, leniency).await;
        let metadata = stage.issuer.public("/dcp/issuer/metadata").await.ok();
        let ids: Vec<&Value> =
            metadata["credentialsSupported"].as_array().unwrap().iter().map(|object| &object["id"]).collect();
        for (id, status) in [(ids[0], 201), (ids[1], second)] {
            let message = json!({
                "@context": [contracts::dcp::CONTEXT], "type": "CredentialRequestMessage", "holderPid": "mine",
                "credentials": [{"id": id}],
            });
            let asked =
                post(&stage.issuer, foreign.identity(), "/dcp/issuer/credentials", &message, None).await;
            assert_eq!(asked.status, status, "{}", asked.text());
        }
    }
}

async fn credentials_have_the_form_of_their_model(engine: Engine) {
    let lenient = Leniency { loose_credentials: true, ..Leniency::default() };
    for (leniency, status) in [(Leniency::default(), 400), (lenient, 200)] {
        let (stage, foreign) = with_issuer(engine, true, leniency).await;
        let mut loose = claims(&stage, &foreign);
        loose["vc"]["type"] = json!([KIND]);
        loose["sub"] = json!("2f7b");
        let delivered = deliver(&stage, &foreign, &loose).await;
        assert_eq!(delivered.status, status, "{}", delivered.text());
    }
}

async fn more_than_a_token_allows_is_left_out(engine: Engine) {
    let lenient = Leniency { refuse_excess: true, ..Leniency::default() };
    for (leniency, status) in [(Leniency::default(), 200), (lenient, 403)] {
        let (stage, foreign) = with_issuer(engine, true, leniency).await;
        deliver(&stage, &foreign, &claims(&stage, &foreign)).await.ok();
        let scope = |kind: &str| format!("org.eclipse.dspace.dcp.vc.type:{kind}:read");
        let form = format!(
            "grant_type=client_credentials&client_id={}&client_secret={}&audience={}&bearer_access_scope={}",
            stage.holder.did.replace('%', "%25"),
            stage.holder.token,
            foreign.did().replace('%', "%25"),
            scope(KIND)
        );
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let wrong = form.replace("client_secret=fid_", "client_secret=fid_x");
        let path = "/dcp/sts/token";
        stage.holder.raw(reqwest::Method::POST, path, &headers, wrong.into_bytes()).await.problem(401);
        let token = stage.holder.raw(reqwest::Method::POST, path, &headers, form.into_bytes()).await.ok();
        let access = tests::foreign::claim(token["access_token"].as_str().unwrap(), "token");
        let query = json!({
            "@context": [contracts::dcp::CONTEXT], "type": "PresentationQueryMessage",
            "scope": [scope(KIND), scope("LabelCredential")],
        });
        let path = "/dcp/holder/presentations/query";
        let asked = post(&stage.holder, foreign.identity(), path, &query, Some(&access)).await;
        assert_eq!(asked.status, status, "{}", asked.text());
        if status == 200 {
            assert_eq!(asked.json()["presentation"].as_array().unwrap().len(), 1);
        }
        // Somebody else's token opens nothing.
        let thief = Foreign::start();
        let stolen = post(&stage.holder, thief.identity(), path, &query, Some(&access)).await;
        stolen.problem(401);
    }
}
