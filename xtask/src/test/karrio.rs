//! The step that books at a real Karrio server: one is started beside the shop, with SQLite and without Redis, and stopped
//! by its process id when the step is over.

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;

use super::shop::{Shop, free_address, wait_until_ready};
use super::{Stage, Stop};
use crate::files;
use crate::foreign;
use crate::process::{self, Child};

const SCRIPT: &str = "crates/api/tests/karrio_waybills.py";
const SERVER: &str = "crates/api/tests/karrio_server.py";
/// What Karrio's packages need.
const PYTHON: &str = "import sys; assert sys.version_info >= (3, 11)";
const TOKEN: &str = "key_of_the_suite";
const WEBHOOK_SECRET: &str = "whsec_of_the_suite";

/// The step.
pub fn work(stage: &Stage) -> Result<(), Stop> {
    let version = ["-c", PYTHON];
    if process::read(stage.workspace.command("python3", &version)).is_err() {
        return Err(Stop::NotRun("Karrio needs Python 3.11 or newer".into()));
    }
    let python = foreign::python(stage.workspace, stage.progress, "karrio")?;
    let folder = stage.workspace.scratch("karrio")?;
    files::empty_folder(&folder)?;
    let address = free_address()?;
    let command = |arguments: &[&str]| server(stage, &python, &folder, arguments);
    stage.run(command(&[SERVER, "prepare"]))?;
    let _karrio = start(stage, command, address)?;
    let url = format!("http://{address}");
    let set = [
        format!("carriers.karrio.url={url}"),
        format!("carriers.karrio.token={TOKEN}"),
        format!("carriers.karrio.webhook_secrets={WEBHOOK_SECRET}"),
    ];
    let mut further = vec!["--demo"];
    for value in &set {
        further.extend(["--set", value]);
    }
    let shop = Shop::open_with(stage, "karrio", &further)?;
    let mut script = command(&[SCRIPT]);
    script
        .env("SESAME_URL", shop.url())
        .env("SESAME_OPERATOR_PASSWORD", shop.operator_password(stage)?)
        .env("KARRIO_URL", url)
        .env("KARRIO_SERVER", stage.workspace.path(SERVER));
    stage.run(script)
}

fn start(
    stage: &Stage,
    command: impl Fn(&[&str]) -> Command,
    address: SocketAddr,
) -> Result<Child, Stop> {
    let port = address.port().to_string();
    let application = "karrio.server.asgi:application";
    let arguments = [
        "-m",
        "uvicorn",
        application,
        "--host",
        "127.0.0.1",
        "--port",
        &port,
    ];
    let mut server = stage.start(command(&arguments))?;
    wait_until_ready(&mut server, address, "/")?;
    Ok(server)
}

/// A program in Karrio's Python, with the settings of its server.
fn server(stage: &Stage, python: &Path, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = stage.workspace.command(&python.to_string_lossy(), &["-B"]);
    command.args(arguments).env("WORK_DIR", folder);
    for (name, value) in [
        ("SECRET_KEY", "suite"),
        ("DEBUG_MODE", "False"),
        ("DATABASE_NAME", "db.sqlite3"),
        ("ALLOWED_HOSTS", "127.0.0.1"),
        ("ENABLE_ALL_PLUGINS_BY_DEFAULT", "True"),
        // Webhooks leave at once, without a worker beside the server.
        ("WORKER_IMMEDIATE_MODE", "True"),
        ("DETACHED_WORKER", "False"),
        ("KARRIO_TOKEN", TOKEN),
        ("KARRIO_WEBHOOK_SECRET", WEBHOOK_SECRET),
    ] {
        command.env(name, value);
    }
    command
}
