//! `sesame test-provider`: the test payment provider as a process of its own.

use super::Failure;
use crate::test_provider;
use connectors::standard_webhooks::Secret;
use std::net::Ipv4Addr;
use std::path::PathBuf;

/// How the provider is reached and what it keeps.
#[derive(Debug, clap::Args)]
pub struct TestProviderArguments {
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

/// Serves until Ctrl-C.
///
/// # Errors
/// When the port cannot be had, the secret is malformed or the journal cannot be used.
pub async fn run(arguments: TestProviderArguments) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    let address = format!("http://{}", listener.local_addr()?);
    let secret =
        Secret::parse(&arguments.webhook_secret).map_err(|e| Failure::new(e.to_string()))?;
    let config = test_provider::Config {
        base_url: arguments.base_url.unwrap_or_else(|| address.clone()),
        api_key: arguments.api_key,
        webhook_secret: secret,
        journal: arguments.journal,
        timings: test_provider::Timings::default(),
    };
    println!("test payment provider on {address} (no real card is charged)");
    test_provider::serve(listener, config, async {
        // Without a signal handler the process ends at once, which the journal bears.
        drop(tokio::signal::ctrl_c().await);
    })
    .await?;
    Ok(())
}
