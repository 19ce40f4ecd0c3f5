use super::tidy;

#[test]
fn only_the_protocol_forgives_slashes() {
    for (written, meant) in [
        ("//dsp//2025-1/catalog/request/", Some("/dsp/2025-1/catalog/request")),
        ("/.well-known/dspace-version/", Some("/.well-known/dspace-version")),
        ("/dsp/2025-1/catalog/request/?a=//b/", Some("/dsp/2025-1/catalog/request?a=//b/")),
        ("/data/x//file/", None),
        ("/catalog/", None),
    ] {
        assert_eq!(tidy(written).as_deref(), meant, "{written}");
    }
}
