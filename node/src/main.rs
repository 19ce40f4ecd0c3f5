//! `fiducie`: the one program of the node. Everything is in the library.

use std::process::ExitCode;

// Many short-lived values of every size: an allocator made for threads serves them with less of the processor.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    node::cli::main()
}
