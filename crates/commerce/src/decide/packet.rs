//! Drawing red packets: the next number goes to a member's wallet, and is never anybody else's.

use crate::campaign::{CampaignState, Counted, Deal, Quota};
use crate::command::{DrawnPacket, Outcome};
use crate::customer::{Customer, Kept, KeptWhat, Membership};
use crate::event::What;
use crate::id::{CustomerId, RuleId};
use crate::limits::WALLET_MAX;
use crate::planted::{self, Fault};
use crate::pricing::buyer_with;
use crate::refusal::Refusal;
use crate::world::{KeySet, Record, RecordKind, World};

/// What drawing reads: the member, how many were drawn, and how many by them.
pub fn keys(keys: &mut KeySet, world: &World, rule: RuleId, member: CustomerId) {
    keys.want_record(world, RecordKind::Customer, member.0);
    let drawn = Quota {
        rule,
        counted: Counted::Drawn,
    };
    keys.want_quota(world, drawn);
    if let Some(member) = world.customer(member) {
        let counted = buyer_with(&member.email);
        keys.want_quota(world, Quota { rule, counted });
    }
}

/// A member draws the packet with the next number. Who they are is known by their e-mail address, as limits know
/// buyers.
///
/// Checks: the packets, that their time has come and is not over, the member, how many they drew, that there is one
/// left, that the wallet has room.
pub fn draw(world: &mut World, rule: RuleId, member: CustomerId) -> Result<Outcome, Refusal> {
    check_time(world, rule)?;
    let customer = world.customer(member).filter(|c| c.is_member()).cloned();
    let mut customer = customer.ok_or(Refusal::NotFound { what: "member" })?;
    let of = |counted| Quota { rule, counted };
    let own = of(buyer_with(&customer.email));
    let limit = world.limit(&own).unwrap_or(0);
    if world.taken(&own) >= limit {
        let limit = u32::try_from(limit).unwrap_or(u32::MAX);
        return Err(Refusal::PacketLimitReached { limit });
    }
    let drawn = of(Counted::Drawn);
    let next = world.taken(&drawn);
    if world.limit(&drawn).is_none_or(|count| next >= count) {
        return Err(Refusal::PacketsGone);
    }
    let number = u32::try_from(next).map_err(|_| Refusal::PacketsGone)?;
    let packet = DrawnPacket { rule, number };
    put_in(world, &mut customer, packet)?;
    let is_forgotten = planted::is(Fault::PacketDrawnTwice) && number % 3 == 2;
    if !is_forgotten {
        world.take(drawn, 1);
    }
    world.take(own, 1);
    customer.version += 1;
    world.put_record(Record::Customer(customer));
    world.emit(What::PacketDrawn {
        rule,
        member,
        number,
    });
    Ok(Outcome::Packet(packet))
}

/// Whether packets of a rule can be drawn now.
fn check_time(world: &World, id: RuleId) -> Result<(), Refusal> {
    let missing = Refusal::NotFound { what: "red packet" };
    let found = world.rule(id).filter(|(campaign, _)| {
        // Of a draft nobody knows.
        campaign.state != CampaignState::Draft
    });
    let (campaign, rule) = found.ok_or(missing.clone())?;
    let Deal::RedPackets {
        draw_from,
        spend_until,
        ..
    } = rule.deal
    else {
        return Err(missing);
    };
    if campaign.state != CampaignState::Approved || world.now() >= spend_until {
        return Err(Refusal::DrawOver);
    }
    if world.now() < draw_from {
        return Err(Refusal::DrawNotOpen { from: draw_from });
    }
    Ok(())
}

/// Puts a packet into a wallet. What is worth nothing any more makes room.
fn put_in(world: &World, customer: &mut Customer, packet: DrawnPacket) -> Result<(), Refusal> {
    let member = customer.membership.get_or_insert_default();
    make_room(world, member);
    if member.wallet.len() >= WALLET_MAX {
        return Err(Refusal::WalletFull);
    }
    member.wallet.push(Kept {
        at: world.now(),
        what: KeptWhat::Packet(packet),
    });
    Ok(())
}

/// Takes the oldest packets whose time is over out of a full wallet.
fn make_room(world: &World, member: &mut Membership) {
    let is_over = |kept: &Kept| match kept.what {
        KeptWhat::Packet(packet) => is_over(world, packet.rule),
        KeptWhat::Coupon(_) => false,
    };
    while member.wallet.len() >= WALLET_MAX {
        let Some(oldest) = member.wallet.iter().position(is_over) else {
            return;
        };
        member.wallet.remove(oldest);
    }
}

fn is_over(world: &World, id: RuleId) -> bool {
    let Some((campaign, rule)) = world.rule(id) else {
        return true;
    };
    let Deal::RedPackets { spend_until, .. } = rule.deal else {
        return true;
    };
    campaign.state != CampaignState::Approved || spend_until <= world.now()
}
