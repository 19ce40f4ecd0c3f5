//! The node from outside: whole nodes with TLS, over HTTP, on both databases. One file per part of the URL tree, and
//! one per kind of misfortune.

mod catalogue;
mod contract;
mod data;
mod data_plane;
mod data_plane_takes;
mod evidence;
mod exchange;
mod files;
mod foreign;
mod foreign_answers;
mod forms;
mod hosted;
mod input;
mod killed;
mod log;
mod log_files;
mod management;
mod moving;
mod negotiation;
mod openapi;
mod outage;
mod peer;
mod push;
mod push_flight;
mod push_sink;
mod revocation;
mod signaling;
mod sink;
mod slow;
mod statement;
mod telemetry;
mod transfer;
mod twins;
mod witness;
