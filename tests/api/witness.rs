//! `<base>/witness`: a member cosigns its peers' logs, as the specification of witnesses says, status by status.

use contracts::tlog::cosignature::{self, AddCheckpoint};
use contracts::tlog::note::{Checkpoint, ED25519_COSIGNATURE, Note, NoteSignature, VerifierKey, key_id};
use contracts::tlog::{Hash, consistency_proof, leaf_hash, root};
use node::identity::keys::Purpose;
use node::identity::public::PublicKey;
use reqwest::Method;
use sha2::{Digest, Sha256};
use tests::answer::Answer;
use tests::engine::Engine;
use tests::federation::Federation;
use tests::flow::{PURPOSE, closed};
use tests::member::Member;
use tests::node::{Setup, TestNode};
use tests::on_both;

on_both!(
    a_witness_answers_as_the_specification_says,
    two_requests_do_not_both_continue_one_checkpoint,
    a_witness_may_be_nobodys_partner,
);

/// A provider whose log is witnessed by its consumer, and a stranger.
async fn parties(engine: Engine) -> (Federation, [Member; 3]) {
    let federation = Federation::start(engine, &["eau", "epci", "region"]).await;
    let [eau, epci, region] = [0, 1, 2].map(|n| federation.member(n));
    federation.nodes[0].put("a.csv", "a\n1\n");
    let dataset = eau.publish(&closed("a.csv", &epci, PURPOSE)).await;
    epci.contract(&eau, &dataset, PURPOSE).await;
    (federation, [eau, epci, region])
}

pub fn origin(member: &Member) -> String {
    member.hosted().log_origin()
}

/// A checkpoint that the member signed, whatever its log says: what who runs the node could show to somebody.
pub fn signed(member: &Member, origin: &str, leaves: &[Hash]) -> Note {
    sign(member, origin, &Checkpoint { origin: origin.into(), size: leaves.len() as u64, root: root(leaves) })
}

/// A checkpoint under the key of the member's log.
pub fn sign(member: &Member, origin: &str, checkpoint: &Checkpoint) -> Note {
    let text = checkpoint.body();
    let keys = member.keys();
    let key = keys.current(Purpose::Log, member.app().now()).unwrap();
    let Ok(contracts::jwk::Point::Ed25519(public)) = key.public.jwk().point() else {
        panic!("no Ed25519 key")
    };
    let signature = key.signer.sign(text.as_bytes()).unwrap();
    let line = NoteSignature { name: origin.into(), key_id: key_id(origin, &public), signature };
    Note { text, signatures: vec![line] }
}

pub fn request(old: usize, leaves: &[Hash], note: Note) -> String {
    let proof = consistency_proof(leaves, old);
    let checkpoint = Checkpoint::parse(&note.text).unwrap();
    AddCheckpoint { old: old as u64, proof, note, checkpoint }.write()
}

pub async fn add(witness: &Member, body: impl Into<Vec<u8>>) -> Answer {
    witness.raw(Method::POST, "/witness/add-checkpoint", &[], body.into()).await
}

/// The leaf hashes of a member's log, as it has it.
pub async fn leaves_of(member: &Member) -> Vec<Hash> {
    member.log().await.iter().map(|entry| leaf_hash(entry.leaf.as_bytes())).collect()
}

fn leaves(count: u8) -> Vec<Hash> {
    (0..count).map(|n| leaf_hash(&[n])).collect()
}

/// Verifies a cosignature line as a stranger would: by the witness's key and the text alone.
pub fn is_cosigned(witness: &Member, note: &Note, lines: &str) -> bool {
    let whole = Note::parse(&format!("{}{lines}", note.write())).unwrap();
    let keys = witness.keys();
    let key = keys.current(Purpose::Log, witness.app().now()).unwrap();
    let Ok(contracts::jwk::Point::Ed25519(public)) = key.public.jwk().point() else { return false };
    let name = origin(witness).replace("/log", "/witness");
    let verifier = VerifierKey { name, kind: ED25519_COSIGNATURE, public: public.to_vec() };
    let public = PublicKey::from_jwk("", &verifier.jwk().unwrap()).unwrap();
    whole.signatures.iter().filter_map(|line| cosignature::read_line(&verifier, line)).any(
        |(seconds, signature)| {
            seconds > 1_700_000_000
                && public.verify(cosignature::message(&note.text, seconds).as_bytes(), signature)
        },
    )
}

/// A tiers de confiance cosigns the logs of the members it was told of, and finds their forks.
async fn a_witness_may_be_nobodys_partner(engine: Engine) {
    let logs = Federation::start(engine, &["eau", "region"]).await;
    let [eau, region] = [0, 1].map(|n| logs.member(n));
    let config = format!("[log]\nwitness_of = [\"{}\"]\n", eau.did);
    let tiers = TestNode::start(Setup { config, ..Setup::new(engine, "tiers") }).await;
    let tiers = &tiers.members[0];
    let all = leaves(9);
    let ask = |member: &Member, leaves: &[Hash]| request(0, leaves, signed(member, &origin(member), leaves));
    let note = signed(&eau, &origin(&eau), &all[..5]);
    let cosigned = add(tiers, request(0, &all[..5], note.clone())).await;
    assert!(cosigned.status == 200 && is_cosigned(tiers, &note, &cosigned.text()), "{}", cosigned.text());
    assert_eq!(add(tiers, ask(&region, &all[..5])).await.status, 404, "it was not told of this one");
    let other: Vec<_> = (0..5).map(|n| leaf_hash(&[n, 1])).collect();
    let forked = AddCheckpoint {
        old: 5,
        proof: vec![],
        checkpoint: Checkpoint { origin: origin(&eau), size: 5, root: root(&other) },
        note: signed(&eau, &origin(&eau), &other),
    };
    assert_eq!(add(tiers, forked.write()).await.status, 422);
    assert_eq!(tiers.logged("witness.fork").await, 1);
}

async fn a_witness_answers_as_the_specification_says(engine: Engine) {
    let (_federation, [eau, epci, region]) = parties(engine).await;
    let (log, all) = (origin(&eau), leaves(9));
    let hash = hex::encode(Sha256::digest(log.as_bytes()));
    epci.public(&format!("/witness/{hash}/checkpoint")).await.problem(404);
    let of = |count: usize| signed(&eau, &log, &all[..count]);
    for malformed in ["", "old 0\n", "old 0\n\nx\n", "old 00\n\nx\n", "old -1\n\n", "old 0\nAAAA\n\nx\n"] {
        add(&epci, malformed).await.problem(400);
    }
    add(&epci, vec![0xff; 10]).await.problem(400);
    add(&epci, vec![b'a'; 200_000]).await.problem(413);

    // 404: no contract with the owner; 403: not its key, or its key and not its signature.
    assert_eq!(add(&region, request(0, &all[..3], of(3))).await.status, 404);
    let strange = signed(&eau, "nobody.example/log", &all[..3]);
    assert_eq!(add(&epci, request(0, &all[..3], strange)).await.status, 404);
    assert_eq!(add(&epci, request(0, &all[..3], signed(&region, &log, &all[..3]))).await.status, 403);
    let mut broken = of(3);
    broken.signatures[0].signature[7] ^= 1;
    assert_eq!(add(&epci, request(0, &all[..3], broken.clone())).await.status, 403);
    broken.signatures.extend(of(3).signatures);
    assert_eq!(add(&epci, request(0, &all[..3], broken)).await.status, 403, "one line of its key is false");

    // 422 before the first: a proof where none belongs, an empty log with a root.
    let proof = request(2, &all[..3], of(3)).replace("old 2", "old 0");
    assert_eq!(add(&epci, proof).await.status, 422);
    let empty = sign(&eau, &log, &Checkpoint { origin: log.clone(), size: 0, root: [7; 32] });
    assert_eq!(add(&epci, request(0, &[], empty)).await.status, 422);

    let first = of(3);
    let cosigned = add(&epci, request(0, &all[..3], first.clone())).await;
    assert_eq!(cosigned.status, 200, "{}", cosigned.text());
    assert!(is_cosigned(&epci, &first, &cosigned.text()), "{}", cosigned.text());
    assert!(!is_cosigned(&epci, &of(4), &cosigned.text()), "it would prove any checkpoint");

    // 409 with the size, whatever the request says otherwise; 400 when it goes backwards.
    for old in [0, 2, 4] {
        let answer = add(&epci, request(old, &all[..5], of(5))).await;
        assert_eq!((answer.status, answer.text().as_str()), (409, "3\n"));
        assert_eq!(answer.header("content-type"), "text/x.tlog.size");
    }
    assert_eq!(add(&epci, request(3, &all[..3], of(2))).await.status, 400);

    // 422: no proof, a wrong one, and a fork of the same size, which is kept.
    let bare = AddCheckpoint::parse(&request(3, &all[..5], of(5))).unwrap();
    assert_eq!(add(&epci, AddCheckpoint { proof: vec![], ..bare.clone() }.write()).await.status, 422);
    let mut wrong = bare.clone();
    wrong.proof[0][0] ^= 1;
    assert_eq!(add(&epci, wrong.write()).await.status, 422);
    assert_eq!(epci.logged("witness.fork").await, 0, "a wrong proof is no evidence against the log");
    let mut other = all[..3].to_vec();
    other[1] = leaf_hash(b"rewritten");
    for _ in 0..2 {
        assert_eq!(add(&epci, request(3, &other, signed(&eau, &log, &other))).await.status, 422);
    }
    assert_eq!(epci.logged("witness.fork").await, 1, "told once");
    let mut grown = other.clone();
    grown.extend(&all[3..6]);
    assert_eq!(add(&epci, request(3, &grown, signed(&eau, &log, &grown))).await.status, 422);

    // The log goes on; what was cosigned last is shown to monitors, with both signatures.
    let again = add(&epci, request(3, &all[..3], of(3))).await;
    assert_eq!(again.status, 200, "the same once more");
    assert_eq!(add(&epci, bare.write()).await.status, 200);
    let shown = epci.public(&format!("/witness/{hash}/checkpoint")).await;
    let note = Note::parse(&shown.text()).unwrap();
    assert_eq!((Checkpoint::parse(&note.text).unwrap().size, note.signatures.len()), (5, 2));
    let lines: String = note.signatures[1..].iter().map(ToString::to_string).collect();
    assert!(is_cosigned(&epci, &of(5), &lines));
}

async fn two_requests_do_not_both_continue_one_checkpoint(engine: Engine) {
    let (mut federation, [eau, epci, _]) = parties(engine).await;
    let (log, all) = (origin(&eau), leaves(40));
    assert_eq!(add(&epci, request(0, &all[..2], signed(&eau, &log, &all[..2]))).await.status, 200);
    let requests = (3..40).map(|count| {
        let body = request(2, &all[..count], signed(&eau, &log, &all[..count]));
        let epci = epci.clone();
        async move { add(&epci, body).await.status }
    });
    let answers = futures_util::future::join_all(requests).await;
    assert_eq!(answers.iter().filter(|status| **status == 200).count(), 1, "{answers:?}");
    assert!(answers.iter().all(|status| [200, 409].contains(status)), "{answers:?}");
    // What was cosigned is on disk: the next process knows it too.
    let size = add(&epci, request(0, &all, signed(&eau, &log, &all))).await.text();
    federation.nodes[1].stop(true).await;
    federation.nodes[1].run(None).await.unwrap();
    let epci = federation.member(1);
    assert_eq!(add(&epci, request(0, &all, signed(&eau, &log, &all))).await.text(), size);
}
