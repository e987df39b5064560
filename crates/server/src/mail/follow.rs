//! Mails about orders: follows the feed from where it was left, and sends what its events are worth.
//!
//! A mail is sent at least once, and once but for a crash before that is noted: what was sent and how far the feed was
//! dealt with is written together, every few seconds. Mails that a server does not take are set aside, up to a bound,
//! and tried again with growing pauses; when several in a row fail, nothing more is read until one goes through again.
//! So a mail server that is down costs a few rows in the database, and never memory or the writer's time.

use api::app::{App, DoorError, now_ms};
use api::mail::{Mail, MailError};
use commerce::Command;
use commerce::event::{Event, What};
use commerce::follower::{Followed, Follower, MAILS, MailKind, Mailed, Trouble, Waiting};
use commerce::limits::{NOTE_CHARS_MAX, WAITING_MAX};
use commerce::wish::Telling;
use std::collections::VecDeque;
use std::time::Duration;
use store::StoreError;
use storefront::mails;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// The follower's name.
const NAME: &str = "mails";
/// Events read at once.
const PAGE: usize = 1_000;
/// Mails under way at once: as many as the connector has connections.
const AT_ONCE: usize = connectors::mail::smtp::CONNECTIONS_MAX;
/// Mails after which what was done is noted.
const NOTED_AFTER: usize = 100;
/// How long what was done stays unnoted.
const NOTE_INTERVAL: Duration = Duration::from_secs(2);
/// Events that pass without a mail before that is noted.
const PASSED_MAX: u64 = 10_000;
/// Failures in a row after which the mail server counts as down.
const DOWN_AFTER: u32 = 5;
/// The longest pause of a server that is down.
const DOWN_PAUSE_MAX: Duration = Duration::from_secs(300);
/// The longest pause between attempts at a mail, in milliseconds.
const RETRY_MAX_MS: i64 = 60 * 60_000;
/// What happened longer ago is not told any more, in milliseconds.
const GIVE_UP_MS: i64 = 3 * 24 * 60 * 60_000;
/// The pause after the database could not be read or written.
const PAUSE: Duration = Duration::from_secs(1);
/// How long it is waited for news before the feed is looked at again.
const LOOK: Duration = Duration::from_secs(5);

/// How quickly mails follow each other.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Mails in a second at most.
    pub per_second: u32,
    /// The first pause of a server that is down; it doubles.
    pub down_pause: Duration,
    /// The pause after the first failure of a mail, in milliseconds; it doubles.
    pub retry_ms: i64,
    /// How long a shopper whose payment failed may try again before a mail says it, in milliseconds.
    pub payment_failed_ms: i64,
}

impl Pace {
    /// The usual one, at this rate.
    pub fn of(per_second: u32) -> Self {
        Self {
            per_second: per_second.max(1),
            down_pause: Duration::from_secs(5),
            retry_ms: 60_000,
            payment_failed_ms: 2 * 60_000,
        }
    }
}

/// What became of an event.
enum Outcome {
    /// It is worth no mail.
    Passed,
    /// It is come back to at this time.
    Held(i64),
    Sent(Mailed),
    GivenUp(Mailed),
    Later(Event, String),
}

/// An event to be dealt with, and how often it was tried before.
struct Job {
    event: Event,
    attempts: u32,
}

/// Follows the feed for as long as this server leads, again and again, until the server stops.
pub async fn lead(
    app: App,
    pace: Pace,
    mut leads: watch::Receiver<bool>,
    stopped: impl Future<Output = ()>,
) {
    let mut stopped = std::pin::pin!(stopped);
    loop {
        tokio::select! {
            () = &mut stopped => return,
            led = leads.wait_for(|leads| *leads) => if led.is_err() { return },
        }
        let Some(mut round) = Round::begin(&app, pace).await else {
            sleep(PAUSE).await;
            continue;
        };
        let mut is_over = false;
        round
            .go_on(async {
                tokio::select! {
                    () = &mut stopped => is_over = true,
                    lost = leads.wait_for(|leads| !*leads) => is_over = lost.is_err(),
                }
            })
            .await;
        if is_over {
            return;
        }
    }
}

/// One time of leading.
struct Round {
    app: App,
    pace: Pace,
    me: Follower,
    page: VecDeque<Event>,
    /// What was done and is not noted yet.
    unnoted: Vec<Mailed>,
    noted_position: u64,
    noted_at: Instant,
    is_changed: bool,
    failures: u32,
    down_pause: Duration,
    down_until: Option<Instant>,
    /// When the next mail may leave.
    next_at: Instant,
    /// Whether there may be more to do at once.
    worked: bool,
}

impl Round {
    /// Goes on where the last one ended; the first one ever, and one after a time without a way to send, begins at the
    /// present end of the feed.
    async fn begin(app: &App, pace: Pace) -> Option<Self> {
        let known = app.shelf.read().follower(MAILS).cloned();
        let rests = !app.config.mailer.is_there();
        let me = match known {
            Some(known) if !known.rests && !rests => known,
            known => {
                let end = app.read(|r| screen::position_at(r, i64::MAX)).await;
                let end = end
                    .inspect_err(|error| tracing::warn!(%error, "the feed's end cannot be read"));
                let position = end.ok()?.max(known.map_or(0, |k| k.position));
                Follower {
                    id: MAILS,
                    name: NAME.to_string(),
                    position,
                    rests,
                    waiting: Vec::new(),
                    sent_at: None,
                    trouble: None,
                    telling: Telling::default(),
                }
            }
        };
        let now = Instant::now();
        let mut round = Self {
            app: app.clone(),
            pace,
            noted_position: me.position,
            me,
            page: VecDeque::new(),
            unnoted: Vec::new(),
            noted_at: now,
            is_changed: true,
            failures: 0,
            down_pause: pace.down_pause,
            down_until: None,
            next_at: now,
            worked: true,
        };
        round.note().await.ok()?;
        Some(round)
    }

    /// Sends until it is told to end, which is heard between mails alone, or another server has gone further.
    async fn go_on(&mut self, end: impl Future<Output = ()>) {
        let mut end = std::pin::pin!(end);
        if self.me.rests {
            return end.await;
        }
        let mut feed = self.app.watch.feed();
        loop {
            let idle = if self.worked {
                Duration::ZERO
            } else {
                self.idle()
            };
            tokio::select! {
                biased;
                () = &mut end => return self.note_the_rest().await,
                () = sleep(idle) => {}
                _ = feed.recv() => {}
            }
            // Batches of one moment are one word.
            while feed.try_recv().is_ok() {}
            self.worked = match self.step().await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::warn!(%error, "mails wait: the feed cannot be read");
                    sleep(PAUSE).await;
                    false
                }
            };
            if self.is_time_to_note() && self.note().await.is_err() {
                return;
            }
        }
    }

    /// Deals with a few events; gives whether there may be more at once.
    async fn step(&mut self) -> Result<bool, StoreError> {
        if self.down_until.is_some_and(|until| until > Instant::now()) {
            return Ok(false);
        }
        let is_down = self.failures >= DOWN_AFTER;
        let due = self.due(is_down);
        let (jobs, last) = if !due.is_empty() {
            (self.again(&due).await?, None)
        } else if is_down || self.me.waiting.len() + AT_ONCE > WAITING_MAX {
            return Ok(false);
        } else {
            self.next().await?
        };
        if jobs.is_empty() && last.is_none() && due.is_empty() {
            return Ok(false);
        }
        let outcomes = self.deal_with(jobs).await?;
        self.me.waiting.retain(|w| !due.contains(&w.position));
        for (position, attempts, outcome) in outcomes {
            self.take(position, attempts, outcome);
        }
        if let Some(last) = last {
            self.me.position = last;
            while self
                .page
                .front()
                .is_some_and(|event| event.position <= last)
            {
                self.page.pop_front();
            }
            self.is_changed |= last - self.noted_position >= PASSED_MAX;
        }
        metrics::gauge!("sesame_mails_waiting").set(self.me.waiting.len() as f64);
        Ok(true)
    }

    /// Positions of what was set aside and is due; one, to try, when the server is down.
    fn due(&self, is_down: bool) -> Vec<u64> {
        if is_down {
            let first = self.me.waiting.iter().find(|w| w.attempts > 0);
            return first.map(|w| w.position).into_iter().collect();
        }
        let now = now_ms();
        let due = self.me.waiting.iter().filter(|w| w.due_at <= now);
        due.take(AT_ONCE).map(|w| w.position).collect()
    }

    async fn again(&self, positions: &[u64]) -> Result<Vec<Job>, StoreError> {
        let mut jobs = Vec::new();
        for waiting in self
            .me
            .waiting
            .iter()
            .filter(|w| positions.contains(&w.position))
        {
            let before = waiting.position - 1;
            let found = self.app.read(move |r| r.events(before, 1)).await?;
            jobs.extend(found.into_iter().map(|event| Job {
                event,
                // An event that was held and not tried must not be held once more.
                attempts: waiting.attempts.max(1),
            }));
        }
        Ok(jobs)
    }

    /// The next events that may be worth a mail, and the position up to which all are looked at then.
    async fn next(&mut self) -> Result<(Vec<Job>, Option<u64>), StoreError> {
        if self.page.is_empty() {
            let after = self.me.position;
            self.page = self.app.read(move |r| r.events(after, PAGE)).await?.into();
        }
        let (mut jobs, mut last) = (Vec::new(), None);
        // They stay in the page until they are dealt with.
        for event in &self.page {
            if jobs.len() == AT_ONCE {
                break;
            }
            last = Some(event.position);
            if mails::may_be_told(&event.what) {
                let event = event.clone();
                jobs.push(Job { event, attempts: 0 });
            }
        }
        Ok((jobs, last))
    }

    async fn deal_with(&mut self, jobs: Vec<Job>) -> Result<Vec<(u64, u32, Outcome)>, StoreError> {
        let mut written = Vec::new();
        for job in jobs {
            let found = write(&self.app, self.pace, &job).await?;
            written.push((job, found));
        }
        let count = written
            .iter()
            .filter(|(_, found)| matches!(found, Found::Mail(..)))
            .count();
        self.keep_to_the_rate(count).await;
        let mut sending = tokio::task::JoinSet::new();
        for (job, found) in written {
            let mailer = self.app.config.mailer.clone();
            sending.spawn(async move {
                let position = job.event.position;
                let outcome = match found {
                    Found::Nothing => Outcome::Passed,
                    Found::Held(until) => Outcome::Held(until),
                    Found::TooOld(mailed) => Outcome::GivenUp(mailed),
                    Found::Mail(mailed, mail) => match mailer.send(&mail).await {
                        Ok(()) => Outcome::Sent(mailed),
                        Err(MailError::Address(reason)) => Outcome::GivenUp(Mailed {
                            given_up: Some(bounded(reason)),
                            ..mailed
                        }),
                        Err(error) => Outcome::Later(job.event, error.to_string()),
                    },
                };
                (position, job.attempts, outcome)
            });
        }
        let mut outcomes = sending.join_all().await;
        outcomes.sort_by_key(|(position, ..)| *position);
        Ok(outcomes)
    }

    async fn keep_to_the_rate(&mut self, mails: usize) {
        let mails = u32::try_from(mails).unwrap_or(u32::MAX);
        if mails == 0 {
            return;
        }
        tokio::time::sleep_until(self.next_at).await;
        self.next_at = Instant::now() + Duration::from_secs(1) * mails / self.pace.per_second;
    }

    fn take(&mut self, position: u64, attempts: u32, outcome: Outcome) {
        let now = now_ms();
        match outcome {
            Outcome::Passed => {}
            Outcome::Held(due_at) => self.set_aside(position, 0, due_at),
            Outcome::Sent(mailed) => {
                metrics::counter!("sesame_mails_sent_total").increment(1);
                self.me.sent_at = Some(now);
                self.me.trouble = None;
                self.works_again(now);
                self.unnoted.push(mailed);
            }
            Outcome::GivenUp(mailed) => {
                tracing::warn!(group = %mailed.group, mail = mailed.mail.word(), reason = mailed.given_up, "a mail is given up");
                self.works_again(now);
                self.unnoted.push(mailed);
            }
            Outcome::Later(event, reason) => {
                metrics::counter!("sesame_mail_failures_total").increment(1);
                tracing::warn!(
                    event = event.position,
                    reason,
                    "a mail is tried again later"
                );
                self.me.trouble = Some(Trouble {
                    at: now,
                    reason: bounded(reason),
                });
                self.failures += 1;
                if self.failures >= DOWN_AFTER {
                    self.down_until = Some(Instant::now() + self.down_pause);
                    self.down_pause = (self.down_pause * 2).min(DOWN_PAUSE_MAX);
                }
                let doubled = self.pace.retry_ms << attempts.saturating_sub(1).min(10);
                self.set_aside(position, attempts + 1, now + doubled.min(RETRY_MAX_MS));
            }
        }
    }

    fn set_aside(&mut self, position: u64, attempts: u32, due_at: i64) {
        self.me.waiting.push(Waiting {
            position,
            attempts,
            due_at,
        });
        self.is_changed = true;
    }

    /// The server answers: what waited for it need not wait longer.
    fn works_again(&mut self, now: i64) {
        if self.failures >= DOWN_AFTER {
            let tried = self.me.waiting.iter_mut().filter(|w| w.attempts > 0);
            tried.for_each(|w| w.due_at = now);
        }
        self.failures = 0;
        self.down_pause = self.pace.down_pause;
        self.down_until = None;
    }

    fn is_time_to_note(&self) -> bool {
        let is_any = self.is_changed || !self.unnoted.is_empty();
        is_any && (self.unnoted.len() >= NOTED_AFTER || self.noted_at.elapsed() >= NOTE_INTERVAL)
    }

    /// How long nothing happens unless there is news.
    fn idle(&self) -> Duration {
        let now = now_ms();
        let due = self.me.waiting.iter().map(|w| w.due_at - now).min();
        let due = due.map_or(LOOK, |ms| Duration::from_millis(ms.max(50).unsigned_abs()));
        let note = match self.is_changed || !self.unnoted.is_empty() {
            true => NOTE_INTERVAL.saturating_sub(self.noted_at.elapsed()),
            false => LOOK,
        };
        due.min(LOOK).min(note.max(Duration::from_millis(50)))
    }

    /// Notes what was done, however often that takes.
    ///
    /// # Errors
    /// When another server has gone further: what is known here is old.
    async fn note(&mut self) -> Result<(), ()> {
        loop {
            let followed = Followed {
                follower: self.me.clone(),
                mails: self.unnoted.clone(),
            };
            match self.app.system(Command::Followed(followed)).await {
                Ok(_) => break,
                Err(DoorError::Refused(refusal)) => {
                    tracing::warn!(%refusal, "another server sends the mails");
                    return Err(());
                }
                Err(error) => {
                    tracing::warn!(%error, "noting which mails were sent is tried again");
                    sleep(PAUSE).await;
                }
            }
        }
        self.unnoted.clear();
        self.noted_position = self.me.position;
        self.noted_at = Instant::now();
        self.is_changed = false;
        Ok(())
    }

    /// Notes what is not noted yet, so that nobody sends it again.
    async fn note_the_rest(&mut self) {
        if self.is_changed || !self.unnoted.is_empty() || self.me.position > self.noted_position {
            // If another server has gone further, it has noted more.
            _ = self.note().await;
        }
    }
}

fn bounded(reason: String) -> String {
    match reason.char_indices().nth(NOTE_CHARS_MAX) {
        Some((at, _)) => reason[..at].to_string(),
        None => reason,
    }
}

/// What an event is worth.
enum Found {
    Nothing,
    Held(i64),
    TooOld(Mailed),
    Mail(Mailed, Box<Mail>),
}

async fn write(app: &App, pace: Pace, job: &Job) -> Result<Found, StoreError> {
    let event = &job.event;
    let Some(id) = event.what.group() else {
        return Ok(Found::Nothing);
    };
    // A shopper may be trying another card this moment.
    if matches!(event.what, What::PaymentDeclined { .. }) && job.attempts == 0 {
        return Ok(Found::Held(event.at + pace.payment_failed_ms));
    }
    // Not from memory: it may be older there than the event, which another server may have written.
    let Some(group) = app.read(move |r| r.group(id)).await? else {
        return Ok(Found::Nothing);
    };
    let was_confirmed = match event.what {
        What::GroupCanceled { .. } => {
            let history = app.read(move |r| r.history(id)).await?;
            history
                .iter()
                .any(|e| matches!(e.what, What::GroupConfirmed { .. }))
        }
        _ => true,
    };
    let Some((kind, about)) = mails::due(&event.what, &group, was_confirmed) else {
        return Ok(Found::Nothing);
    };
    let mailed = |kind: MailKind, given_up| Mailed {
        group: id,
        mail: kind,
        given_up,
    };
    if now_ms() - event.at > GIVE_UP_MS {
        let reason = "the mail server took it on none of three days".to_string();
        return Ok(Found::TooOld(mailed(kind, Some(reason))));
    }
    let writer = mails::Writer {
        world: &app.shelf.read(),
        public_url: &app.config.public_url,
        group: &group,
    };
    Ok(match writer.mail(kind, about) {
        Some(mail) => Found::Mail(mailed(kind, None), Box::new(mail)),
        None => Found::Nothing,
    })
}

#[cfg(test)]
mod tests;
