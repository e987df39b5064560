//! Returns: asked for, answered, received. What is received gives money back in the same decision.

use crate::command::{
    Actor, AnswerReturn, DeliveryBack, Outcome, ReceiveReturn, RequestReturn, ReturnAnswer,
};
use crate::event::What;
use crate::id::{LocationId, ReturnId};
use crate::limits;
use crate::order::{Group, RefundSource, Share};
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::returns::{Return, ReturnLine, ReturnState, ReturnTerms};
use crate::stock::{StockAccount, StockCause};
use crate::world::World;
use alloc::string::String;
use alloc::vec::Vec;

/// A shopper wants to send pieces back, or an operator writes down that one does.
///
/// What was asked for under the same key before is given again. Checks: the order, the note, the photos, how many returns there are, that there are lines, each line once, its
/// pieces, and that the shop still takes them back; an operator may overlook the last.
pub fn request(world: &mut World, asked: &RequestReturn) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, asked.order.parent())?;
    let index = super::lifecycle::order_index(&group, asked.order)?;
    let is_same = |r: &Return| asked.key != 0 && r.key == asked.key;
    if group.returns.iter().any(is_same) {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    }
    check_text("note", &asked.note)?;
    if asked.photos.len() > limits::RETURN_PHOTOS_MAX {
        return Err(Refusal::FieldInvalid { field: "photos" });
    }
    if group.returns.len() >= limits::RETURNS_MAX {
        return Err(Refusal::TooManyReturns);
    }
    if asked.lines.is_empty() {
        return Err(Refusal::FieldInvalid { field: "lines" });
    }
    let by_operator = matches!(world.actor(), Actor::Operator(_) | Actor::System);
    let terms = match asked.overlook_window && by_operator {
        true => None,
        false => Some(terms(world)),
    };
    let mut lines = Vec::with_capacity(asked.lines.len());
    for &(number, pieces, reason) in &asked.lines {
        if lines.iter().any(|l: &ReturnLine| l.number == number) {
            return Err(Refusal::FieldInvalid { field: "lines" });
        }
        check_line(world, &group, index, (number, pieces), terms)?;
        lines.push(ReturnLine {
            number,
            pieces,
            reason,
            received: 0,
            restocked: 0,
        });
    }
    let id = ReturnId::under(group.id, super::next_sub(group.returns.len())?);
    world.emit(What::ReturnRequested { r#return: id });
    group.returns.push(Return {
        id,
        key: asked.key,
        order: asked.order,
        state: ReturnState::Requested,
        lines,
        note: asked.note.clone(),
        photos: asked.photos.clone(),
        answer: String::new(),
        location: None,
        requested_at: world.now(),
        answered_at: None,
        ended_at: None,
        amount: 0,
        refunds: Vec::new(),
    });
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// What the shop promises.
fn terms(world: &World) -> ReturnTerms {
    world
        .shop()
        .map_or_else(ReturnTerms::default, |s| s.returns)
}

fn check_line(
    world: &World,
    group: &Group,
    index: usize,
    (number, pieces): (u16, u32),
    terms: Option<ReturnTerms>,
) -> Result<(), Refusal> {
    let mut lines = group.orders[index].lines.iter();
    let line = lines.find(|l| l.number == number);
    let line = line.ok_or(Refusal::NotFound { what: "line" })?;
    if pieces == 0 {
        return Err(Refusal::QuantityInvalid);
    }
    let returnable = match planted::is(Fault::ReturnedTwice) {
        true => line.fulfilled - line.returned,
        false => group.returnable(line),
    };
    if pieces > returnable {
        return Err(Refusal::NotReturnable {
            line: number,
            returnable,
        });
    }
    let until = terms.and_then(|terms| group.returnable_until(number, terms));
    match until {
        Some(until) if world.now() > until && !planted::is(Fault::ReturnWindowIgnored) => {
            Err(Refusal::ReturnWindowOver { until })
        }
        _ => Ok(()),
    }
}

/// Says what becomes of a return that is open. An answer that was given already changes nothing.
///
/// Checks: the return, its state, the text, the location.
pub fn answer(world: &mut World, given: &AnswerReturn) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, given.r#return.parent())?;
    let index = index_of(&group, given.r#return)?;
    let (state, text, location) = match &given.answer {
        ReturnAnswer::Approve { how, location } => (ReturnState::Approved, &**how, *location),
        ReturnAnswer::Refuse { why } => (ReturnState::Refused, &**why, None),
        ReturnAnswer::Withdraw => (ReturnState::Withdrawn, "", None),
    };
    let found = &group.returns[index];
    let says_something = state != ReturnState::Withdrawn;
    let is_said = found.answer == text && found.location == location;
    if found.state == state && (!says_something || is_said) {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    }
    if !found.state.is_open() {
        return Err(wrong_state(found.state));
    }
    check_text("answer", text)?;
    // A shopper who may send goods must know where to, and one who may not must know why.
    if says_something && text.trim().is_empty() && location.is_none() {
        return Err(Refusal::FieldInvalid { field: "answer" });
    }
    if let Some(location) = location {
        check_location(world, location)?;
    }
    let (id, now) = (given.r#return, world.now());
    world.emit(match state {
        ReturnState::Approved => What::ReturnApproved { r#return: id },
        ReturnState::Refused => What::ReturnRefused { r#return: id },
        _ => What::ReturnWithdrawn { r#return: id },
    });
    let changed = &mut group.returns[index];
    changed.state = state;
    if says_something {
        changed.answer = text.into();
        changed.location = location;
        changed.answered_at = Some(now);
    }
    if !state.is_open() {
        changed.ended_at = Some(now);
    }
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// Goods came back: they are put where they belong, and their money goes back.
///
/// Received twice with the same pieces, it changes nothing. Checks: the return, its state, the note, that it was paid,
/// each line's pieces, that something came, where goods are put.
pub fn receive(world: &mut World, came: &ReceiveReturn) -> Result<Outcome, Refusal> {
    let mut group = super::group_for_change(world, came.r#return.parent())?;
    let index = index_of(&group, came.r#return)?;
    let found = &group.returns[index];
    let lines = received_lines(found, came)?;
    if found.state == ReturnState::Received && found.lines == lines {
        return Ok(Outcome::Group(super::unchanged(world, &group)));
    }
    if !found.state.is_open() {
        return Err(wrong_state(found.state));
    }
    super::lifecycle::check_note(&came.note)?;
    let captured = group.captured().ok_or(Refusal::NotPaid)?;
    if lines.iter().all(|l| l.received == 0) {
        return Err(Refusal::QuantityInvalid);
    }
    let is_restocked = lines.iter().any(|l| l.restocked > 0);
    match came.location {
        Some(location) => check_location(world, location)?,
        None if is_restocked => return Err(Refusal::FieldInvalid { field: "location" }),
        None => {}
    }
    let order = super::lifecycle::order_index(&group, found.order)?;
    move_goods(world, &group, order, (&lines, came.location));
    let (id, now) = (came.r#return, world.now());
    let changed = &mut group.returns[index];
    changed.state = ReturnState::Received;
    changed.lines = lines;
    changed.location = came.location;
    changed.ended_at = Some(now);
    world.emit(What::ReturnReceived { r#return: id });
    give_back(world, &mut group, index, (order, captured, came))?;
    Ok(Outcome::Group(super::save_group(world, group)))
}

/// The lines of a return with what came of each. A line that is not named did not come.
fn received_lines(found: &Return, came: &ReceiveReturn) -> Result<Vec<ReturnLine>, Refusal> {
    let mut lines = found.lines.clone();
    for line in &mut lines {
        (line.received, line.restocked) = (0, 0);
    }
    for (place, received) in came.lines.iter().enumerate() {
        let number = received.number;
        let line = lines.iter_mut().find(|l| l.number == number);
        let line = line.ok_or(Refusal::NotFound { what: "line" })?;
        let is_named_before = came.lines[..place].iter().any(|l| l.number == number);
        let fits = received.pieces <= line.pieces && received.restocked <= received.pieces;
        if is_named_before || !fits {
            return Err(Refusal::QuantityInvalid);
        }
        line.received = received.pieces;
        line.restocked = received.restocked;
    }
    Ok(lines)
}

/// Pieces that can be sold again go to a location's stock; those that cannot are written off.
fn move_goods(
    world: &mut World,
    group: &Group,
    order: usize,
    (lines, location): (&[ReturnLine], Option<LocationId>),
) {
    let order = &group.orders[order];
    for line in lines {
        let sold = order.lines.iter().find(|l| l.number == line.number);
        let variant = sold.expect("a return is of lines of its order").variant;
        let damaged = i64::from(line.received - line.restocked);
        let (restocked, from) = (i64::from(line.restocked), StockAccount::Customer);
        let cause = StockCause::Return(order.id.0);
        if let Some(location) = location.filter(|_| restocked > 0) {
            let to = StockAccount::Free(location);
            world.move_stock(variant, restocked, from, to, cause);
            if planted::is(Fault::ReturnRestockedTwice) {
                world.move_stock(variant, restocked, from, to, cause);
            }
        }
        if damaged > 0 {
            world.move_stock(variant, damaged, from, StockAccount::Adjustment, cause);
        }
    }
}

/// Asks for the money of what came, as far as it was not given back otherwise.
fn give_back(
    world: &mut World,
    group: &mut Group,
    index: usize,
    (order, captured, came): (usize, i64, &ReceiveReturn),
) -> Result<(), Refusal> {
    let pieces: Vec<(u16, u32)> = group.returns[index]
        .lines
        .iter()
        .filter(|l| l.received > 0)
        .map(|l| (l.number, l.received))
        .collect();
    let (lines, goods) = super::refund::returned_lines(group, order, &pieces)?;
    let shipping = delivery_share(world, group, order, came.delivery);
    let all = goods.plus(shipping);
    // Part of it may have been given back as goodwill, or by somebody at the provider.
    let left = super::refund::refundable(group, &group.orders[order], captured);
    let total = all.total.min(left);
    let share = Share {
        total,
        tax: match total == all.total {
            true => all.tax,
            false => crate::money::scale(all.tax, total, all.total.max(1)),
        },
    };
    let first = group.refunds.len();
    if share.total > 0 && !planted::is(Fault::ReturnWithoutRefund) {
        let asked = super::refund::Asked {
            order: group.orders[order].id,
            lines,
            shipping: shipping.total,
            share,
            source: RefundSource::Seller,
            note: &came.note,
        };
        super::refund::request_parts(world, group, asked)?;
    }
    let made = &group.refunds[first..];
    let (amount, refunds) = (share.total, made.iter().map(|r| r.id).collect());
    let changed = &mut group.returns[index];
    changed.amount = amount;
    changed.refunds = refunds;
    Ok(())
}

/// What of the delivery goes back: what is left of it, if it is to go back at all.
fn delivery_share(world: &World, group: &Group, order: usize, back: DeliveryBack) -> Share {
    let order = &group.orders[order];
    let all_came = order
        .lines
        .iter()
        .all(|l| l.returned == l.fulfilled && l.open() == 0);
    let goes = match back {
        DeliveryBack::AsTheShopSays => all_came && terms(world).delivery,
        DeliveryBack::Yes => true,
        DeliveryBack::No => false,
    };
    let of_order = group.refunds.iter().filter(|r| r.order == Some(order.id));
    let given = of_order.filter(|r| r.state != crate::order::RefundState::Failed);
    let left = order.shipping - given.map(|r| r.shipping).sum::<i64>();
    if !goes || left <= 0 {
        return Share::default();
    }
    let tax = crate::money::scale(order.shipping_tax, left, order.shipping);
    Share { total: left, tax }
}

fn index_of(group: &Group, id: ReturnId) -> Result<usize, Refusal> {
    let place = group.returns.iter().position(|r| r.id == id);
    place.ok_or(Refusal::NotFound { what: "return" })
}

fn check_location(world: &World, id: LocationId) -> Result<(), Refusal> {
    let found = world.location(id);
    found
        .map(|_| ())
        .ok_or(Refusal::NotFound { what: "location" })
}

fn check_text(field: &'static str, text: &str) -> Result<(), Refusal> {
    match text.chars().count() <= limits::RETURN_NOTE_CHARS_MAX {
        true => Ok(()),
        false => Err(Refusal::FieldInvalid { field }),
    }
}

fn wrong_state(state: ReturnState) -> Refusal {
    Refusal::WrongState {
        state: state.word(),
    }
}
