//! How a node under test is set up.

use node::app::{Discretion, Leniency};
use node::domain::time::Clock;

use crate::engine::Engine;

/// How a node under test differs from the ordinary.
pub struct Setup {
    pub engine: Engine,
    /// Name and path of each hosted member; the path is empty or begins with a slash.
    pub members: Vec<(String, String)>,
    pub clock: Clock,
    /// Address of the database instead of a new one.
    pub database: Option<String>,
    /// More sections of `fiducie.toml`.
    pub config: String,
    /// Port of the public address, where something stands before the node.
    pub public: Option<u16>,
    /// Acts that the test keeps for itself.
    pub discretion: Discretion,
    /// What of the rules of credentials is not asked for.
    pub leniency: Leniency,
    /// Files of the node's folder, by name.
    pub files: Vec<(String, String)>,
    /// Networks that outgoing calls may enter.
    pub private_networks: &'static str,
    /// How long a peer may take to answer. A machine that stalls is no silent peer: short only where silence is the test.
    pub answer_s: u64,
}

impl Setup {
    pub fn new(engine: Engine, name: &str) -> Self {
        let members = vec![(name.to_owned(), String::new())];
        let private_networks = r#""127.0.0.0/8", "::1/128""#;
        let (clock, config) = (Clock::System, String::new());
        let discretion = Discretion::default();
        Self {
            engine,
            members,
            clock,
            database: None,
            config,
            public: None,
            discretion,
            leniency: Leniency::default(),
            files: Vec::new(),
            private_networks,
            answer_s: 60,
        }
    }
}
