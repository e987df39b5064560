//! Shoppers who paid a deposit.

use super::{LOOKS_MAX, Stage, envelope};
use crate::checks::Violation;
use crate::sim::{Event, Sim};
use commerce::command::RetryPayment;
use commerce::order::{CancelReason, Group};
use commerce::payment::PaymentState;
use commerce::{Actor, Command};
use std::sync::Arc;

impl Sim {
    /// The deposit is paid: the balance is, too, or it is forgotten, tried too early or too late, or given up.
    pub(super) fn wait_for_balance(
        &mut self,
        index: u32,
        group: &Arc<Group>,
    ) -> Result<(), Violation> {
        let Some(presale) = &group.presale else {
            return Ok(());
        };
        let (from, until) = (presale.deposit.balance_from, presale.deposit.balance_until);
        let wall = self.wall();
        let person = self.person(index);
        let roll = person.rng.below(100);
        if person.count > 2 * LOOKS_MAX || roll < 6 {
            person.stage = Stage::Gone;
            return Ok(());
        }
        let soon = person.rng.between(2_000, 300_000);
        let wait = if wall < from && roll >= 20 {
            from - wall + person.rng.between(-1_000, (until - from) * 11 / 10)
        } else {
            soon
        };
        self.later(index, wait.max(1_000));
        let last = group.payments.last().expect("the deposit's at least");
        match last.state {
            _ if roll < 9 => self.cancel(index, CancelReason::Shopper),
            _ if roll < 12 => self.cancel(index, CancelReason::Operator),
            _ if wall < from && roll >= 20 => Ok(()),
            PaymentState::ActionRequired if roll < 80 => {
                self.at(self.now + soon / 2, Event::Page(last.id));
                Ok(())
            }
            _ => {
                let method = self.method(index);
                let retry = RetryPayment {
                    group: group.id,
                    method,
                    return_url: String::new(),
                };
                let channel = self.channel(index);
                let retry = envelope(Command::RetryPayment(retry), Actor::Shopper, channel);
                self.send(index, retry)
            }
        }
    }
}
