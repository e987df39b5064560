//! The step that plans rounds by a real OSRM engine: it makes a town of our own ready to be driven through, is started
//! beside the shop, and is stopped by its process id when the step is over.

use std::fs;
use std::path::Path;

use super::shop::{Shop, free_address, wait_until_ready};
use super::{Stage, Stop};
use crate::files;
use crate::foreign;
use crate::process::Child;

const TOWN: &str = "crates/api/tests/town.osm";
const SCRIPT: &str = "crates/api/tests/road_rounds.py";
/// OSRM's programs with their profiles; they need no Python.
const ENGINE: &str = "osrm-bindings==26.10.0";
/// A street of the town.
const READY: &str = "/nearest/v1/driving/9.99302,53.55073";

/// The step.
pub fn work(stage: &Stage) -> Result<(), Stop> {
    let engine = foreign::wheel(stage.workspace, stage.progress, ENGINE)?.join("osrm");
    let folder = stage.workspace.scratch("roads")?;
    files::empty_folder(&folder)?;
    let town = folder.join("town.osm");
    fs::copy(stage.workspace.path(TOWN), &town).map_err(|e| format!("copying {TOWN}: {e}"))?;
    let (_osrm, url) = start(stage, &engine, &town)?;
    let set = format!("roads.url={url}");
    let shop = Shop::open_with(stage, "roads", &["--demo", "--set", &set])?;
    let mut script = stage.workspace.command("python3", &["-B", SCRIPT]);
    script
        .env("SESAME_URL", shop.url())
        .env("SESAME_OPERATOR_PASSWORD", shop.operator_password(stage)?)
        .env("OSRM_URL", url);
    stage.run(script)
}

/// Makes the map ready and starts the engine on it; gives its address.
fn start(stage: &Stage, engine: &Path, town: &Path) -> Result<(Child, String), Stop> {
    let run = |name: &str, arguments: &[&str]| {
        let program = engine.join("bin").join(name);
        stage
            .workspace
            .command(&program.to_string_lossy(), arguments)
    };
    let town = town.to_string_lossy();
    let profile = engine.join("share/profiles/car.lua");
    stage.run(run(
        "osrm-extract",
        &["-p", &profile.to_string_lossy(), &town],
    ))?;
    let made = format!("{}.osrm", town.trim_end_matches(".osm"));
    stage.run(run("osrm-contract", &[&made]))?;
    let address = free_address()?;
    let port = address.port().to_string();
    let arguments = ["-i", "127.0.0.1", "-p", &port, &made];
    let mut server = stage.start(run("osrm-routed", &arguments))?;
    wait_until_ready(&mut server, address, READY)?;
    Ok((server, format!("http://{address}")))
}
