//! Red packets: drawn by members before the event, spent in it.

use super::{Buyer, Cart, Kind, Limits, Line, Packets, Way, money, only};
use crate::event::goods::Goods;
use rand::rngs::StdRng;
use serde_json::{Value, json};

/// A budget in packets of different worth, which members draw and spend.
#[derive(Debug)]
pub struct RedPackets {
    packets: Packets,
    currency: String,
}

impl RedPackets {
    /// Fewer than all members together would like to have.
    pub fn of(goods: &Goods, crowd: u32) -> Self {
        let members = i64::from(crowd / crate::event::CROWD_PER_MEMBER).max(1);
        let dearest = (goods.plain[0].unit / 4).max(2);
        let count = members * 3 / 2 + 1;
        let (low, high) = ((dearest / 10).max(1), dearest);
        Self {
            packets: Packets {
                count,
                budget: count * (low + high) / 2,
                bounds: (low, high),
                per_member: 2,
            },
            currency: goods.currency.clone(),
        }
    }
}

impl Kind for RedPackets {
    fn title(&self) -> (&'static str, &'static str) {
        ("Red packet", "Roter Umschlag")
    }

    fn story(&self, money: &dyn Fn(i64) -> String) -> String {
        let (low, high) = self.packets.bounds;
        format!(
            "{} in {} packets of {} to {}, which members draw in a rush a second before the sale, {} each at most, and spend in it",
            money(self.packets.budget),
            self.packets.count,
            money(low),
            money(high),
            self.packets.per_member
        )
    }

    fn deal(&self) -> Value {
        let (low, high) = self.packets.bounds;
        // When they are drawn and spent is said with the event's times.
        json!({"type": "red_packets", "count": self.packets.count, "low": low, "high": high,
               "draw_from": "", "spend_until": "", "spend": money(0, &self.currency)})
    }

    fn limits(&self) -> Limits {
        Limits {
            total: None,
            per_buyer: Some(self.packets.per_member),
            budget: Some(self.packets.budget),
        }
    }

    fn share(&self) -> u32 {
        0
    }

    fn cart(&self, _rng: &mut StdRng, _codes: &[String]) -> Cart {
        Cart::default()
    }

    // What a packet holds, its owner's wallet says.
    fn ways(&self, _lines: &[Line], _left: i64, _buyer: Buyer) -> Vec<Way> {
        only(0)
    }

    fn packets(&self) -> Option<Packets> {
        Some(self.packets)
    }
}
