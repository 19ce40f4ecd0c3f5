//! The part this node plays in each case, as data.

/// `KEY STATE[/TIME] ACT` per line.
const TEXT: &str = include_str!("script.txt");

/// Something that is done without being asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Act {
    Offer,
    Counter,
    Accept,
    Agree,
    Verify,
    Finalize,
    Start,
    Suspend,
    Complete,
    Terminate,
}

impl Act {
    fn parse(word: &str) -> Self {
        match word {
            "offer" => Self::Offer,
            "counter" => Self::Counter,
            "accept" => Self::Accept,
            "agree" => Self::Agree,
            "verify" => Self::Verify,
            "finalize" => Self::Finalize,
            "start" => Self::Start,
            "suspend" => Self::Suspend,
            "complete" => Self::Complete,
            "terminate" => Self::Terminate,
            other => panic!("script.txt: no act `{other}`"),
        }
    }
}

/// What follows when a process of that key enters a state for the `time`th time.
pub fn act(key: &str, state: &str, time: u32) -> Option<Act> {
    let lines = TEXT.lines().filter(|line| !line.starts_with('#'));
    lines
        .filter_map(|line| match line.split_whitespace().collect::<Vec<_>>()[..] {
            [k, s, act] => Some((k, s.split_once('/').unwrap_or((s, "1")), act)),
            _ => None,
        })
        .find(|(k, (s, n), _)| *k == key && *s == state && *n == time.to_string())
        .map(|(.., act)| Act::parse(act))
}
