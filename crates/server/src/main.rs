//! The binary `sesame`: the only place where all parts meet.

mod cli;
mod driver;
mod http;
mod jobs;
mod payments;
mod serve;
mod test_provider;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    cli::run().await
}
