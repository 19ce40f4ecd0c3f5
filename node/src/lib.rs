//! The Fiducie node.
//!
//! Calls go one way: edge (`http`, `dataplane`, `cli`) → use case (`app`) → `store`; both use the pure `domain`,
//! which knows neither. Reading order of the modules is the order below.

pub mod app;
pub mod cli;
pub mod config;
pub mod dataplane;
pub mod domain;
pub mod graph;
pub mod http;
pub mod identity;
pub mod inspect;
pub mod log;
pub mod peer;
pub mod search;
pub mod startup;
pub mod store;
pub mod telemetry;
pub mod text;
pub mod verify;
pub mod views;
pub mod workers;
