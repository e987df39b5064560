//! The binary `sesame`: the only place where all parts meet.

mod cli;
mod demo;
mod driver;
mod http;
mod jobs;
mod payments;
mod platforms;
mod serve;
mod test_provider;
mod ucp_suite;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    cli::run().await
}
