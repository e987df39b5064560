//! Orders as a busy day brings them: many small baskets, nine of ten from phones.

use crate::SmallShop;
use commerce::checkout::{Buyer, Delivery, Intent, Item};
use commerce::command::{BuyNow, OpenCheckout};
use commerce::id::{CheckoutId, IdGenerator, VariantId};
use commerce::payment::PaymentMethod;
use commerce::text::Language;
use commerce::{Actor, Channel, Command, Device, Envelope};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use std::sync::Arc;

/// One basket in four has a second line, as measured on the day: 1.25 lines per order.
const SECOND_LINE_PER_CENT: u32 = 25;
/// Orders from phones, per cent, as published for 11 November 2017.
const PHONES_PER_CENT: u32 = 90;
/// Of the orders of [`Mix::Hot`], those that want the hot variant, per cent.
const HOT_PER_CENT: u32 = 30;

/// Which variants are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mix {
    /// All alike.
    Flat,
    /// Three of ten orders want the first variant.
    Hot,
}

/// An endless row of orders; the same seed gives the same orders.
pub struct Workload<'s> {
    shop: &'s SmallShop,
    mix: Mix,
    rng: StdRng,
    ids: IdGenerator,
}

impl<'s> Workload<'s> {
    /// Orders for the goods of `shop`.
    pub fn new(shop: &'s SmallShop, mix: Mix, seed: u64) -> Self {
        Self {
            shop,
            mix,
            rng: StdRng::seed_from_u64(seed),
            ids: IdGenerator::new(0, 0),
        }
    }

    /// The same through another server: its ids are of another node.
    pub fn of_node(shop: &'s SmallShop, mix: Mix, seed: u64, node: u8) -> Self {
        Self {
            ids: IdGenerator::new(node, 0),
            ..Self::new(shop, mix, seed)
        }
    }

    /// The next order at `now`: bought in one step, delivered, paid on account.
    pub fn buy_now(&mut self, now: i64) -> Envelope {
        let first = if self.mix == Mix::Hot && self.per_cent(HOT_PER_CENT) {
            self.shop.variants[0]
        } else {
            self.any_variant()
        };
        let mut items = vec![self.item(first)];
        if self.per_cent(SECOND_LINE_PER_CENT) {
            let second = self.any_variant();
            if second != first {
                items.push(self.item(second));
            }
        }
        let device = if self.per_cent(PHONES_PER_CENT) {
            Device::Phone
        } else {
            Device::Desktop
        };
        let number = self.rng.next_u32();
        let open = OpenCheckout {
            id: CheckoutId(self.ids.next(now)),
            access_key: self.rng.next_u64() >> 1,
            device,
            intent: self.intent(items, number),
        };
        Envelope {
            command: Command::BuyNow(BuyNow {
                open,
                expected_total: None,
                expected_deposit: None,
                method: PaymentMethod::OnAccount,
                return_url: String::new(),
            }),
            actor: Actor::Shopper,
            channel: Channel::Web,
            idempotency: None,
        }
    }

    fn intent(&self, items: Vec<Item>, number: u32) -> Intent {
        Intent {
            currency: self.shop.currency,
            language: Language::De,
            items,
            buyer: Arc::new(Buyer {
                first_name: "Ada".to_string(),
                last_name: "Lovelace".to_string(),
                email: format!("shopper{number}@example.com"),
                phone: String::new(),
            }),
            destination: Some(Arc::new(self.shop.address("Jungfernstieg 30"))),
            billing: None,
            delivery: Some(Delivery::Ship(self.shop.delivery)),
            promise: None,
            discount_codes: Vec::new(),
            member: None,
            extension: Default::default(),
            points: Default::default(),
        }
    }

    fn item(&mut self, variant: VariantId) -> Item {
        Item {
            variant,
            seller: None,
            quantity: 1,
        }
    }

    fn any_variant(&mut self) -> VariantId {
        let n = self.rng.random_range(0..self.shop.variants.len());
        self.shop.variants[n]
    }

    fn per_cent(&mut self, share: u32) -> bool {
        self.rng.random_ratio(share, 100)
    }
}
