use super::*;

#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only serde writes them")]
struct Outer {
    list: Vec<Inner>,
}
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[allow(dead_code, reason = "only serde writes them")]
struct Inner {
    n: u8,
}

fn at(body: &str) -> String {
    match parse::<Outer>(body.as_bytes(), 8) {
        Err(Error::Malformed { at, .. }) => at,
        other => panic!("{other:?}"),
    }
}

#[test]
fn faults_are_pointed_at() {
    assert_eq!(at(r#"{"list":[{"n":1},{"n":2,"m":3}]}"#), "/list/1/m");
    assert_eq!(at("{\"list\":\n [{\"n\":\n \"x\"}]}"), "/list/0/n");
    assert_eq!(at(r#"{"list":[{"n":300}]}"#), "/list/0/n");
}

#[test]
fn depth_is_counted_outside_strings_only() {
    let deep = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
    assert!(check_depth(deep.as_bytes(), 64).is_err());
    let text = format!("[\"{}\\\"[[[\"]", "[".repeat(100));
    assert!(check_depth(text.as_bytes(), 1).is_ok());
}
