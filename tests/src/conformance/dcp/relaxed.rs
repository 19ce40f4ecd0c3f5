//! What the kit forces, each by name. Beside each: where the strict value is tested.

use node::app::Leniency;

/// What a version of the kit does not keep to.
#[derive(Debug, Clone, Copy)]
pub struct Relaxed {
    /// The version before the kit was published as one artifact.
    early: bool,
}

impl Relaxed {
    pub fn by(version: &str) -> Self {
        Self { early: version.contains("-RC") }
    }

    /// What the node does not ask for. Every value is strict in the program (`tests/api/credentials_strict.rs`).
    pub fn leniency(self) -> Leniency {
        Leniency {
            // Its list is JSON that nobody signed, of 16 384 bits.
            unsigned_lists: true,
            // It puts an identifier where `@context` belongs, and leaves the base type out.
            loose_credentials: self.early,
            // It uses one holderPid for the whole run.
            repeated_requests: true,
            // It expects a refusal where the specification, and its later versions, want the intersection.
            refuse_excess: self.early,
        }
    }

    /// Whether the kit calls profiles by the names of an enumeration of its own: the front translates them.
    pub fn own_format_names(self) -> bool {
        self.early
    }

    /// Whether the kit's DID documents say of no key what it is for: the front says it.
    pub fn no_relationships(self) -> bool {
        self.early
    }

    /// All of them, for the report.
    pub fn sentences(self) -> Vec<String> {
        let leniency = self.leniency();
        let all = [
            (true, "http did:web: the kit resolves DIDs without TLS; the front answers both at one port"),
            (true, "members of verification methods beside the five it knows: taken out by the front"),
            (leniency.unsigned_lists, "short unsigned status list: `Leniency::unsigned_lists`"),
            (leniency.repeated_requests, "repeated holderPid: `Leniency::repeated_requests`"),
            (
                leniency.loose_credentials,
                "credentials without context and base type: `Leniency::loose_credentials`",
            ),
            (leniency.refuse_excess, "refusal instead of intersection of scopes: `Leniency::refuse_excess`"),
            (self.own_format_names(), "names of profiles: translated by the front"),
            (self.no_relationships(), "verification relationships: added by the front"),
        ];
        all.into_iter().filter(|(on, _)| *on).map(|(_, what)| format!("relaxed: {what}")).collect()
    }
}
