use oxrdf::{Literal, NamedNode};

use super::*;

fn term(text: &str, datatype: &str) -> Term {
    match datatype {
        "" => Literal::new_simple_literal(text).into(),
        "@id" => NamedNode::new(text).unwrap().into(),
        _ => Literal::new_typed_literal(text, NamedNode::new(format!("{}{datatype}", vocab::XSD)).unwrap())
            .into(),
    }
}

fn typed(text: &str, datatype: &str) -> Typed {
    Typed::of(&term(text, datatype)).unwrap_or_else(|| panic!("{text} {datatype}"))
}

#[test]
fn numbers_as_text_and_the_reverse() {
    for (a, b) in [("5", "5.00"), ("+5", "5."), ("05", "5"), ("-0", "0"), ("50e-1", "5")] {
        assert_eq!(typed(a, "").equals(&typed(b, "")), Satisfied, "{a} {b}");
    }
    assert_eq!(typed("5", "").equals(&typed("5.00", "decimal")), Satisfied);
    assert_eq!(typed("9", "").below(&typed("10", "integer"), false), Satisfied);
    assert_eq!(typed("10", "integer").below(&typed("10.0", "decimal"), false), Unsatisfied);
    assert_eq!(typed("10", "integer").below(&typed("10.0", "decimal"), true), Satisfied);
    assert_eq!(typed("five", "").equals(&typed("5", "integer")), Unsatisfied);
    assert_eq!(typed("five", "").below(&typed("5", "integer"), false), Unknown);
    let huge = "9".repeat(60);
    assert_eq!(typed("1", "").below(&typed(&huge, ""), false), Satisfied);
    assert_eq!(typed("NaN", "double").equals(&typed("NaN", "double")), Unsatisfied);
}

#[test]
fn instants_by_zone_and_days_as_intervals() {
    let time = |text: &str| typed(text, "");
    assert_eq!(time("2026-03-11T00:00:00").equals(&time("2026-03-11")), Satisfied);
    assert_eq!(time("2026-03-11T01:00:00+01:00").equals(&time("2026-03-11T00:00:00Z")), Satisfied);
    assert_eq!(time("2026-03-11").equals(&time("2026-03-11T00:00:00Z")), Unknown);
    assert_eq!(time("2026-03-11").below(&time("2026-03-12"), false), Satisfied);
    assert_eq!(time("2026-03-11").below(&time("2026-03-11"), false), Unsatisfied);
    assert_eq!(time("2026-03-11").below(&time("2026-03-11"), true), Satisfied);
    assert_eq!(time("2026-03-11").below(&time("2026-03-11T12:00:00Z"), true), Unknown);
}

#[test]
fn durations_that_depend_on_the_month_are_unknown() {
    let span = |text: &str| typed(text, "duration");
    assert_eq!(span("P1M").below(&span("P32D"), false), Satisfied);
    assert_eq!(span("P1M").below(&span("P30D"), false), Unknown);
    assert_eq!(span("P1M").equals(&span("P30D")), Unknown);
    assert_eq!(span("PT24H").equals(&span("P1D")), Satisfied);
}

#[test]
fn names_are_compared_sign_by_sign() {
    let name = |text: &str| typed(text, "@id");
    assert_eq!(name("urn:a").equals(&typed("urn:a", "")), Satisfied);
    assert_eq!(name("urn:a").equals(&name("urn:A")), Unsatisfied);
    // Cyrillic.
    assert_eq!(name("https://epci.example/a").equals(&name("https://epci.example/\u{430}")), Unsatisfied);
    assert_eq!(typed("1", "boolean").equals(&typed("true", "")), Satisfied);
}

#[test]
fn literals_that_are_not_of_their_datatype() {
    for (text, datatype) in [
        ("five", "integer"),
        ("5.0", "integer"),
        ("-1", "nonNegativeInteger"),
        ("0", "positiveInteger"),
        ("1e3", "decimal"),
        ("yes", "boolean"),
        ("2026-02-30", "date"),
        ("2026-02-03", "dateTime"),
        ("2026-02-03T04:05:06Z", "date"),
        ("1 month", "duration"),
        ("1,5", "double"),
        (".", "decimal"),
        ("", "integer"),
    ] {
        assert!(Typed::of(&term(text, datatype)).is_none(), "{text} {datatype}");
    }
}
