use super::*;

fn vkey(name: &str, kind: u8, seed: u8) -> String {
    let len = if kind == 6 { 1312 } else { 32 };
    VerifierKey { name: name.into(), kind, public: vec![seed; len] }.to_string()
}

/// The example of the specification, with keys.
fn example() -> String {
    let mut text = format!("# two organisations\nlog {}\n\n", vkey("eau.example/log", 1, 9));
    for (seed, name) in ["X1", "X2", "X3", "Y1", "Y2", "Y3"].into_iter().enumerate() {
        let key = vkey(&format!("{name}.example/w"), 4, seed as u8);
        text += &format!("\twitness  {name}\t{key} https://{name}.example/w \n");
        match name {
            "X3" => text += "group X-witnesses 2 X1 X2 X3\n",
            "Y3" => text += "  # or two\ngroup Y-witnesses any Y1 Y2 Y3\n",
            _ => {}
        }
    }
    text + "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
}

#[test]
fn the_example_of_the_specification_is_judged_as_it_says() {
    let policy = Policy::parse(example().as_bytes()).unwrap();
    assert_eq!((policy.logs.len(), policy.witnesses.len()), (1, 6));
    assert_eq!(policy.witnesses[4].url.as_deref(), Some("https://Y2.example/w"));
    for set in 0..64_u32 {
        let cosigned: Vec<usize> = (0..6).filter(|n| set & (1 << n) != 0).collect();
        let enough = (set & 0b111).count_ones() >= 2 && set & 0b11_1000 != 0;
        assert_eq!(policy.is_met(&cosigned), enough, "{set:06b}");
    }
    assert!(policy.asks() && policy.is_about("eau.example/log") && !policy.is_about("epci.example/log"));
}

#[test]
fn a_quorum_is_a_witness_a_group_or_nobody() {
    let (one, two) = (vkey("a/w", 4, 1), vkey("b/w", 6, 2));
    let of = |quorum: &str| format!("witness a {one}\nwitness b\u{e9} {two}\n{quorum}");
    let read = |text: String| Policy::parse(text.as_bytes());
    let alone = read(of("quorum b\u{e9}")).unwrap();
    assert!(alone.is_met(&[1]) && !alone.is_met(&[0]));
    assert!(!read("quorum none".into()).unwrap().asks());
    // Lines in any order but for the names they use; octets that are no UTF-8 are names too.
    let mut octets = format!("witness \u{1} {one}\ngroup g any \u{1}\nquorum g\n").into_bytes();
    octets.iter_mut().filter(|byte| **byte == 1).for_each(|byte| *byte = 0xff);
    assert!(Policy::parse(&octets).unwrap().is_met(&[0]));
    let after = format!("quorum none\nlog {}\n", vkey("eau.example/log", 1, 1));
    assert_eq!(read(after).unwrap().logs.len(), 1, "a log may have the key of a witness elsewhere");
    // Members of a group can be the quorum all the same.
    assert!(read(format!("witness a {one}\ngroup g all a\nquorum a")).unwrap().is_met(&[0]));
    // As many as the specification wants at least, and more.
    let many: String = (0..99).map(|n| format!("witness w{n} {}\n", vkey("w/w", 4, n))).collect();
    let names: Vec<_> = (0..99).map(|n| format!("w{n}")).collect();
    let policy = read(format!("{many}group g 50 {}\nquorum g\n", names.join(" "))).unwrap();
    assert!(policy.is_met(&(0..50).collect::<Vec<_>>()) && !policy.is_met(&(0..49).collect::<Vec<_>>()));
}

#[test]
fn what_is_wrong_is_told_with_its_line() {
    let (w, other) = (vkey("a/w", 4, 1), vkey("b/w", 4, 2));
    let log = vkey("eau.example/log", 1, 3);
    for (text, line, what) in [
        (String::new(), 0, "no quorum"),
        ("quorum none\nquorum none".into(), 2, "second quorum"),
        ("quorum a".into(), 1, "not defined"),
        (format!("quorum a\nwitness a {w}"), 1, "not defined"),
        (format!("witness a {w}\nwitness a {other}\n"), 2, "defined twice"),
        (format!("witness a {w}\n\nwitness b {w}\n"), 3, "same public key"),
        (format!("witness none {w}\n"), 1, "no name"),
        (format!("witness a {log}\n"), 1, "type 1"),
        (format!("log {w}\n"), 1, "type 4"),
        (format!("log {log}\nlog {log}\n"), 2, "same public key"),
        (format!("witness a {}\n", w.replace("a/w", "c/w")), 1, "key id"),
        ("log".into(), 1, "write: log"),
        (format!("witness a {w} https://a b"), 1, "write: witness"),
        (format!("witness a {w}\ngroup g any"), 2, "write: group"),
        (format!("witness a {w}\ngroup g any none\n"), 2, "cannot be a member"),
        (format!("witness a {w}\ngroup g any g\n"), 2, "not defined"),
        (format!("witness a {w}\ngroup g any a\ngroup h any a\n"), 3, "member twice"),
        (format!("witness a {w}\ngroup g any a a\n"), 2, "member twice"),
        (format!("witness a {w}\ngroup a any a\n"), 2, "defined twice"),
        (format!("witness a {w}\ngroup g 0 a\n"), 2, "from 1 to 1"),
        (format!("witness a {w}\ngroup g 2 a\n"), 2, "from 1 to 1"),
        (format!("witness a {w}\ngroup g 01 a\n"), 2, "from 1 to 1"),
        ("quorum none\r\n".into(), 1, "0x0d"),
        ("quorum\u{a0}none\n".into(), 1, "is not log"),
        ("Quorum none\n".into(), 1, "is not log"),
    ] {
        let error = Policy::parse(text.as_bytes()).unwrap_err();
        let at = if line == 0 { "policy".to_owned() } else { format!("policy, line {line}") };
        assert!(error.at == at && error.what.contains(what), "{text:?}: {error}");
    }
    assert!(Policy::parse(&vec![b'#'; 300_000]).is_err());
}
