//! The binary `sesame`: the only place where all parts meet.

use std::io;
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use connectors::standard_webhooks::Secret;
use tracing_subscriber::EnvFilter;

mod driver;
mod http;
mod jobs;
mod payments;
mod serve;
mod test_provider;

#[derive(Parser)]
#[command(
    name = "sesame",
    version,
    about = "A shop that never sells what is not there"
)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Opens the shop.
    Serve(serve::ServeArguments),
    /// Runs the built-in test payment provider as a process of its own. It moves no money.
    TestProvider(TestProvider),
}

#[derive(clap::Args)]
struct TestProvider {
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 8090)]
    port: u16,
    /// The file that keeps payments over a restart; without it they are in memory alone.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// The address under which browsers reach it, if it is another one.
    #[arg(long)]
    base_url: Option<String>,
    /// The key that its API asks for.
    #[arg(long, env = "SESAME_TEST_PROVIDER_API_KEY", hide_env_values = true)]
    api_key: String,
    /// What it signs webhooks with: `whsec_` and base64.
    #[arg(
        long,
        env = "SESAME_TEST_PROVIDER_WEBHOOK_SECRET",
        hide_env_values = true
    )]
    webhook_secret: String,
}

#[tokio::main]
async fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("SESAME_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_env_filter(filter)
        .init();
    let result = match Arguments::parse().command {
        Command::Serve(arguments) => serve::serve(arguments).await.map_err(|e| e.to_string()),
        Command::TestProvider(arguments) => run_test_provider(arguments)
            .await
            .map_err(|e| e.to_string()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            eprintln!("error: {reason}");
            ExitCode::FAILURE
        }
    }
}

async fn run_test_provider(arguments: TestProvider) -> io::Result<()> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let config = test_provider::Config {
        base_url: arguments.base_url.unwrap_or_else(|| address.clone()),
        api_key: arguments.api_key,
        webhook_secret: Secret::parse(&arguments.webhook_secret).map_err(io::Error::other)?,
        journal: arguments.journal,
        timings: test_provider::Timings::default(),
    };
    println!("test payment provider on {address} (no real card is charged)");
    test_provider::serve(listener, config, async {
        // Without a signal handler the process ends at once, which the journal bears.
        drop(tokio::signal::ctrl_c().await);
    })
    .await
}
