//! Short texts of headers, addresses and descriptions.

use contracts::dataset::{Day, Duration};
use contracts::id::{DatasetId, ParticipantId};
use node::dataplane::folder::Listing;
use node::dataplane::path;
use node::dataplane::range::{Span, parse_content_range};

/// Totals that a range may be of.
const TOTALS: [u64; 5] = [0, 1, 10, 1 << 40, u64::MAX];

pub fn read(bytes: &[u8]) {
    if let Ok(listing) = Listing::parse(bytes, 100) {
        assert!(listing.files.iter().all(|file| path::check(&file.path).is_ok()));
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for total in TOTALS {
        let Ok(span) = Span::parse(Some(text), total) else { continue };
        assert!(span.first.checked_add(span.length).is_some_and(|end| end <= total), "{span:?} of {total}");
        assert!(span.partial || span.length == total);
        if span.length > 0 {
            let shown = span.content_range(total);
            assert_eq!(parse_content_range(&shown), Some((span.first, span.first + span.length - 1, total)));
        }
    }
    if let Some((first, last, total)) = parse_content_range(text) {
        assert!(first <= last && last < total);
    }
    if path::check(text).is_ok() {
        assert!(!text.split('/').any(|part| part.is_empty() || part == "." || part == ".."), "{text}");
        let url = path::below("https://a.example/data/1", text).unwrap();
        assert!(url.path().starts_with("/data/1/"), "{url}");
    }
    let _names =
        (Day::parse(text), Duration::parse(text), ParticipantId::did(text), ParticipantId::parse(text));
    if let Ok(id) = DatasetId::from_segment(text) {
        assert!(DatasetId::parse(id.as_str()).is_ok());
    }
}

pub fn seeds() -> Vec<Vec<u8>> {
    let listing = r#"{"type":"fiducie-listing","v":1,"files":[{"path":"a/b.csv","bytes":3},{"path":"c.csv","bytes":0}]}"#;
    let texts = [
        "bytes=0-9",
        "bytes=-5",
        "bytes=3-",
        "bytes 0-9/10",
        "2025-02-29",
        "P1Y2M3DT4H5M6S",
        "did:web:localhost%3A8443:eau",
        "urn:uuid:0192f0c1-2a9b-7cc4-8b3e-0d5c1a7e9f10",
        "a/b/été.csv",
        listing,
    ];
    texts.map(|text| text.as_bytes().to_vec()).to_vec()
}
