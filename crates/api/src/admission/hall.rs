//! The waiting room as the server has it: the room, its settings, its tickets' key, and its record.
//!
//! While it is closed, asking costs one load of a flag. While it is open, each request of a shopper takes a lock for
//! about a microsecond; letting in and writing the record happen in a turn once a second.

use super::Load;
use super::journal::{
    self, Block, Entry, Journal, LineOrder, Why, commitment, drawn_order, from_runs, to_runs,
};
use super::limiter::AT_TARGET;
use super::room::{Number, Past, Room, STAY_MS, Standing, TICKETS_MAX};
use super::ticket::Ticket;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Tickets that may have been given since the last line of the record when the process died. Their numbers are not
/// given again: turns are a second apart, and no server answers more requests in that time.
const ISSUED_MARGIN: Number = 100_000;
const MINUTE_S: u64 = 60;
/// Let in a minute when nobody says how many: where it begins, and its bounds.
const PACE_START: u32 = 600;
const PACE_MIN: u32 = 6;
const PACE_MAX: u32 = 1_000_000;
/// The pace rises by one part of this in a turn, and falls to this share, in thousandths. What is let in now weighs
/// on the shop a little later, so it rises slowly.
const PACE_GROWTH_PART: u32 = 25;
const PACE_SHRINK: u64 = 800;
/// Turns in a row with somebody turned away after which the room opens by itself.
const BUSY_TURNS: u32 = 5;
/// Turns in a row with an empty room and an easy shop after which a room that opened by itself closes.
const CALM_TURNS: u32 = 60;
/// Who opens and closes the room when nobody does.
const BY_ITSELF: &str = "the shop itself";

/// What an operator says when opening the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    /// What for; shown to operators and kept on record.
    pub campaign: String,
    /// The order.
    pub order: LineOrder,
    /// Before this nobody is let in, UTC milliseconds.
    pub opens_at: Option<i64>,
    /// How many are let in a minute; `None` for as many as the shop serves.
    pub per_minute: Option<u32>,
}

/// What a shopper is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    /// Come in.
    ComeIn(Ticket),
    /// Wait.
    Wait(Place),
    /// There are no tickets left.
    Full,
}

/// A place in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// The ticket, signed.
    pub ticket: String,
    /// From 1; `None` before a draw.
    pub position: Option<u32>,
    /// Seconds until it is reached at the present pace, never less than one.
    pub wait_s: u64,
    /// When the doors open, if they have not yet, UTC milliseconds.
    pub opens_at: Option<i64>,
}

/// How the room stands, for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Its number.
    pub room: u32,
    /// Since when it is open, UTC milliseconds.
    pub since: i64,
    /// By whom it was opened.
    pub by: String,
    /// What the operator said.
    pub opening: Opening,
    /// SHA-256 of the seed of the draw.
    pub commitment: Option<String>,
    /// Whether the draw was done.
    pub drawn: bool,
    /// Tickets given.
    pub issued: u32,
    /// Tickets that wait.
    pub waiting: u32,
    /// Holders inside, and those who may come in.
    pub inside: usize,
    /// Let in during the last minute.
    pub let_in_last_minute: u64,
    /// How many are let in a minute now.
    pub per_minute: u32,
}

struct Open {
    id: u32,
    by: String,
    opening: Opening,
    room: Room,
    /// The seed of the draw: derived from the shop's key, so that a restart does not change it; published with the
    /// draw.
    seed: Option<String>,
    drawn: bool,
    /// Tickets on record.
    recorded: Number,
    per_minute: u32,
    /// What may be let in, in sixtieths.
    credit: u64,
    /// Let in per turn, the last minute.
    recent: std::collections::VecDeque<u64>,
}

#[derive(Default)]
struct Inner {
    open: Option<Open>,
    last_id: u32,
    journal: Option<Journal>,
    busy_turns: u32,
    calm_turns: u32,
    priority_recorded: u64,
}

/// The waiting room.
#[derive(Default)]
pub struct Hall {
    is_open: AtomicBool,
    opens_by_itself: bool,
    key: Vec<u8>,
    priority: AtomicU64,
    inner: Mutex<Inner>,
}

impl Hall {
    /// The hall whose record lies in the data folder `data`, as it was left. `opens_by_itself` says whether it opens
    /// when the shop turns shoppers away.
    ///
    /// # Errors
    /// When the record cannot be read or written.
    pub fn open_folder(
        data: &Path,
        key: Vec<u8>,
        opens_by_itself: bool,
        now: i64,
    ) -> io::Result<Self> {
        let mut replay = Replay::default();
        let journal = Journal::open(&data.join(journal::FOLDER), |block| replay.block(block))?;
        let last_id = replay.last_id;
        let open = replay.finish(now, &key);
        Ok(Self {
            is_open: AtomicBool::new(open.is_some()),
            opens_by_itself,
            key,
            priority: AtomicU64::new(0),
            inner: Mutex::new(Inner {
                open,
                last_id,
                journal: Some(journal),
                ..Inner::default()
            }),
        })
    }

    /// Whether there is a waiting room now.
    pub fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Relaxed)
    }

    /// A request passed because what it belongs to was begun.
    pub fn passed_by_priority(&self) {
        self.priority.fetch_add(1, Ordering::Relaxed);
    }

    /// A shopper comes, with the ticket they have. `None` when there is no waiting room. Who has no ticket that is
    /// worth anything gets one if they `may_take` it.
    ///
    /// # Errors
    /// What `may_take` says.
    pub fn come<E>(
        &self,
        now: i64,
        shown: Option<&str>,
        may_take: impl FnOnce() -> Result<(), E>,
    ) -> Result<Option<Told>, E> {
        let ticket = shown.and_then(|text| Ticket::verify(text, &self.key));
        let mut inner = self.lock();
        let Some(open) = inner.open.as_mut() else {
            return Ok(None);
        };
        let mine = ticket.filter(|t| t.room == open.id);
        if let Some(ticket) = mine {
            match open.room.show(now, ticket.number) {
                Standing::Inside { .. } => return Ok(Some(Told::ComeIn(ticket))),
                Standing::Waiting { ahead } => {
                    let place = open.place(now, ticket, ahead, &self.key);
                    return Ok(Some(Told::Wait(place)));
                }
                Standing::Gone => {}
            }
        }
        may_take()?;
        let Some(number) = open.room.arrive(now) else {
            return Ok(Some(Told::Full));
        };
        let ticket = Ticket {
            room: open.id,
            number,
        };
        let Standing::Waiting { ahead } = open.room.show(now, number) else {
            unreachable!("a new ticket waits");
        };
        Ok(Some(Told::Wait(open.place(now, ticket, ahead, &self.key))))
    }

    /// Opens the room; if it is open, changes its pace and its campaign's name alone.
    ///
    /// # Errors
    /// When the record cannot be written; nothing was changed then.
    pub fn open(&self, now: i64, by: &str, opening: Opening) -> io::Result<()> {
        let mut inner = self.lock();
        inner.begin(now, by, opening, &self.key)?;
        self.is_open.store(true, Ordering::Relaxed);
        Ok(())
    }

    /// Closes the room: everybody may come in.
    ///
    /// # Errors
    /// When the record cannot be written; nothing was changed then.
    pub fn close(&self, now: i64, by: &str) -> io::Result<()> {
        let mut inner = self.lock();
        inner.end(now, by)?;
        self.is_open.store(false, Ordering::Relaxed);
        Ok(())
    }

    /// How the room stands; `None` when it is closed.
    pub fn view(&self) -> Option<View> {
        let inner = self.lock();
        inner.open.as_ref().map(Open::view)
    }

    /// Where the record lies.
    pub fn record_folder(&self) -> Option<PathBuf> {
        let inner = self.lock();
        inner.journal.as_ref().map(|j| j.folder().to_owned())
    }

    /// A turn, once a second: draws, lets in, writes the record, opens or closes by itself. Gives what makes the
    /// record durable. `turned_away` counts those who were turned away since the last turn.
    ///
    /// # Errors
    /// When the record cannot be written: then nobody is let in.
    pub fn turn(&self, now: i64, load: &Load, turned_away: u64) -> io::Result<Option<File>> {
        // A million lots take a moment, in which nobody should wait for the lock.
        let due = self
            .lock()
            .open
            .as_ref()
            .and_then(|open| open.draw_due(now));
        let order = due.map(|(seed, room, count)| drawn_order(&seed, room, count));
        let mut inner = self.lock();
        if self.opens_by_itself {
            inner.switch_by_itself(now, load, turned_away, &self.key)?;
            self.is_open.store(inner.open.is_some(), Ordering::Relaxed);
        }
        let priority = self.priority.load(Ordering::Relaxed);
        inner.turn(now, load, turned_away, priority, order)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn begin(&mut self, now: i64, by: &str, opening: Opening, key: &[u8]) -> io::Result<()> {
        if let Some(open) = &mut self.open {
            open.per_minute = opening.per_minute.unwrap_or(open.per_minute);
            open.opening.per_minute = opening.per_minute;
            open.opening.campaign = opening.campaign;
            return Ok(());
        }
        let id = self.last_id + 1;
        let open = Open::new(id, by, opening, Room::new(now), key);
        let opening = &open.opening;
        let entry = Entry::Opened {
            by: by.to_owned(),
            campaign: opening.campaign.clone(),
            order: opening.order,
            opens_at: opening.opens_at,
            per_minute: opening.per_minute,
            commitment: open.seed.as_deref().map(commitment),
        };
        self.record(now, id, vec![entry])?;
        self.last_id = id;
        self.open = Some(open);
        Ok(())
    }

    fn end(&mut self, now: i64, by: &str) -> io::Result<()> {
        if let Some(id) = self.open.as_ref().map(|open| open.id) {
            let by = by.to_owned();
            self.record(now, id, vec![Entry::Closed { by }])?;
            self.open = None;
        }
        Ok(())
    }

    fn record(&mut self, now: i64, room: u32, entries: Vec<Entry>) -> io::Result<()> {
        match &mut self.journal {
            Some(journal) => journal.append(now, room, entries),
            None => Ok(()),
        }
    }

    fn switch_by_itself(
        &mut self,
        now: i64,
        load: &Load,
        turned_away: u64,
        key: &[u8],
    ) -> io::Result<()> {
        self.busy_turns = if turned_away > 0 {
            self.busy_turns + 1
        } else {
            0
        };
        let is_easy = turned_away == 0 && load.pressure.is_none_or(|p| p < AT_TARGET);
        match &self.open {
            None if self.busy_turns >= BUSY_TURNS => {
                self.calm_turns = 0;
                let opening = Opening {
                    campaign: String::new(),
                    order: LineOrder::FirstCome,
                    opens_at: None,
                    per_minute: None,
                };
                self.begin(now, BY_ITSELF, opening, key)
            }
            Some(open) if open.by == BY_ITSELF => {
                let is_calm = is_easy && open.room.waiting() == 0;
                self.calm_turns = if is_calm { self.calm_turns + 1 } else { 0 };
                if self.calm_turns >= CALM_TURNS {
                    return self.end(now, BY_ITSELF);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn turn(
        &mut self,
        now: i64,
        load: &Load,
        turned_away: u64,
        priority: u64,
        order: Option<Vec<Number>>,
    ) -> io::Result<Option<File>> {
        let passed = priority - self.priority_recorded;
        self.priority_recorded = priority;
        let Some(mut open) = self.open.take() else {
            return Ok(None);
        };
        let mut entries = open.turn(now, load, turned_away, order);
        if passed > 0 {
            entries.push(Entry::Priority { requests: passed });
        }
        let id = open.id;
        self.open = Some(open);
        if entries.is_empty() {
            return Ok(None);
        }
        self.record(now, id, entries)?;
        self.journal.as_ref().map(Journal::to_sync).transpose()
    }
}

impl Open {
    fn new(id: u32, by: &str, opening: Opening, room: Room, key: &[u8]) -> Self {
        let is_lottery = opening.order == LineOrder::Lottery;
        Self {
            seed: is_lottery.then(|| super::ticket::seed(key, id)),
            id,
            by: by.to_owned(),
            per_minute: opening.per_minute.unwrap_or(PACE_START),
            opening,
            room,
            drawn: false,
            recorded: 0,
            credit: 0,
            recent: std::collections::VecDeque::new(),
        }
    }

    fn is_before_opening(&self, now: i64) -> bool {
        self.opening.opens_at.is_some_and(|at| now < at)
    }

    fn place(&self, now: i64, ticket: Ticket, ahead: u32, key: &[u8]) -> Place {
        let opens_at = self.opening.opens_at.filter(|at| now < *at);
        let before_draw = self.opening.order == LineOrder::Lottery && !self.drawn;
        let before_s = opens_at.map_or(0, |at| (at - now).unsigned_abs().div_ceil(1_000));
        // Before a draw every place is as likely: half of those who wait come first.
        let ahead = if before_draw {
            self.room.waiting() / 2
        } else {
            ahead
        };
        let line_s = u64::from(ahead) * MINUTE_S / u64::from(self.per_minute.max(1));
        Place {
            ticket: ticket.sign(key),
            position: (!before_draw).then_some(ahead + 1),
            wait_s: (before_s + line_s).max(1),
            opens_at,
        }
    }

    /// Draws if it is time, lets in, and says what is to be put on record, in this order.
    fn turn(
        &mut self,
        now: i64,
        load: &Load,
        turned_away: u64,
        order: Option<Vec<Number>>,
    ) -> Vec<Entry> {
        let mut entries = Vec::new();
        if self.room.issued() > self.recorded {
            self.recorded = self.room.issued();
            entries.push(Entry::Issued {
                up_to: self.recorded,
            });
        }
        let mut budget = 0;
        if !self.is_before_opening(now) {
            entries.extend(order.and_then(|order| self.draw(order)));
            self.set_pace(load, turned_away);
            self.credit += u64::from(self.per_minute);
            let most = u64::from(self.per_minute.max(60));
            budget = self.credit.min(most) / MINUTE_S;
        }
        let turn = self
            .room
            .turn(now, usize::try_from(budget).unwrap_or(usize::MAX));
        let count = turn.let_in.len() as u64;
        // What nobody wanted is not saved up: a line that forms later is let in at the pace, not all at once.
        self.credit = (self.credit.saturating_sub(count * MINUTE_S)).min(MINUTE_S);
        self.recent.push_back(count);
        if self.recent.len() as u64 > MINUTE_S {
            self.recent.pop_front();
        }
        if !turn.fell_out.is_empty() {
            entries.push(Entry::FellOut {
                tickets: to_runs(&turn.fell_out),
            });
        }
        if count > 0 {
            let why = if self.drawn {
                Why::LotteryDraw
            } else {
                Why::PlaceReached
            };
            entries.push(Entry::LetIn {
                why,
                tickets: to_runs(&turn.let_in),
            });
        }
        entries
    }

    /// What is to be drawn now: the seed, the room, and how many tickets.
    fn draw_due(&self, now: i64) -> Option<(String, u32, Number)> {
        if self.drawn || self.is_before_opening(now) {
            return None;
        }
        let seed = self.seed.clone()?;
        Some((seed, self.id, self.room.issued()))
    }

    fn draw(&mut self, order: Vec<Number>) -> Option<Entry> {
        let seed = self.seed.clone()?;
        let tickets = Number::try_from(order.len()).ok()?;
        self.room.draw(order);
        self.drawn = true;
        Some(Entry::Drawn { seed, tickets })
    }

    /// Without a word from the operator, as many are let in as the shop serves.
    fn set_pace(&mut self, load: &Load, turned_away: u64) {
        if self.opening.per_minute.is_some() {
            return;
        }
        let pace = self.per_minute;
        let is_pressed = turned_away > 0 || load.pressure.is_some_and(|p| p > AT_TARGET);
        let next = if is_pressed {
            u32::try_from(u64::from(pace) * PACE_SHRINK / 1_000).unwrap_or(pace)
        } else if self.room.waiting() > 0 {
            pace + pace / PACE_GROWTH_PART + 1
        } else {
            pace
        };
        self.per_minute = next.clamp(PACE_MIN, PACE_MAX);
    }

    fn view(&self) -> View {
        View {
            room: self.id,
            since: self.room.began_at(),
            by: self.by.clone(),
            commitment: self.seed.as_deref().map(commitment),
            opening: self.opening.clone(),
            drawn: self.drawn,
            issued: self.room.issued(),
            waiting: self.room.waiting(),
            inside: self.room.inside(),
            let_in_last_minute: self.recent.iter().sum(),
            per_minute: self.per_minute,
        }
    }
}

/// The last room of a record.
#[derive(Default)]
struct Replay {
    last_id: u32,
    open: Option<Found>,
}

/// An open room in a record.
struct Found {
    id: u32,
    by: String,
    opening: Opening,
    drawn: bool,
    past: Past,
}

impl Replay {
    fn block(&mut self, block: Block) {
        self.last_id = self.last_id.max(block.room);
        for entry in block.entries {
            self.entry(block.at, block.room, entry);
        }
    }

    fn entry(&mut self, at: i64, room: u32, entry: Entry) {
        if let Entry::Opened { .. } = entry {
            self.open = Found::of(at, room, entry);
            return;
        }
        let Some(open) = self.open.as_mut().filter(|open| open.id == room) else {
            return;
        };
        let read = |runs: &str| from_runs(runs, TICKETS_MAX + 1).unwrap_or_default();
        match entry {
            Entry::Issued { up_to } => open.past.issued = up_to,
            Entry::Drawn { seed, tickets } => {
                open.drawn = true;
                open.past.drawn = drawn_order(&seed, room, tickets);
            }
            Entry::LetIn { tickets, .. } => {
                let numbers = read(&tickets).into_iter();
                open.past.let_in.extend(numbers.map(|n| (at, n)));
            }
            Entry::FellOut { tickets } => open.past.fell_out.extend(read(&tickets)),
            Entry::Closed { .. } => self.open = None,
            Entry::Opened { .. } | Entry::Priority { .. } => {}
        }
    }

    fn finish(self, now: i64, key: &[u8]) -> Option<Open> {
        let Found {
            id,
            by,
            opening,
            drawn,
            past,
        } = self.open?;
        let recorded = past.issued;
        let room = Room::restore(now, past);
        let mut open = Open::new(id, &by, opening, room, key);
        (open.drawn, open.recorded) = (drawn, recorded);
        Some(open)
    }
}

impl Found {
    fn of(at: i64, id: u32, entry: Entry) -> Option<Self> {
        let Entry::Opened {
            by,
            campaign,
            order,
            opens_at,
            per_minute,
            ..
        } = entry
        else {
            return None;
        };
        Some(Self {
            id,
            by,
            opening: Opening {
                campaign,
                order,
                opens_at,
                per_minute,
            },
            drawn: false,
            past: Past {
                began_at: at,
                perhaps: ISSUED_MARGIN,
                ..Past::default()
            },
        })
    }
}

/// How long a cookie with a ticket is kept, in seconds: waiting has no end, staying has.
pub const COOKIE_SECONDS: i64 = 24 * 60 * 60 + STAY_MS / 1_000;

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_700_000_000_000;
    const SECOND: i64 = 1_000;

    const EASY: Load = Load {
        writes: 0,
        writes_limit: 1,
        reads: 0,
        reads_limit: 1,
        pressure: None,
        writes_per_second: 0,
        begins_turned_away: 0,
    };

    struct Folder(PathBuf);

    impl Folder {
        fn new() -> Self {
            let name = format!("sesame-hall-{:016x}", rand::random::<u64>());
            Self(std::env::temp_dir().join(name))
        }

        fn hall(&self, now: i64, opens_by_itself: bool) -> Hall {
            let key = b"key".to_vec();
            Hall::open_folder(&self.0, key, opens_by_itself, now).expect("a hall")
        }

        fn findings(&self) -> (u64, Vec<String>) {
            let mut check = journal::Check::default();
            let folder = self.0.join(journal::FOLDER);
            journal::each_line(&folder, |text| check.line(text)).expect("read");
            let details = check.findings.into_iter().map(|f| f.detail);
            (check.let_in, details.collect())
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            drop(std::fs::remove_dir_all(&self.0));
        }
    }

    fn opening(order: LineOrder, opens_in_s: Option<i64>) -> Opening {
        Opening {
            campaign: "11.11".to_owned(),
            order,
            opens_at: opens_in_s.map(|s| START + s * SECOND),
            per_minute: Some(120),
        }
    }

    fn come(hall: &Hall, now: i64, shown: Option<&str>) -> Told {
        let told = hall.come(now, shown, || Ok::<(), ()>(()));
        told.expect("may take").expect("it is open")
    }

    fn place(told: Told) -> Place {
        match told {
            Told::Wait(place) => place,
            other => panic!("{other:?}"),
        }
    }

    fn turn(hall: &Hall, now: i64) {
        hall.turn(now, &EASY, 0).expect("written");
    }

    #[test]
    fn tickets_are_served_in_order_at_the_pace_and_survive_a_restart() {
        let folder = Folder::new();
        let hall = folder.hall(START, false);
        assert!(!hall.is_open());
        assert_eq!(hall.come(START, None, || Ok::<(), ()>(())), Ok(None));
        hall.open(START, "owner", opening(LineOrder::FirstCome, None))
            .expect("opened");
        let mine: Vec<Place> = (0..10).map(|_| place(come(&hall, START, None))).collect();
        assert_eq!(mine[9].position, Some(10));
        assert_eq!(mine[9].wait_s, 4, "nine before, two a second");
        let again = place(come(&hall, START, Some(&mine[4].ticket)));
        assert_eq!(again.position, Some(5), "a second tab has the same place");
        turn(&hall, START + SECOND);
        turn(&hall, START + 2 * SECOND);
        assert!(
            matches!(come(&hall, START + 2 * SECOND, Some(&mine[3].ticket)), Told::ComeIn(t) if t.number == 4)
        );
        let late = place(come(&hall, START + 2 * SECOND, None));
        drop(hall);
        let hall = folder.hall(START + 3 * SECOND, false);
        assert!(hall.is_open());
        let told = |n: usize| come(&hall, START + 3 * SECOND, Some(&mine[n].ticket));
        assert!(matches!(told(3), Told::ComeIn(_)));
        assert_eq!(place(told(9)).position, Some(6));
        let late = place(come(&hall, START + 3 * SECOND, Some(&late.ticket)));
        assert_eq!(late.position, Some(7), "given just before, and kept");
        for second in 4..10 {
            turn(&hall, START + second * SECOND);
        }
        assert!(matches!(told(9), Told::ComeIn(_)));
        assert_eq!(folder.findings(), (11, Vec::new()));
        hall.close(START + 11 * SECOND, "owner").expect("closed");
        assert!(!folder.hall(START, false).is_open());
        assert_eq!(folder.findings(), (11, Vec::new()));
    }

    #[test]
    fn a_lottery_is_drawn_at_the_opening_and_not_before() {
        let folder = Folder::new();
        let hall = folder.hall(START, false);
        hall.open(START, "owner", opening(LineOrder::Lottery, Some(10)))
            .expect("opened");
        let view = hall.view().expect("open");
        assert!(view.commitment.is_some() && !view.drawn);
        let early: Vec<Place> = (0..50).map(|_| place(come(&hall, START, None))).collect();
        assert_eq!(early[0].position, None);
        assert_eq!(early[0].opens_at, Some(START + 10 * SECOND));
        assert!(early[0].wait_s >= 10);
        turn(&hall, START + 9 * SECOND);
        drop(hall);
        let hall = folder.hall(START + 9 * SECOND, false);
        let now_commitment = hall.view().expect("open").commitment;
        assert_eq!(
            now_commitment, view.commitment,
            "a restart draws no other lots"
        );
        turn(&hall, START + 10 * SECOND);
        let late = place(come(&hall, START + 10 * SECOND, None));
        let is_in = |p: &&Place| {
            let told = come(&hall, START + 10 * SECOND, Some(&p.ticket));
            matches!(told, Told::ComeIn(_))
        };
        assert_eq!(early.iter().filter(is_in).count(), 2);
        assert_eq!(late.position, Some(49), "behind all that were drawn");
        for second in 11..40 {
            turn(&hall, START + second * SECOND);
        }
        assert_eq!(early.iter().filter(is_in).count(), 50);
        assert_eq!(folder.findings(), (51, Vec::new()));
    }

    #[test]
    fn the_room_opens_when_shoppers_are_turned_away_and_closes_when_it_is_calm() {
        let folder = Folder::new();
        let hall = folder.hall(START, true);
        let mut now = START;
        let mut go = |turns: u32, turned_away| {
            for _ in 0..turns {
                now += SECOND;
                hall.turn(now, &EASY, turned_away).expect("written");
            }
            hall.is_open()
        };
        assert!(!go(BUSY_TURNS - 1, 1));
        assert!(!go(1, 0), "only in a row");
        assert!(go(BUSY_TURNS, 1));
        let pace = || hall.view().map(|v| v.per_minute);
        assert!(
            pace() < Some(PACE_START),
            "slower while shoppers are turned away"
        );
        assert!(go(CALM_TURNS - 1, 0));
        assert!(!go(1, 0));
    }
}
