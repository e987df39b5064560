//! A past day, played again from the feed through the same aggregate, for one screen. It asks a reader for bounded
//! pages, never the writer, and one page at a time: a replay that is too fast for the disk lags, and stays exact.

use super::frame::{self, Clock, Frame};
use super::live::FRAME;
use super::records::Records;
use crate::app::App;
use ::screen::{Chapter, Day, EARLIER_MS, Milestones, Span, position_at};
use axum::body::Bytes;
use jiff::tz::TimeZone;
use std::time::{Duration, Instant};
use store::StoreError;

/// The fastest replay: a day in less than a second.
pub const SPEED_MAX: u32 = 100_000;
/// How long one frame may take to be counted before it is shown.
const WORK: Duration = Duration::from_millis(80);
/// Frames between two with all rankings.
const FRAMES_PER_WHOLE: u32 = 10;

/// What is to be played.
#[derive(Debug, Clone)]
pub struct ReplayPlan {
    /// The day.
    pub span: Span,
    /// Its time zone.
    pub zone: TimeZone,
    /// How many times as fast as it was.
    pub speed: u32,
    /// What is worth a cheer.
    pub milestones: Milestones,
}

/// A replay under way.
pub struct Replay {
    app: App,
    plan: ReplayPlan,
    day: Day,
    records: Records,
    chapter: Chapter,
    /// How many events of the chapter are counted.
    done: usize,
    /// The time on the screen.
    now: i64,
    has_begun: bool,
    is_over: bool,
    frames: u32,
    shown: Frame,
    next: tokio::time::Instant,
}

impl Replay {
    /// Before the first moment of the day.
    pub fn new(app: App, plan: ReplayPlan) -> Self {
        let records = Records::new(app.shelf.clone());
        Self {
            day: Day::new(plan.span, 0, plan.milestones.clone()),
            now: plan.span.from,
            app,
            plan,
            records,
            chapter: Chapter::default(),
            done: 0,
            has_begun: false,
            is_over: false,
            frames: 0,
            shown: Frame::default(),
            next: tokio::time::Instant::now(),
        }
    }

    /// What to send next; `None` when the day is over, or cannot be read.
    pub async fn next(&mut self) -> Option<Bytes> {
        if self.is_over {
            return None;
        }
        tokio::time::sleep_until(self.next).await;
        self.next = tokio::time::Instant::now() + FRAME;
        if let Err(error) = self.advance().await {
            tracing::warn!(%error, "a replay cannot be read on");
            return None;
        }
        Some(self.frame())
    }

    /// Counts what happened since the last frame.
    async fn advance(&mut self) -> Result<(), StoreError> {
        let from = self.plan.span.from - EARLIER_MS;
        if !self.has_begun {
            self.has_begun = true;
            self.day.position = self.app.read(move |r| position_at(r, from)).await?;
            return Ok(());
        }
        let until = self.now + FRAME.as_millis() as i64 * i64::from(self.plan.speed);
        // The clock may have been set back within the day: all of it is read.
        let (until, last) = match until < self.plan.span.to {
            true => (until, until),
            false => (self.plan.span.to, self.plan.span.to + EARLIER_MS),
        };
        let started = Instant::now();
        while started.elapsed() < WORK {
            if self.done == self.chapter.events.len() {
                let position = self.day.position;
                let read = move |r: &dyn store::Queries| Chapter::read(r, position);
                self.chapter = self.app.read(read).await?;
                self.done = 0;
                if self.chapter.events.is_empty() {
                    // The feed ends within the day: nothing more happened.
                    self.now = self.now.max(self.day.at);
                    self.is_over = true;
                    return Ok(());
                }
            }
            let (chapter, from) = (&self.chapter, self.done);
            self.done = chapter.count_until(&mut self.day, from, last, &self.records);
            if self.done < self.chapter.events.len() {
                self.now = until;
                self.is_over = self.now >= self.plan.span.to;
                return Ok(());
            }
        }
        // Not done in time: the screen's clock waits for the disk.
        self.now = self.now.max(self.day.at);
        Ok(())
    }

    fn frame(&mut self) -> Bytes {
        let tick = frame::tick(&mut self.day, self.now);
        let is_whole = self.frames.is_multiple_of(FRAMES_PER_WHOLE) || self.is_over;
        self.frames += 1;
        if !is_whole {
            self.shown = self.shown.with_tick(tick);
            return self.shown.tick.clone();
        }
        let clock = Clock {
            now: self.now,
            speed: Some(self.plan.speed),
        };
        let whole = frame::whole(&self.day, &self.app.shelf.read(), &self.plan.zone, clock);
        self.shown = self.shown.with_both(tick, &whole);
        let mut bytes = self.shown.whole.to_vec();
        bytes.extend_from_slice(&self.shown.tick);
        if self.is_over {
            bytes.extend_from_slice(&frame::event("end", b"{}"));
        }
        Bytes::from(bytes)
    }
}
