//! The decisions: one pure function from a command and the world to an outcome or a refusal.
//!
//! Each command checks everything first, in the order documented at its function, and changes the
//! world afterwards. Whatever a refused command changed is taken back all the same.

mod announced;
mod campaign;
mod catalog;
mod checkout;
mod delay;
mod follow;
mod fulfillment;
mod lifecycle;
mod outside;
mod packet;
mod parcel;
mod payment;
mod place;
mod points;
mod refund;
mod relocate;
mod returns;
mod review;
mod round;
mod stock;
mod switch;
#[cfg(test)]
mod tests;
mod wish;

use crate::command::{Command, Envelope, Outcome};
use crate::id::{FulfillmentId, GroupId};
use crate::order::Group;
use crate::planted::{self, Fault};
use crate::refusal::Refusal;
use crate::world::{KeySet, RecordKind, World};
use alloc::sync::Arc;

/// An outcome, and whether it is the stored answer to a repeated request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decided {
    /// What became of the command.
    pub outcome: Outcome,
    /// Whether nothing was done now because it was done before.
    pub replayed: bool,
}

/// Decides one command at `now`. A refusal leaves the world as it was.
///
/// # Errors
/// A [`Refusal`] with a stable code.
///
/// # Panics
/// When an invariant would be broken: the caller takes the batch back and refuses the culprit.
pub fn decide(now: i64, envelope: &Envelope, world: &mut World) -> Result<Decided, Refusal> {
    if let Some(idempotency) = envelope.idempotency
        && let Some(answer) = world.answer(idempotency.key)
    {
        let is_same = answer.request == idempotency.request;
        return if is_same || planted::is(Fault::KeyForAnotherRequest) {
            Ok(Decided {
                outcome: answer.outcome.clone(),
                replayed: true,
            })
        } else {
            Err(Refusal::IdempotencyKeyReused)
        };
    }
    let start = world.begin(now, envelope.actor, envelope.channel);
    match dispatch(&envelope.command, world) {
        Ok(outcome) => {
            if let Some(idempotency) = envelope.idempotency
                && !planted::is(Fault::SkippedAnswer)
            {
                world.put_answer(idempotency, outcome.clone());
            }
            Ok(Decided {
                outcome,
                replayed: false,
            })
        }
        Err(refusal) => {
            world.rollback(start);
            Err(refusal)
        }
    }
}

fn dispatch(command: &Command, world: &mut World) -> Result<Outcome, Refusal> {
    match command {
        Command::SaveRecords(records) => catalog::save_records(world, records),
        Command::SaveProducts(drafts) => catalog::save_products(world, drafts),
        Command::SaveCampaign(draft) => campaign::save(world, draft),
        Command::MoveCampaign(id, version, step) => {
            campaign::advance(world, (*id, *version), *step)
        }
        Command::DrawPacket(rule, member) => packet::draw(world, *rule, *member),
        Command::SetSwitch(set) => switch::set(world, set),
        Command::SetStock(set) => stock::set_stock(world, set),
        Command::SaveCart(save) => checkout::save_cart(world, save),
        Command::OpenCheckout(open) => checkout::open(world, open),
        Command::UpdateCheckout(update) => checkout::update(world, update),
        Command::CancelCheckout(id) => checkout::cancel(world, *id),
        Command::PlaceOrder(place) => place::place_order(world, place),
        Command::BuyNow(buy) => place::buy_now(world, buy),
        Command::RetryPayment(retry) => payment::retry(world, retry),
        Command::PaymentNews(news) => payment::news(world, news),
        Command::ReportTrouble(trouble) => payment::report_trouble(world, trouble),
        Command::RecordPaid(id) => payment::record_paid(world, *id),
        Command::EffectDone(number) => {
            world.effect_done(*number);
            Ok(Outcome::Done)
        }
        Command::ExpireGroups(ids) => lifecycle::expire(world, ids),
        Command::MoveFulfillment(id, step) => fulfillment::advance(world, *id, step),
        Command::CancelOrder(cancel) => lifecycle::cancel_order(world, cancel),
        Command::RefundOrder(refund) => refund::refund_order(world, refund),
        Command::RequestReturn(asked) => returns::request(world, asked),
        Command::AnswerReturn(given) => returns::answer(world, given),
        Command::ReceiveReturn(came) => returns::receive(world, came),
        Command::AddNote(group, note) => lifecycle::add_note(world, *group, note),
        Command::Followed(followed) => follow::followed(world, followed),
        Command::ChangeWishes(customer, changes) => wish::change(world, *customer, changes),
        Command::TellWishes(tell) => wish::tell(world, tell),
        Command::SaveReview(save) => review::save(world, save),
        Command::MoveReview(id, expected, step) => review::advance(world, *id, *expected, step),
        Command::MarkReview(mark) => review::mark(world, mark),
        Command::SetPointsProgram(set) => points::set_program(world, set),
        Command::AdjustPoints(adjust) => points::adjust(world, adjust),
        Command::ExpirePoints(members) => points::expire(world, members),
        Command::EndPoints(member) => points::end(world, *member),
        Command::SaveCarrier(save) => parcel::save_carrier(world, save),
        Command::SeeParcel(id, sighting) => parcel::see(world, *id, sighting),
        Command::PrintLabels(ids) => parcel::print_labels(world, ids),
        Command::CarrierAnswer(answer) => announced::answer(world, answer),
        Command::Expect(expected) => delay::expect(world, expected),
        Command::SaveRounds(drafts) => round::save(world, drafts),
        Command::AssignRound(assign) => round::assign(world, assign),
        Command::MoveRoundParcel(moved) => round::move_parcel(world, moved),
        Command::RoundEvent(event) => round::hear(world, event),
    }
}

/// Asks for what a command will read and the world does not know yet. Some keys are known only once others
/// are loaded, so the caller repeats it until nothing is missing.
// Long because each command is one arm.
pub fn keys(envelope: &Envelope, world: &World, keys: &mut KeySet) {
    if let Some(idempotency) = envelope.idempotency {
        keys.want_answer(world, idempotency.key);
    }
    match &envelope.command {
        Command::SaveRecords(records) => {
            for record in records {
                let (kind, code) = (record.kind(), record.code());
                keys.want_code(world, kind, &code);
                keys.want_record(world, kind, record.id());
                if let Some(known) = world.id_of_code(kind, &code) {
                    keys.want_record(world, kind, known);
                }
            }
        }
        Command::SaveProducts(drafts) => catalog::keys(drafts, world, keys),
        Command::DrawPacket(rule, member) => packet::keys(keys, world, *rule, *member),
        Command::SetStock(set) => {
            let variants = set.changes.iter().map(|c| c.variant);
            variants.for_each(|v| keys.want_product(world, v.parent()));
        }
        Command::SaveCart(save) => {
            keys.want_cart(world, save.id);
            for item in &save.items {
                keys.want_product(world, item.variant.parent());
            }
        }
        Command::OpenCheckout(open) => {
            keys.want_checkout(world, open.id);
            keys.want_group(world, open.id.group());
            intent_keys(keys, world, &open.intent);
        }
        Command::BuyNow(buy) => {
            keys.want_checkout(world, buy.open.id);
            keys.want_group(world, buy.open.id.group());
            intent_keys(keys, world, &buy.open.intent);
        }
        Command::UpdateCheckout(update) => {
            keys.want_checkout(world, update.id);
            keys.want_group(world, update.id.group());
            intent_keys(keys, world, &update.intent);
        }
        Command::CancelCheckout(id) => {
            keys.want_checkout(world, *id);
            keys.want_group(world, id.group());
        }
        Command::PlaceOrder(place) => {
            keys.want_checkout(world, place.checkout);
            keys.want_group(world, place.checkout.group());
            if let Some(checkout) = world.checkout(place.checkout) {
                intent_keys(keys, world, &checkout.intent);
            }
        }
        Command::ChangeWishes(id, changes) => wish::change_keys(keys, world, *id, changes),
        Command::TellWishes(tell) => wish::tell_keys(keys, world, tell),
        Command::ExpireGroups(ids) => ids.iter().for_each(|&id| group_keys(keys, world, id)),
        Command::RetryPayment(retry) => group_keys(keys, world, retry.group),
        Command::PaymentNews(news) => group_keys(keys, world, news.payment.parent()),
        Command::ReportTrouble(trouble) => group_keys(keys, world, trouble.payment.parent()),
        Command::RecordPaid(id) => group_keys(keys, world, id.parent()),
        Command::MoveFulfillment(id, _) | Command::SeeParcel(id, _) => {
            group_keys(keys, world, id.parent());
        }
        Command::PrintLabels(ids) => ids
            .iter()
            .for_each(|id| group_keys(keys, world, id.parent())),
        Command::CarrierAnswer(answer) => group_keys(keys, world, answer.fulfillment.parent()),
        Command::Expect(expected) => group_keys(keys, world, expected.fulfillment.parent()),
        Command::SaveRounds(drafts) => round::save_keys(keys, world, drafts),
        Command::AssignRound(assign) => {
            keys.want_record(world, RecordKind::Round, assign.round.0);
        }
        Command::MoveRoundParcel(moved) => round::move_keys(keys, world, moved),
        Command::RoundEvent(event) => round::event_keys(keys, world, event),
        Command::CancelOrder(cancel) => group_keys(keys, world, cancel.order.parent()),
        Command::RefundOrder(refund) => group_keys(keys, world, refund.order.parent()),
        Command::RequestReturn(asked) => group_keys(keys, world, asked.order.parent()),
        Command::AnswerReturn(given) => group_keys(keys, world, given.r#return.parent()),
        Command::ReceiveReturn(came) => group_keys(keys, world, came.r#return.parent()),
        Command::AddNote(id, _) => group_keys(keys, world, *id),
        Command::SaveReview(save) => review::save_keys(save, world, keys),
        Command::MoveReview(id, ..) => review::review_keys(*id, world, keys),
        Command::MarkReview(mark) => {
            review::review_keys(mark.review, world, keys);
            keys.want_mark(world, *mark);
        }
        Command::AdjustPoints(adjust) => points::adjust_keys(keys, world, adjust.member),
        Command::ExpirePoints(members) => {
            members.iter().for_each(|m| keys.want_points(world, *m));
        }
        Command::EndPoints(member) => keys.want_points(world, *member),
        // Campaigns, switches, followers, carriers and the program of points are always in memory.
        Command::EffectDone(_)
        | Command::SaveCampaign(_)
        | Command::MoveCampaign(..)
        | Command::SetSwitch(_)
        | Command::SetPointsProgram(_)
        | Command::SaveCarrier(_)
        | Command::Followed(_) => {}
    }
}

fn intent_keys(keys: &mut KeySet, world: &World, intent: &crate::checkout::Intent) {
    for item in &intent.items {
        keys.want_product(world, item.variant.parent());
    }
    if world.has_campaigns() {
        campaign::quotas(keys, world, intent);
    }
    if let Some(member) = intent.member.filter(|_| intent.points.most() > 0) {
        keys.want_points(world, member);
    }
}

fn group_keys(keys: &mut KeySet, world: &World, id: GroupId) {
    keys.want_group(world, id);
    if let Some(group) = world.group(id) {
        let reserved = group.reservations.iter().map(|r| r.variant);
        for variant in reserved.chain(group.lines().map(|l| l.variant)) {
            keys.want_levels(world, variant.parent());
        }
        for taken in &group.uses {
            keys.want_quota(world, taken.quota);
        }
        if let Some(member) = group.member.filter(|_| group.points.is_some()) {
            keys.want_points(world, member);
        }
    }
}

/// The group, to be changed.
fn group_for_change(world: &World, id: GroupId) -> Result<Group, Refusal> {
    let group = world.group(id).ok_or(Refusal::NotFound { what: "order" })?;
    Ok(Group::clone(group))
}

/// Saves a changed group under its next version, with the points that the change brought or took.
fn save_group(world: &mut World, mut group: Group) -> Arc<Group> {
    points::settle(world, &mut group);
    group.version += 1;
    group.updated_at = world.now();
    world.put_group(group)
}

/// The group as it was: the command found it done already.
fn unchanged(world: &World, group: &Group) -> Arc<Group> {
    world.group(group.id).expect("it was loaded").clone()
}

/// The number of the next thing under a group.
fn next_sub(existing: usize) -> Result<u8, Refusal> {
    u8::try_from(existing + 1).map_err(|_| Refusal::TooManyLines)
}

/// The place of a fulfillment in its group.
fn fulfillment_index(group: &Group, id: FulfillmentId) -> Result<usize, Refusal> {
    group
        .fulfillments
        .iter()
        .position(|f| f.id == id)
        .ok_or(Refusal::NotFound {
            what: "fulfillment",
        })
}
