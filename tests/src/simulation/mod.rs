//! Whole nodes stepped one call at a time by one seed: no sockets, no workers, nobody sleeps.
//!
//! Each node is the real one (`startup::Assembled`): its handlers, its use cases, its database in a file. It runs on a
//! runtime of its own, which turns only while the simulation asks it for something; to crash it is to drop it. What it
//! sends waits in [`net`] until the seed says what becomes of it; around each of its commits stands [`disk`].
//!
//! Reading order: [`run`] (seeds and report), [`world`] (nodes, time, trace), [`story`] (what happens), [`model`] (what
//! may happen, decided without asking the product), [`end`] (what must be true at last), [`sabotage`].

pub mod run;
pub mod sabotage;

mod attack;
mod disk;
mod end;
mod fate;
mod heal;
mod http;
mod machine;
mod model;
mod net;
mod operation;
mod order;
mod ready;
mod shown;
mod store;
mod story;
mod template;
mod trace;
mod violation;
mod world;
