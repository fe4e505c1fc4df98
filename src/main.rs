//! The `newsletter` command: everything it does is in the library.

fn main() -> std::process::ExitCode {
    newsletter::cli::main()
}
