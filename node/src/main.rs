//! `fiducie`: the one program of the node. Everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    node::cli::main()
}
