//! A member hosted by this node.

use contracts::id::{MemberId, ParticipantId};
use url::Url;

/// A member: an organisation with its own identity, keys, catalogue, contracts, log and data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    pub did: ParticipantId,
    /// Name shown to persons.
    pub name: String,
    /// Public address, without trailing slash; every path of the member is below it.
    pub base_url: Url,
}

impl Member {
    /// `<base>/dsp/2025-1`: the address given to peers as `callbackAddress`.
    pub fn dsp_base(&self) -> String {
        self.at("/dsp/2025-1")
    }
    /// `<base>/data`: endpoint and audience of data tokens.
    pub fn data_base(&self) -> String {
        self.at("/data")
    }
    /// `<base>/sink`: where peers push to, and audience of the tokens for it.
    pub fn sink_base(&self) -> String {
        self.at("/sink")
    }
    /// `<base>/signaling/v1/token`: where data clients renew tokens, and audience of the tokens for it.
    pub fn renewal(&self) -> String {
        self.at("/signaling/v1/token")
    }
    /// Origin of the member's log in checkpoints: its address without scheme (C2SP tlog-checkpoint). Each epoch has its own.
    pub fn log_origin(&self, epoch: u64) -> String {
        contracts::tlog::note::origin(&self.base_url, epoch)
    }
    /// An absolute address below the member's base; `path` starts with a slash.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.base_url.as_str().trim_end_matches('/'))
    }
}
