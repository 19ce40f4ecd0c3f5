//! Other people's conformance suites and programs, run against this node.

pub mod dcp;
pub mod dps;
pub mod dsp;
pub mod edc;
pub mod maven;
pub mod merkle;
pub mod odrl;
pub mod openapi;
pub mod report;
pub mod shacl;
