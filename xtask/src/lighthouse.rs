//! `cargo xtask lighthouse`: a shop with demo goods as retailers run it, looked at by Lighthouse as a phone would.
//! The scores are printed; one below what the script demands is a failure.

use std::fs;
use std::time::Duration;

use crate::foreign;
use crate::progress::Progress;
use crate::test::shop::Shop;
use crate::test::{Stage, Stop};
use crate::tools;
use crate::ui;
use crate::workspace::Workspace;

const LIGHTHOUSE: &str = "lighthouse@12.8.2";
const LIMIT: Duration = Duration::from_secs(60 * 60);

/// Builds, measures and prints the scores.
pub fn run(workspace: &Workspace) -> Result<u8, String> {
    let log = workspace.scratch("log")?.join("lighthouse.log");
    let progress = Progress::begin("lighthouse", &log, LIMIT)?;
    let scores = workspace.scratch("lighthouse")?.join("scores.txt");
    let stage = Stage {
        workspace,
        progress: &progress,
    };
    let measured = measure(&stage, &scores);
    let table = fs::read_to_string(&scores).unwrap_or_default();
    match measured {
        Ok(()) => {
            progress.end("ok");
            print!("{table}");
            Ok(0)
        }
        Err(Stop::Failed(error) | Stop::NotRun(error)) => {
            let output = progress.output();
            progress.end("FAILED");
            Err(format!("{output}\n{table}{error}"))
        }
    }
}

fn measure(stage: &Stage, scores: &std::path::Path) -> Result<(), Stop> {
    let (workspace, progress) = (stage.workspace, stage.progress);
    let chromium = tools::chromium(workspace, progress)?;
    ui::install(workspace, progress)?;
    ui::build(workspace, progress)?;
    let folder = foreign::package(workspace, progress, LIGHTHOUSE)?;
    let shop = Shop::open_release(stage, "lighthouse")?;
    let output = fs::File::create(scores)
        .map_err(|error| format!("cannot write {}: {error}", scores.display()))?;
    let mut command = workspace.command("node", &["xtask/foreign/lighthouse.mjs", &shop.url()]);
    command
        .env("LIGHTHOUSE", folder)
        .env("CHROME_PATH", chromium);
    Ok(progress.run_into(command, output)?)
}
