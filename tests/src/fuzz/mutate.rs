//! Small changes of bytes that are understood: most of what they reach lies behind the first check.

use crate::random::Random;

/// What readers are careless about.
const PIECES: [&[u8]; 20] = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xc3",
    b"-1",
    b"0",
    b"9223372036854775808",
    b"18446744073709551616",
    b"1e999",
    b"null",
    b"[]",
    b"{}",
    b"\"\"",
    b"\\u0000",
    b"\\ud800",
    b"..",
    b"%00",
    b"\n",
    b"\r\n",
    "é\u{301}".as_bytes(),
];

/// Most bytes: longer inputs are refused by size before any reader sees them.
const MOST: usize = 1 << 16;

/// Some changes of a seed; sometimes the end of another one.
pub fn mutate(random: &mut Random, seed: &[u8], other: &[u8]) -> Vec<u8> {
    let mut bytes = seed.to_vec();
    for _ in 0..=random.below(4) {
        let at = random.below(bytes.len() as u64 + 1) as usize;
        let length = random.below(16) as usize;
        let end = (at + length).min(bytes.len());
        match random.below(9) {
            0 if at < bytes.len() => bytes[at] ^= 1 << random.below(8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let piece = PIECES[random.below(PIECES.len() as u64) as usize];
                drop(bytes.splice(at..end, piece.iter().copied()));
            }
            3 => {
                let piece = PIECES[random.below(PIECES.len() as u64) as usize];
                drop(bytes.splice(at..at, piece.iter().copied()));
            }
            4 => {
                // The same once more, or a thousand times.
                let piece = bytes[at..end].repeat(if random.one_in(8) { 1000 } else { 1 });
                drop(bytes.splice(at..at, piece));
            }
            5 => bytes.truncate(at),
            6 if !other.is_empty() => {
                let from = random.below(other.len() as u64) as usize;
                bytes.truncate(at);
                bytes.extend_from_slice(&other[from..]);
            }
            7 => value(random, &mut bytes),
            _ => drop(bytes.splice(at..at, random.bytes(length))),
        }
    }
    bytes.truncate(MOST);
    bytes
}

/// Puts another value in the place of one of a JSON text.
fn value(random: &mut Random, bytes: &mut Vec<u8>) {
    let colons: Vec<usize> =
        bytes.iter().enumerate().filter(|(_, byte)| **byte == b':').map(|(at, _)| at + 1).collect();
    let Some(at) = colons.get(random.below(colons.len().max(1) as u64) as usize).copied() else { return };
    let end = bytes[at..].iter().position(|byte| b",}]".contains(byte)).map_or(bytes.len(), |end| at + end);
    let piece = PIECES[random.below(PIECES.len() as u64) as usize];
    drop(bytes.splice(at..end, piece.iter().copied()));
}
