//! Goods that come back: asked for, answered, received.

use super::pay::taken;
use super::price::rounded;
use super::serve::{Source, can_go_back};
use super::{Answer, Deal, Expected, Model, Part};
use commerce::Actor;
use commerce::command::{AnswerReturn, DeliveryBack, ReceiveReturn, RequestReturn, ReturnAnswer};
use commerce::id::{LocationId, ReturnId};
use commerce::order::{FulfillmentState, Group, RefundState};
use commerce::returns::ReturnState;

const DAY: i64 = 86_400_000;
/// Days more for a parcel of which nobody said that it arrived.
const UNHEARD_DAYS: i64 = 14;

/// Pieces of a line: asked for, come, sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coming {
    pub line: u16,
    pub pieces: u32,
    pub came: u32,
    pub sound: u32,
}

/// What somebody wants to send back.
#[derive(Debug, Clone)]
pub struct Claim {
    pub key: u64,
    /// The order's place in its group.
    pub order: usize,
    pub state: ReturnState,
    pub lines: Vec<Coming>,
    pub told: String,
    pub place: Option<LocationId>,
    pub amount: i64,
    /// Places of the money that goes back for it.
    pub backs: Vec<usize>,
}

fn is_open(claim: &Claim) -> bool {
    matches!(claim.state, ReturnState::Requested | ReturnState::Approved)
}

/// Pieces of a line that somebody said will come.
pub(super) fn on_their_way(deal: &Deal, line: u16) -> u32 {
    let lines = deal
        .claims
        .iter()
        .filter(|c| is_open(c))
        .flat_map(|c| &c.lines);
    lines.filter(|l| l.line == line).map(|l| l.pieces).sum()
}

fn place_of(deal: &Deal, id: ReturnId) -> Result<usize, &'static str> {
    let at = usize::from(id.sub()).wrapping_sub(1);
    deal.claims.get(at).map(|_| at).ok_or("not_found")
}

impl Model {
    /// Whether the shop's time for a line is over.
    fn is_too_late(&self, deal: &Deal, line: u16) -> bool {
        let days = i64::from(self.town.return_days);
        let with_it = deal
            .parcels
            .iter()
            .filter(|p| p.picks.iter().any(|k| k.line == line));
        let until = with_it.filter_map(|p| match p.state {
            FulfillmentState::Delivered => Some(p.since + days * DAY),
            FulfillmentState::Shipped => Some(p.since + (days + UNHEARD_DAYS) * DAY),
            _ => None,
        });
        until.max().is_some_and(|until| self.now > until)
    }

    pub(super) fn ask_return(&mut self, actor: Actor, asked: &RequestReturn) -> Answer {
        let group = asked.order.parent();
        self.with(group, |model, deal| {
            let at = usize::from(asked.order.sub()).wrapping_sub(1);
            let order = deal.orders.get(at).ok_or("not_found")?;
            if asked.key != 0 && deal.claims.iter().any(|c| c.key == asked.key) {
                return Ok(());
            }
            if deal.claims.len() >= 50 {
                return Err("too_many_returns");
            }
            if asked.lines.is_empty() {
                return Err("field_invalid");
            }
            let overlooks =
                asked.overlook_window && matches!(actor, Actor::Operator(_) | Actor::System);
            let mut lines: Vec<Coming> = Vec::new();
            for &(number, pieces, _) in &asked.lines {
                if lines.iter().any(|l| l.line == number) {
                    return Err("field_invalid");
                }
                let sold = order
                    .lines
                    .iter()
                    .find(|l| l.number == number)
                    .ok_or("not_found")?;
                if pieces == 0 {
                    return Err("quantity_invalid");
                }
                if pieces + on_their_way(deal, number) > sold.gone - sold.returned {
                    return Err("not_returnable");
                }
                if !overlooks && model.is_too_late(deal, number) {
                    return Err("return_window_over");
                }
                lines.push(Coming {
                    line: number,
                    pieces,
                    came: 0,
                    sound: 0,
                });
            }
            deal.claims.push(Claim {
                key: asked.key,
                order: at,
                state: ReturnState::Requested,
                lines,
                told: String::new(),
                place: None,
                amount: 0,
                backs: Vec::new(),
            });
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    pub(super) fn answer_return(&mut self, given: &AnswerReturn) -> Answer {
        let group = given.r#return.parent();
        self.with(group, |model, deal| {
            let at = place_of(deal, given.r#return)?;
            let claim = &mut deal.claims[at];
            let (state, told, place) = match &given.answer {
                ReturnAnswer::Approve { how, location } => (ReturnState::Approved, how, *location),
                ReturnAnswer::Refuse { why } => (ReturnState::Refused, why, None),
                ReturnAnswer::Withdraw => {
                    return match claim.state {
                        ReturnState::Withdrawn => Ok(()),
                        ReturnState::Requested | ReturnState::Approved => {
                            claim.state = ReturnState::Withdrawn;
                            Ok(())
                        }
                        _ => Err("wrong_state"),
                    };
                }
            };
            if claim.state == state && claim.told == *told && claim.place == place {
                return Ok(());
            }
            if !is_open(claim) {
                return Err("wrong_state");
            }
            if told.trim().is_empty() && place.is_none() {
                return Err("field_invalid");
            }
            if place.is_some_and(|place| model.town.place(place).is_none()) {
                return Err("not_found");
            }
            claim.state = state;
            claim.told.clone_from(told);
            claim.place = place;
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    pub(super) fn receive_return(&mut self, came: &ReceiveReturn) -> Answer {
        let group = came.r#return.parent();
        self.with(group, |model, deal| {
            let at = place_of(deal, came.r#return)?;
            let mut lines = deal.claims[at].lines.clone();
            for line in &mut lines {
                let of_line: Vec<_> = came
                    .lines
                    .iter()
                    .filter(|l| l.number == line.line)
                    .collect();
                let said = of_line.first();
                (line.came, line.sound) = said.map_or((0, 0), |l| (l.pieces, l.restocked));
                if of_line.len() > 1 || line.came > line.pieces || line.sound > line.came {
                    return Err("quantity_invalid");
                }
            }
            if came
                .lines
                .iter()
                .any(|l| !lines.iter().any(|k| k.line == l.number))
            {
                return Err("not_found");
            }
            let claim = &deal.claims[at];
            if claim.state == ReturnState::Received && claim.lines == lines {
                return Ok(());
            }
            if !is_open(claim) {
                return Err("wrong_state");
            }
            let paid = taken(deal).ok_or("not_paid")?;
            if lines.iter().all(|l| l.came == 0) {
                return Err("quantity_invalid");
            }
            match came.location {
                Some(place) if model.town.place(place).is_none() => return Err("not_found"),
                None if lines.iter().any(|l| l.sound > 0) => return Err("field_invalid"),
                _ => {}
            }
            let claim = &mut deal.claims[at];
            claim.state = ReturnState::Received;
            claim.place = came.location;
            claim.lines.clone_from(&lines);
            let order = claim.order;
            let cost = model.goods_back(deal, order, (&lines, came.location));
            let goods = cost.total;
            let cost = model.with_delivery(deal, order, (cost, came.delivery));
            let amount = cost.total.min(can_go_back(deal, order, paid));
            let tax = match amount == cost.total {
                true => cost.tax,
                false => rounded(cost.tax, amount, cost.total),
            };
            let first = deal.backs.len();
            if amount > 0 {
                let part = Part { total: amount, tax };
                model.give_parts(group, deal, order, (part, goods), Source::Seller);
            }
            deal.claims[at].amount = amount;
            deal.claims[at].backs = (first..deal.backs.len()).collect();
            Ok(())
        })?;
        Ok(Expected::Group(group))
    }

    /// Counts what came, and puts on a shelf what is sound of it. What it cost.
    fn goods_back(
        &mut self,
        deal: &mut Deal,
        order: usize,
        (lines, place): (&[Coming], Option<LocationId>),
    ) -> Part {
        let mut cost = Part::default();
        for came in lines.iter().filter(|l| l.came > 0) {
            let sold = deal.orders[order]
                .lines
                .iter_mut()
                .find(|l| l.number == came.line);
            let sold = sold.expect("it was asked for");
            let part = sold.return_cost(came.came);
            sold.returned += came.came;
            sold.returned_for.add(part);
            cost.add(part);
            let variant = sold.variant;
            if let Some(place) = place.filter(|_| came.sound > 0) {
                self.take_back(variant, place, came.sound);
            }
        }
        cost
    }

    /// The same with what goes back of delivery: of the town's shop, when nothing of the order is left.
    fn with_delivery(
        &self,
        deal: &Deal,
        order: usize,
        (mut cost, back): (Part, DeliveryBack),
    ) -> Part {
        let lines = &deal.orders[order].lines;
        let is_all = lines
            .iter()
            .all(|l| l.gone == l.returned && l.canceled + l.gone == l.quantity);
        let goes = match back {
            DeliveryBack::AsTheShopSays => is_all,
            DeliveryBack::Yes => true,
            DeliveryBack::No => false,
        };
        let before = deal.backs.iter().filter(|b| b.order == Some(order));
        let before = before.filter(|b| b.state != RefundState::Failed);
        let paid = deal.orders[order].shipping;
        let left = paid.total - before.map(|b| b.delivery).sum::<i64>();
        if goes && left > 0 {
            cost.add(Part {
                total: left,
                tax: rounded(paid.tax, left, paid.total),
            });
        }
        cost
    }
}

/// Whether a group's returns are as they should be; else what differs.
pub(super) fn compare(group: &Group, deal: &Deal) -> Result<(), String> {
    let number = |id: &commerce::id::RefundId| usize::from(id.sub()) - 1;
    let row = |r: &commerce::returns::Return| {
        let lines = r.lines.iter().map(|l| Coming {
            line: l.number,
            pieces: l.pieces,
            came: l.received,
            sound: l.restocked,
        });
        let order = usize::from(r.order.sub()) - 1;
        let backs: Vec<usize> = r.refunds.iter().map(number).collect();
        let lines: Vec<Coming> = lines.collect();
        (order, r.state, lines, r.location, r.amount, backs)
    };
    let own = |c: &Claim| {
        let (lines, backs) = (c.lines.clone(), c.backs.clone());
        (c.order, c.state, lines, c.place, c.amount, backs)
    };
    let rows: Vec<_> = group.returns.iter().map(row).collect();
    let owns: Vec<_> = deal.claims.iter().map(own).collect();
    match rows == owns {
        true => Ok(()),
        false => Err(format!("returns are {rows:?}, the model says {owns:?}")),
    }
}
