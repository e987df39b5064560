//! The binary `sesame`: the only place where all parts meet.

mod alerts;
mod carriers;
mod cli;
mod config;
mod connections;
mod demo;
mod driver;
mod follow;
mod health;
mod http;
mod index;
mod jobs;
mod listen;
mod mail;
#[cfg(test)]
#[path = "../../connectors/tests/it/support/mail_server.rs"]
mod mail_server;
mod payments;
mod photos;
mod platforms;
mod push;
mod roads;
mod run_file;
mod serve;
mod shop;
mod sourcing;
mod synonyms;
mod telemetry;
mod test_carrier;
mod test_provider;
mod third_party;
mod ucp_suite;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[tokio::main]
async fn main() -> std::process::ExitCode {
    cli::run().await
}
