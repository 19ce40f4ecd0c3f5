use super::*;

#[test]
fn the_edge_has_the_root_of_the_whole_tree() {
    let leaves: Vec<Hash> = (0..66_000u32).map(|i| tlog::leaf_hash(&i.to_be_bytes())).collect();
    let (mut edge, mut tiles) = (Edge::default(), Vec::new());
    assert_eq!(edge.root(), tlog::empty_root());
    for (n, leaf) in leaves.iter().enumerate() {
        edge.push(*leaf, &mut tiles);
        if n % 997 == 0 || n % 256 > 253 && n < 2048 || n > 65_990 || (65_530..65_540).contains(&n) {
            assert_eq!(edge.root(), tlog::root(&leaves[..=n]), "{n}");
        }
    }
    assert_eq!(tiles.iter().filter(|t| t.level == 0).count(), 257);
    let top = tiles.iter().find(|t| t.level == 1).unwrap();
    assert_eq!((top.index, top.root), (0, tlog::root(&leaves[..65_536])));
    let levels: Vec<Vec<Hash>> = edge.levels.iter().map(|level| level.hashes.clone()).collect();
    assert_eq!(Edge::restore(edge.size(), levels.clone()), Some(edge.clone()));
    assert_eq!(Edge::restore(edge.size() - 1, levels), None);
}
