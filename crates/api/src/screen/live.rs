//! Follows the feed and shows today.

use super::records::Records;
use super::{Frame, Screens, frame, span_at, zone_of};
use crate::app::{App, now_ms};
use ::screen::{Chapter, Day, EARLIER_MS, Gap, Milestones, position_at};
use commerce::Delta;
use jiff::tz::TimeZone;
use std::sync::Arc;
use std::time::Duration;
use store::StoreError;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::{MissedTickBehavior, interval, sleep};

/// Time between two frames.
pub const FRAME: Duration = Duration::from_millis(100);
/// Time between two frames with all rankings, in milliseconds, and between two signs of life.
const WHOLE_MS: i64 = 1_000;
/// The pause after the feed could not be read.
const PAUSE: Duration = Duration::from_secs(1);

/// Today, as far as it is counted.
struct Today {
    day: Day,
    zone: TimeZone,
    records: Records,
    milestones: Milestones,
}

/// What was shown last.
#[derive(Default)]
struct Shown {
    position: u64,
    at: i64,
    whole_position: u64,
    whole_at: i64,
}

/// Counts from the start of the day on, and shows it, until the server stops.
pub async fn follow(screens: Arc<Screens>, app: App) {
    // Before the day is read: what comes meanwhile waits here, or is read once more.
    let mut feed = app.watch.feed();
    let mut elsewhere = app.watch.elsewhere();
    let mut today = begin(&app, screens.milestones()).await;
    let mut shown = Shown::default();
    let mut frames = interval(FRAME);
    frames.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            news = feed.recv() => match news {
                Ok(delta) => {
                    if today.take(&delta).is_err() {
                        today.catch_up(&app).await;
                    }
                }
                Err(RecvError::Lagged(_)) => today.catch_up(&app).await,
                Err(RecvError::Closed) => return,
            },
            _ = frames.tick() => {
                // Other servers' batches name no groups.
                if elsewhere.has_changed().unwrap_or(false) {
                    elsewhere.mark_unchanged();
                    today.records.forget();
                    today.catch_up(&app).await;
                }
                if let Some(frame) = today.frame(&app, &screens, &mut shown, now_ms()) {
                    screens.frames.send_replace(Arc::new(frame));
                }
            }
        }
    }
}

/// Reads today so far, however often that takes.
async fn begin(app: &App, milestones: Milestones) -> Today {
    loop {
        let zone = zone_of(&app.shelf.read());
        let span = span_at(now_ms(), &zone);
        match app
            .read(move |reader| position_at(reader, span.from - EARLIER_MS))
            .await
        {
            Ok(position) => {
                let mut today = Today {
                    day: Day::new(span, position, milestones.clone()),
                    zone,
                    records: Records::new(app.shelf.clone()),
                    milestones,
                };
                today.catch_up(app).await;
                // What was read is not shown as if it happened now.
                drop(today.day.to_show());
                return today;
            }
            Err(error) => {
                tracing::warn!(%error, "the big screen cannot read the day");
                sleep(PAUSE).await;
            }
        }
    }
}

impl Today {
    /// A batch as it became durable.
    fn take(&mut self, delta: &Delta) -> Result<(), Gap> {
        if !delta.records.is_empty() {
            self.records.forget();
        }
        let Some(last) = delta.events.last() else {
            return Ok(());
        };
        if last.position <= self.day.position {
            return Ok(());
        }
        let before = self.day.position;
        self.day.take_batch(delta, &self.records)?;
        if last.at >= self.day.span.to {
            self.turn(last.at, before);
            self.day.take_batch(delta, &self.records)?;
        }
        Ok(())
    }

    /// Begins the day that a moment belongs to.
    fn turn(&mut self, at: i64, position: u64) {
        let span = span_at(at, &self.zone);
        self.day = Day::new(span, position, self.milestones.clone());
    }

    /// Reads on from the last position to the end of the feed, however often that takes.
    async fn catch_up(&mut self, app: &App) {
        loop {
            match self.read_on(app).await {
                Ok(true) => {}
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(%error, "the big screen cannot read the feed");
                    sleep(PAUSE).await;
                }
            }
        }
    }

    /// Reads a page; says whether there may be more.
    async fn read_on(&mut self, app: &App) -> Result<bool, StoreError> {
        let before = self.day.position;
        let chapter = app
            .read(move |reader| Chapter::read(reader, before))
            .await?;
        let Some(last) = chapter.events.last() else {
            return Ok(false);
        };
        chapter.count(&mut self.day, &self.records);
        if last.at >= self.day.span.to {
            self.turn(last.at, before);
            chapter.count(&mut self.day, &self.records);
        }
        Ok(true)
    }

    /// The next frame, if something changed, or it is time for a sign of life.
    fn frame(
        &mut self,
        app: &App,
        screens: &Screens,
        shown: &mut Shown,
        now: i64,
    ) -> Option<Frame> {
        if now >= self.day.span.to {
            self.turn(now, self.day.position);
            *shown = Shown::default();
        }
        let position = self.day.position;
        let second = |at: i64| at.div_euclid(WHOLE_MS);
        if position == shown.position && second(now) == second(shown.at) {
            return None;
        }
        (shown.position, shown.at) = (position, now);
        let last = screens.frames.borrow().clone();
        let is_due = now - shown.whole_at >= WHOLE_MS || now < shown.whole_at;
        let is_fresh = position == shown.whole_position && shown.whole_at > 0;
        let tick = frame::tick(&mut self.day, now);
        if !is_due || is_fresh {
            return Some(last.with_tick(tick));
        }
        (shown.whole_position, shown.whole_at) = (position, now);
        let whole = frame::whole(
            &self.day,
            &app.shelf.read(),
            &self.zone,
            frame::Clock::live(now),
        );
        Some(last.with_both(tick, &whole))
    }
}
