use super::*;

fn policy(value: Value) -> Policy {
    Policy::try_from(value).unwrap()
}

#[test]
fn order_and_spelling_do_not_matter_but_content_does() {
    let limit = |operator: &str, value: Value| json!({"leftOperand": "count", "operator": operator, "rightOperand": value});
    let who = json!({"leftOperand": "odrl:recipient", "operator": "isAnyOf", "rightOperand": ["did:a:1", "did:b:2"]});
    let published = policy(json!({
        "@id": "1", "permission": [{"action": "use", "constraint": [limit("lteq", json!(5)), who]}]}));
    let turned = json!({"leftOperand": "recipient", "operator": "odrl:isAnyOf", "rightOperand": ["did:b:2", "did:a:1"]});
    let mut back = policy(json!({
        "@id": "2", "@type": "Offer", "target": "t", "assigner": "did:x:1", "prohibition": [],
        "permission": {"action": "odrl:use", "constraint": [turned, limit("lteq", json!("5"))]}}));
    assert!(same_policy(&published, &back));
    back.assignee = Some("did:a:1".into());
    assert!(!same_policy(&published, &back));

    for (operator, value) in [("lteq", json!("6")), ("lt", json!("5")), ("lteq", json!(["5", "6"]))] {
        let other =
            policy(json!({"permission": [{"action": "use", "constraint": [limit(operator, value), who]}]}));
        assert!(!same_policy(&published, &other));
    }
    let more = policy(json!({"conflict": "perm",
        "permission": [{"action": "use", "constraint": [limit("lteq", json!(5)), who]}]}));
    assert!(!same_policy(&published, &more));
}

#[test]
fn targets_must_agree_where_both_name_one() {
    let with = |target: &str| policy(json!({"target": target, "permission": {"action": "use"}}));
    assert!(!same_policy(&with("a"), &with("b")) && same_policy(&with("a"), &with("a")));
    assert!(same_policy(&with("a"), &policy(json!({"permission": {"action": "use"}}))));
}
