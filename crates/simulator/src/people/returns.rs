//! What shoppers want to send back, and what staff say and do then.

use super::{envelope, raw_id};
use crate::checks::Violation;
use crate::sim::Sim;
use commerce::command::{
    AnswerReturn, DeliveryBack, Idempotency, ReceiveReturn, ReceivedLine, RequestReturn,
    ReturnAnswer,
};
use commerce::id::{LocationId, OperatorId, ReturnId};
use commerce::order::Group;
use commerce::returns::{Return, ReturnReason};
use commerce::{Actor, Channel, Command};

impl Sim {
    /// The next thing that happens to an order's returns; now and then one that makes no sense.
    pub(super) fn send_back(&mut self, index: u32, group: &Group) -> Result<(), Violation> {
        let rng = &mut self.people[index as usize].rng;
        let open = group.returns.iter().find(|r| r.state.is_open());
        let any =
            (!group.returns.is_empty()).then(|| &group.returns[rng.index(group.returns.len())]);
        let found = if rng.percent(90) { open } else { any };
        match found {
            Some(found) if rng.percent(85) => self.go_on(index, &found.clone()),
            _ => self.ask(index, group),
        }
    }

    fn ask(&mut self, index: u32, group: &Group) -> Result<(), Violation> {
        let rng = &mut self.people[index as usize].rng;
        let order = &group.orders[rng.index(group.orders.len())];
        let mut lines = Vec::new();
        for line in &order.lines {
            let most = i64::from(line.fulfilled - line.returned) + i64::from(rng.percent(5));
            if most > 0 && rng.percent(60) {
                let reason = rng.pick(&ReturnReason::ALL);
                lines.push((line.number, rng.between(1, most) as u32, reason));
            }
        }
        let (is_operator, overlook_window) = (rng.percent(30), rng.percent(50));
        let asked = RequestReturn {
            order: order.id,
            key: rng.pick(&[0, 0, 0, 1, 2, 3]),
            lines,
            note: String::new(),
            photos: Vec::new(),
            overlook_window,
        };
        let (actor, channel) = match is_operator {
            true => (Actor::Operator(OperatorId(0x100)), Channel::Phone),
            false => (Actor::Shopper, Channel::Web),
        };
        let request = rng.next();
        let key = u128::from(raw_id(index, 0)) | u128::from(rng.below(1 << 30)) << 66;
        let mut envelope = envelope(Command::RequestReturn(asked), actor, channel);
        envelope.idempotency = Some(Idempotency { key, request });
        self.send(index, envelope)
    }

    /// Staff answer or receive, or the shopper thinks better of it.
    fn go_on(&mut self, index: u32, found: &Return) -> Result<(), Violation> {
        let places: Vec<LocationId> = self.model.town.places.iter().map(|p| p.id).collect();
        let rng = &mut self.people[index as usize].rng;
        let roll = rng.below(100);
        let answer = match roll {
            0..=24 => Some(ReturnAnswer::Approve {
                how: rng.pick(&["", "by post", "bring it"]).to_string(),
                location: rng.percent(60).then(|| rng.pick(&places)),
            }),
            25..=33 => Some(ReturnAnswer::Refuse {
                why: rng.pick(&["", "worn"]).to_string(),
            }),
            34..=44 => Some(ReturnAnswer::Withdraw),
            _ => None,
        };
        let command = match answer {
            Some(answer) => Command::AnswerReturn(AnswerReturn {
                r#return: found.id,
                answer,
            }),
            None => self.come(index, found.id, found),
        };
        self.send(index, envelope(command, Actor::System, Channel::Console))
    }

    fn come(&mut self, index: u32, id: ReturnId, found: &Return) -> Command {
        let places = &self.model.town.places;
        let rng = &mut self.people[index as usize].rng;
        let mut lines = Vec::new();
        for line in found.lines.iter() {
            if rng.percent(85) {
                let most = i64::from(line.pieces) + i64::from(rng.percent(3));
                let least = i64::from(rng.percent(90));
                let pieces = rng.between(least, most) as u32;
                lines.push(ReceivedLine {
                    number: line.number,
                    pieces,
                    restocked: rng.between(0, i64::from(pieces)) as u32,
                });
            }
        }
        let location = rng.percent(85).then(|| places[rng.index(places.len())].id);
        Command::ReceiveReturn(ReceiveReturn {
            r#return: id,
            lines,
            location,
            delivery: rng.pick(&[
                DeliveryBack::AsTheShopSays,
                DeliveryBack::AsTheShopSays,
                DeliveryBack::Yes,
                DeliveryBack::No,
            ]),
            note: String::new(),
        })
    }
}
