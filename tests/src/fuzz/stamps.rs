//! Answers and tokens of time-stamping authorities (RFC 3161), and policies of witnesses.

use contracts::tlog::policy::Policy;
use node::identity::stamp::{Authorities, answered, verify};

use super::files_in;

/// What the tokens in `tests/golden` stamp.
const DATA: &[u8] = b"a checkpoint\n";

pub fn read(bytes: &[u8]) {
    let authorities = Authorities::default();
    if let Ok(token) = answered(bytes, DATA, 0) {
        let _stamped = verify(&token, DATA, &authorities);
    }
    if let Ok(stamped) = verify(bytes, DATA, &authorities) {
        assert!(!stamped.anchored, "nobody was trusted");
    }
    if let Ok(policy) = Policy::parse(bytes) {
        let all: Vec<usize> = (0..policy.witnesses.len()).collect();
        assert!(policy.is_met(&all), "a quorum that nobody can reach");
    }
    let _several = Authorities::default().add(bytes);
}

pub fn seeds() -> Vec<Vec<u8>> {
    let mut seeds = files_in(&["tests/golden"]);
    seeds.retain(|file| file.starts_with(&[0x30, 0x82]) || file.starts_with(b"-----BEGIN CERTIFICATE"));
    assert!(seeds.len() >= 3, "{} stamps in tests/golden", seeds.len());
    let key = "epci.example/witness+db710d7b+BAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    seeds
        .push(format!("# one\nwitness a {key} https://epci.example\ngroup g all a\nquorum g\n").into_bytes());
    seeds.push(b"quorum none\n".to_vec());
    seeds
}
