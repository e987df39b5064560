//! `sesame import`: goods from CSV files into a shop that is open or closed.

use super::local::Local;
use super::progress::{Progress, grouped};
use super::{ConfigArguments, Failure, about};
use api::app::App;
use api::goods::{self, FileErrors, ImportError, ImportReport, InputFile, Mode};
use axum::http::{HeaderMap, HeaderValue, Method, header};
use commerce::command::Actor;
use connectors::http::{HttpCall, HttpClient, HttpSettings};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Time that an open shop may take to check and write an import, in milliseconds.
const ANSWER_MS: u64 = 15 * 60 * 1_000;
/// How often the line on a terminal moves while an open shop works.
const TICK: Duration = Duration::from_millis(250);

/// What is imported where.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "What a file holds is told by its header: products, prices, stock, locations or categories. All files of one call\nare checked together; one bad line, and nothing of any file is written. Importing the same files again changes\nnothing. A shop that is open is imported into through its own interface."
)]
pub struct ImportArguments {
    /// CSV files, in any order.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    #[command(flatten)]
    config: ConfigArguments,
    /// Where the open shop is reached, if not at the address it listens on.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// Checks the files and writes nothing.
    #[arg(long)]
    check: bool,
}

/// Imports and shows what became of the lines.
///
/// # Errors
/// When lines are bad, or the shop cannot be written to.
pub async fn run(arguments: ImportArguments) -> Result<(), Failure> {
    let place = arguments.config.shop()?;
    let mut files = Vec::new();
    for path in &arguments.files {
        let bytes = std::fs::read(path).map_err(about("reading", path))?;
        files.push((name_of(path), bytes));
    }
    let mode = if arguments.check {
        Mode::Check
    } else {
        Mode::Write
    };
    let report = match Local::connect(&place)? {
        Local::Running {
            base_url, token, ..
        } => {
            let base_url = arguments.url.unwrap_or(base_url);
            through_interface(&base_url, &token, &files, mode).await?
        }
        Local::Stopped { shop, router, .. } => {
            drop(router);
            let app = shop.app.clone();
            let work = move || into_database(&app, &files, mode);
            let done = tokio::task::spawn_blocking(work).await;
            shop.close().await;
            done??
        }
    };
    print!("{}", as_text(&report));
    Ok(())
}

type Files = [(String, Vec<u8>)];

fn name_of(path: &Path) -> String {
    path.file_name().map_or_else(
        || path.display().to_string(),
        |n| n.to_string_lossy().into_owned(),
    )
}

/// Imports into a shop that this process has opened.
fn into_database(app: &App, files: &Files, mode: Mode) -> Result<ImportReport, Failure> {
    let mut progress = Progress::new();
    let started = Instant::now();
    progress.phase(&format!("reading {} files", files.len()));
    let inputs: Vec<InputFile> = files
        .iter()
        .map(|(name, bytes)| InputFile { name, bytes })
        .collect();
    let reading = goods::read(&inputs, &mut |at| {
        progress.say(|| pace("reading", at, started));
    });
    progress.phase("checking");
    let shop = goods::Shop {
        door: &app.door,
        shelf: &app.shelf,
        ids: &app.ids,
    };
    let on_step = &mut |title: &'static str, at: goods::Progress| {
        progress.phase(&format!("writing {title} ({} of {})", at.done + 1, at.of));
    };
    let done = goods::carry_out(shop, Actor::System, &reading, mode, on_step);
    drop(progress);
    done.map_err(|error| match error {
        ImportError::Bad(files) => bad(&files),
        ImportError::Failed { error, written } if written.is_empty() => {
            Failure::new(error.to_string())
        }
        ImportError::Failed { error, written } => {
            let before = written.join(", ");
            Failure::new(format!("{error}; what was written before: {before}"))
        }
    })
}

/// How far reading is, its rate and the time that is left.
fn pace(what: &str, at: goods::Progress, started: Instant) -> String {
    let seconds = started.elapsed().as_secs_f64().max(0.001);
    let rate = at.done as f64 / seconds;
    let left = at.of.saturating_sub(at.done) as f64 / rate.max(1.0);
    let (done, of, rate) = (grouped(at.done), grouped(at.of), grouped(rate as u64));
    format!("{what}: {done} of {of} lines, {rate} lines/s, {left:.0} s left")
}

/// Imports into a shop that is open.
async fn through_interface(
    base_url: &str,
    token: &str,
    files: &Files,
    mode: Mode,
) -> Result<ImportReport, Failure> {
    let mut progress = Progress::new();
    let base = base_url.trim_end_matches('/');
    progress.phase(&format!("sending {} files to {base}", files.len()));
    let boundary = format!("sesame-{:032x}", rand::random::<u128>());
    let mut headers = HeaderMap::new();
    let value = |text: String| HeaderValue::from_str(&text);
    headers.insert(header::AUTHORIZATION, value(format!("Bearer {token}"))?);
    headers.insert(
        header::CONTENT_TYPE,
        value(format!("multipart/form-data; boundary={boundary}"))?,
    );
    let query = if mode == Mode::Check {
        "?check=true"
    } else {
        ""
    };
    let call = HttpCall {
        method: Method::POST,
        url: format!("{base}/api/v1/imports{query}"),
        headers,
        body: form(files, &boundary),
    };
    let client = HttpClient::new(HttpSettings {
        timeout_ms: ANSWER_MS,
        attempts: 1,
    })?;
    let started = Instant::now();
    let mut sent = std::pin::pin!(client.call_once(&call));
    let answer = loop {
        match tokio::time::timeout(TICK, &mut sent).await {
            Ok(answer) => break answer?,
            Err(_) => progress.say(|| {
                format!(
                    "the shop checks and writes: {:.0} s",
                    started.elapsed().as_secs_f64()
                )
            }),
        }
    };
    drop(progress);
    if answer.status == 200 {
        return Ok(serde_json::from_slice(&answer.body)?);
    }
    Err(refused(answer.status, &answer.body))
}

/// The files as parts of a form.
fn form(files: &Files, boundary: &str) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, bytes) in files {
        let name: String = name
            .chars()
            .filter(|c| !matches!(c, '"' | '\r' | '\n' | '\\'))
            .collect();
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\nContent-Type: text/csv\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    body
}

fn refused(status: u16, body: &[u8]) -> Failure {
    let answer: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let error = &answer["error"];
    let files = serde_json::from_value::<Vec<FileErrors>>(error["details"]["files"].clone());
    match (files.ok(), error["message"].as_str()) {
        (Some(files), _) => bad(&files),
        (None, Some(message)) => Failure::new(message),
        (None, None) => Failure::new(format!("the shop answered with status {status}")),
    }
}

/// Shows the bad lines.
fn bad(files: &[FileErrors]) -> Failure {
    files.iter().for_each(|file| eprint!("{file}"));
    let total: u64 = files.iter().map(|f| f.total).sum();
    let faults = if total == 1 { "fault" } else { "faults" };
    Failure::new(format!("{} {faults}; nothing was imported", grouped(total)))
}

fn as_text(report: &ImportReport) -> String {
    let mut out = String::new();
    for file in &report.files {
        let kind = file.kind.map_or("", goods::Kind::word);
        out.push_str(&format!(
            "{}: {kind}, {} created, {} changed, {} unchanged\n",
            file.name,
            grouped(file.created.into()),
            grouped(file.changed.into()),
            grouped(file.unchanged.into()),
        ));
    }
    if report.categories_created > 0 {
        let count = grouped(report.categories_created.into());
        out.push_str(&format!(
            "categories that no category file names: {count} created\n"
        ));
    }
    if report.checked_only {
        out.push_str("checked; nothing was written\n");
    }
    out
}
