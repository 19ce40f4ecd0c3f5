//! Our tree against another implementation, and against public proof vectors.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contracts::tlog::{
    Hash, consistency_proof, inclusion_proof, leaf_hash, root, verify_consistency, verify_inclusion,
    verify_subtree_consistency, verify_subtree_inclusion,
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use serde_json::Value;
use sha2_next::{Digest, Sha256};
use tests::reference::{files, folder, json};

fn joined(proof: &[Hash]) -> Vec<u8> {
    proof.concat()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn our_tree_is_the_other_implementations_tree(leaves in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..600),
                                                  a in any::<prop::sample::Index>(), b in any::<prop::sample::Index>()) {
        let mut other = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        leaves.iter().for_each(|leaf| other.push(leaf.clone()));
        let ours: Vec<Hash> = leaves.iter().map(|leaf| leaf_hash(leaf)).collect();
        let top = root(&ours);
        let theirs = other.root();
        prop_assert_eq!(&top[..], &theirs.as_bytes()[..]);

        let index = a.index(leaves.len());
        let proof = inclusion_proof(&ours, index);
        let theirs = other.prove_inclusion(index);
        prop_assert_eq!(joined(&proof), theirs.as_bytes());
        prop_assert!(verify_inclusion(&ours[index], index as u64, ours.len() as u64, &proof, &top));

        let first = 1 + b.index(leaves.len());
        let proof = consistency_proof(&ours, first);
        if first < leaves.len() {
            let theirs = other.prove_consistency(leaves.len() - first);
            prop_assert_eq!(joined(&proof), theirs.as_bytes());
        }
        prop_assert!(verify_consistency(first as u64, ours.len() as u64, &proof, &root(&ours[..first]), &top));
    }

    #[test]
    fn a_changed_proof_proves_nothing(size in 2u64..300, at in any::<prop::sample::Index>(), bit in 0usize..256, step in any::<prop::sample::Index>()) {
        let leaves: Vec<Hash> = (0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect();
        let (index, top) = (at.index(leaves.len()), root(&leaves));
        let mut proof = inclusion_proof(&leaves, index);
        let step = step.index(proof.len());
        proof[step][bit / 8] ^= 1 << (bit % 8);
        prop_assert!(!verify_inclusion(&leaves[index], index as u64, size, &proof, &top));
    }
}

const KINDS: [&str; 4] = ["inclusion", "consistency", "subtreeinclusion", "subtreeconsistency"];

#[test]
fn public_proof_vectors_are_judged_as_they_say() {
    let Some(folder) = folder("merkle", "public_proof_vectors_are_judged_as_they_say") else { return };
    let mut judged = 0;
    for kind in KINDS {
        for file in files(&folder.join(kind), "json") {
            let vector = json(&file);
            let accepted = accepts(kind, &vector);
            let expected = !vector["wantErr"].as_bool().unwrap();
            assert_eq!(accepted, expected, "{}: {}", file.display(), vector["desc"]);
            judged += 1;
        }
    }
    assert_eq!(judged, 518, "vectors missing from the reference material");
}

fn accepts(kind: &str, vector: &Value) -> bool {
    let hash = |name: &str| bytes(&vector[name]);
    let number = |name: &str| vector[name].as_u64().unwrap_or_default();
    let Some(proof) = proof(&vector["proof"]) else { return false };
    let inclusion = || Some((hash("leafHash")?, hash("root")?));
    let consistency = || Some((hash("root1")?, hash("root2")?));
    match kind {
        "inclusion" => inclusion().is_some_and(|(leaf, root)| {
            verify_inclusion(&leaf, number("leafIdx"), number("treeSize"), &proof, &root)
        }),
        "subtreeinclusion" => inclusion().is_some_and(|(leaf, root)| {
            verify_subtree_inclusion(&leaf, number("leafIdx"), number("start")..number("end"), &proof, &root)
        }),
        "consistency" => consistency().is_some_and(|(before, after)| {
            verify_consistency(number("size1"), number("size2"), &proof, &before, &after)
        }),
        "subtreeconsistency" => consistency().is_some_and(|(before, after)| {
            let range = number("start")..number("end");
            verify_subtree_consistency(range, number("size"), &proof, &before, &after)
        }),
        other => panic!("unknown kind of vector {other}"),
    }
}

/// A hash, none when it is left empty. Some vectors write a word such as `root` where a hash belongs; verifiers only
/// compare, so a digest that no tree gives stands for it.
fn bytes(value: &Value) -> Option<Hash> {
    let bytes = STANDARD.decode(value.as_str()?).ok()?;
    let word = || Sha256::digest([b"word: ".as_slice(), &bytes].concat()).into();
    (!bytes.is_empty()).then(|| Hash::try_from(bytes.as_slice()).unwrap_or_else(|_| word()))
}

fn proof(value: &Value) -> Option<Vec<Hash>> {
    value.as_array().map_or(Some(Vec::new()), |items| items.iter().map(bytes).collect())
}
