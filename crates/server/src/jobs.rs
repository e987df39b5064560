//! Work beside the writer: effects are carried out, and reservations of unpaid orders end in time.
//!
//! Effects of one group are carried out one after the other, those on money and those on parcels apart; those of different
//! groups side by side. One that its provider refuses steps aside for those behind it, and is tried again later.

use crate::payments::{Attempt, Cashier, Refusals};
use api::app::{App, now_ms};
use commerce::Delta;
use commerce::command::{CampaignStep, Command};
use commerce::event::{Effect, Task};
use commerce::id::{CampaignId, GroupId};
use commerce::limits::{EXPIRE_BATCH_MAX, POINTS_EXPIRE_BATCH_MAX};
use std::collections::{BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{Notify, Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Effects under way at once.
const CONCURRENT_MAX: usize = 256;
/// The first pause after an attempt that failed; it doubles each time.
const PAUSE_MIN: Duration = Duration::from_millis(250);
/// The longest pause between attempts.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// The longest pause between attempts that the provider refuses.
const STUCK_PAUSE_MAX: Duration = Duration::from_secs(300);
/// How often groups are looked for whose time is over.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);
/// How often campaigns are looked at that may be over.
const CAMPAIGNS_INTERVAL: Duration = Duration::from_secs(60);
/// How long after its last moment a campaign is ended for good: a clock that jumps back must not find it running.
const CAMPAIGN_KEPT_MS: i64 = 24 * 60 * 60 * 1_000;
/// How often accounts are looked for whose points have expired. Nobody can spend them meanwhile, so there is no hurry.
const POINTS_INTERVAL: Duration = Duration::from_secs(60);
/// How often it is looked whether effects were passed over.
const SWEEP_INTERVAL: Duration = Duration::from_secs(30);
/// Effects read at once when catching up.
const CATCH_UP_MAX: usize = 10_000;

/// An effect that is not done.
struct Job {
    effect: Effect,
    refusals: Refusals,
    not_before: Instant,
}

/// The effects of one group, and what wakes whoever works them off.
#[derive(Default)]
struct Line {
    jobs: VecDeque<Job>,
    wake: Arc<Notify>,
}

/// What waits for one another within a group: a carrier that does not answer must not keep money from going back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Lane {
    Money,
    Parcels,
}

type LineKey = (GroupId, Lane);

type Taken = Arc<Mutex<BTreeSet<u64>>>;
type Lines = Arc<Mutex<HashMap<LineKey, Line>>>;

/// Runs effects until the server stops.
pub struct Runner {
    cashier: Cashier,
    waiting: Lines,
    slots: Arc<Semaphore>,
    feed: Receiver<Arc<Delta>>,
    /// The effects that were taken on and are not done.
    taken: Taken,
    /// What is under way; it ends with the runner, or a platform that is gone would keep the shop from closing.
    tasks: JoinSet<()>,
}

impl Runner {
    /// A runner that follows the feed from now on: make it before the first command can come.
    pub fn new(cashier: Cashier) -> Self {
        let feed = cashier.app.watch.feed();
        Self {
            cashier,
            waiting: Arc::default(),
            slots: Arc::new(Semaphore::new(CONCURRENT_MAX)),
            feed,
            taken: Arc::default(),
            tasks: JoinSet::new(),
        }
    }

    /// Takes on all effects that are not done, then every new one.
    pub async fn run(mut self) {
        let mut sweep = tokio::time::interval(SWEEP_INTERVAL);
        sweep.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                news = self.feed.recv() => match news {
                    Ok(delta) => {
                        for effect in &delta.effects {
                            self.take_on(effect.clone());
                        }
                    }
                    Err(RecvError::Lagged(_)) => self.catch_up().await,
                    Err(RecvError::Closed) => return,
                },
                // The first time at once: effects from before the start.
                _ = sweep.tick() => self.catch_up().await,
            }
        }
    }

    /// Reads effects that passed by: while this task was busy, before it began, or written by another server.
    async fn catch_up(&mut self) {
        let mut from = 0;
        loop {
            let read = self
                .cashier
                .app
                .read(move |r| r.effects(from, CATCH_UP_MAX));
            let effects = match read.await {
                Ok(effects) => effects,
                Err(error) => {
                    tracing::error!(%error, "reading effects failed");
                    return;
                }
            };
            let Some(last) = effects.last() else { return };
            from = last.number + 1;
            effects.into_iter().for_each(|e| self.take_on(e));
        }
    }

    fn take_on(&mut self, effect: Effect) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if !taken.insert(effect.number) {
            return;
        }
        drop(taken);
        metrics::gauge!("sesame_effects_waiting").increment(1.0);
        let group = line_of(&effect.task);
        let job = Job {
            effect,
            refusals: Refusals::default(),
            not_before: Instant::now(),
        };
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(line) = waiting.get_mut(&group) {
            // The group has changed: what is stuck may have become needless.
            line.jobs
                .iter_mut()
                .for_each(|j| j.not_before = job.not_before);
            line.jobs.push_back(job);
            line.wake.notify_one();
            return;
        }
        waiting.entry(group).or_default().jobs.push_back(job);
        drop(waiting);
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(work_off(
            self.cashier.clone(),
            self.waiting.clone(),
            self.taken.clone(),
            self.slots.clone(),
            group,
        ));
    }
}

/// What there is to do for a group.
enum Next {
    Try(Job),
    Wait(Instant, Arc<Notify>),
    Nothing,
}

fn next(waiting: &Lines, group: LineKey) -> Next {
    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(line) = waiting.get_mut(&group) else {
        return Next::Nothing;
    };
    let now = Instant::now();
    let due = line.jobs.iter().position(|job| job.not_before <= now);
    if let Some(job) = due.and_then(|index| line.jobs.remove(index)) {
        return Next::Try(job);
    }
    match line.jobs.iter().map(|job| job.not_before).min() {
        Some(until) => Next::Wait(until, line.wake.clone()),
        None => {
            waiting.remove(&group);
            Next::Nothing
        }
    }
}

/// Carries out a group's effects until none waits.
async fn work_off(
    cashier: Cashier,
    waiting: Lines,
    taken: Taken,
    slots: Arc<Semaphore>,
    group: LineKey,
) {
    loop {
        match next(&waiting, group) {
            Next::Try(job) => {
                let number = job.effect.number;
                if let Some(stuck) = carry_out(&cashier, &slots, job).await {
                    let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
                    waiting.entry(group).or_default().jobs.push_back(stuck);
                } else {
                    let mut taken = taken.lock().unwrap_or_else(PoisonError::into_inner);
                    taken.remove(&number);
                }
            }
            Next::Wait(until, wake) => {
                tokio::select! {
                    () = tokio::time::sleep_until(until) => {}
                    () = wake.notified() => {}
                }
            }
            Next::Nothing => return,
        }
    }
}

/// Tries an effect until it is done, or the provider refuses it: then gives it back, to be tried later.
async fn carry_out(cashier: &Cashier, slots: &Semaphore, mut job: Job) -> Option<Job> {
    let mut pause = PAUSE_MIN;
    loop {
        let attempt = {
            let asked = Instant::now();
            let _slot = slots.acquire().await.ok()?;
            cashier.app.admission.flow.payment_waited(asked.elapsed());
            cashier.attempt(&job.effect, job.refusals).await
        };
        let (number, task) = (job.effect.number, job.effect.task.clone());
        match attempt {
            Attempt::Done => {
                metrics::gauge!("sesame_effects_waiting").decrement(1.0);
                if job.refusals.0 > 0 {
                    metrics::gauge!("sesame_effects_stuck").decrement(1.0);
                }
                return None;
            }
            Attempt::Again(reason) => {
                metrics::counter!("sesame_effect_retries_total").increment(1);
                tracing::warn!(effect = number, ?task, reason, "an effect is tried again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
            Attempt::Stuck(reason) => {
                metrics::counter!("sesame_effect_retries_total").increment(1);
                if job.refusals.0 == 0 {
                    metrics::gauge!("sesame_effects_stuck").increment(1.0);
                    cashier.report_stuck(&job.effect, &reason).await;
                }
                job.not_before = Instant::now() + stuck_pause(job.refusals);
                job.refusals.0 += 1;
                return Some(job);
            }
        }
    }
}

fn stuck_pause(refusals: Refusals) -> Duration {
    let doubled = 2_u32.checked_pow(refusals.0);
    doubled.map_or(STUCK_PAUSE_MAX, |n| (PAUSE_MIN * n).min(STUCK_PAUSE_MAX))
}

fn line_of(task: &Task) -> LineKey {
    let money = |group| (group, Lane::Money);
    match *task {
        Task::StartPayment(id) | Task::CapturePayment(id) | Task::VoidPayment(id) => {
            money(id.parent())
        }
        Task::RefundPayment(id) => money(id.parent()),
        Task::NotifyPlatform(id, _) => money(id),
        Task::AnnounceParcel(id, _) | Task::RecallParcel(id, ..) => (id.parent(), Lane::Parcels),
    }
}

/// Runs effects and ends reservations for as long as this server is the one that does, again and again.
pub async fn lead(cashier: Cashier, mut leads: watch::Receiver<bool>) {
    loop {
        // The sender is gone when the server stops.
        if leads.wait_for(|leads| *leads).await.is_err() {
            return;
        }
        tracing::info!("this server carries out the shop's effects");
        let runner = Runner::new(cashier.clone());
        tokio::select! {
            () = runner.run() => return,
            () = expire(cashier.app.clone()) => {}
            () = end_campaigns(cashier.app.clone()) => {}
            () = expire_points(cashier.app.clone()) => {}
            () = cashier.dispatcher.clone().ask_again() => {}
            lost = leads.wait_for(|leads| !*leads) => {
                if lost.is_err() {
                    return;
                }
            }
        }
    }
}

/// Ends campaigns for good some time after their last moment, until the server stops: the writer need not keep their
/// limits at hand any more.
async fn end_campaigns(app: App) {
    let mut timer = tokio::time::interval(CAMPAIGNS_INTERVAL);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        let before = now_ms() - CAMPAIGN_KEPT_MS;
        let over: Vec<CampaignId> = {
            let world = app.shelf.read();
            let over = world.approved_campaigns().filter(|c| c.ends_at < before);
            over.map(|c| c.id).collect()
        };
        for id in over {
            let end = Command::MoveCampaign(id, None, CampaignStep::End);
            if let Err(error) = app.system(end).await {
                tracing::warn!(%error, campaign = %id, "ending a campaign is tried again");
            }
        }
    }
}

/// Takes points whose time is over, until the server stops.
async fn expire_points(app: App) {
    let mut timer = tokio::time::interval(POINTS_INTERVAL);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        let now = now_ms();
        let due = app.read(move |r| r.points_due(now, POINTS_EXPIRE_BATCH_MAX));
        let due = match due.await {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "looking for expired points failed");
                continue;
            }
        };
        if !due.is_empty()
            && let Err(error) = app.system(Command::ExpirePoints(due)).await
        {
            tracing::warn!(%error, "taking expired points is tried again");
        }
    }
}

/// Ends reservations whose time is over, until the server stops.
async fn expire(app: App) {
    let mut timer = tokio::time::interval(EXPIRY_INTERVAL);
    timer.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        timer.tick().await;
        let now = now_ms();
        let due = match app
            .read(move |r| r.expired_groups(now, EXPIRE_BATCH_MAX))
            .await
        {
            Ok(due) => due,
            Err(error) => {
                tracing::error!(%error, "looking for expired orders failed");
                continue;
            }
        };
        if !due.is_empty()
            && let Err(error) = app.system(Command::ExpireGroups(due)).await
        {
            tracing::warn!(%error, "ending expired orders is tried again");
        }
    }
}
