//! Several nodes that trust the same authority and reach each other.

use crate::engine::Engine;
use crate::member::Member;
use crate::node::{Setup, TestNode};

pub struct Federation {
    pub nodes: Vec<TestNode>,
}

impl Federation {
    /// One node per name, one member each.
    pub async fn start(engine: Engine, names: &[&str]) -> Self {
        Self::of(names.iter().map(|name| Setup::new(engine, name)).collect()).await
    }
    pub async fn of(setups: Vec<Setup>) -> Self {
        let mut nodes = Vec::new();
        for setup in setups {
            nodes.push(TestNode::start(setup).await);
        }
        Self { nodes }
    }
    /// The first member of a node.
    pub fn member(&self, node: usize) -> Member {
        self.nodes[node].members[0].clone()
    }
    pub fn members(&self) -> Vec<Member> {
        self.nodes.iter().flat_map(|n| n.members.clone()).collect()
    }
}
