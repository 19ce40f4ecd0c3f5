//! Small files: half under 100 lines, nearly all under 300, none over 500.

use crate::source::all;

#[test]
fn files_are_small() {
    let mut sizes: Vec<(usize, &str)> =
        all().iter().map(|s| (s.text.lines().count(), s.path.as_str())).collect();
    sizes.sort_unstable();
    let at = |share: usize| sizes[(sizes.len() - 1) * share / 100].0;
    let too_long: Vec<_> = sizes.iter().filter(|(lines, _)| *lines > 500).collect();
    assert!(too_long.is_empty(), "over 500 lines: {too_long:?}");
    let ninth = sizes.len() * 9 / 10;
    assert!(at(90) <= 300, "a tenth of the files has over 300 lines: {:?}", &sizes[ninth..]);
    assert!(at(50) <= 100, "half of the files should have at most 100 lines, the median is {}", at(50));
}
