//! Tells people of what they wish for: follows the feed for stock that came back and prices that fell, looks for
//! campaigns that began, and tells who waits, those who wait longest first, some at a time.
//!
//! Who is to be told becomes a letter with the same write that ends their waiting (`Command::TellWishes`), so that a
//! crash neither forgets nor repeats it: a letter that left before that was noted is sent once more under the same
//! `Message-ID`. Letters, articles in work and what is read at once are bounded; what does not fit stays where it is,
//! in the index of who waits and in the feed, until there is room. Nothing here is asked of all customers: the feed
//! names articles, and the index names who waits for one.

mod devices;

use api::app::{App, DoorError, now_ms};
use api::mail::MailError;
use api::members::wishes;
use commerce::Command;
use commerce::campaign::CampaignState;
use commerce::command::TellWishes;
use commerce::event::{Event, What};
use commerce::follower::{ALERTS, Follower, Trouble};
use commerce::id::{ProductId, VariantId};
use commerce::limits::{LETTERS_MAX, NOTE_CHARS_MAX, TOLD_AT_ONCE_MAX, WAVES_MAX};
use commerce::switch::Work;
use commerce::wish::{AlertKind, Letter, Telling, Want, Wave};
use commerce::world::RecordKind;
use commerce::{Refusal, World};
use std::collections::BTreeSet;
use std::time::Duration;
use store::StoreError;
use storefront::alerts;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, sleep_until};

/// The follower's name.
const NAME: &str = "alerts";
/// Events read at once.
const PAGE: usize = 1_000;
/// Letters under way at once.
const AT_ONCE: usize = connectors::mail::smtp::CONNECTIONS_MAX;
/// Who waits, looked at in one step: most may wait for a lower price than this.
const LOOKED_AT: usize = 500;
/// Articles looked at in one step while all prices are.
const SWEPT: usize = 200;
/// Events that pass before that is noted.
const PASSED_MAX: u64 = 10_000;
/// People told for each piece that is free: not all who are told buy.
const TOLD_PER_PIECE: i64 = 2;
/// A letter older than this is looked at again before it leaves, in milliseconds.
const FRESH_MS: i64 = 60_000;
/// A letter that could not be sent for so long is taken back, in milliseconds.
const GIVE_UP_MS: i64 = 24 * 60 * 60_000;
/// The longest pause between attempts at a letter, in milliseconds.
const RETRY_MAX_MS: i64 = 60 * 60_000;
/// The pause after the database could not be read or written.
const PAUSE: Duration = Duration::from_secs(1);
/// How long it is waited for news before everything is looked at again.
const LOOK: Duration = Duration::from_secs(5);
/// Before the first who waits.
const FROM_THE_FIRST: (i64, u64) = (i64::MIN, 0);

/// How quickly people are told.
#[derive(Debug, Clone, Copy)]
pub struct Pace {
    /// Messages in a second at most.
    pub per_second: u32,
    /// The pause after the first failure of a letter, in milliseconds; it doubles.
    pub retry_ms: i64,
    /// How long those who were told have before others are told of the same article, in milliseconds.
    pub wave_ms: i64,
}

impl Pace {
    /// The usual one, at half the rate of mails: those about orders come first.
    pub fn of(mails_per_second: u32) -> Self {
        Self {
            per_second: mails_per_second.div_ceil(2).max(1),
            retry_ms: 60_000,
            wave_ms: 30 * 60_000,
        }
    }
}

/// What became of a letter.
enum Outcome {
    /// It left, or nobody can get it.
    Done,
    /// What it says is no longer true, or it lay for too long.
    Returned,
    Later(Delay),
}

/// Why something did not leave, and when it is to be tried again at the earliest, in milliseconds from now.
struct Delay {
    reason: String,
    after_ms: i64,
}

impl Delay {
    fn of(error: impl std::fmt::Display) -> Self {
        Self {
            reason: error.to_string(),
            after_ms: 0,
        }
    }
}

/// Tells people for as long as this server leads, again and again, until the server stops.
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

/// Another server has gone further, or nothing can be read: a new round begins with what is known then.
struct Ended;

impl From<StoreError> for Ended {
    fn from(error: StoreError) -> Self {
        tracing::warn!(%error, "alerts wait: nothing can be read");
        Self
    }
}

/// One time of leading.
struct Round {
    app: App,
    pace: Pace,
    me: Follower,
    noted_position: u64,
    /// When the next messages may leave.
    next_at: Instant,
}

impl Round {
    /// Goes on where the last one ended; the first one ever, and one after a time without a way to send, begins at the
    /// present end of the feed.
    async fn begin(app: &App, pace: Pace) -> Option<Self> {
        let known = app.shelf.read().follower(ALERTS).cloned();
        let rests = !app.config.mailer.is_there();
        let me = match known {
            Some(known) if !known.rests && !rests => known,
            known => {
                let end = app.read(|r| screen::position_at(r, i64::MAX)).await;
                let end = end
                    .inspect_err(|error| tracing::warn!(%error, "the feed's end cannot be read"));
                let position = end.ok()?.max(known.as_ref().map_or(0, |k| k.position));
                let before = known.map_or_else(Telling::default, |k| k.telling);
                Follower {
                    id: ALERTS,
                    name: NAME.to_string(),
                    position,
                    rests,
                    waiting: Vec::new(),
                    sent_at: None,
                    trouble: None,
                    telling: Telling {
                        campaigns_at: now_ms(),
                        ..before
                    },
                }
            }
        };
        let mut round = Self {
            app: app.clone(),
            pace,
            noted_position: me.position,
            me,
            next_at: Instant::now(),
        };
        round.note(Vec::new(), Vec::new()).await.ok()?;
        Some(round)
    }

    /// Tells people until it is told to end, which is heard between steps alone.
    async fn go_on(&mut self, end: impl Future<Output = ()>) {
        let mut end = std::pin::pin!(end);
        if self.me.rests {
            return end.await;
        }
        let mut feed = self.app.watch.feed();
        let mut worked = true;
        loop {
            let idle = if worked { Duration::ZERO } else { self.idle() };
            tokio::select! {
                biased;
                () = &mut end => {
                    // Where it goes on is known well enough without.
                    drop(self.note(Vec::new(), Vec::new()).await);
                    return;
                }
                () = sleep(idle) => {}
                _ = feed.recv() => {}
            }
            while feed.try_recv().is_ok() {}
            worked = match self.step().await {
                Ok(worked) => worked,
                Err(Ended) => {
                    sleep(PAUSE).await;
                    return;
                }
            };
        }
    }

    /// Does one thing; gives whether there may be more at once. Letters come first: they are promises. While the shop
    /// does without alerts nothing moves: letters and waves stay noted, and the feed is read on from here.
    async fn step(&mut self) -> Result<bool, Ended> {
        if self.is_shed() {
            return Ok(false);
        }
        self.notice_campaigns().await?;
        Ok(
            self.send().await?
                || self.tell().await?
                || self.sweep().await?
                || self.follow().await?,
        )
    }

    fn is_shed(&self) -> bool {
        self.app.sheds(Work::Alerts, now_ms()).is_some()
    }

    /// How long nothing happens unless there is news.
    fn idle(&self) -> Duration {
        if self.is_shed() {
            return LOOK;
        }
        let now = now_ms();
        let letters = self.me.telling.letters.iter().map(|l| l.due_at);
        let waves = self.me.telling.waves.iter().map(|w| w.next_at);
        let due = letters.chain(waves).min().map_or(i64::MAX, |at| at - now);
        Duration::from_millis(due.max(50).unsigned_abs()).min(LOOK)
    }

    /// Notes how far it is, with whom to tell and what is not to be told after all; letters are written with it.
    async fn note(&mut self, tell: Vec<Letter>, returned: Vec<Letter>) -> Result<(), Ended> {
        loop {
            let command = TellWishes {
                follower: self.me.clone(),
                tell: tell.clone(),
                returned: returned.clone(),
            };
            match self.app.system(Command::TellWishes(command)).await {
                Ok(_) => break,
                Err(DoorError::Refused(Refusal::WrongState { .. })) => {
                    tracing::warn!("another server tells people of their wishes");
                    return Err(Ended);
                }
                Err(DoorError::Refused(refusal)) => {
                    tracing::error!(%refusal, "who is told could not be noted");
                    return Err(Ended);
                }
                Err(DoorError::Unanswered) => return Err(Ended),
                Err(error) => {
                    tracing::warn!(%error, "noting who is told is tried again");
                    sleep(PAUSE).await;
                }
            }
        }
        // What became letters is what the core made of it.
        let known = self.app.shelf.read().follower(ALERTS).cloned();
        self.me = known.ok_or(Ended)?;
        self.noted_position = self.me.position;
        metrics::gauge!("sesame_alerts_waiting").set(self.me.telling.letters.len() as f64);
        Ok(())
    }

    /// Sends letters that are due.
    async fn send(&mut self) -> Result<bool, Ended> {
        let now = now_ms();
        let due = self.me.telling.letters.iter().filter(|l| l.due_at <= now);
        let due: Vec<Letter> = due.take(AT_ONCE).cloned().collect();
        if due.is_empty() {
            return Ok(false);
        }
        sleep_until(self.next_at).await;
        let count = u32::try_from(due.len()).unwrap_or(u32::MAX);
        self.next_at = Instant::now() + Duration::from_secs(1) * count / self.pace.per_second;
        let mut sending = tokio::task::JoinSet::new();
        for letter in due {
            let app = self.app.clone();
            sending.spawn(async move {
                let outcome = deliver(&app, &letter).await;
                (letter, outcome)
            });
        }
        let mut returned = Vec::new();
        for (letter, outcome) in sending.join_all().await {
            let outcome = outcome.unwrap_or_else(|error| Outcome::Later(Delay::of(error)));
            self.take(letter, outcome, &mut returned);
        }
        self.note(Vec::new(), returned).await?;
        Ok(true)
    }

    fn take(&mut self, letter: Letter, outcome: Outcome, returned: &mut Vec<Letter>) {
        let now = now_ms();
        let letters = &mut self.me.telling.letters;
        match outcome {
            Outcome::Later(Delay { reason, after_ms }) if now - letter.at < GIVE_UP_MS => {
                metrics::counter!("sesame_alert_failures_total").increment(1);
                tracing::warn!(
                    letter = letter.number,
                    reason,
                    "an alert is tried again later"
                );
                let doubled = self.pace.retry_ms << letter.attempts.min(10);
                for same in letters.iter_mut().filter(|l| l.number == letter.number) {
                    same.attempts += 1;
                    same.due_at = now + doubled.max(after_ms).min(RETRY_MAX_MS);
                }
                self.me.trouble = Some(Trouble {
                    at: now,
                    reason: reason.chars().take(NOTE_CHARS_MAX).collect(),
                });
                return;
            }
            Outcome::Done => {
                metrics::counter!("sesame_alerts_sent_total").increment(1);
                self.me.sent_at = Some(now);
                self.me.trouble = None;
            }
            Outcome::Returned | Outcome::Later(_) => returned.push(letter.clone()),
        }
        letters.retain(|l| l.number != letter.number);
    }

    /// Tells some of those who wait for an article.
    async fn tell(&mut self) -> Result<bool, Ended> {
        let now = now_ms();
        let room = LETTERS_MAX.saturating_sub(self.me.telling.letters.len());
        let waves = &self.me.telling.waves;
        let Some(place) = waves
            .iter()
            .position(|w| w.next_at <= now)
            .filter(|_| room > 0)
        else {
            return Ok(false);
        };
        let mut wave = waves[place].clone();
        let free = alerts::free(&self.app.shelf.read(), wave.variant);
        if free <= 0 {
            self.me.telling.waves.remove(place);
            return self.note(Vec::new(), Vec::new()).await.map(|()| true);
        }
        if wave.left == 0 {
            // From the first again: who was told enough yesterday still waits there.
            let told = free.saturating_mul(TOLD_PER_PIECE);
            wave.left = u32::try_from(told).unwrap_or(u32::MAX);
            wave.after = FROM_THE_FIRST;
        }
        let (of, after) = ((wave.kind, wave.variant), wave.after);
        let page = self.app.read(move |r| r.waiting(of, after, LOOKED_AT));
        let page = page.await?;
        let most = room.min(TOLD_AT_ONCE_MAX).min(wave.left as usize);
        let (tell, after) = chosen(&self.app.shelf.read(), now, &page, most);
        let Some(after) = after else {
            self.me.telling.waves.remove(place);
            return self.note(Vec::new(), Vec::new()).await.map(|()| true);
        };
        wave.after = after;
        wave.left -= u32::try_from(tell.len()).unwrap_or(wave.left);
        if wave.left == 0 {
            wave.next_at = now + self.pace.wave_ms;
        }
        // Others have their turn before this one goes on.
        self.me.telling.waves.remove(place);
        self.me.telling.waves.push(wave);
        self.note(tell, Vec::new()).await?;
        Ok(true)
    }

    /// Looks at some more of the prices that somebody waits for.
    async fn sweep(&mut self) -> Result<bool, Ended> {
        let Some(after) = self.me.telling.sweep else {
            return Ok(false);
        };
        if self.me.telling.waves.len() + SWEPT > WAVES_MAX {
            return Ok(false);
        }
        let among = VariantId(after.0 + 1)..=VariantId(u64::MAX >> 1);
        let wanted = self
            .app
            .read(move |r| r.wanted(AlertKind::Cheaper, among, SWEPT));
        let wanted = wanted.await?;
        self.me.telling.sweep = wanted.last().copied().filter(|_| wanted.len() == SWEPT);
        let wanted = wanted
            .into_iter()
            .map(|v| (AlertKind::Cheaper, v))
            .collect();
        self.open(wanted).await?;
        self.note(Vec::new(), Vec::new()).await?;
        Ok(true)
    }

    /// Prices fall when a campaign begins, of which the feed says nothing.
    async fn notice_campaigns(&mut self) -> Result<(), Ended> {
        let (now, seen) = (now_ms(), self.me.telling.campaigns_at);
        let begun = {
            let world = self.app.shelf.read();
            let mut approved = world.approved_campaigns();
            approved.any(|c| seen < c.starts_at && c.starts_at <= now)
        };
        if begun {
            self.me.telling.campaigns_at = now;
            self.me.telling.sweep = Some(VariantId(0));
            self.note(Vec::new(), Vec::new()).await?;
        }
        Ok(())
    }

    /// Looks at the next events.
    async fn follow(&mut self) -> Result<bool, Ended> {
        if self.me.telling.waves.len() >= WAVES_MAX / 2 {
            return Ok(false);
        }
        let after = self.me.position;
        let events = self.app.read(move |r| r.events(after, PAGE)).await?;
        let Some(last) = events.last().map(|event| event.position) else {
            return Ok(false);
        };
        let named = named(&self.app.shelf.read(), &events, now_ms());
        let named_campaign = named.campaign;
        if named_campaign {
            self.me.telling.sweep = Some(VariantId(0));
        }
        let wanted = self.app.read(move |r| wanted(r, &named)).await?;
        let room = WAVES_MAX - self.me.telling.waves.len();
        let is_news = !wanted.is_empty() || named_campaign;
        // In pieces, when a file changes more articles than can be in work: the page is read again for the rest.
        let is_whole = wanted.len() <= room;
        self.open(wanted.into_iter().take(room).collect()).await?;
        if is_whole {
            self.me.position = last;
        }
        if is_news || last - self.noted_position >= PASSED_MAX {
            self.note(Vec::new(), Vec::new()).await?;
        }
        Ok(true)
    }

    /// Begins to tell people of articles, as far as there is something to tell.
    async fn open(&mut self, wanted: Vec<(AlertKind, VariantId)>) -> Result<(), Ended> {
        for (kind, variant) in wanted {
            let is_open = |w: &Wave| (w.kind, w.variant) == (kind, variant);
            if self.me.telling.waves.iter().any(is_open) {
                continue;
            }
            if alerts::free(&self.app.shelf.read(), variant) <= 0 {
                continue;
            }
            if kind == AlertKind::Cheaper && !self.is_cheap(variant).await? {
                continue;
            }
            self.me.telling.waves.push(Wave {
                variant,
                kind,
                left: 0,
                next_at: 0,
                after: FROM_THE_FIRST,
            });
        }
        Ok(())
    }

    /// Whether an article costs no more than what somebody waits for.
    async fn is_cheap(&self, variant: VariantId) -> Result<bool, Ended> {
        let prices: Vec<_> = {
            let world = self.app.shelf.read();
            let shop = world.shop();
            let currencies = shop.iter().flat_map(|s| &s.currencies).map(|(c, _)| *c);
            let now = now_ms();
            let of = |currency| alerts::price(&world, now, variant, currency);
            currencies.filter_map(of).collect()
        };
        let found = self.app.read(move |r| {
            for price in &prices {
                let most = r.most_offered(variant, price.currency)?;
                if most.is_some_and(|most| most >= price.minor) {
                    return Ok(true);
                }
            }
            Ok(false)
        });
        Ok(found.await?)
    }
}

/// What a page of events names.
#[derive(Debug, Default)]
struct Named {
    variants: BTreeSet<VariantId>,
    products: BTreeSet<ProductId>,
    campaign: bool,
}

fn named(world: &World, events: &[Event], now: i64) -> Named {
    let mut named = Named::default();
    for event in events {
        match event.what {
            What::StockChanged { variant, .. } => {
                named.variants.insert(variant);
            }
            What::RecordSaved {
                record: RecordKind::Product,
                id,
            } => {
                named.products.insert(ProductId(id));
            }
            What::RecordSaved {
                record: RecordKind::Campaign,
                id,
            } => {
                let campaign = world.campaign(commerce::id::CampaignId(id));
                named.campaign |=
                    campaign.is_some_and(|c| c.state == CampaignState::Approved && c.runs(now));
            }
            _ => {}
        }
    }
    // Most events are of orders, which take: what is sold out now is nobody's news.
    named.variants.retain(|v| alerts::free(world, *v) > 0);
    named
}

/// Of what is named, that of which somebody waits to hear.
fn wanted(
    reader: &dyn store::Queries,
    named: &Named,
) -> Result<Vec<(AlertKind, VariantId)>, StoreError> {
    let mut found = Vec::new();
    for kind in AlertKind::ALL {
        for variant in &named.variants {
            let any = reader.wanted(kind, *variant..=*variant, 1)?;
            found.extend(any.into_iter().map(|v| (kind, v)));
        }
        for product in &named.products {
            let articles = VariantId(product.0)..=VariantId(product.0 | 0xff);
            let any = reader.wanted(kind, articles, usize::from(u8::MAX))?;
            found.extend(any.into_iter().map(|v| (kind, v)));
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// The first of those who wait that are to be told now, at most so many, and who was looked at last; `None` when there
/// was nobody.
fn chosen(
    world: &World,
    now: i64,
    page: &[Want],
    most: usize,
) -> (Vec<Letter>, Option<(i64, u64)>) {
    let (mut tell, mut after) = (Vec::new(), None);
    for want in page {
        if tell.len() >= most {
            break;
        }
        after = Some((want.since, want.customer.0));
        let letter = Letter {
            number: 0,
            customer: want.customer,
            variant: want.variant,
            kind: want.kind,
            since: want.since,
            at_most: want.at_most,
            at: now,
            attempts: 0,
            due_at: 0,
        };
        if alerts::is_true(world, now, &letter) {
            tell.push(letter);
        }
    }
    (tell, after)
}

/// Says what a letter says, on its reader's devices or by mail, if it is still true and somebody is there to read it.
async fn deliver(app: &App, letter: &Letter) -> Result<Outcome, StoreError> {
    let now = now_ms();
    let is_old = letter.attempts > 0 || now - letter.at > FRESH_MS;
    if is_old && !alerts::is_true(&app.shelf.read(), now, letter) {
        return Ok(Outcome::Returned);
    }
    let id = letter.customer;
    let Some(customer) = app.read(move |r| r.customer(id)).await? else {
        return Ok(Outcome::Done);
    };
    let kept = wishes::of(app, id).await?;
    let language = alerts::language_of(&customer, &kept);
    let said = {
        let world = app.shelf.read();
        let words = alerts::words(&world, now, letter, language);
        words.map(|words| {
            let note = alerts::note(letter, &words);
            let reader = (&customer, language);
            let mail = alerts::mail(&world, &app.config, reader, (letter, words));
            (note, mail)
        })
    };
    let Some((note, mail)) = said else {
        return Ok(Outcome::Done);
    };
    match devices::tell(app, &customer, (letter, note)).await {
        devices::Told::Yes => return Ok(Outcome::Done),
        devices::Told::No => {}
        devices::Told::Later(delay) => return Ok(Outcome::Later(delay)),
    }
    Ok(match app.config.mailer.send(&mail).await {
        Ok(()) => Outcome::Done,
        Err(MailError::Address(reason)) => {
            tracing::warn!(
                letter = letter.number,
                reason,
                "an alert's address is refused"
            );
            Outcome::Done
        }
        Err(error) => Outcome::Later(Delay::of(error)),
    })
}

#[cfg(test)]
mod tests;
