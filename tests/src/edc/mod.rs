//! Eclipse EDC, assembled from its published artifacts, and what lets it meet our nodes: see `docs/interoperability.md`.
//!
//! EDC proves who it is by its own stand-in for an identity (`iam-mock`), which our program rightly refuses. The
//! [`gateway`] stands before both, as a reverse proxy does, and puts real tokens in the stand-in's place. Nothing of it
//! is in the program: our nodes run as they ship.

pub mod artifacts;
pub mod gateway;
pub mod identity;
pub mod management;
pub mod participant;
pub mod site;
