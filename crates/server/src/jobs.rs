//! Work beside the writer: effects are carried out, and reservations of unpaid orders end in time.
//!
//! Effects of one group are carried out one after the other, those of different groups side by side.

use crate::payments::{Attempt, Cashier};
use api::app::{App, now_ms};
use commerce::Delta;
use commerce::command::Command;
use commerce::event::{Effect, Task};
use commerce::id::GroupId;
use commerce::limits::EXPIRE_BATCH_MAX;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Semaphore;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::RecvError;
use tokio::task::JoinSet;

/// Effects under way at once.
const CONCURRENT_MAX: usize = 256;
/// The first pause after an attempt that failed; it doubles each time.
const PAUSE_MIN: Duration = Duration::from_millis(250);
/// The longest pause between attempts.
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// How often groups are looked for whose time is over.
const EXPIRY_INTERVAL: Duration = Duration::from_secs(1);
/// Effects read at once when catching up.
const CATCH_UP_MAX: usize = 10_000;

/// Runs effects until the server stops.
pub struct Runner {
    cashier: Cashier,
    waiting: Arc<Mutex<HashMap<GroupId, VecDeque<Effect>>>>,
    slots: Arc<Semaphore>,
    feed: Receiver<Arc<Delta>>,
    /// The first effect number not yet taken on.
    next: u64,
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
            next: 0,
            tasks: JoinSet::new(),
        }
    }

    /// Takes on `open` effects from before the start, then every new one.
    pub async fn run(mut self, open: Vec<Effect>) {
        for effect in open {
            self.take_on(effect);
        }
        loop {
            match self.feed.recv().await {
                Ok(delta) => {
                    for effect in &delta.effects {
                        self.take_on(effect.clone());
                    }
                }
                Err(RecvError::Lagged(_)) => self.catch_up().await,
                Err(RecvError::Closed) => return,
            }
        }
    }

    /// Reads effects that passed by while this task was busy.
    async fn catch_up(&mut self) {
        let from = self.next;
        match self
            .cashier
            .app
            .read(move |r| r.effects(from, CATCH_UP_MAX))
            .await
        {
            Ok(effects) => effects.into_iter().for_each(|e| self.take_on(e)),
            Err(error) => tracing::error!(%error, "reading effects failed"),
        }
    }

    fn take_on(&mut self, effect: Effect) {
        if effect.number < self.next {
            return;
        }
        self.next = effect.number + 1;
        metrics::gauge!("sesame_effects_waiting").increment(1.0);
        let group = group_of(&effect.task);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(queue) = waiting.get_mut(&group) {
            queue.push_back(effect);
            return;
        }
        waiting.insert(group, VecDeque::from([effect]));
        drop(waiting);
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(work_off(
            self.cashier.clone(),
            self.waiting.clone(),
            self.slots.clone(),
            group,
        ));
    }
}

/// Carries out a group's effects until none waits.
async fn work_off(
    cashier: Cashier,
    waiting: Arc<Mutex<HashMap<GroupId, VecDeque<Effect>>>>,
    slots: Arc<Semaphore>,
    group: GroupId,
) {
    loop {
        let effect = {
            let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
            match waiting.get_mut(&group).and_then(VecDeque::pop_front) {
                Some(effect) => effect,
                None => {
                    waiting.remove(&group);
                    return;
                }
            }
        };
        carry_out(&cashier, &slots, &effect).await;
    }
}

async fn carry_out(cashier: &Cashier, slots: &Semaphore, effect: &Effect) {
    let mut pause = PAUSE_MIN;
    loop {
        let attempt = {
            let Ok(_slot) = slots.acquire().await else {
                return;
            };
            cashier.attempt(effect).await
        };
        match attempt {
            Attempt::Done => {
                metrics::gauge!("sesame_effects_waiting").decrement(1.0);
                return;
            }
            Attempt::Again(reason) => {
                metrics::counter!("sesame_effect_retries_total").increment(1);
                tracing::warn!(effect = effect.number, task = ?effect.task, reason, "an effect is tried again");
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(PAUSE_MAX);
            }
        }
    }
}

fn group_of(task: &Task) -> GroupId {
    match *task {
        Task::StartPayment(id) | Task::CapturePayment(id) | Task::VoidPayment(id) => id.parent(),
        Task::RefundPayment(id) => id.parent(),
        Task::NotifyPlatform(id, _) => id,
    }
}

/// Ends reservations whose time is over, until the server stops.
pub async fn expire(app: App) {
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
