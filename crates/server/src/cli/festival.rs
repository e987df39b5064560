//! `sesame festival`: a busy day against a running shop, and the proof that it kept its promises.

use super::{Failure, Place};
use festival::{Database, Hours, Options, Overload, OverloadOptions, Paper, Report, Token};
use std::path::PathBuf;
use std::time::Duration;
use store::postgres::Location;

/// Connections of the open loop beyond what can be served, when none are asked for.
const OVERLOAD_CONNECTIONS: usize = 4_000;

/// What a festival needs to know. It places orders with test money: never let it loose on a shop that sells.
#[derive(Debug, clap::Args)]
pub struct FestivalArguments {
    /// Where the shop is: `http://host:port`, without TLS. Given several times, these are servers of the same shop:
    /// shoppers spread over them and turn to another when theirs is away; `--data` and `--token` are the first one's.
    #[arg(long, default_value = "http://127.0.0.1:8080")]
    url: Vec<String>,
    /// Where `sesame test-provider` is, if the servers share one; its `--base-url` is this and `/test-payments`.
    #[arg(long, value_name = "URL")]
    payments: Option<String>,
    /// Shoppers.
    #[arg(long, default_value_t = 10_000)]
    orders: u64,
    /// Connections at once: 1,000 for a day, 4,000 for an overload when absent.
    #[arg(long)]
    connections: Option<usize>,
    /// The part of the day that is played, in hours after midnight.
    #[arg(long, value_name = "FROM-TO", default_value = "0-24", value_parser = Hours::parse)]
    hours: Hours,
    /// How long playing it takes, in seconds; by the number of shoppers when absent.
    #[arg(long, value_name = "SECONDS", conflicts_with = "compress")]
    day: Option<u64>,
    /// How many times as fast as the clock the day is played, instead of its length.
    #[arg(long, value_name = "TIMES")]
    compress: Option<f64>,
    /// When no further shopper begins, in seconds.
    #[arg(long, value_name = "SECONDS")]
    limit: Option<u64>,
    /// The SKU of the hot article; the shop's first one when absent.
    #[arg(long, value_name = "SKU")]
    hot: Option<String>,
    /// Pieces of the hot article: its stock is set to this before. 0 for no hot article.
    #[arg(long, default_value_t = 500)]
    hot_pieces: u32,
    /// Hands in the operator's office that ship, cancel and take back orders meanwhile. 0 for none.
    #[arg(long, default_value_t = 4)]
    hands: usize,
    /// The run's random choices.
    #[arg(long, default_value_t = 20_171_111)]
    seed: u64,
    /// Holds a sale event in the middle of the day: a campaign with every kind of rule, rehearsed, approved by a second
    /// operator, and stormed by a quarter more shoppers at its second. Some articles are counted up for it.
    #[arg(long)]
    event: bool,
    /// After the day, brings all orders to the doorstep: parcels, waybills, carriers of the festival, until each is delivered,
    /// back or lost. The shop must run with `--testing`, since its clock is set ahead by days; its own carriers are switched
    /// off meanwhile, and goods are counted up for all that come.
    #[arg(long, conflicts_with = "event")]
    doorstep: bool,
    /// After the day, find the shop's capacity and offer it 0.5 to 5 times of that. Articles are counted up to
    /// a million pieces for it.
    #[arg(long)]
    overload: bool,
    /// No day, the overload alone.
    #[arg(long)]
    overload_only: bool,
    /// How long each load of the overload lasts, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    overload_seconds: u64,
    /// By how many seconds the shop's clock may be behind this machine's.
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    clock_behind: u64,
    /// The folder that holds the running shop's data: for the token and the process in its `run.json`, and for
    /// an audit of the database at the end.
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
    /// Where the report is written as a page of HTML.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
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
    let report = match arguments.overload_only {
        true => None,
        false => Some(day(&arguments, &token).await?),
    };
    let overload = if arguments.overload || arguments.overload_only {
        Some(overload(&arguments, token).await?)
    } else {
        None
    };
    let database = match &arguments.data {
        Some(folder) => {
            let server = arguments.database.as_deref().map(Location::parse);
            let place = Place {
                folder: folder.clone(),
                server: server.transpose()?,
            };
            Some(audit_database(place).await?)
        }
        None => None,
    };
    if let Some(path) = &arguments.report {
        let json = match (&report, &overload) {
            (Some(report), _) => serde_json::to_string_pretty(report)?,
            (None, overload) => serde_json::to_string_pretty(overload)?,
        };
        std::fs::write(path, json + "\n").map_err(super::about("writing", path))?;
    }
    let url = arguments.url.join(", ");
    let (machine, now) = (festival::load::usage::machine(), jiff::Timestamp::now());
    let paper = Paper {
        report: report.as_ref(),
        overload: overload.as_ref(),
        database: database.as_ref(),
        url: &url,
        version: env!("CARGO_PKG_VERSION"),
        machine: &machine,
        made_at: &now.strftime("%Y-%m-%d %H:%M UTC").to_string(),
    };
    if let Some(path) = &arguments.html {
        std::fs::write(path, paper.html()).map_err(super::about("writing", path))?;
    }
    conclude(&paper)
}

async fn day(arguments: &FestivalArguments, token: &Token) -> Result<Report, Failure> {
    let compressed = arguments
        .compress
        .map(|times| arguments.hours.seconds() / times);
    if compressed.is_some_and(|seconds| !seconds.is_finite() || seconds <= 0.0) {
        return Err(Failure::new("--compress must be a number above 0"));
    }
    let day = arguments.day.map(Duration::from_secs);
    let report = festival::festival(&Options {
        urls: arguments.url.clone(),
        payments: arguments.payments.clone(),
        token: token.clone(),
        shoppers: arguments.orders,
        connections: arguments.connections.unwrap_or(1_000),
        hours: arguments.hours,
        day: day.or(compressed.map(Duration::from_secs_f64)),
        limit: arguments.limit.map(Duration::from_secs),
        hot: arguments.hot.clone(),
        hot_pieces: arguments.hot_pieces,
        hands: arguments.hands,
        seed: arguments.seed,
        event: arguments.event,
        doorstep: arguments.doorstep,
        clock_behind: Duration::from_secs(arguments.clock_behind),
    })
    .await
    .map_err(Failure::new)?;
    print!("{}", report.text());
    Ok(report)
}

async fn overload(arguments: &FestivalArguments, token: Token) -> Result<Overload, Failure> {
    let [url] = &arguments.url[..] else {
        return Err(Failure::new(
            "an overload is of one server: name one with --url",
        ));
    };
    let overload = festival::overload(&OverloadOptions {
        url: url.clone(),
        token,
        length: Duration::from_secs(arguments.overload_seconds.max(1)),
        connections: arguments.connections.unwrap_or(OVERLOAD_CONNECTIONS),
        seed: arguments.seed,
    })
    .await
    .map_err(Failure::new)?;
    print!("{}", overload.text());
    Ok(overload)
}

fn conclude(paper: &Paper) -> Result<(), Failure> {
    let broken = paper.database.map_or(0, |d| d.broken);
    if broken > 0 {
        return Err(Failure::new(format!(
            "{broken} invariants are broken in the database"
        )));
    }
    if !paper.report.is_none_or(Report::is_clean) {
        return Err(Failure::new("the festival was not clean: see above"));
    }
    if !paper.overload.is_none_or(Overload::is_flat) {
        return Err(Failure::new("the goodput falls under overload: see above"));
    }
    match paper.untried().as_slice() {
        [] => println!("all promises were kept"),
        untried => println!(
            "all promises that could be tried were kept; not tried: {}",
            untried.join(", ")
        ),
    }
    Ok(())
}

async fn audit_database(place: Place) -> Result<Database, Failure> {
    let reader = place.reader()?;
    let audit = move || reader.audit(&mut |_, _| {});
    let report = tokio::task::spawn_blocking(audit).await??;
    let findings: Vec<String> = report
        .findings
        .iter()
        .map(|f| format!("invariant {}: {}", f.number, f.detail))
        .collect();
    findings.iter().for_each(|finding| println!("{finding}"));
    if report.is_clean() {
        println!("database          all invariants hold");
    }
    Ok(Database {
        broken: report.broken,
        findings,
    })
}
