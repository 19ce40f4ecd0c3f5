use super::*;

#[test]
fn codes_have_the_form_of_their_kind() {
    for (kind, good, bad) in [
        (Kind::Commune, "2A004", "2C004"),
        (Kind::Epci, "243500139", "243500138"),
        (Kind::Departement, "974", "999"),
        (Kind::Region, "53", "530"),
        (Kind::Country, "FR", "fr"),
    ] {
        assert!(kind.accepts(good), "{good}");
        assert!(!kind.accepts(bad), "{bad}");
    }
    assert!(!Kind::Commune.accepts("é5238"));
}
