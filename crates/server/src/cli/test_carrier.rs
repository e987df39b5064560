//! `sesame test-carrier`: the test carrier as a process of its own.

use super::Failure;
use crate::test_carrier::{self, Mood, Pace};
use connectors::standard_webhooks::Secret;
use std::net::Ipv4Addr;
use std::path::PathBuf;

/// How the carrier is reached, what it keeps, how fast its world is and what goes wrong in it.
#[derive(Debug, clap::Args)]
pub struct TestCarrierArguments {
    /// The port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 8091)]
    port: u16,
    /// The file that keeps parcels over a restart; without it they are in memory alone.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// The key that its API asks for.
    #[arg(long, env = "SESAME_CARRIERS_TEST_API_KEY", hide_env_values = true)]
    api_key: String,
    /// What it signs webhooks with: `whsec_` and base64.
    #[arg(
        long,
        env = "SESAME_CARRIERS_TEST_WEBHOOK_SECRET",
        hide_env_values = true
    )]
    webhook_secret: String,
    /// Milliseconds from one sighting of a parcel to the next.
    #[arg(long, default_value_t = Pace::default().step_ms, value_parser = clap::value_parser!(i64).range(1..))]
    step_ms: i64,
    /// Milliseconds after which a driver comes for a parcel that nobody has handed over.
    #[arg(long, default_value_t = Pace::default().collects_after_ms, value_parser = clap::value_parser!(i64).range(0..))]
    collects_after_ms: i64,
    /// Milliseconds that each answer takes.
    #[arg(long, default_value_t = 0)]
    latency_ms: u64,
    /// Every so many calls, one fails before anything is done; 0 for never.
    #[arg(long, default_value_t = 0)]
    fails_every: u64,
    /// Every so many calls, one is done and its answer lost after half a minute; 0 for never.
    #[arg(long, default_value_t = 0)]
    loses_every: u64,
    /// Every so many calls, one is told to come back later; 0 for never.
    #[arg(long, default_value_t = 0)]
    busy_every: u64,
    /// Parcels that are taken in a day of UTC.
    #[arg(long)]
    daily_quota: Option<u32>,
    /// Webhooks come late, twice and out of order.
    #[arg(long)]
    unruly_webhooks: bool,
}

/// How long a lost answer takes: longer than callers wait.
const LOST_MS: u64 = 30_000;

/// Serves until Ctrl-C.
///
/// # Errors
/// When the port cannot be had, the secret is malformed or the journal cannot be used.
pub async fn run(arguments: TestCarrierArguments) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, arguments.port)).await?;
    let address = listener.local_addr()?;
    let secret =
        Secret::parse(&arguments.webhook_secret).map_err(|e| Failure::new(e.to_string()))?;
    let config = test_carrier::Config {
        api_key: arguments.api_key,
        webhook_secret: secret,
        journal: arguments.journal,
        pace: Pace {
            step_ms: arguments.step_ms,
            collects_after_ms: arguments.collects_after_ms,
            ..Pace::default()
        },
        mood: Mood {
            latency_ms: arguments.latency_ms,
            fails_every: arguments.fails_every,
            loses_every: arguments.loses_every,
            lost_ms: LOST_MS,
            busy_every: arguments.busy_every,
            daily_quota: arguments.daily_quota,
            unruly_webhooks: arguments.unruly_webhooks,
        },
    };
    println!("test carrier on http://{address} (no parcel is moved)");
    test_carrier::serve(listener, config, async {
        // Without a signal handler the process ends at once, which the journal bears.
        drop(tokio::signal::ctrl_c().await);
    })
    .await?;
    Ok(())
}
