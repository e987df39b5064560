//! How the shop is doing, counted as batches become durable: orders per minute, revenue and phones of
//! the day. What was ordered before the server started is read from the database once.
//!
//! A count changes by what each group was worth before and is worth now, so that it equals the
//! database's sum at any time.

use super::wire::Money;
use super::wire::live::Tiles;
use crate::app::{App, now_ms};
use crate::screen::{span_at, zone_of};
use ::screen::Span;
use commerce::command::Device;
use commerce::money::Currency;
use commerce::order::{Group, GroupState, OrderState};
use commerce::world::Delta;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use store::{DayTotals, OrderFilter, StoreError};
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// Minutes shown one by one.
const MINUTES: usize = 30;
const MINUTE_MS: i64 = 60_000;
/// Orders of the last minutes read at start, in pages of this size, at most this many pages.
const START_PAGE: usize = 500;
const START_PAGES_MAX: usize = 20;
/// Attempts to read the day's sums while no batch interferes.
const ATTEMPTS_MAX: usize = 5;
/// How often it is looked whether other servers have written; their orders are then counted in the database.
const ELSEWHERE: Duration = Duration::from_secs(2);
/// Open picks are asked for at most this often, in milliseconds.
const WAITING_MS: i64 = 1_000;

/// The counters.
#[derive(Debug, Default)]
pub struct Pulse {
    counts: Mutex<Counts>,
    waiting: tokio::sync::Mutex<(i64, u64)>,
}

#[derive(Debug, Default)]
struct Counts {
    /// When the day that is counted began, in UTC milliseconds.
    day: i64,
    /// Orders placed per minute since 1970.
    minutes: BTreeMap<i64, u32>,
    sums: BTreeMap<Currency, Sum>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    orders: i64,
    revenue: i64,
    from_phones: i64,
}

impl Counts {
    fn take_in(&mut self, delta: &Delta) {
        for (before, after) in &delta.groups {
            if let Some(before) = before {
                self.add(before, -1);
            } else {
                let orders = u32::try_from(after.orders.len()).unwrap_or(u32::MAX);
                *self.minutes.entry(after.placed_at / MINUTE_MS).or_default() += orders;
            }
            self.add(after, 1);
        }
        while self.minutes.len() > 2 * MINUTES {
            self.minutes.pop_first();
        }
    }

    /// Adds what a group is worth to the day, or takes it away.
    fn add(&mut self, group: &Group, sign: i64) {
        if group.placed_at < self.day || group.state != GroupState::Confirmed {
            return;
        }
        let sum = self.sums.entry(group.currency).or_default();
        for order in &group.orders {
            // The same states as the database's sums count.
            if matches!(order.state, OrderState::Pending | OrderState::Canceled) {
                continue;
            }
            sum.orders += sign;
            sum.revenue += sign * order.total;
            sum.from_phones += sign * i64::from(group.device == Device::Phone);
        }
    }

    fn begin(&mut self, day: i64, totals: &[DayTotals]) {
        self.day = day;
        self.sums = totals
            .iter()
            .map(|t| {
                let sum = Sum {
                    orders: t.orders,
                    revenue: t.revenue,
                    from_phones: t.from_phones,
                };
                (t.currency, sum)
            })
            .collect();
    }

    fn tiles(&self, now: i64, open_picks: u64) -> Tiles {
        let this_minute = now / MINUTE_MS;
        let first = this_minute - MINUTES as i64;
        let per_minute: Vec<u32> = (first..this_minute)
            .map(|minute| self.minutes.get(&minute).copied().unwrap_or(0))
            .collect();
        let all = |part: fn(&Sum) -> i64| self.sums.values().map(part).sum::<i64>();
        let (orders, phones) = (all(|s| s.orders), all(|s| s.from_phones));
        let share = (orders > 0).then(|| phones.max(0) * 1_000 / orders);
        let mut revenue: Vec<Money> = self
            .sums
            .iter()
            .filter(|(_, sum)| sum.orders > 0)
            .map(|(&currency, sum)| Money::new(sum.revenue, currency))
            .collect();
        revenue.sort_by_key(|m| std::cmp::Reverse(m.amount));
        Tiles {
            at: now,
            today_from: self.day,
            orders_last_minute: per_minute.last().copied().unwrap_or(0),
            orders_per_minute: per_minute,
            orders_today: u64::try_from(orders).unwrap_or(0),
            revenue_today: revenue,
            phone_share_permille: share.and_then(|s| u32::try_from(s).ok()),
            open_picks,
        }
    }
}

impl Pulse {
    /// Counts from now on, until the server stops.
    pub fn start(app: &App) -> Arc<Self> {
        let pulse = Arc::new(Self::default());
        let (app, followed) = (app.clone(), pulse.clone());
        tokio::spawn(async move {
            let feed = app.watch.feed();
            followed.follow(&app, feed).await;
        });
        pulse
    }

    /// The tiles as of now.
    ///
    /// # Errors
    /// When the open picks cannot be counted.
    pub async fn tiles(&self, app: &App) -> Result<Tiles, StoreError> {
        let now = now_ms();
        let open_picks = {
            let mut waiting = self.waiting.lock().await;
            if now - waiting.0 >= WAITING_MS {
                let [open, picking, _] = app.read(|reader| reader.fulfillments_waiting()).await?;
                *waiting = (now, u64::try_from(open + picking).unwrap_or(0));
            }
            waiting.1
        };
        Ok(self.lock().tiles(now, open_picks))
    }

    async fn follow(&self, app: &App, mut feed: Receiver<Arc<Delta>>) {
        let mut elsewhere = app.watch.elsewhere();
        self.read_minutes(app).await;
        self.read_day(app, &mut feed).await;
        let mut look = tokio::time::interval(ELSEWHERE);
        look.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        loop {
            let until_tomorrow = tomorrow(app) - now_ms();
            let wait = Duration::from_millis(u64::try_from(until_tomorrow).unwrap_or(0) + 1);
            tokio::select! {
                news = feed.recv() => match news {
                    Ok(delta) => self.lock().take_in(&delta),
                    Err(RecvError::Closed) => return,
                    // Too slow: begin anew from the database.
                    Err(RecvError::Lagged(_)) => self.read_day(app, &mut feed).await,
                },
                // A new day.
                () = tokio::time::sleep(wait) => self.read_day(app, &mut feed).await,
                _ = look.tick() => {
                    // Other servers' batches are not told group by group.
                    if elsewhere.has_changed().unwrap_or(false) {
                        elsewhere.mark_unchanged();
                        self.read_minutes(app).await;
                        self.read_day(app, &mut feed).await;
                    }
                }
            }
        }
    }

    /// Reads the day's sums. A batch that became durable meanwhile may or may not be in them: then they
    /// are read once more.
    async fn read_day(&self, app: &App, feed: &mut Receiver<Arc<Delta>>) {
        for attempt in 1..=ATTEMPTS_MAX {
            while !matches!(
                feed.try_recv(),
                Err(TryRecvError::Empty | TryRecvError::Closed)
            ) {}
            let (day, end) = (today(app), tomorrow(app));
            let totals = app.read(move |reader| reader.totals(day, end)).await;
            let Ok(totals) = totals else {
                tracing::warn!("the day's sums cannot be read; the tiles begin at zero");
                return;
            };
            if feed.is_empty() || attempt == ATTEMPTS_MAX {
                self.lock().begin(day, &totals);
                return;
            }
        }
    }

    /// Reads when the orders of the last minutes were placed.
    async fn read_minutes(&self, app: &App) {
        let from = now_ms() - MINUTES as i64 * MINUTE_MS;
        let placed = app
            .read(move |reader| {
                let mut placed = Vec::new();
                let mut filter = OrderFilter {
                    from: Some(from),
                    limit: START_PAGE,
                    ..OrderFilter::default()
                };
                for _ in 0..START_PAGES_MAX {
                    let page = reader.order_list(&filter)?;
                    placed.extend(page.rows.iter().map(|row| row.placed_at));
                    filter.after = page.next;
                    if page.next.is_none() {
                        break;
                    }
                }
                Ok(placed)
            })
            .await;
        let Ok(placed) = placed else { return };
        let mut counts = self.lock();
        counts.minutes.clear();
        for at in placed {
            *counts.minutes.entry(at / MINUTE_MS).or_default() += 1;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// When today began where the shop is, in UTC milliseconds.
fn today(app: &App) -> i64 {
    this_day(app).from
}

fn tomorrow(app: &App) -> i64 {
    this_day(app).to
}

fn this_day(app: &App) -> Span {
    let zone = zone_of(&app.shelf.read());
    span_at(now_ms(), &zone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tiles_show_full_minutes_and_shares() {
        let mut counts = Counts::default();
        let now = 100 * MINUTE_MS + 30_000;
        counts.minutes.extend([(99, 4), (98, 2), (100, 7), (60, 9)]);
        let euro = Currency::parse("EUR").expect("a currency");
        let totals = [DayTotals {
            currency: euro,
            orders: 3,
            revenue: 1_000,
            from_phones: 2,
        }];
        counts.begin(5, &totals);
        let tiles = counts.tiles(now, 11);
        assert_eq!(tiles.orders_last_minute, 4);
        assert_eq!(tiles.orders_per_minute.len(), MINUTES);
        assert_eq!(tiles.orders_per_minute.iter().sum::<u32>(), 6);
        assert_eq!(tiles.phone_share_permille, Some(666));
        assert_eq!(tiles.revenue_today, [Money::new(1_000, euro)]);
        assert_eq!((tiles.open_picks, tiles.today_from), (11, 5));
    }

    #[test]
    fn without_orders_there_is_no_share() {
        let tiles = Counts::default().tiles(MINUTE_MS, 0);
        assert_eq!(tiles.phone_share_permille, None);
        assert!(tiles.revenue_today.is_empty());
    }
}
