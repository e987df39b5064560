//! Looks again and again at parcels that nobody has begun with: what cannot leave from where it is leaves from elsewhere,
//! and all of them are planned anew together, to see what that would save, and to do it if the operator wants so.
//!
//! What is decided here are commands like all others: the writer moves goods only if they are there and the parcel is
//! still as it was, so that nothing is promised twice, whatever happened meanwhile.

mod moves;
mod problem;
#[cfg(test)]
mod tests;

use crate::config::SourcingSettings;
use api::app::{App, now_ms};
use api::sourcing::Run;
use commerce::command::{Command, Envelope, FulfillmentStep};
use commerce::id::FulfillmentId;
use commerce::order::{FulfillmentState, Group};
use logistics::sourcing::{Batch, Budget, Prices, batch};
use moves::{Moving, repairs, toward};
use problem::{Collected, Problem, places};
use std::time::{Duration, Instant};
use store::{FulfillmentFilter, StoreError};
use tokio::sync::watch;

/// Parcels that are looked at in one round, the oldest first.
const PARCELS_MAX: usize = 20_000;
/// Rows read at once.
const PAGE: usize = 500;
/// Groups that are looked at while settings and stock are held.
const AT_ONCE: usize = 100;
/// Moves that are asked for at once.
const ASKED_AT_ONCE: usize = 250;
/// How often what could not move is tried again, since others have to make room first.
const PASSES: usize = 4;
/// How long planning may take.
const PLANNING: Duration = Duration::from_secs(5);

/// Looks at parcels for as long as this server leads, again and again, until the server stops.
pub async fn lead(
    app: App,
    settings: SourcingSettings,
    mut leads: watch::Receiver<bool>,
    stopped: impl Future<Output = ()>,
) {
    let Some(every) = settings.every else { return };
    let mut stopped = std::pin::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            led = leads.wait_for(|leads| *leads) => if led.is_err() { return },
        }
        tokio::select! {
            () = &mut stopped => return,
            () = tokio::time::sleep(every) => {}
        }
        if *leads.borrow() {
            match round(&app, settings.saves).await {
                Ok(run) => app.sourcing.put(run),
                Err(error) => tracing::warn!(%error, "parcels could not be planned anew"),
            }
        }
    }
}

/// One look at all parcels.
///
/// # Errors
/// When they cannot be read.
async fn round(app: &App, saves: bool) -> Result<Run, StoreError> {
    let began = Instant::now();
    let groups = open(app).await?;
    let to_repair = repairs(&app.shelf.read(), &groups);
    let repaired = carry_out(app, to_repair).await;
    let groups = match repaired.moved {
        0 => groups,
        _ => open(app).await?,
    };
    let mut run = Run {
        at: now_ms(),
        repaired: repaired.moved,
        stuck: repaired.refused,
        saves,
        ..Run::default()
    };
    if let Some(problem) = collect(app, &groups).await {
        let (problem, found) = plan(problem).await;
        if let Some(found) = found {
            told(&mut run, &problem, &found);
            if saves {
                let moves = found.moves.iter().flat_map(|m| {
                    let case = &problem.cases[m.order];
                    toward(case, &m.plan, &problem.places)
                });
                let done = carry_out(app, moves.collect()).await;
                (run.moved, run.refused) = (done.moved, done.refused);
            }
        }
    }
    run.took_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    metrics::gauge!("sesame_sourcing_parcels").set(run.parcels as f64);
    metrics::gauge!("sesame_sourcing_stuck").set(run.stuck as f64);
    metrics::counter!("sesame_sourcing_moved_total").increment(run.moved + run.repaired);
    Ok(run)
}

fn told(run: &mut Run, problem: &Problem, found: &Batch) {
    let parcels = problem
        .plans
        .iter()
        .map(|plan| plan.locations().count_ones());
    run.parcels = parcels.map(u64::from).sum();
    run.orders = problem.cases.len() as u64;
    run.cost_minor = found.before.total();
    run.planned_minor = found.after.total();
    run.bound_minor = found.bound;
    run.cheaper = found.moves.len() as u64;
}

/// Groups with parcels that nobody has begun with, the oldest first.
async fn open(app: &App) -> Result<Vec<Group>, StoreError> {
    app.read(|reader| {
        let mut groups: Vec<Group> = Vec::new();
        let (mut after, mut rows) = (None, 0);
        loop {
            let page = reader.fulfillment_list(&FulfillmentFilter {
                states: vec![FulfillmentState::Open],
                location: None,
                after,
                limit: PAGE,
            })?;
            rows += page.rows.len();
            for row in &page.rows {
                let id = row.id.parent();
                if groups.last().is_none_or(|group| group.id != id) {
                    groups.extend(reader.group(id)?);
                }
            }
            after = page.next;
            if after.is_none() || rows >= PARCELS_MAX {
                return Ok(groups);
            }
        }
    })
    .await
}

/// What the optimiser is asked. Settings and stock are held for a few groups at a time: the writer must not wait for this.
async fn collect(app: &App, groups: &[Group]) -> Option<Problem> {
    let places = places(&app.shelf.read());
    let mut collected = Collected::default();
    for some in groups.chunks(AT_ONCE) {
        {
            let world = app.shelf.read();
            for group in some {
                collected.add(&world, &places, group);
            }
        }
        tokio::task::yield_now().await;
    }
    collected.problem(&app.shelf.read(), places)
}

/// Plans on a thread of its own, for a limited time.
async fn plan(problem: Problem) -> (Problem, Option<Batch>) {
    let planning = tokio::task::spawn_blocking(move || {
        let began = Instant::now();
        let prices = Prices::none(&problem.network, 1, problem.left.stock.variants());
        let found = batch(
            &problem.network,
            &problem.left,
            &problem.orders,
            &problem.plans,
            &prices,
            &Budget::USUAL,
            &mut || began.elapsed() < PLANNING,
        );
        let found = found.inspect_err(|error| tracing::warn!(%error, "no plan was made"));
        (problem, found.ok())
    });
    planning.await.expect("planning does not panic")
}

/// What became of moves.
#[derive(Debug, Clone, Copy, Default)]
struct Done {
    moved: u64,
    refused: u64,
}

/// Asks the writer for the moves. One that finds no room is tried again: another may have made some.
async fn carry_out(app: &App, moves: Vec<Moving>) -> Done {
    let mut done = Done::default();
    let mut rest = moves;
    for _ in 0..PASSES {
        let asked = rest.len();
        let mut refused = Vec::new();
        for some in rest.chunks(ASKED_AT_ONCE) {
            let answers: Vec<_> = some.iter().map(|m| app.door.submit(ask(m))).collect();
            for (moving, answer) in some.iter().zip(answers) {
                match answer.await {
                    Ok(_) => done.moved += 1,
                    Err(_) => refused.push(moving.clone()),
                }
            }
        }
        let is_stuck = refused.len() == asked;
        rest = refused;
        if rest.is_empty() || is_stuck {
            break;
        }
    }
    done.refused = rest.len() as u64;
    done
}

fn ask((id, relocation): &(FulfillmentId, commerce::command::Relocation)) -> Envelope {
    let step = FulfillmentStep::Relocate(relocation.clone());
    Envelope::system(Command::MoveFulfillment(*id, step))
}
