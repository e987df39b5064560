//! A small shop: one seller, a warehouse and a shop, tax, delivery, and as many products as wanted.

use commerce::catalog::{Offer, Product, Status, TaxCategory, Variant};
use commerce::code::{Country, CurrencyCode};
use commerce::command::{ProductDraft, SetStock, StockChange, StockChangeKind};
use commerce::id::{
    CategoryId, IdGenerator, LocationId, ProductId, SellerId, ShippingRateId, TaxRateId, VariantId,
};
use commerce::money::{Currency, Money};
use commerce::settings::{
    Address, Category, Hours, Location, LocationKind, Seller, ShippingRate, Shop, TaxDisplay,
    TaxRate,
};
use commerce::text::{Language, Text};
use commerce::world::Record;
use commerce::{Actor, Channel, Command, Envelope};

/// When the shop's records were made, and a fit start of a test's clock: 2026-11-10T12:00:00Z in UTC
/// milliseconds.
pub const NOW: i64 = 1_794_312_000_000;
/// Products saved by one command.
const PRODUCTS_PER_COMMAND: usize = 1_000;

/// How large the shop is.
#[derive(Debug, Clone, Copy)]
pub struct ShopSize {
    /// Products, with one variant each.
    pub products: usize,
    /// Pieces of each variant in the warehouse.
    pub in_warehouse: u32,
    /// Pieces of each variant in the shop that people walk into.
    pub in_shop: u32,
}

impl Default for ShopSize {
    fn default() -> Self {
        Self {
            products: 3,
            in_warehouse: 10,
            in_shop: 2,
        }
    }
}

/// The ids of a small shop and the commands that make it.
#[derive(Debug, Clone)]
pub struct SmallShop {
    /// The currency of all prices, which include tax.
    pub currency: Currency,
    /// Where the shop is and where parcels go.
    pub country: Country,
    /// The operator itself as a seller.
    pub seller: SellerId,
    /// The category of all products.
    pub category: CategoryId,
    /// Ships; nothing can be collected from it.
    pub warehouse: LocationId,
    /// Collection and till; ships nothing.
    pub store: LocationId,
    /// Standard delivery for 3.90.
    pub delivery: ShippingRateId,
    /// The variants, in the order of their products. Variant `n` has the SKU `SKU-n`, counted from 0.
    pub variants: Vec<VariantId>,
    tax_rate: TaxRateId,
    size: ShopSize,
}

impl SmallShop {
    /// A shop of this size; always the same ids.
    pub fn new(size: ShopSize) -> Self {
        let mut ids = IdGenerator::new(0, 0);
        let mut next = || ids.next(NOW - 86_400_000);
        Self {
            currency: CurrencyCode::parse("EUR").expect("a code"),
            country: Country::parse("DE").expect("a code"),
            seller: SellerId(next()),
            category: CategoryId(next()),
            warehouse: LocationId(next()),
            store: LocationId(next()),
            delivery: ShippingRateId(next()),
            tax_rate: TaxRateId(next()),
            variants: (0..size.products)
                .map(|_| VariantId::under(ProductId(next()), 1))
                .collect(),
            size,
        }
    }

    /// The SKU of variant `n`, counted from 0.
    pub fn sku(n: usize) -> String {
        format!("SKU-{n}")
    }

    /// Euros and cents as minor units: the price of variant `n`, from 4.90 to 103.90.
    pub fn price(n: usize) -> i64 {
        490 + 100 * (n as i64 % 100)
    }

    /// What makes the shop: records, products, stock, in this order.
    pub fn commands(&self) -> Vec<Envelope> {
        let mut commands = vec![Command::SaveRecords(self.records())];
        let products: Vec<usize> = (0..self.variants.len()).collect();
        for chunk in products.chunks(PRODUCTS_PER_COMMAND) {
            let drafts = chunk.iter().map(|&n| ProductDraft {
                product: self.product(n),
                expected_version: None,
            });
            commands.push(Command::SaveProducts(drafts.collect()));
        }
        for chunk in self.variants.chunks(PRODUCTS_PER_COMMAND) {
            commands.push(Command::SetStock(self.stock(chunk)));
        }
        let envelope = |command| Envelope {
            command,
            actor: Actor::System,
            channel: Channel::Import,
            idempotency: None,
        };
        commands.into_iter().map(envelope).collect()
    }

    /// The records: the shop itself, seller, category, two locations, a tax rate, a shipping rate.
    pub fn records(&self) -> Vec<Record> {
        let shop = Shop {
            name: "Small shop".to_string(),
            country: self.country,
            currency: self.currency,
            currencies: vec![(self.currency, TaxDisplay::Inclusive)],
            ships_to: Vec::new(),
            returns: Default::default(),
        };
        let seller = Seller {
            id: self.seller,
            code: "house".to_string(),
            name: "Small shop".to_string(),
            first_party: true,
            billing: Vec::new(),
        };
        let category = Category {
            id: self.category,
            path: "Things".to_string(),
            title: Text::en("Things"),
            parent: None,
            position: 1,
            image: String::new(),
        };
        let tax_rate = TaxRate {
            id: self.tax_rate,
            country: self.country,
            category: TaxCategory::Standard,
            rate_ppm: 190_000,
        };
        let delivery = ShippingRate {
            id: self.delivery,
            code: "standard".to_string(),
            title: Text::en("Standard delivery"),
            country: None,
            service_level: "standard".to_string(),
            prices: vec![Money {
                minor: 390,
                currency: self.currency,
            }],
            transit_days: (1, 2),
        };
        vec![
            Record::Shop(shop),
            Record::Seller(seller),
            Record::Category(category),
            Record::Location(self.location(LocationKind::Warehouse)),
            Record::Location(self.location(LocationKind::Shop)),
            Record::TaxRate(tax_rate),
            Record::ShippingRate(delivery),
        ]
    }

    fn location(&self, kind: LocationKind) -> Location {
        let is_shop = kind == LocationKind::Shop;
        let day: Hours = vec![(9 * 60, 19 * 60)];
        Location {
            id: if is_shop { self.store } else { self.warehouse },
            code: if is_shop { "shop-1" } else { "warehouse-1" }.to_string(),
            name: if is_shop { "City shop" } else { "Warehouse" }.to_string(),
            kind,
            address: self.address(if is_shop {
                "Marktplatz 1"
            } else {
                "Hafenstraße 1"
            }),
            latitude_micro: 53_550_000,
            longitude_micro: 9_990_000,
            time_zone: "Europe/Berlin".to_string(),
            hours: [
                day.clone(),
                day.clone(),
                day.clone(),
                day.clone(),
                day.clone(),
                day,
                Hours::new(),
            ],
            hours_text: "Mo-Sa 09:00-19:00".to_string(),
            closed_on: Vec::new(),
            ships: !is_shop,
            collects: is_shop,
            sells: is_shop,
            pickup_lead_minutes: 60,
            ship_cutoff_minute: 15 * 60,
            rank: 1,
        }
    }

    /// An address in the shop's country.
    pub fn address(&self, street: &str) -> Address {
        Address {
            first_name: "Ada".to_string(),
            last_name: "Lovelace".to_string(),
            street: street.to_string(),
            street_2: String::new(),
            postal_code: "20095".to_string(),
            city: "Hamburg".to_string(),
            region: String::new(),
            country: Some(self.country),
            phone: String::new(),
        }
    }

    /// Product `n`, counted from 0, with its one variant.
    pub fn product(&self, n: usize) -> Product {
        let id = self.variants[n];
        let mut title = Text::en(format!("Thing number {n}"));
        title.set(Language::De, format!("Ding Nummer {n}"));
        let price = Money {
            minor: Self::price(n),
            currency: self.currency,
        };
        Product {
            id: id.parent(),
            version: 0,
            handle: format!("thing-{n}"),
            title,
            description: Text::en("A thing that a shop has."),
            brand: "Things & Co".to_string(),
            category: Some(self.category),
            option_names: Vec::new(),
            option_words: Default::default(),
            tax_category: TaxCategory::Standard,
            status: Status::Active,
            variants: vec![Variant {
                id,
                sku: Self::sku(n),
                gtin: None,
                option_values: Vec::new(),
                weight_grams: 400,
                image: format!("thing-{n}.svg"),
                status: Status::Active,
                offers: vec![Offer {
                    past: Vec::new(),
                    seller: self.seller,
                    prices: vec![price],
                }],
            }],
            created_at: NOW,
            updated_at: NOW,
        }
    }

    fn stock(&self, variants: &[VariantId]) -> SetStock {
        let change = |variant, location, pieces| StockChange {
            variant,
            location,
            kind: StockChangeKind::Received(pieces),
        };
        let changes = variants.iter().flat_map(|&variant| {
            [
                change(variant, self.warehouse, self.size.in_warehouse),
                change(variant, self.store, self.size.in_shop),
            ]
        });
        SetStock {
            cause: 1,
            changes: changes.collect(),
            note: "first delivery".to_string(),
        }
    }
}
