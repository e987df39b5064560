//! Shelves: what is there, what is set aside, and which places a basket comes from.

use super::{Model, Pick};
use crate::town::Place;
use commerce::checkout::Delivery;
use commerce::code::Country;
use commerce::command::{SetStock, StockChangeKind};
use commerce::id::{LocationId, VariantId};
use commerce::limits::STOCK_MAX;

/// One article's pieces at one place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Shelf {
    pub there: i64,
    pub aside: i64,
    pub held_back: i64,
    pub short: i64,
}

impl Shelf {
    fn for_web(self) -> i64 {
        (self.there - self.aside - self.held_back).max(0)
    }

    /// Fewer reservations or more goods make a shortage smaller.
    fn relieve(&mut self) {
        self.short = self.short.min((self.aside - self.there).max(0));
    }
}

impl Model {
    /// A shelf; one that nothing was ever put on is empty.
    pub fn shelf(&self, variant: VariantId, place: LocationId) -> Shelf {
        self.shelves
            .get(&(variant, place))
            .copied()
            .unwrap_or_default()
    }

    fn shelf_mut(&mut self, variant: VariantId, place: LocationId) -> &mut Shelf {
        self.shelves.entry((variant, place)).or_default()
    }

    /// Sets goods aside.
    pub fn set_aside(&mut self, variant: VariantId, place: LocationId, pieces: u32) {
        let shelf = self.shelf_mut(variant, place);
        shelf.aside += i64::from(pieces);
        shelf.relieve();
    }

    /// Puts goods that were set aside back for everybody.
    pub fn put_back(&mut self, variant: VariantId, place: LocationId, pieces: u32) {
        let shelf = self.shelf_mut(variant, place);
        shelf.aside -= i64::from(pieces);
        shelf.relieve();
    }

    /// Hands over goods that were set aside.
    pub fn hand_out(&mut self, variant: VariantId, place: LocationId, pieces: u32) {
        let shelf = self.shelf_mut(variant, place);
        shelf.aside -= i64::from(pieces);
        shelf.there -= i64::from(pieces);
        shelf.relieve();
    }

    /// What can be promised of a shelf.
    pub(super) fn can_have(&self, variant: VariantId, place: LocationId) -> i64 {
        self.shelf(variant, place).for_web()
    }

    /// Goods that nobody finds are written off, as far as they are in the books.
    pub(super) fn lose(&mut self, variant: VariantId, place: LocationId, pieces: u32) {
        let shelf = self.shelf_mut(variant, place);
        let lost = i64::from(pieces).min(shelf.there);
        shelf.there -= lost;
        if lost > 0 {
            shelf.short = (shelf.aside - shelf.there).max(0);
        }
    }

    /// Goods that came back from a shopper.
    pub fn take_back(&mut self, variant: VariantId, place: LocationId, pieces: u32) {
        let shelf = self.shelf_mut(variant, place);
        shelf.there += i64::from(pieces);
        shelf.relieve();
    }

    /// Changes shelves, all or none.
    pub fn stock(&mut self, set: &SetStock) -> Result<(), &'static str> {
        let before = self.shelves.clone();
        for change in &set.changes {
            if let Err(code) = self.stock_one(change) {
                self.shelves = before;
                return Err(code);
            }
        }
        Ok(())
    }

    fn stock_one(&mut self, change: &commerce::command::StockChange) -> Result<(), &'static str> {
        self.town.place(change.location).ok_or("not_found")?;
        self.town.article(change.variant).ok_or("unknown_variant")?;
        let mut shelf = self.shelf(change.variant, change.location);
        let in_range = |pieces: i64| {
            if (0..=STOCK_MAX).contains(&pieces) {
                Ok(pieces)
            } else {
                Err("quantity_invalid")
            }
        };
        match change.kind {
            StockChangeKind::Counted(pieces) => {
                let changed = shelf.there != in_range(pieces)?;
                shelf.there = pieces;
                if changed {
                    shelf.short = (shelf.aside - shelf.there).max(0);
                }
            }
            StockChangeKind::Received(pieces) => {
                shelf.there = in_range(shelf.there + i64::from(pieces))?;
                shelf.relieve();
            }
            StockChangeKind::Damaged(pieces) => {
                if i64::from(pieces) > shelf.there {
                    return Err("stock_below_zero");
                }
                shelf.there -= i64::from(pieces);
                if pieces > 0 {
                    shelf.short = (shelf.aside - shelf.there).max(0);
                }
            }
            StockChangeKind::SafetyStock(pieces) => shelf.held_back = in_range(pieces)?,
        }
        *self.shelf_mut(change.variant, change.location) = shelf;
        Ok(())
    }

    /// Where the lines of a basket come from.
    pub fn sources(
        &self,
        wants: &[(u16, VariantId, u32)],
        delivery: Delivery,
        to: Option<Country>,
    ) -> Result<Vec<Pick>, &'static str> {
        match delivery {
            Delivery::Ship(_) => self.parcels(wants, to, None),
            Delivery::Pickup(place) => self.all_at(wants, place, |shelf| shelf.for_web()),
            Delivery::CarryOut(place) => {
                self.all_at(wants, place, |shelf| shelf.there - shelf.aside)
            }
        }
    }

    fn all_at(
        &self,
        wants: &[(u16, VariantId, u32)],
        place: LocationId,
        can_have: fn(Shelf) -> i64,
    ) -> Result<Vec<Pick>, &'static str> {
        if !self.town.place(place).is_some_and(|p| p.sells) {
            return Err("location_cannot");
        }
        let mut picks: Vec<Pick> = Vec::new();
        for &(line, variant, pieces) in wants {
            let left = can_have(self.shelf(variant, place)) - taken(&picks, variant, place);
            if left < i64::from(pieces) {
                return Err("out_of_stock");
            }
            picks.push(Pick {
                line,
                variant,
                place,
                pieces,
            });
        }
        Ok(picks)
    }

    /// Again and again the place that can send most of the remaining lines whole; what no place has whole
    /// is put together from the fullest shelves.
    pub(super) fn parcels(
        &self,
        wants: &[(u16, VariantId, u32)],
        to: Option<Country>,
        but: Option<LocationId>,
    ) -> Result<Vec<Pick>, &'static str> {
        let sends = |p: &&Place| p.ships && Some(p.id) != but;
        let mut places: Vec<&Place> = self.town.places.iter().filter(sends).collect();
        places.sort_by_key(|p| (p.rank, Some(p.country) != to, p.id));
        let mut picks: Vec<Pick> = Vec::new();
        let mut open = wants.to_vec();
        let left = |picks: &[Pick], variant, place| {
            self.shelf(variant, place).for_web() - taken(picks, variant, place)
        };
        while !open.is_empty() {
            let whole = |p: &&Place| {
                open.iter()
                    .filter(|w| left(&picks, w.1, p.id) >= i64::from(w.2))
                    .count()
            };
            let most = places.iter().map(whole).max().unwrap_or(0);
            if most == 0 {
                break;
            }
            let place = places
                .iter()
                .find(|p| whole(p) == most)
                .expect("one has the most")
                .id;
            let mut rest = Vec::new();
            for (line, variant, pieces) in open {
                if left(&picks, variant, place) >= i64::from(pieces) {
                    picks.push(Pick {
                        line,
                        variant,
                        place,
                        pieces,
                    });
                } else {
                    rest.push((line, variant, pieces));
                }
            }
            open = rest;
        }
        for (line, variant, pieces) in open {
            let mut shelves: Vec<(i64, LocationId)> = places
                .iter()
                .map(|p| (left(&picks, variant, p.id), p.id))
                .collect();
            shelves.sort_by_key(|&(there, _)| -there);
            let mut missing = i64::from(pieces);
            for (there, place) in shelves {
                let part = there.min(missing);
                if part > 0 {
                    picks.push(Pick {
                        line,
                        variant,
                        place,
                        pieces: part as u32,
                    });
                    missing -= part;
                }
            }
            if missing > 0 {
                return Err("out_of_stock");
            }
        }
        Ok(picks)
    }
}

fn taken(picks: &[Pick], variant: VariantId, place: LocationId) -> i64 {
    let same = picks
        .iter()
        .filter(|p| (p.variant, p.place) == (variant, place));
    same.map(|p| i64::from(p.pieces)).sum()
}
