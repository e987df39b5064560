//! All parcels of the carrier in memory, and the journal behind them.
//!
//! A lock is held for one change in memory and never over I/O; a change is answered only when its line is on the disk.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};

use commerce::parcel::TrackingStatus;
use connectors::test_carrier::wire::{Audit, CreateParcel, Event, Parcel, ParcelState, Taken};
use serde::{Deserialize, Serialize};

use super::journey::{self, Travel};
use super::webhooks::News;
use super::{Config, Mood, Pace};
use crate::third_party::Refusal;
use crate::third_party::journal::{Journal, Permit, journal_failed, wait};

/// Parcels kept at most; beyond it the carrier asks to be restarted with a new journal.
const PARCELS_MAX: usize = 1_000_000;
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// A line of the journal.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Line {
    /// A parcel will come.
    Announced {
        key: String,
        number: String,
        create: Box<CreateParcel>,
        at_ms: i64,
    },
    /// It will not, whether it was announced or not.
    Canceled { number: String },
    /// The carrier has it.
    Collected { number: String, at_ms: i64 },
    /// The shop has taken a sighting.
    Told { number: String, index: usize },
    /// A pickup is booked.
    Pickup { key: String },
    /// A list was handed over; these on it are not known.
    Manifest { key: String, unknown: Vec<String> },
}

#[derive(Debug)]
struct Record {
    create: CreateParcel,
    at_ms: i64,
    is_canceled: bool,
    collected_at_ms: Option<i64>,
    /// Sightings that the shop has taken, or that are on their way to it.
    told: BTreeSet<usize>,
}

impl Record {
    fn state(&self) -> ParcelState {
        match (self.is_canceled, self.collected_at_ms) {
            (true, _) => ParcelState::Canceled,
            (false, None) => ParcelState::Announced,
            (false, Some(_)) => ParcelState::Underway,
        }
    }
}

#[derive(Default)]
struct State {
    parcels: BTreeMap<String, Record>,
    /// Numbers by the key under which they were announced.
    keys: BTreeMap<String, String>,
    /// Numbers that were canceled before anybody announced them.
    refused: BTreeSet<String>,
    /// Numbers that wait for a driver, or whose sightings the shop has not taken all.
    busy: BTreeSet<String>,
    pickups: BTreeMap<String, String>,
    manifests: BTreeMap<String, Taken>,
}

/// All parcels.
pub(super) struct Book {
    state: Mutex<State>,
    journal: Option<Journal>,
    pace: Pace,
    mood: Mood,
}

impl Book {
    /// Reads the journal, if there is one.
    pub fn open(config: &Config) -> io::Result<Self> {
        let (journal, lines) = match &config.journal {
            Some(path) => Journal::open(path).map(|(journal, lines)| (Some(journal), lines))?,
            None => (None, Vec::new()),
        };
        let mut state = State::default();
        for (index, line) in lines.into_iter().enumerate() {
            state.take(line).ok_or_else(|| {
                let detail = format!("the journal's line {} fits no parcel", index + 1);
                io::Error::new(io::ErrorKind::InvalidData, detail)
            })?;
        }
        Ok(Self {
            state: Mutex::new(state),
            journal,
            pace: config.pace,
            mood: config.mood,
        })
    }

    /// Decides on the state and writes what was decided; answered when it is on the disk. A decision without a line is
    /// answered when all before it are.
    async fn change<T>(
        &self,
        decide: impl FnOnce(&State) -> Result<(Vec<Line>, T), Refusal>,
    ) -> Result<T, Refusal> {
        let permit = self.permit().await?;
        let (answer, durable) = {
            let mut state = self.lock();
            let (lines, answer) = decide(&state)?;
            for line in &lines {
                state.take(line.clone()).expect("it was decided on");
            }
            let durable = permit.map(|permit| match lines.is_empty() {
                true => permit.barrier(),
                false => permit.append_all(&lines),
            });
            (answer, durable)
        };
        wait(durable).await?;
        Ok(answer)
    }

    /// Takes a parcel on, once per key.
    pub async fn announce(
        &self,
        key: &str,
        create: CreateParcel,
        now_ms: i64,
    ) -> Result<Parcel, Refusal> {
        let quota = self.mood.daily_quota;
        self.change(|state| {
            if let Some(number) = state.keys.get(key) {
                let record = &state.parcels[number];
                return match is_same(&record.create, &create) {
                    true => Ok((Vec::new(), shown(number, record))),
                    false => Err(Refusal::new(
                        422,
                        "idempotency_key_reused",
                        "This idempotency key was used for another parcel.",
                    )),
                };
            }
            let given = || format!("TC{:010}", state.parcels.len() + 1);
            let number = create.number.clone().unwrap_or_else(given);
            if state.parcels.contains_key(&number) || state.refused.contains(&number) {
                let message = "This number was used, or canceled.";
                return Err(Refusal::new(409, "number_taken", message));
            }
            if state.parcels.len() >= PARCELS_MAX {
                let message = "The test carrier is full: start it with a new journal.";
                return Err(Refusal::new(503, "full", message));
            }
            let today = || {
                state
                    .parcels
                    .values()
                    .filter(|r| !r.is_canceled && r.at_ms / DAY_MS == now_ms / DAY_MS)
            };
            if quota.is_some_and(|quota| today().count() >= quota as usize) {
                let message = "No more parcels are taken today.";
                return Err(Refusal::new(429, "quota_used_up", message));
            }
            let line = Line::Announced {
                key: key.to_owned(),
                number: number.clone(),
                create: Box::new(create),
                at_ms: now_ms,
            };
            let state = ParcelState::Announced;
            Ok((vec![line], Parcel { number, state }))
        })
        .await
    }

    /// A parcel does not come. One that nobody announced never will: the announcement may be late.
    pub async fn cancel(&self, number: &str) -> Result<Parcel, Refusal> {
        self.change(|state| {
            let before = state.parcels.get(number).map(Record::state);
            let canceled = Parcel {
                number: number.to_owned(),
                state: ParcelState::Canceled,
            };
            match before {
                Some(ParcelState::Underway) => {
                    let message = "The carrier has it already.";
                    Err(Refusal::new(409, "underway", message))
                }
                Some(ParcelState::Canceled) => Ok((Vec::new(), canceled)),
                None if state.refused.contains(number) => Ok((Vec::new(), canceled)),
                Some(ParcelState::Announced) | None => {
                    let number = number.to_owned();
                    Ok((vec![Line::Canceled { number }], canceled))
                }
            }
        })
        .await
    }

    /// The driver has it.
    pub async fn collect(&self, number: &str, now_ms: i64) -> Result<Parcel, Refusal> {
        self.change(|state| {
            let found = state.parcels.get(number);
            let record = found
                .ok_or_else(|| Refusal::new(404, "parcel_unknown", "There is no such parcel."))?;
            match record.state() {
                ParcelState::Canceled => {
                    Err(Refusal::new(409, "canceled", "This parcel was canceled."))
                }
                ParcelState::Underway => Ok((Vec::new(), shown(number, record))),
                ParcelState::Announced => {
                    let (number, state) = (number.to_owned(), ParcelState::Underway);
                    let line = Line::Collected {
                        number: number.clone(),
                        at_ms: now_ms,
                    };
                    Ok((vec![line], Parcel { number, state }))
                }
            }
        })
        .await
    }

    /// A driver comes for what has waited long enough.
    pub async fn collect_due(&self, now_ms: i64) {
        let since = now_ms.saturating_sub(self.pace.collects_after_ms);
        let due: Vec<String> = {
            let state = self.lock();
            let waits = |r: &Record| r.state() == ParcelState::Announced && r.at_ms <= since;
            let is_due = |number: &&String| state.parcels.get(*number).is_some_and(waits);
            state.busy.iter().filter(is_due).cloned().collect()
        };
        for number in due {
            // It may be canceled meanwhile; a journal that cannot be written has been reported.
            drop(self.collect(&number, now_ms).await);
        }
    }

    /// Books a pickup, once per key.
    pub async fn pickup(&self, key: &str) -> Result<Taken, Refusal> {
        self.change(|state| {
            let fresh = format!("PU{:06}", state.pickups.len() + 1);
            let (lines, number) = match state.pickups.get(key) {
                Some(number) => (Vec::new(), number.clone()),
                None => (
                    vec![Line::Pickup {
                        key: key.to_owned(),
                    }],
                    fresh,
                ),
            };
            let unknown = Vec::new();
            Ok((lines, Taken { number, unknown }))
        })
        .await
    }

    /// Takes along what is on a list, once per key.
    pub async fn manifest(
        &self,
        key: &str,
        numbers: &[String],
        now_ms: i64,
    ) -> Result<Taken, Refusal> {
        self.change(|state| {
            if let Some(taken) = state.manifests.get(key) {
                return Ok((Vec::new(), taken.clone()));
            }
            let stands = |number: &String| state.parcels.get(number).filter(|r| !r.is_canceled);
            let unknown: Vec<String> = numbers
                .iter()
                .filter(|number| stands(number).is_none())
                .cloned()
                .collect();
            let waits = |n: &&String| stands(n).is_some_and(|r| r.collected_at_ms.is_none());
            let waiting: BTreeSet<&String> = numbers.iter().filter(waits).collect();
            let collected = waiting.into_iter().map(|number| Line::Collected {
                number: number.clone(),
                at_ms: now_ms,
            });
            let mut lines: Vec<Line> = collected.collect();
            lines.push(Line::Manifest {
                key: key.to_owned(),
                unknown: unknown.clone(),
            });
            let number = format!("MF{:06}", state.manifests.len() + 1);
            Ok((lines, Taken { number, unknown }))
        })
        .await
    }

    /// All that was seen of parcels by now.
    pub fn seen(&self, numbers: &[String], now_ms: i64) -> Vec<Event> {
        let state = self.lock();
        let known = |number: &String| state.parcels.get_key_value(number);
        let known = numbers.iter().filter_map(known);
        let events = known.flat_map(|(number, record)| self.events(number, record));
        events.filter(|event| event.at_ms <= now_ms).collect()
    }

    fn events(&self, number: &str, record: &Record) -> Vec<Event> {
        let collected = record.collected_at_ms;
        collected.map_or(Vec::new(), |at| {
            journey::events(number, at, self.pace.step_ms)
        })
    }

    /// What happened and was not sent to the shop yet; it counts as on its way from now on.
    pub fn take_news(&self, now_ms: i64) -> Vec<News> {
        let mut state = self.lock();
        let state = &mut *state;
        let (mut news, mut quiet) = (Vec::new(), Vec::new());
        for number in &state.busy {
            let Some(record) = state.parcels.get_mut(number) else {
                continue;
            };
            let events = self.events(number, record);
            let (count, is_moving) = (events.len(), record.collected_at_ms.is_some());
            let url = record.create.webhook_url.clone();
            for (index, event) in events.into_iter().enumerate() {
                if event.at_ms > now_ms || !record.told.insert(index) {
                    continue;
                }
                let travel = match self.mood.unruly_webhooks {
                    true => journey::travel(number, index),
                    false => Travel::Plain,
                };
                news.extend(url.clone().map(|url| News {
                    url,
                    index,
                    travel,
                    event,
                }));
            }
            if record.is_canceled || is_moving && record.told.len() == count {
                quiet.push(number.clone());
            }
        }
        for number in &quiet {
            state.busy.remove(number);
        }
        news
    }

    /// The shop has taken a sighting: it is not told again after a restart.
    pub fn told(&self, number: &str, index: usize) {
        if let Some(journal) = &self.journal {
            let number = number.to_owned();
            journal.note(&Line::Told { number, index });
        }
    }

    /// What really happened.
    pub fn audit(&self, now_ms: i64) -> Audit {
        let state = self.lock();
        let mut audit = Audit {
            pickups: state.pickups.len() as u64,
            manifests: state.manifests.len() as u64,
            ..Audit::default()
        };
        let mut standing: BTreeMap<&str, u32> = BTreeMap::new();
        for (number, record) in &state.parcels {
            audit.parcels += 1;
            audit.canceled += u64::from(record.is_canceled);
            let mut seen = self.events(number, record).into_iter();
            let is_there = seen.any(|e| e.at_ms <= now_ms && e.status == TrackingStatus::Delivered);
            audit.delivered += u64::from(is_there);
            if !record.is_canceled {
                *standing.entry(&record.create.reference).or_default() += 1;
            }
        }
        let twice = standing.into_iter().filter(|(_, count)| *count > 1);
        audit.announced_twice = twice.map(|(reference, _)| reference.to_owned()).collect();
        audit
    }

    async fn permit(&self) -> Result<Option<Permit>, Refusal> {
        match &self.journal {
            Some(journal) => journal.reserve().await.map(Some).map_err(journal_failed),
            None => Ok(None),
        }
    }

    /// A panic in another request has not left anything half done: changes are decided before they are made.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    /// Takes one step; `None` when the parcel that it belongs to is not there.
    fn take(&mut self, line: Line) -> Option<()> {
        match line {
            Line::Announced {
                key,
                number,
                create,
                at_ms,
            } => {
                self.keys.insert(key, number.clone());
                self.busy.insert(number.clone());
                let record = Record {
                    create: *create,
                    at_ms,
                    is_canceled: false,
                    collected_at_ms: None,
                    told: BTreeSet::new(),
                };
                self.parcels.insert(number, record);
            }
            Line::Canceled { number } => match self.parcels.get_mut(&number) {
                Some(record) => record.is_canceled = true,
                None => drop(self.refused.insert(number)),
            },
            Line::Collected { number, at_ms } => {
                self.parcels.get_mut(&number)?.collected_at_ms = Some(at_ms);
                self.busy.insert(number);
            }
            Line::Told { number, index } => {
                self.parcels.get_mut(&number)?.told.insert(index);
            }
            Line::Pickup { key } => {
                let number = format!("PU{:06}", self.pickups.len() + 1);
                self.pickups.insert(key, number);
            }
            Line::Manifest { key, unknown } => {
                let number = format!("MF{:06}", self.manifests.len() + 1);
                self.manifests.insert(key, Taken { number, unknown });
            }
        }
        Some(())
    }
}

fn shown(number: &str, record: &Record) -> Parcel {
    Parcel {
        number: number.to_owned(),
        state: record.state(),
    }
}

/// Whether the same was asked for. Where the shop is reached may change between two tries.
fn is_same(before: &CreateParcel, now: &CreateParcel) -> bool {
    let without_url = |create: &CreateParcel| CreateParcel {
        webhook_url: None,
        ..create.clone()
    };
    without_url(before) == without_url(now)
}
