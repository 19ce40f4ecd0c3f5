//! What the tests share: reference material, the program as it ships, and whole nodes to test against.
//!
//! Nodes inside the test's own process: [`engine`], [`node`], [`member`], [`flow`], [`federation`], [`check`]. Nodes as
//! processes, for what a process can suffer: [`process`], [`pair`], [`kill`], [`bench`].

pub mod answer;
pub mod api;
pub mod authority;
pub mod bench;
pub mod binary;
pub mod check;
pub mod collector;
pub mod conformance;
pub mod credentials;
pub mod data;
pub mod document;
pub mod duties;
pub mod edc;
pub mod ends;
pub mod engine;
pub mod federation;
pub mod flow;
pub mod foreign;
pub mod framework;
pub mod fuzz;
pub mod judges;
pub mod kill;
pub mod member;
pub mod membership;
pub mod national;
pub mod node;
pub mod operands;
pub mod oracle;
pub mod pair;
pub mod places;
pub mod postgres;
pub mod process;
pub mod pushing;
pub mod random;
pub mod reader;
pub mod reference;
pub mod relay;
pub mod simulation;
pub mod sink;
pub mod skip;
pub mod stamping;
pub mod strace;
pub mod sumdb;
pub mod tables;
pub mod temporary;
pub mod use_case;

/// Every test double carries this mark; the shipped binary must not.
pub const DOUBLE: &str = "fiducie:test-double:b4c1";
