use super::*;

#[test]
fn canonical_form_is_recognised_and_nothing_else() {
    assert!(is_canonical(br#"{"a":1,"b":[1.5,null,"\u001f"]}"#));
    for wrong in [
        r#"{"b":1,"a":1}"#,
        r#"{"a":1, "b":1}"#,
        r#"{"a":1,"a":1}"#,
        r#"{"a":{"x":1,"x":1}}"#,
        r#"{"a":1.0}"#,
        r#"{"a":-0}"#,
        r#"{"a":9007199254740993}"#,
        "{\"a\":\"\\u00e9\"}",
        "{\"a\":1}\n",
    ] {
        assert!(!is_canonical(wrong.as_bytes()), "{wrong}");
    }
}

#[test]
fn members_are_sorted_by_utf16_unit() {
    let value = serde_json::json!({"\u{fb33}": 1, "\u{1f600}": 2, "a": 3});
    assert_eq!(canonical(&value).unwrap(), "{\"a\":3,\"\u{1f600}\":2,\"\u{fb33}\":1}".as_bytes());
}

#[test]
fn digest_has_one_spelling() {
    let digest = sha256_b64url(b"abc");
    assert_eq!(digest, "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0");
    assert!(is_digest(&digest));
    assert!(!is_digest("ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa1"), "spare bits must be zero");
}
