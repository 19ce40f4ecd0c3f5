use super::*;

#[test]
fn opens_only_where_it_was_sealed() {
    let secret = MasterSecret::from_text("0123456789abcdef0123456789abcdef\n").unwrap();
    let other = MasterSecret::from_text("0123456789abcdef0123456789abcdeg").unwrap();
    let (a, b) = (MemberId::parse("a").unwrap(), MemberId::parse("b").unwrap());
    let sealed = secret.seal(&a, "k", b"private").unwrap();
    assert_eq!(*secret.open(&a, "k", &sealed).unwrap(), b"private");
    assert_eq!(secret.open(&b, "k", &sealed), Err(SealError::DoesNotOpen));
    assert_eq!(secret.open(&a, "l", &sealed), Err(SealError::DoesNotOpen));
    assert_eq!(other.open(&a, "k", &sealed), Err(SealError::DoesNotOpen));
    for i in 0..sealed.len() {
        let mut altered = sealed.clone();
        altered[i] ^= 1;
        assert!(secret.open(&a, "k", &altered).is_err(), "byte {i}");
        assert!(secret.open(&a, "k", &sealed[..i]).is_err(), "cut at {i}");
    }
    assert!(MasterSecret::from_text("short").is_err());
}
