//! The pretended WedSync platform: `simulator serve`, and the past that goes with it: `simulator history`, `simulator figures`.

use std::process::ExitCode;

fn main() -> ExitCode {
    match simulator::command::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("simulator: {error}");
            ExitCode::FAILURE
        }
    }
}
