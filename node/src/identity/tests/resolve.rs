use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use contracts::id::ParticipantId;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, join_all};
use url::Url;

use crate::domain::time::Clock;
use crate::identity::document::did_document;
use crate::identity::keys::Purpose;
use crate::identity::peer::IdentityError;
use crate::identity::resolve::{Fetch, FetchError, Kept, Limits, ResolveError, Resolver};
use crate::identity::seal::MasterSecret;
use crate::identity::token::{Expected, TokenError, issue_peer};
use crate::verify::fixture::{SECRET, Side, T};

/// The web, as far as one document goes.
struct Web {
    answer: Mutex<Result<Vec<u8>, FetchError>>,
    count: AtomicUsize,
}

impl Web {
    fn serving(document: Vec<u8>) -> Arc<Self> {
        Arc::new(Self { answer: Mutex::new(Ok(document)), count: AtomicUsize::new(0) })
    }
    fn serve(&self, answer: Result<Vec<u8>, FetchError>) {
        *self.answer.lock().unwrap() = answer;
    }
    fn count(&self) -> usize {
        self.count.load(Ordering::SeqCst)
    }
}

impl Fetch for Web {
    fn fetch<'a>(&'a self, url: &'a Url, _: usize) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        async move {
            self.count.fetch_add(1, Ordering::SeqCst);
            assert!(url.as_str().ends_with("/.well-known/did.json"));
            tokio::task::yield_now().await;
            self.answer.lock().unwrap().clone()
        }
        .boxed()
    }
}

fn resolver(web: &Arc<Web>, clock: &Clock) -> Resolver {
    Resolver::new(web.clone(), Limits::default(), clock.clone(), None)
}

#[tokio::test]
async fn one_fetch_serves_many_and_lasts() {
    let (side, clock) = (Side::new("epci.example.org"), Clock::fixed(T));
    let web = Web::serving(side.anchor());
    let resolver = resolver(&web, &clock);
    assert!(join_all((0..50).map(|_| resolver.resolve(side.did()))).await.iter().all(Result::is_ok));
    assert_eq!(web.count(), 1);
    clock.advance(3_599_000);
    resolver.resolve(side.did()).await.unwrap();
    assert_eq!(web.count(), 1);
    // Old, and the peer is down: the copy still serves, for a day.
    clock.advance(1_000);
    web.serve(Err(FetchError::Status(503)));
    resolver.resolve(side.did()).await.unwrap();
    assert_eq!(web.count(), 2);
    clock.advance(86_400_000);
    let gone = resolver.resolve(side.did()).await;
    assert!(matches!(gone, Err(ResolveError::Fetch { error: FetchError::Status(503), .. })));
}

#[tokio::test]
async fn an_unknown_key_is_looked_up_at_a_bounded_rate() {
    let (side, clock) = (Side::new("epci.example.org"), Clock::fixed(T));
    let web = Web::serving(side.anchor());
    let resolver = resolver(&web, &clock);
    let expected = Expected { audience: "did:web:me", body: b"", require_body: true, now: T };
    resolver.resolve(side.did()).await.unwrap();

    let secret = MasterSecret::from_text(SECRET).unwrap();
    let ring = side.keyring.rotate(&side.member, Purpose::Sign, &secret, T).unwrap().keyring;
    let token = issue_peer(&ring, "did:web:me", b"", T).unwrap();
    for _ in 0..5 {
        let refused = resolver.authenticate(&token, expected).await;
        assert!(matches!(refused, Err(TokenError::UnknownKey(_))), "{refused:?}");
    }
    assert_eq!(web.count(), 1, "not again within the interval");
    web.serve(Ok(serde_json::to_vec(&did_document(&side.member, &ring, T)).unwrap()));
    clock.advance(10_000);
    resolver.authenticate(&token, expected).await.unwrap();
    assert_eq!(web.count(), 2);
    // What can be refused without the key costs no fetch.
    clock.advance(10_000_000);
    let late = Expected { now: clock.now(), ..expected };
    assert_eq!(resolver.authenticate(&token, late).await, Err(TokenError::Expired));
    assert_eq!(web.count(), 2);
}

#[tokio::test]
async fn failures_are_remembered_and_wrong_documents_refused() {
    let (side, other, clock) = (Side::new("epci.example.org"), Side::new("x.example.org"), Clock::fixed(T));
    for (answer, right) in [
        (Ok(other.anchor()), Some("another DID")),
        (Ok(b"{}".to_vec()), None),
        (Ok(b"<html>".to_vec()), None),
        (Ok(vec![b' '; 70_000]), None),
        (Err(FetchError::Unreachable("refused".into())), None),
    ] {
        let web = Web::serving(vec![]);
        web.serve(answer);
        let resolver = resolver(&web, &clock);
        for _ in 0..3 {
            let error = resolver.resolve(side.did()).await.unwrap_err();
            if right.is_some() {
                let other =
                    matches!(error, ResolveError::Identity { error: IdentityError::OtherDid { .. }, .. });
                assert!(other, "{error}");
            }
        }
        assert_eq!(web.count(), 1);
        clock.advance(10_000);
        web.serve(Ok(side.anchor()));
        resolver.resolve(side.did()).await.unwrap();
    }
    let web = Web::serving(vec![]);
    let key = ParticipantId::did("did:key:z6Mk").unwrap();
    assert!(resolver(&web, &clock).resolve(&key).await.is_err());
    assert_eq!(web.count(), 0);
}

/// A host that never answers.
struct Silent;

impl Fetch for Silent {
    fn fetch<'a>(&'a self, _: &'a Url, _: usize) -> BoxFuture<'a, Result<Vec<u8>, FetchError>> {
        std::future::pending().boxed()
    }
}

#[tokio::test]
async fn slow_hosts_of_strangers_are_bounded() {
    let limits = Limits { concurrent: 2, ..Limits::default() };
    let resolver = Arc::new(Resolver::new(Arc::new(Silent), limits, Clock::fixed(T), None));
    for i in 0..2 {
        let (resolver, did) =
            (resolver.clone(), ParticipantId::did(format!("did:web:s{i}.example.org")).unwrap());
        tokio::spawn(async move { resolver.resolve(&did).await.map(drop) });
    }
    tokio::task::yield_now().await;
    let side = Side::new("epci.example.org");
    let token = issue_peer(&side.keyring, "did:web:me", b"", T).unwrap();
    let expected = Expected { audience: "did:web:me", body: b"", require_body: true, now: T };
    assert_eq!(resolver.authenticate(&token, expected).await, Err(TokenError::Busy));
}

#[tokio::test]
async fn memory_is_bounded_and_a_kept_copy_serves() {
    let clock = Clock::fixed(T);
    let web = Web::serving(b"{}".to_vec());
    let kept = Arc::new(Mutex::new(Vec::<Kept>::new()));
    let keep = kept.clone();
    let limits = Limits { identities: 3, ..Limits::default() };
    let resolver = Resolver::new(
        web.clone(),
        limits,
        clock.clone(),
        Some(Arc::new(move |k| keep.lock().unwrap().push(k))),
    );
    let side = Side::new("epci.example.org");
    resolver.import(&Kept { did: side.did().clone(), document: side.anchor(), fetched_at: T }).unwrap();
    for i in 0..20 {
        let did = ParticipantId::did(format!("did:web:s{i}.example.org")).unwrap();
        assert!(resolver.resolve(&did).await.is_err());
    }
    // Strangers pushed each other out, not the identity we know.
    resolver.resolve(side.did()).await.unwrap();
    assert_eq!(web.count(), 20);
    assert!(kept.lock().unwrap().is_empty());
    clock.advance(3_600_000);
    web.serve(Ok(side.anchor()));
    resolver.resolve(side.did()).await.unwrap();
    assert_eq!(kept.lock().unwrap()[0].did, *side.did());
}
