//! Trust frameworks in tests: the drafts that ship, published files altered, and signed by whoever should not.

use contracts::framework::{FrameworkDocument, FrameworkFile};
use node::identity::framework::sign_framework;
use node::identity::keys::Purpose;
use policies::framework::shipped;
use serde_json::Value;

use crate::flow::segment;
use crate::member::Member;

/// A draft that ships.
pub fn draft(name: &str) -> Value {
    serde_json::from_str(shipped(name).unwrap()).unwrap()
}

impl Member {
    /// Publishes a draft; gives what the node says of it.
    pub async fn publish_framework(&self, draft: &Value) -> Value {
        self.post("/frameworks", draft).await.ok()
    }

    /// A published version as it travels.
    pub async fn framework_file(&self, view: &Value) -> Value {
        let id = segment(view["id"].as_str().unwrap()).to_owned();
        let version = view["version"].as_str().unwrap();
        self.get(&format!("/frameworks/{id}/file?version={version}")).await.ok()
    }

    /// The same file with something else in its document, signed again by this member.
    pub fn sign_again(&self, file: &Value, change: impl FnOnce(&mut FrameworkDocument)) -> Value {
        let mut file: FrameworkFile = serde_json::from_value(file.clone()).unwrap();
        change(&mut file.framework);
        let now = self.app().now();
        let keys = self.keys();
        let signer = &keys.current(Purpose::Sign, now).unwrap().signer;
        file.signature = sign_framework(&file.framework.canonical().unwrap(), signer, now).unwrap();
        serde_json::to_value(file).unwrap()
    }
}
