//! Goods that are paid in two parts: what is paid when, as shoppers are told.

use super::Reader;
use commerce::checkout::Deposit;
use commerce::money::{Currency, Money};
use commerce::order::{Group, GroupState};
use commerce::pricing::PriceNow;
use jiff::tz::TimeZone;

/// What is paid at once, what later and when.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresaleView {
    /// What is paid at once.
    pub deposit: Money,
    /// What that counts as.
    pub counts_as: Money,
    /// What is paid later.
    pub balance: Money,
    /// From when, and until when, in UTC milliseconds.
    pub window: (i64, i64),
    /// The moment of the page, in UTC milliseconds.
    pub now: i64,
    /// The time zone in which moments are written out.
    pub zone: TimeZone,
    /// Whether the deposit is lost without the balance.
    pub forfeit: bool,
}

impl PresaleView {
    /// Whether the balance can be paid at the moment of the page.
    pub fn is_due(&self) -> bool {
        (self.window.0..self.window.1).contains(&self.now)
    }
}

/// One piece of a variant, if it is on presale.
pub fn offer(reader: &Reader<'_>, price: &PriceNow) -> Option<PresaleView> {
    let presale = price.presale?;
    let campaign = price
        .reduction
        .and_then(|r| reader.world.campaign(r.campaign));
    let zone = campaign.and_then(|c| TimeZone::get(&c.time_zone).ok());
    Some(PresaleView {
        deposit: reader.money(presale.terms.deposit),
        counts_as: reader.money(presale.terms.counts_as),
        balance: reader.money(presale.terms.price.minor - presale.terms.counts_as),
        window: (presale.balance_from, presale.balance_until),
        now: reader.now,
        zone: zone.unwrap_or(TimeZone::UTC),
        forfeit: presale.forfeit,
    })
}

/// What was agreed of a total.
pub fn agreed(
    deposit: &Deposit,
    (total, currency): (i64, Currency),
    now: i64,
    zone: TimeZone,
) -> PresaleView {
    let money = |minor| Money { minor, currency };
    PresaleView {
        deposit: money(deposit.amount),
        counts_as: money(deposit.counts_as),
        balance: money(total - deposit.amount),
        window: (deposit.balance_from, deposit.balance_until),
        now,
        zone,
        forfeit: deposit.forfeit,
    }
}

/// Whether the provider is about to take the balance of a group.
pub fn is_taking(group: &Group) -> bool {
    group.state == GroupState::AwaitingBalance && group.deadline().is_none()
}
