use super::super::source::{Roots, Source};
use super::*;
use crate::dataplane::digest::Digest;

#[test]
fn a_change_while_reading_is_noticed() {
    let dir = std::env::temp_dir().join(format!("fiducie-read-{}", std::process::id()));
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join("big");
    let content: Vec<u8> = (0..PIECE * 2 + 10).map(|i| (i % 251) as u8).collect();
    std::fs::write(&path, &content).unwrap();
    let roots = Roots::new([dir.clone()], 1);
    let source = Source::File(path.to_str().unwrap().to_owned());
    let open = || roots.open(&source, None).unwrap();
    let etag = open().etag(3);

    let span = Span { first: 5, length: content.len() as u64 - 5, partial: true };
    let mut reading = Reading::new(open(), span).unwrap();
    let (mut got, mut last) = (Vec::new(), None);
    while let Some(piece) = reading.piece().unwrap() {
        got.extend_from_slice(&piece.bytes);
        last = Some(piece.digest);
    }
    assert_eq!(got, &content[5..]);
    assert_eq!(last.unwrap().finish(), Digest::of(&content[5..]));

    let mut reading = Reading::new(open(), Span::whole(content.len() as u64)).unwrap();
    assert!(reading.piece().is_ok());
    std::fs::write(&path, &content[1..]).unwrap();
    assert!(matches!(reading.piece(), Err(SourceError::Changed(_))));
    assert_ne!(open().etag(3), etag);
    assert_ne!(open().etag(3), open().etag(4));
    std::fs::remove_dir_all(dir).unwrap();
}
