//! Our tree against another implementation, and against public proof vectors.

use contracts::tlog::{
    Hash, consistency_proof, inclusion_proof, leaf_hash, root, verify_consistency, verify_inclusion,
};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use proptest::prelude::*;
use sha2_next::Sha256;
use tests::conformance::merkle::{self, Judged};
use tests::reference::folder;

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

#[test]
fn public_proof_vectors_are_judged_as_they_say() {
    let Some(folder) = folder("merkle", "public_proof_vectors_are_judged_as_they_say") else { return };
    let judged = merkle::run(&folder).unwrap();
    assert_eq!(judged, Judged { passed: 518, failed: vec![] });
}
