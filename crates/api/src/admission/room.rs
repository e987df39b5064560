//! The waiting room: a line of tickets, who is let in when, and who lost their place. Nothing here reads a clock,
//! draws at random or writes anything: time, order and budget are inputs, and what happened comes out.
//!
//! A ticket's number says when it was given; its place says when it is let in. The two are the same, first come first
//! served, unless those who came before the opening were drawn by lot. A ticket is let in once, in the order of
//! places; it falls out when its holder is away for too long, or does not come in time after being let in.

use std::collections::VecDeque;

/// Tickets of one room at most: further ones are told that the room is full. 8 bytes each.
pub const TICKETS_MAX: usize = 2_000_000;
/// How long a waiting holder may be away: a browser may be closed and opened again.
pub const AWAY_MAX_MS: i64 = 10 * 60 * 1_000;
/// How long a place that was reached is kept for its holder.
pub const CLAIM_MS: i64 = 3 * 60 * 1_000;
/// How long a holder may stay once they came in.
pub const STAY_MS: i64 = 20 * 60 * 1_000;
/// Places whose waiting tickets are counted together.
const BLOCK: usize = 1_024;
const SECOND_MS: i64 = 1_000;

/// The number of a ticket, from 1.
pub type Number = u32;

/// What a ticket is worth now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// So many wait before it.
    Waiting {
        /// Tickets that will be let in first.
        ahead: u32,
    },
    /// Its holder may come in.
    Inside {
        /// Until when, UTC milliseconds.
        until: i64,
    },
    /// It lost its place or its time is over.
    Gone,
}

/// What happens to a ticket, in eight bytes: seconds are counted from the room's beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Perhaps given just before a crash: who shows it has it.
    Unknown,
    /// Last seen at.
    Waiting(u32),
    /// Let in at, not yet claimed.
    LetIn(u32),
    /// Came in at.
    Inside(u32),
    Gone,
}

/// What a turn of the room did.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Turn {
    /// Let in, in the order of their places.
    pub let_in: Vec<Number>,
    /// Lost their place because their holders were away.
    pub fell_out: Vec<Number>,
}

/// What a record says of a room.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Past {
    /// When it began, UTC milliseconds.
    pub began_at: i64,
    /// Tickets given by the last line.
    pub issued: u32,
    /// Tickets that may have been given after it.
    pub perhaps: u32,
    /// The order of the first places, if they were drawn.
    pub drawn: Vec<Number>,
    /// Who was let in when.
    pub let_in: Vec<(i64, Number)>,
    /// Who fell out.
    pub fell_out: Vec<Number>,
}

/// A waiting room.
#[derive(Debug)]
pub struct Room {
    began_at: i64,
    tickets: Vec<State>,
    /// The ticket at each of the first places, if they were drawn; beyond them places are numbers.
    drawn: Vec<Number>,
    /// The place of each drawn ticket.
    place_of: Vec<u32>,
    /// The first place that was not dealt with.
    front: usize,
    /// Waiting tickets in each block of places.
    waiting: Vec<u32>,
    /// Let in and not yet claimed, oldest first.
    unclaimed: VecDeque<Number>,
    /// Inside, oldest first.
    inside: VecDeque<Number>,
}

impl Room {
    /// An empty room that begins at `now` (UTC milliseconds).
    pub fn new(now: i64) -> Self {
        Self {
            began_at: now,
            tickets: Vec::new(),
            drawn: Vec::new(),
            place_of: Vec::new(),
            front: 0,
            waiting: Vec::new(),
            unclaimed: VecDeque::new(),
            inside: VecDeque::new(),
        }
    }

    /// A room as a record of it says after a restart. Whoever was neither let in nor fell out waits, as if seen now.
    pub fn restore(now: i64, past: Past) -> Self {
        let mut room = Self::new(past.began_at);
        let seen = room.seconds(now);
        let issued = (past.issued as usize).min(TICKETS_MAX);
        let all = (issued + past.perhaps as usize).min(TICKETS_MAX);
        room.tickets = vec![State::Waiting(seen); issued];
        room.tickets.resize(all, State::Unknown);
        room.waiting = vec![0; all.div_ceil(BLOCK)];
        room.set_order(past.drawn);
        room.count_waiting();
        for number in past.fell_out {
            room.leave_line(number, State::Gone);
        }
        for (at, number) in past.let_in {
            // Whether they came in is not on record: they may.
            let state = State::Inside(room.seconds(at));
            if room.leave_line(number, state) {
                room.inside.push_back(number);
            }
        }
        room
    }

    /// Takes a ticket off the line after a restart; the front is behind all such places.
    fn leave_line(&mut self, number: Number, state: State) -> bool {
        let Some(index) = self.index(number) else {
            return false;
        };
        if !matches!(self.tickets[index], State::Waiting(_)) {
            return false;
        }
        let place = self.place(number);
        self.tickets[index] = state;
        self.waiting[place / BLOCK] -= 1;
        self.front = self.front.max(place + 1);
        true
    }

    /// When it began, UTC milliseconds.
    pub fn began_at(&self) -> i64 {
        self.began_at
    }

    /// Tickets given so far.
    pub fn issued(&self) -> u32 {
        u32::try_from(self.tickets.len()).unwrap_or(u32::MAX)
    }

    /// Tickets that wait.
    pub fn waiting(&self) -> u32 {
        self.waiting.iter().sum()
    }

    /// Holders inside, and those who may come in.
    pub fn inside(&self) -> usize {
        self.inside.len() + self.unclaimed.len()
    }

    /// Gives the next ticket; `None` when the room is full.
    pub fn arrive(&mut self, now: i64) -> Option<Number> {
        if self.tickets.len() >= TICKETS_MAX {
            return None;
        }
        let place = self.tickets.len();
        self.tickets.push(State::Waiting(self.seconds(now)));
        if place / BLOCK >= self.waiting.len() {
            self.waiting.push(0);
        }
        self.waiting[place / BLOCK] += 1;
        Some(self.issued())
    }

    /// What a ticket is worth; its holder was seen. A holder who was let in comes in with this.
    pub fn show(&mut self, now: i64, number: Number) -> Standing {
        let Some(index) = self.index(number) else {
            return Standing::Gone;
        };
        let seconds = self.seconds(now);
        match self.tickets[index] {
            State::Unknown if self.place(number) >= self.front => {
                let place = self.place(number);
                self.tickets[index] = State::Waiting(seconds);
                self.waiting[place / BLOCK] += 1;
                Standing::Waiting {
                    ahead: self.ahead(place),
                }
            }
            State::Waiting(_) => {
                self.tickets[index] = State::Waiting(seconds);
                Standing::Waiting {
                    ahead: self.ahead(self.place(number)),
                }
            }
            State::LetIn(at) if self.time(at) + CLAIM_MS > now => {
                self.tickets[index] = State::Inside(seconds);
                self.inside.push_back(number);
                self.inside_at(seconds)
            }
            State::Inside(since) if self.time(since) + STAY_MS > now => self.inside_at(since),
            State::Unknown | State::LetIn(_) | State::Inside(_) | State::Gone => Standing::Gone,
        }
    }

    fn inside_at(&self, since: u32) -> Standing {
        Standing::Inside {
            until: self.time(since) + STAY_MS,
        }
    }

    /// Fixes the order of the first tickets: `order` holds each number up to its length once. To be called once,
    /// before anybody is let in.
    pub fn draw(&mut self, order: Vec<Number>) {
        assert_eq!(self.front, 0, "drawn before anybody is let in");
        assert!(order.len() <= self.tickets.len(), "only given tickets");
        self.set_order(order);
        self.count_waiting();
    }

    fn count_waiting(&mut self) {
        self.waiting.iter_mut().for_each(|count| *count = 0);
        for place in 0..self.tickets.len() {
            let ticket = self.tickets[self.ticket_at(place) as usize - 1];
            self.waiting[place / BLOCK] += u32::from(matches!(ticket, State::Waiting(_)));
        }
    }

    fn set_order(&mut self, order: Vec<Number>) {
        self.place_of = vec![0; order.len()];
        for (place, number) in order.iter().enumerate() {
            self.place_of[*number as usize - 1] = u32::try_from(place).expect("places are few");
        }
        self.drawn = order;
    }

    /// Lets in up to `budget` of those who wait, in the order of places; those who are away fall out on the way, and
    /// those who did not come in time or whose time is over leave.
    pub fn turn(&mut self, now: i64, budget: usize) -> Turn {
        let mut turn = Turn::default();
        self.end_stays(now, &mut turn.fell_out);
        while turn.let_in.len() < budget && self.front < self.tickets.len() {
            let (place, number) = (self.front, self.ticket_at(self.front));
            self.front += 1;
            let ticket = &mut self.tickets[number as usize - 1];
            let State::Waiting(seen) = *ticket else {
                continue;
            };
            self.waiting[place / BLOCK] -= 1;
            if self.began_at + i64::from(seen) * SECOND_MS + AWAY_MAX_MS <= now {
                *ticket = State::Gone;
                turn.fell_out.push(number);
            } else {
                *ticket = State::LetIn(seconds_since(self.began_at, now));
                self.unclaimed.push_back(number);
                turn.let_in.push(number);
            }
        }
        turn
    }

    fn end_stays(&mut self, now: i64, fell_out: &mut Vec<Number>) {
        while let Some(&number) = self.unclaimed.front() {
            match self.tickets[number as usize - 1] {
                State::LetIn(at) if self.time(at) + CLAIM_MS > now => break,
                State::LetIn(_) => {
                    self.tickets[number as usize - 1] = State::Gone;
                    fell_out.push(number);
                }
                _ => {}
            }
            self.unclaimed.pop_front();
        }
        while let Some(&number) = self.inside.front() {
            match self.tickets[number as usize - 1] {
                State::Inside(since) if self.time(since) + STAY_MS > now => break,
                _ => self.tickets[number as usize - 1] = State::Gone,
            }
            self.inside.pop_front();
        }
    }

    /// Waiting tickets before a place.
    fn ahead(&self, place: usize) -> u32 {
        let block = place / BLOCK;
        let before: u32 = self.waiting[..block].iter().sum();
        let within = (block * BLOCK).max(self.front)..place;
        let waits = |p: &usize| {
            let ticket = self.tickets[self.ticket_at(*p) as usize - 1];
            matches!(ticket, State::Waiting(_))
        };
        before + u32::try_from(within.filter(waits).count()).unwrap_or(u32::MAX)
    }

    fn index(&self, number: Number) -> Option<usize> {
        let index = (number as usize).checked_sub(1)?;
        (index < self.tickets.len()).then_some(index)
    }

    fn ticket_at(&self, place: usize) -> Number {
        let number = Number::try_from(place + 1).expect("places are few");
        self.drawn.get(place).copied().unwrap_or(number)
    }

    fn place(&self, number: Number) -> usize {
        let index = number as usize - 1;
        self.place_of.get(index).map_or(index, |p| *p as usize)
    }

    fn seconds(&self, now: i64) -> u32 {
        seconds_since(self.began_at, now)
    }

    fn time(&self, seconds: u32) -> i64 {
        self.began_at + i64::from(seconds) * SECOND_MS
    }
}

/// Whole seconds, rounded down.
fn seconds_since(began_at: i64, now: i64) -> u32 {
    u32::try_from((now - began_at).max(0) / SECOND_MS).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: i64 = 1_700_000_000_000;

    fn room_with(tickets: u32) -> Room {
        let mut room = Room::new(START);
        for n in 1..=tickets {
            assert_eq!(room.arrive(START), Some(n));
        }
        room
    }

    #[test]
    fn first_come_first_served_with_an_exact_position() {
        let mut room = room_with(3_000);
        assert_eq!(room.show(START, 2_500), Standing::Waiting { ahead: 2_499 });
        let turn = room.turn(START, 1_100);
        assert_eq!(turn.let_in, (1..=1_100).collect::<Vec<_>>());
        assert_eq!(room.show(START, 2_500), Standing::Waiting { ahead: 1_399 });
        assert_eq!(room.show(START, 1_101), Standing::Waiting { ahead: 0 });
        let until = START + STAY_MS;
        assert_eq!(room.show(START, 7), Standing::Inside { until });
        assert_eq!(
            room.show(START + 1, 7),
            Standing::Inside { until },
            "not longer"
        );
        assert_eq!(room.show(START, 3_001), Standing::Gone, "never given");
        assert_eq!(room.show(START, 0), Standing::Gone);
        assert_eq!((room.waiting(), room.inside()), (1_900, 1_101));
    }

    #[test]
    fn who_is_away_falls_out_and_the_next_moves_up() {
        let mut room = room_with(5);
        let later = START + AWAY_MAX_MS;
        for number in [2, 5] {
            room.show(later - 1, number);
        }
        let turn = room.turn(later, 1);
        assert_eq!((turn.let_in, turn.fell_out), (vec![2], vec![1]));
        let turn = room.turn(later, 9);
        assert_eq!((turn.let_in, turn.fell_out), (vec![5], vec![3, 4]));
        assert_eq!(room.show(later, 1), Standing::Gone);
        assert_eq!(room.waiting(), 0);
    }

    #[test]
    fn a_place_that_is_not_claimed_and_a_stay_come_to_an_end() {
        let mut room = room_with(2);
        room.turn(START, 2);
        assert!(matches!(room.show(START, 2), Standing::Inside { .. }));
        let late = START + CLAIM_MS;
        assert_eq!(room.show(late, 1), Standing::Gone);
        assert_eq!(room.turn(late, 0).fell_out, [1]);
        assert!(matches!(room.show(late, 2), Standing::Inside { .. }));
        let over = START + STAY_MS;
        assert_eq!(room.show(over, 2), Standing::Gone);
        assert_eq!(room.turn(over, 0), Turn::default());
        assert_eq!(room.inside(), 0);
    }

    #[test]
    fn a_drawn_order_holds_for_those_before_the_opening() {
        let mut room = room_with(4);
        room.draw(vec![3, 1, 4, 2]);
        assert_eq!(room.arrive(START), Some(5));
        assert_eq!(room.show(START, 2), Standing::Waiting { ahead: 3 });
        assert_eq!(room.show(START, 5), Standing::Waiting { ahead: 4 });
        assert_eq!(room.turn(START, 3).let_in, [3, 1, 4]);
        assert_eq!(room.turn(START, 3).let_in, [2, 5]);
    }

    #[test]
    fn a_restart_keeps_every_place() {
        let past = Past {
            began_at: START,
            issued: 6,
            perhaps: 10,
            drawn: vec![3, 1, 4, 2],
            let_in: vec![(START, 3), (START, 1)],
            fell_out: vec![4],
        };
        let mut room = Room::restore(START + 5_000, past);
        assert_eq!(room.show(START + 5_000, 2), Standing::Waiting { ahead: 0 });
        assert_eq!(room.show(START + 5_000, 6), Standing::Waiting { ahead: 2 });
        assert!(matches!(
            room.show(START + 5_000, 3),
            Standing::Inside { .. }
        ));
        assert_eq!(room.show(START + 5_000, 4), Standing::Gone);
        assert_eq!(room.show(START + 5_000, 9), Standing::Waiting { ahead: 3 });
        assert_eq!(
            room.waiting(),
            4,
            "9 was given just before, 7 and 8 are not known"
        );
        assert_eq!(room.turn(START + 5_000, 9).let_in, [2, 5, 6, 9]);
        assert_eq!(room.show(START + 5_000, 8), Standing::Gone, "too late");
        let over = START + STAY_MS;
        assert_eq!(
            room.show(over, 1),
            Standing::Gone,
            "let in before the restart"
        );
        assert_eq!(room.arrive(over), Some(17), "no number is given twice");
    }

    #[test]
    fn the_room_has_an_end() {
        let past = Past {
            began_at: START,
            issued: TICKETS_MAX as u32,
            perhaps: 10,
            ..Past::default()
        };
        let mut room = Room::restore(START, past);
        assert_eq!(room.arrive(START), None);
        let ahead = TICKETS_MAX as u32 - 1;
        assert_eq!(room.show(START, ahead + 1), Standing::Waiting { ahead });
    }
}
