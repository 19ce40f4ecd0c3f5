//! The wire and the rules behind it, against official material and against independent implementations.

mod catalog;
mod crossing;
mod dcp;
mod examples;
mod merkle;
mod message;
mod schemas;
mod sent;
mod tables;
