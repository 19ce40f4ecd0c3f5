//! A node under test for one package of the kit, with what the kit needs of it.

use std::collections::BTreeMap;
use std::net::TcpListener;

use contracts::id::ParticipantId;
use node::app::credential::{ask, issue};
use node::domain::credential::{Request, RequestState};
use serde_json::Map;

use super::front::{Front, Places};
use super::kit::Kit;
use super::relaxed::Relaxed;
use crate::engine::Engine;
use crate::node::{Setup, TestNode};
use crate::process::free_port;

/// Types that the kit knows.
const TYPES: [&str; 2] = ["MembershipCredential", "SensitiveDataCredential"];
/// What the kit calls its request, in all of its messages.
const CORRELATION: &str = "holder-request";

/// A package of the kit, and so a part that the node plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    CredentialService,
    Storage,
    Issuer,
    Verifier,
}

impl Part {
    pub const ALL: [Self; 4] = [Self::CredentialService, Self::Storage, Self::Issuer, Self::Verifier];

    pub fn package(self) -> &'static str {
        match self {
            Self::CredentialService => "org.eclipse.dataspacetck.dcp.verification.presentation.cs",
            Self::Storage => "org.eclipse.dataspacetck.dcp.verification.issuance.cs",
            Self::Issuer => "org.eclipse.dataspacetck.dcp.verification.issuance.issuer",
            Self::Verifier => "org.eclipse.dataspacetck.dcp.verification.presentation.verifier",
        }
    }
    pub fn name(self) -> &'static str {
        self.package().trim_start_matches("org.eclipse.dataspacetck.dcp.verification.")
    }
    /// Cases that the kit runs; three more of the first are switched off in it.
    pub fn cases(self) -> usize {
        match self {
            Self::CredentialService => 16,
            Self::Storage => 24,
            Self::Issuer => 25,
            Self::Verifier => 20,
        }
    }
}

pub struct Session {
    part: Part,
    node: TestNode,
    front: Front,
    places: Places,
    /// The kit's public port.
    kit: u16,
}

impl Session {
    /// # Errors
    /// The kit's schema cannot be had.
    pub async fn start(part: Part, relaxed: Relaxed, kit: &Kit) -> Result<Self, String> {
        let socket = || TcpListener::bind("127.0.0.1:0").unwrap();
        let port = |socket: &TcpListener| socket.local_addr().unwrap().port();
        let (at_node, at_kit) = (socket(), socket());
        let (public, theirs) = (port(&at_node), port(&at_kit));
        let did = |role: &str| format!("did:web:localhost%3A{theirs}:{role}");
        let rules = match part {
            Part::Verifier => "accept = [\"dcp\"]\n",
            Part::Issuer => "issue = [\"MembershipCredential\", \"SensitiveDataCredential\"]\n",
            Part::CredentialService | Part::Storage => "",
        };
        let schema = format!("https://localhost:{theirs}/schema/membership-schema.json");
        let config = format!(
            "[credentials]\n{rules}issuers = [\"{}\"]\n[credentials.schemas]\n\"{schema}\" = \"schema.json\"\n",
            did("issuer")
        );
        let setup = Setup {
            config,
            public: Some(public),
            leniency: relaxed.leniency(),
            files: vec![("schema.json".into(), kit.schema().await?)],
            ..Setup::new(Engine::Sqlite, "tested")
        };
        let node = TestNode::start(setup).await;
        let places = Places { public, node: node.port, kit: free_port() };
        let front = Front::start(at_node, at_kit, places.clone(), relaxed);
        let (app, hosted) = (node.app().clone(), node.members[0].hosted());
        let peer = |role: &str| ParticipantId::did(did(role)).unwrap();
        match part {
            Part::CredentialService | Part::Storage => {
                let request = Request {
                    id: CORRELATION.into(),
                    theirs: String::new(),
                    peer: peer("issuer"),
                    state: RequestState::Received,
                    kinds: TYPES.join(" "),
                    created: app.now(),
                };
                ask::open(&app, &hosted, request, None).await.unwrap();
            }
            Part::Issuer => {
                for kind in TYPES {
                    let (kind, claims) = (kind.into(), Map::new());
                    issue::entitle(&app, &hosted, peer("holder"), kind, claims, Some(3600)).await.unwrap();
                }
            }
            Part::Verifier => {}
        }
        Ok(Self { part, node, front, places, kit: theirs })
    }

    /// The kit's configuration: where both are, and whose part the node plays.
    pub fn properties(&self, debug: bool) -> BTreeMap<String, String> {
        let member = &self.node.members[0];
        let root = format!("https://localhost:{}", self.places.public);
        let mut all = BTreeMap::new();
        let mut set = |name: &str, value: String| all.insert(format!("dataspacetck.{name}"), value);
        set("launcher", "org.eclipse.dataspacetck.dcp.system.DcpSystemLauncher".into());
        set("debug", debug.to_string());
        set("host", "127.0.0.1".into());
        set("port", self.places.kit.to_string());
        set("callback.address", format!("https://localhost:{}", self.kit));
        set("credentials.correlation.id", CORRELATION.into());
        match self.part {
            Part::CredentialService | Part::Storage => {
                set("did.holder", member.did.clone());
                set("sts.url", format!("{root}/dcp/sts"));
                set("sts.client.id", member.did.clone());
                set("sts.client.secret", member.token.clone());
            }
            Part::Issuer => drop(set("did.issuer", member.did.clone())),
            Part::Verifier => {
                set("did.verifier", member.did.clone());
                set("vpp.trigger.endpoint", format!("{root}/trigger"));
            }
        }
        all
    }

    pub async fn stop(mut self) {
        self.front.stop().await;
        self.node.stop(false).await;
    }
}
