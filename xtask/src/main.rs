//! `cargo xtask`: the commands of the repository.
//!
//! It is compiled before anything else, so it stays small: the standard library and two small crates.
//! It starts other programs and reads files; it must never contain what the product does.

mod bench;
mod files;
mod foreign;
mod fuzz;
mod lighthouse;
mod postgres;
mod process;
mod progress;
mod run;
mod simulate;
mod test;
mod tidy;
mod tools;
mod torture;
mod ui;
mod workspace;

use std::process::ExitCode;

use workspace::Workspace;

const USAGE: &str = "\
cargo xtask run [-- ARGUMENTS OF THE SERVER]   build everything and open the shop with demo goods
cargo xtask test [--only STEP,…] [--list]      the whole test suite, or some of its steps
cargo xtask bench [NAME…]                      measure, print a table, write target/bench.json
cargo xtask bench --long [--orders N]          fill a database with 50 million orders; see how rate, size, memory do
cargo xtask torture [--kills N] [--engine postgres] the server killed, frozen, its disk full, slow, failing: a table
cargo xtask fuzz [TARGET] [--minutes N]        feed parsers of outside input what nobody would send
cargo xtask simulate [OPTIONS]                 the simulator: fresh seeds, one seed, a kept case, planted bugs
cargo xtask lighthouse                         Lighthouse's scores of four shop pages on a phone, 98 and 100 at least
cargo xtask tidy                               the rules of the house that no compiler checks
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match command(&arguments) {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn command(arguments: &[String]) -> Result<u8, String> {
    let Some((name, rest)) = arguments.split_first() else {
        return Err(format!("no command\n\n{USAGE}"));
    };
    let workspace = Workspace::find()?;
    process::handle_signals()?;
    match name.as_str() {
        "run" => run::run(
            &workspace,
            rest.strip_prefix(&["--".to_owned()]).unwrap_or(rest),
        ),
        "test" => test::run(&workspace, rest),
        "bench" => bench::run(&workspace, rest),
        "fuzz" => fuzz::run(&workspace, rest),
        "torture" => torture::run(&workspace, rest),
        "simulate" => simulate::run(&workspace, rest),
        "lighthouse" => lighthouse::run(&workspace),
        "tidy" => tidy::run(&workspace),
        "help" | "--help" | "-h" => {
            print!("{USAGE}");
            Ok(0)
        }
        other => Err(format!("there is no command `{other}`\n\n{USAGE}")),
    }
}
