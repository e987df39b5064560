//! `sesame festival`: a busy day against a running shop, and the proof that it kept its promises.

use super::{Failure, Place};
use festival::{Options, Token};
use std::path::PathBuf;
use std::time::Duration;
use store::postgres::Location;

/// What a festival needs to know. It places orders with test money: never let it loose on a shop that sells.
#[derive(Debug, clap::Args)]
pub struct FestivalArguments {
    /// Where the shop is: `http://host:port`, without TLS.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: String,
    /// Shoppers.
    #[arg(long, default_value_t = 10_000)]
    orders: u64,
    /// Connections at once.
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// How long the day is, in seconds; by the number of shoppers when absent.
    #[arg(long, value_name = "SECONDS")]
    day: Option<u64>,
    /// When no further shopper begins, in seconds.
    #[arg(long, value_name = "SECONDS")]
    limit: Option<u64>,
    /// The SKU of the hot article; the shop's first one when absent.
    #[arg(long, value_name = "SKU")]
    hot: Option<String>,
    /// Pieces of the hot article: its stock is set to this before. 0 for no hot article.
    #[arg(long, default_value_t = 500)]
    hot_pieces: u32,
    /// The run's random choices.
    #[arg(long, default_value_t = 20_171_111)]
    seed: u64,
    /// By how many seconds the shop's clock may be behind this machine's.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    clock_behind: u64,
    /// The folder that holds the running shop's data: for the token in its `run.json`, and for an audit of
    /// the database at the end.
    #[arg(long, value_name = "DIR", env = "SESAME_DATA")]
    data: Option<PathBuf>,
    /// The shop's database, if it is not in that folder: for the audit at the end.
    #[arg(
        long,
        value_name = "URL",
        env = "SESAME_DATABASE",
        hide_env_values = true,
        requires = "data"
    )]
    database: Option<String>,
    /// What opens the operator's interface, instead of the folder's `run.json`.
    #[arg(long, env = "SESAME_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Where the report is written as JSON.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

/// Holds the festival, prints its report and says whether all promises were kept.
///
/// # Errors
/// When it cannot be held, or a promise was broken.
pub async fn run(arguments: FestivalArguments) -> Result<(), Failure> {
    let token = match (&arguments.token, &arguments.data) {
        (Some(token), _) => Token::Fixed(token.clone()),
        (None, Some(folder)) => Token::RunFile(folder.join("run.json")),
        (None, None) => {
            return Err(Failure::new(
                "name the shop's folder with --data, or its token with --token: the audit reads orders and stock",
            ));
        }
    };
    let report = festival::festival(&Options {
        url: arguments.url,
        token,
        shoppers: arguments.orders,
        connections: arguments.connections,
        day: arguments.day.map(Duration::from_secs),
        limit: arguments.limit.map(Duration::from_secs),
        hot: arguments.hot,
        hot_pieces: arguments.hot_pieces,
        seed: arguments.seed,
        clock_behind: Duration::from_secs(arguments.clock_behind),
    })
    .await
    .map_err(Failure::new)?;
    print!("{}", report.text());
    if let Some(path) = &arguments.report {
        let json = serde_json::to_string_pretty(&report)?;
        std::fs::write(path, json + "\n").map_err(super::about("writing", path))?;
    }
    if let Some(folder) = arguments.data {
        let server = arguments.database.as_deref().map(Location::parse);
        let place = Place {
            folder,
            server: server.transpose()?,
        };
        audit_database(place).await?;
    }
    if report.is_clean() {
        println!("all promises were kept");
        Ok(())
    } else {
        Err(Failure::new("the festival was not clean: see above"))
    }
}

async fn audit_database(place: Place) -> Result<(), Failure> {
    let reader = place.reader()?;
    let audit = move || reader.audit(&mut |_, _| {});
    let report = tokio::task::spawn_blocking(audit).await??;
    for finding in &report.findings {
        println!("invariant {}: {}", finding.number, finding.detail);
    }
    if report.is_clean() {
        println!("database          all invariants hold");
        Ok(())
    } else {
        Err(Failure::new(format!(
            "{} invariants are broken in the database",
            report.broken
        )))
    }
}
