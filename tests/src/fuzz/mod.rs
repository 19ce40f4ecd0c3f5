//! Every reader of foreign bytes, given bytes that nobody meant to send: it answers or refuses, and never panics, nor
//! takes long. What was read and is written again is the same.
//!
//! One list of targets, run two ways: briefly in each run of the tests (`--bin fuzz`), and for hours with libFuzzer,
//! which is guided by what the bytes reach (`tests/fuzz/guided`).

mod files;
mod identities;
mod messages;
mod mutate;
mod notes;
mod odrl;
mod policies;
mod ranges;
mod run;
mod stamps;
mod tables;
mod tiles;
mod tokens;

pub use run::{Outcome, corpus, run};

/// A reader, and bytes that it understands.
pub struct Target {
    pub name: &'static str,
    pub read: fn(&[u8]),
    pub seeds: fn() -> Vec<Vec<u8>>,
}

/// All of them. Who makes a node read another format adds a file beside these, and a line here.
pub const TARGETS: &[Target] = &[
    Target { name: "messages", read: messages::read, seeds: messages::seeds },
    Target { name: "policies", read: policies::read, seeds: policies::seeds },
    Target { name: "odrl", read: odrl::read, seeds: odrl::seeds },
    Target { name: "descriptions", read: messages::read_description, seeds: messages::descriptions },
    Target { name: "tokens", read: tokens::read, seeds: tokens::seeds },
    Target { name: "identities", read: identities::read, seeds: identities::seeds },
    Target { name: "notes", read: notes::read, seeds: notes::seeds },
    Target { name: "tiles", read: tiles::read, seeds: tiles::seeds },
    Target { name: "files", read: files::read, seeds: files::seeds },
    Target { name: "stamps", read: stamps::read, seeds: stamps::seeds },
    Target { name: "tables", read: tables::read, seeds: tables::seeds },
    Target { name: "ranges", read: ranges::read, seeds: ranges::seeds },
];

/// The target of a name.
pub fn target(name: &str) -> Option<&'static Target> {
    TARGETS.iter().find(|target| target.name == name)
}

/// The files below folders of the repository, as seeds.
fn files_in(folders: &[&str]) -> Vec<Vec<u8>> {
    let all = folders.iter().flat_map(|folder| {
        let folder = crate::reference::repository().join(folder);
        if folder.is_dir() { crate::reference::files(&folder, "") } else { Vec::new() }
    });
    all.map(|file| std::fs::read(file).unwrap()).collect()
}
