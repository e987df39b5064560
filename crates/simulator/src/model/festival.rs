//! What a campaign takes off and how much of it there is, worked out a second time.
//!
//! What was taken is a tally by rule and what it counts; an order remembers its part until its goods are canceled.

use super::packets::Drawn;
use super::price::{Line, dealt_out, rounded};
use super::{Deal, Model};
use crate::town::{EUR, FESTIVAL, Festival};
use commerce::campaign::{Counted, Quota};
use commerce::checkout::Intent;
use commerce::id::RuleId;
use commerce::order::GroupState;

/// The rules, by their numbers.
pub const FLASH: u8 = 1;
pub const THRESHOLD: u8 = 2;
pub const COUPON: u8 = 3;

/// What an order took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Used {
    pub rule: u8,
    pub counted: Counted,
    /// 0 for the order as a whole.
    pub line: u16,
    pub taken: i64,
    pub back: i64,
}

/// A basket while the festival's rules go over it.
pub struct Counter<'m> {
    model: &'m Model,
    festival: Option<&'m Festival>,
    buyer: Option<Counted>,
    now: i64,
    column: usize,
    pub used: Vec<Used>,
    /// Whether somebody buys on presale who has not said who they are.
    pub is_nobodys: bool,
}

impl Model {
    /// The quota of a rule as rows name it.
    pub fn quota(rule: u8, counted: Counted) -> Quota {
        Quota {
            rule: RuleId::under(FESTIVAL, rule),
            counted,
        }
    }

    /// A counter for a basket at `now`.
    pub(super) fn counter(&self, now: i64, intent: &Intent, column: usize) -> Counter<'_> {
        let festival = self.town.festival.as_ref();
        Counter {
            model: self,
            festival: festival.filter(|f| f.from <= now && now < f.to),
            buyer: commerce::pricing::buyer_of(intent),
            now,
            column,
            used: Vec::new(),
            is_nobodys: false,
        }
    }

    /// An order takes what its basket did.
    pub(super) fn take_all(&mut self, used: &[Used]) {
        for u in used {
            *self.taken.entry((u.rule, u.counted)).or_insert(0) += u.taken;
        }
    }

    fn put_back_use(&mut self, deal: &mut Deal, at: usize, part: i64) {
        let used = &mut deal.used[at];
        used.back += part;
        let tally = self.taken.get_mut(&(used.rule, used.counted));
        *tally.expect("it was taken") -= part;
    }

    /// Pieces of a line were canceled: what they took goes back, as `before` to `after` of `of` pieces.
    pub(super) fn line_canceled(
        &mut self,
        deal: &mut Deal,
        line: u16,
        (before, after, of): (u32, u32, u32),
    ) {
        for at in 0..deal.used.len() {
            let used = deal.used[at];
            if used.line == line {
                let up_to = |n: u32| rounded(used.taken, i64::from(n), i64::from(of));
                self.put_back_use(deal, at, up_to(after) - up_to(before));
            }
        }
    }

    /// A group that is canceled whole keeps nothing.
    pub(super) fn group_closed(&mut self, deal: &mut Deal) {
        if deal.state == GroupState::Canceled {
            for at in 0..deal.used.len() {
                let left = deal.used[at].taken - deal.used[at].back;
                self.put_back_use(deal, at, left);
            }
        }
    }
}

impl<'m> Counter<'m> {
    pub(super) fn festival(&self) -> Option<&Festival> {
        self.festival
    }

    pub(super) fn buyer(&self) -> Option<Counted> {
        self.buyer
    }

    pub(super) fn now(&self) -> i64 {
        self.now
    }

    pub(super) fn drawn(&self) -> &'m Drawn {
        &self.model.drawn
    }

    pub(super) fn column(&self) -> usize {
        self.column
    }

    pub(super) fn so_far(&self, rule: u8, counted: Counted) -> i64 {
        let before = self.model.taken.get(&(rule, counted)).copied();
        let own = self
            .used
            .iter()
            .filter(|u| (u.rule, u.counted) == (rule, counted));
        before.unwrap_or(0) + own.map(|u| u.taken).sum::<i64>()
    }

    pub(super) fn note(&mut self, rule: u8, counted: Counted, line: u16, taken: i64) {
        if taken > 0 {
            self.used.push(Used {
                rule,
                counted,
                line,
                taken,
                back: 0,
            });
        }
    }

    /// The festival's price of an offer, and how many pieces anybody may still have at it.
    pub fn flash(
        &self,
        variant: commerce::id::VariantId,
        seller: commerce::id::SellerId,
    ) -> Option<(i64, i64)> {
        let flash = self.festival?.flash.iter().find(|f| f.variant == variant)?;
        let left = flash.total - self.so_far(FLASH, Counted::Variant(variant));
        (flash.seller == seller && left > 0).then_some((flash.prices[self.column], left))
    }

    /// Takes off what a line's pieces at the festival's price save.
    pub fn price(&mut self, number: u16, line: &mut Line, regular: i64) {
        let Some((price, left)) = self.flash(line.variant, line.seller) else {
            return;
        };
        let (Some(festival), Some(buyer)) = (self.festival, self.buyer) else {
            return;
        };
        let own = festival.per_buyer - self.so_far(FLASH, buyer);
        let pieces = i64::from(line.quantity).min(left).min(own);
        if price < regular && pieces > 0 {
            line.goods -= (regular - price) * pieces;
            self.note(FLASH, Counted::Variant(line.variant), number, pieces);
            self.note(FLASH, buyer, number, pieces);
        }
    }

    pub(super) fn share_out(lines: &mut [Line], off: i64) {
        let left: Vec<i64> = lines.iter().map(|l| l.goods).collect();
        for (line, part) in lines.iter_mut().zip(dealt_out(off, &left)) {
            line.goods -= part;
        }
    }

    /// So much off for so much spent.
    pub fn threshold(&mut self, lines: &mut [Line], intent: &Intent) {
        let Some(festival) = self.festival.filter(|_| intent.currency == EUR) else {
            return;
        };
        let goods: i64 = lines.iter().map(|l| l.goods).sum();
        let left = festival.budget - self.so_far(THRESHOLD, Counted::Budget);
        let steps = (goods / festival.spend)
            .min(festival.times)
            .min(left / festival.off);
        if steps > 0 {
            Self::share_out(lines, steps * festival.off);
            self.note(THRESHOLD, Counted::Budget, 0, steps * festival.off);
        }
    }

    /// The festival's code; whether it took something off.
    pub fn coupon(&mut self, lines: &mut [Line]) -> bool {
        let (Some(festival), Some(buyer)) = (self.festival, self.buyer) else {
            return false;
        };
        let goods: i64 = lines.iter().map(|l| l.goods).sum();
        let off = rounded(goods, festival.coupon_ppm, 1_000_000);
        let is_there = self.so_far(COUPON, Counted::Orders) < festival.coupons
            && self.so_far(COUPON, buyer) < 1;
        if is_there && off > 0 {
            Self::share_out(lines, off);
            self.note(COUPON, Counted::Orders, 0, 1);
            self.note(COUPON, buyer, 0, 1);
        }
        is_there && off > 0
    }
}
