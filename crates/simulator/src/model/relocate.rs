//! Goods that leave from elsewhere.

use super::{Answer, Deal, Expected, Model, Parcel, Pick};
use commerce::command::Relocation;
use commerce::id::FulfillmentId;
use commerce::order::{FulfillmentState, GroupState, Method};

impl Model {
    pub(super) fn relocate(&mut self, id: FulfillmentId, wish: &Relocation) -> Answer {
        let group = id.parent();
        self.with(group, |model, deal| {
            let at = usize::from(id.sub()).wrapping_sub(1);
            deal.parcels.get(at).ok_or("not_found")?;
            let before = (model.shelves.clone(), deal.clone());
            let result = model.move_goods(deal, at, wish);
            if result.is_err() {
                (model.shelves, *deal) = before;
            }
            result
        })?;
        Ok(Expected::Group(group))
    }

    fn move_goods(
        &mut self,
        deal: &mut Deal,
        at: usize,
        wish: &Relocation,
    ) -> Result<(), &'static str> {
        if deal.state != GroupState::Confirmed {
            return Err("order_not_confirmed");
        }
        let is_untouched =
            [FulfillmentState::Open, FulfillmentState::Picking].contains(&deal.parcels[at].state);
        if deal.method != Method::Ship || !is_untouched {
            return Err("wrong_state");
        }
        check(&deal.parcels[at], wish)?;
        let from = deal.parcels[at].place;
        let (mut told, mut planned) = (Vec::new(), Vec::new());
        for line in &wish.lines {
            let picks = &deal.parcels[at].picks;
            let pick = picks.iter().find(|p| p.line == line.line);
            let variant = pick.expect("it was checked").variant;
            self.put_back(variant, from, line.pieces);
            if wish.why.is_loss() {
                self.lose(variant, from, line.pieces);
            }
            match line.to {
                Some(place) => told.push(Pick {
                    line: line.line,
                    variant,
                    place,
                    pieces: line.pieces,
                }),
                None => planned.push((line.line, variant, line.pieces)),
            }
        }
        for pick in told {
            if !self.town.place(pick.place).is_some_and(|p| p.ships) {
                return Err("location_cannot");
            }
            if self.can_have(pick.variant, pick.place) < i64::from(pick.pieces) {
                return Err("out_of_stock");
            }
            self.move_pick(deal, at, pick);
        }
        for pick in self.parcels(&planned, Some(deal.country), Some(from))? {
            self.move_pick(deal, at, pick);
        }
        self.drop_note(deal, at);
        if deal.parcels[at].picks.is_empty() {
            deal.parcels[at].state = FulfillmentState::Canceled;
        }
        Ok(())
    }

    fn move_pick(&mut self, deal: &mut Deal, at: usize, pick: Pick) {
        self.set_aside(pick.variant, pick.place, pick.pieces);
        let source = &mut deal.parcels[at];
        let order = source.order;
        for own in source.picks.iter_mut().filter(|p| p.line == pick.line) {
            own.pieces -= pick.pieces;
        }
        source.picks.retain(|p| p.pieces > 0);
        let is_free = |(index, parcel): &(usize, &Parcel)| {
            let noted = deal.notes.iter().any(|n| n.parcel == *index);
            *index != at
                && !noted
                && parcel.order == order
                && parcel.place == pick.place
                && parcel.state == FulfillmentState::Open
        };
        let found = deal.parcels.iter().enumerate().find(is_free);
        let Some(to) = found.map(|(index, _)| index) else {
            deal.parcels.push(Parcel {
                order,
                place: pick.place,
                state: FulfillmentState::Open,
                since: self.now,
                picks: vec![pick],
            });
            return;
        };
        let picks = &mut deal.parcels[to].picks;
        match picks.iter_mut().find(|p| p.line == pick.line) {
            Some(same) => same.pieces += pick.pieces,
            None => picks.push(pick),
        }
    }
}

fn check(parcel: &Parcel, wish: &Relocation) -> Result<(), &'static str> {
    if wish.lines.is_empty() {
        return Err("field_invalid");
    }
    for line in &wish.lines {
        let has = parcel.picks.iter().filter(|p| p.line == line.line);
        let has: u32 = has.map(|p| p.pieces).sum();
        let wanted = wish.lines.iter().filter(|l| l.line == line.line);
        let wanted: u32 = wanted.map(|l| l.pieces).sum();
        if line.pieces == 0 || wanted > has {
            return Err("quantity_invalid");
        }
        if line.to == Some(parcel.place) {
            return Err("field_invalid");
        }
    }
    Ok(())
}
