//! The town: the shop's records, articles and first stock, made from the options and the seed, in a form
//! of its own that the reference model reads; and the commands that tell the product of them.

use crate::haul::Haul;
use crate::loyalty::Loyalty;
use crate::options::Options;
use crate::rng::Rng;
use crate::shelves;
use commerce::campaign::{
    Campaign, CampaignState, Codes, Deal, Goods, Limits, PresaleOffer, PresaleTerms, Rule,
    SalePrice, ThresholdStep,
};
use commerce::catalog::{Offer, Product, Status, TaxCategory, Variant};
use commerce::checkout::Buyer;
use commerce::code::Country;
use commerce::command::{
    CampaignDraft, CampaignStep, ProductDraft, SetStock, StockChange, StockChangeKind,
};
use commerce::customer::{Customer, Membership};
use commerce::id::{
    CampaignId, CustomerId, DiscountId, LocationId, ProductId, PromotionId, RuleId, SellerId,
    ShippingRateId, TaxRateId, VariantId,
};
use commerce::money::{Currency, Money};
use commerce::returns::ReturnTerms;
use commerce::settings::{
    Address, Discount, DiscountValue, Location, LocationKind, Promotion, Seller, ShippingRate,
    Shop, TaxDisplay, TaxRate,
};
use commerce::text::Text;
use commerce::world::Record;
use commerce::{Command, Envelope};

/// When a run begins on the true clock: 2026-11-10T12:00:00Z in UTC milliseconds.
pub const START: i64 = 1_794_312_000_000;
/// Prices include tax.
pub const EUR: Currency = Currency::parse("EUR").expect("a code");
/// Tax is added to prices.
pub const USD: Currency = Currency::parse("USD").expect("a code");
/// Where the shop is.
pub const DE: Country = Country::parse("DE").expect("a code");
/// Abroad, at another tax.
pub const US: Country = Country::parse("US").expect("a code");
/// Where nothing is shipped to.
pub const FR: Country = Country::parse("FR").expect("a code");

/// A place where goods are.
#[derive(Debug, Clone)]
pub struct Place {
    pub id: LocationId,
    pub ships: bool,
    pub sells: bool,
    pub country: Country,
    pub rank: u32,
}

/// What can be bought.
#[derive(Debug, Clone)]
pub struct Article {
    pub variant: VariantId,
    pub category: TaxCategory,
    /// Prices in EUR and USD, minor units.
    pub offers: Vec<(SellerId, [i64; 2])>,
    pub on_sale: bool,
}

/// A way of shipping.
#[derive(Debug, Clone)]
pub struct Rate {
    pub id: ShippingRateId,
    pub country: Option<Country>,
    /// Prices in EUR and USD, minor units.
    pub prices: [i64; 2],
}

/// A discount code.
#[derive(Debug, Clone)]
pub struct Code {
    pub code: &'static str,
    pub value: DiscountValue,
}

/// A variant at the festival's price.
#[derive(Debug, Clone)]
pub struct Flash {
    pub variant: VariantId,
    pub seller: SellerId,
    /// In EUR and USD, minor units.
    pub prices: [i64; 2],
    /// Pieces of it.
    pub total: i64,
}

/// A variant on presale. Amounts in EUR and USD, minor units.
#[derive(Debug, Clone)]
pub struct Early {
    pub variant: VariantId,
    pub seller: SellerId,
    pub prices: [i64; 2],
    pub deposits: [i64; 2],
    pub counts_as: [i64; 2],
    /// Pieces of it.
    pub total: i64,
}

/// What can be ordered for a deposit while the festival lasts.
#[derive(Debug, Clone)]
pub struct Presale {
    pub offers: Vec<Early>,
    /// Pieces on presale for one buyer.
    pub per_buyer: i64,
    /// The balance can be paid from this moment to before the other, in UTC milliseconds.
    pub from: i64,
    pub until: i64,
    /// Whether the deposit is lost without it.
    pub forfeit: bool,
}

/// A sale event. Amounts are euro cents.
#[derive(Debug, Clone)]
pub struct Festival {
    /// From this moment to before the other, in UTC milliseconds.
    pub from: i64,
    pub to: i64,
    pub flash: Vec<Flash>,
    /// Pieces at such a price for one buyer.
    pub per_buyer: i64,
    /// So much off for so much spent, so often in one order, so much in all.
    pub spend: i64,
    pub off: i64,
    pub times: i64,
    pub budget: i64,
    /// What the code takes off, in parts per million, and for how many orders; one for each buyer.
    pub coupon_ppm: i64,
    pub coupons: i64,
    pub presale: Option<Presale>,
    pub packets: Option<Packets>,
}

/// Red packets. Amounts are euro cents.
#[derive(Debug, Clone)]
pub struct Packets {
    pub count: u32,
    pub budget: i64,
    pub low: i64,
    pub high: i64,
    pub secret: (u64, u64),
    pub per_member: i64,
    /// What must be spent to spend one.
    pub spend: Option<i64>,
    /// They can be drawn from this moment to before the other, in UTC milliseconds.
    pub from: i64,
    pub until: i64,
}

impl Packets {
    /// As the product knows them.
    pub fn as_told(&self) -> commerce::packet::Packets {
        commerce::packet::Packets {
            rule: RuleId::under(FESTIVAL, 5),
            count: self.count,
            budget: self.budget,
            low: self.low,
            high: self.high,
            currency: EUR,
            secret: self.secret,
        }
    }
}

/// All of it.
#[derive(Debug, Clone)]
pub struct Town {
    pub sellers: Vec<SellerId>,
    pub places: Vec<Place>,
    pub articles: Vec<Article>,
    pub rates: Vec<Rate>,
    pub codes: Vec<Code>,
    /// Shipping is free from so many euro cents.
    pub free_from: Option<i64>,
    /// First stock: article, place, pieces, safety stock.
    pub stock: Vec<(usize, LocationId, u32, i64)>,
    /// Tax rates in parts per million.
    pub taxes: Vec<(Country, TaxCategory, u32)>,
    /// A sale event, if there is one.
    pub festival: Option<Festival>,
    /// Days in which goods are taken back.
    pub return_days: u16,
    /// What points are worth, if there are any.
    pub loyalty: Option<Loyalty>,
    /// Who brings parcels, if anybody does.
    pub haul: Option<Haul>,
}

/// More than it takes to tell the product of the town.
const SETTING_UP_MS: i64 = 10_000;

/// The id of the festival.
pub const FESTIVAL: CampaignId = CampaignId(0x9900);

impl Town {
    /// The town of a seed.
    pub fn new(seed: u64, options: &Options) -> Self {
        let mut rng = Rng::of(seed, 0x7083);
        let sellers: Vec<_> = (1..=options.sellers.max(1))
            .map(|n| SellerId(u64::from(n) << 8))
            .collect();
        let places = places(options);
        let articles: Vec<_> = (0..options.articles.max(1))
            .map(|n| article(n, &sellers, &mut rng))
            .collect();
        let stock = shelves::stock(options, &places, articles.len(), &mut rng);
        let mut festival = (options.festival > 0).then(|| festival(options, &articles, &mut rng));
        if let Some(festival) = festival.as_mut().filter(|_| options.packets > 0) {
            festival.packets = Some(packets(seed, festival, i64::from(options.festival)));
        }
        Self {
            festival,
            return_days: options.return_days as u16,
            loyalty: Loyalty::new(seed, options),
            haul: Haul::new(seed, options),
            sellers,
            places,
            articles,
            rates: vec![
                Rate {
                    id: ShippingRateId(0x7100),
                    country: None,
                    prices: [1_290, 1_490],
                },
                Rate {
                    id: ShippingRateId(0x7200),
                    country: Some(DE),
                    prices: [390, 490],
                },
            ],
            codes: vec![
                Code {
                    code: "TEN",
                    value: DiscountValue::Percent(100_000),
                },
                Code {
                    code: "THIRD",
                    value: DiscountValue::Percent(333_333),
                },
                Code {
                    code: "FIVER",
                    value: DiscountValue::Fixed(Money {
                        minor: 500,
                        currency: EUR,
                    }),
                },
            ],
            free_from: rng.percent(50).then(|| rng.between(1_000, 20_000)),
            stock,
            taxes: vec![
                (DE, TaxCategory::Standard, 190_000),
                (DE, TaxCategory::Reduced, 70_000),
                (US, TaxCategory::Standard, 88_750),
            ],
        }
    }

    /// The place with this id.
    pub fn place(&self, id: LocationId) -> Option<&Place> {
        self.places.iter().find(|p| p.id == id)
    }

    /// The article of a variant.
    pub fn article(&self, variant: VariantId) -> Option<&Article> {
        // Articles are numbered from 1 in their products' ids.
        let index = (variant.0 >> 16).checked_sub(1)?;
        let article = self.articles.get(usize::try_from(index).ok()?)?;
        (article.variant == variant).then_some(article)
    }

    /// Whoever is the shopper with this number: a few of them in turn, and some who do not say.
    pub fn buyer(&self, number: u32) -> Buyer {
        let mut buyer = Buyer::default();
        if self.festival.is_some() && !number.is_multiple_of(5) {
            buyer.email = email(number % PEOPLE);
        }
        buyer
    }

    /// The member that the shopper with this number is, if they say who they are.
    pub fn member(&self, number: u32) -> Option<CustomerId> {
        let is_known = self.festival.is_some() && !number.is_multiple_of(5);
        is_known.then(|| CustomerId(u64::from(number % PEOPLE + 1) << 8))
    }

    /// A member's e-mail address.
    pub fn email_of(&self, member: CustomerId) -> Option<String> {
        let number = u32::try_from(member.0 >> 8).ok()?.checked_sub(1)?;
        (number < PEOPLE).then(|| email(number))
    }

    /// What makes the town in the product, in order.
    pub fn commands(&self) -> Vec<Envelope> {
        let drafts = (0..self.articles.len()).map(|n| self.draft(n)).collect();
        let mut changes = Vec::new();
        for &(article, location, pieces, safety) in &self.stock {
            let variant = self.articles[article].variant;
            let mut change = |kind| {
                changes.push(StockChange {
                    variant,
                    location,
                    kind,
                })
            };
            if pieces > 0 {
                change(StockChangeKind::Received(pieces));
            }
            change(StockChangeKind::SafetyStock(safety));
        }
        let stock = SetStock {
            cause: 1,
            changes,
            note: String::new(),
        };
        vec![
            Envelope::system(Command::SaveRecords(self.records())),
            Envelope::system(Command::SaveProducts(drafts)),
            Envelope::system(Command::SetStock(stock)),
        ]
        .into_iter()
        .chain(self.festival.iter().flat_map(campaign_commands))
        .chain(self.loyalty.iter().map(|l| Envelope::system(l.command())))
        .chain(self.haul.iter().map(|h| Envelope::system(h.command())))
        .collect()
    }

    fn shop(&self) -> Shop {
        Shop {
            name: "town".to_string(),
            country: DE,
            currency: EUR,
            currencies: vec![(EUR, TaxDisplay::Inclusive), (USD, TaxDisplay::Exclusive)],
            ships_to: vec![DE, US],
            returns: ReturnTerms {
                days: self.return_days,
                delivery: true,
            },
        }
    }

    fn records(&self) -> Vec<Record> {
        let mut records = vec![Record::Shop(self.shop())];
        for (n, &id) in self.sellers.iter().enumerate() {
            let code = format!("s{n}");
            records.push(Record::Seller(Seller {
                id,
                name: code.clone(),
                code,
                first_party: n == 0,
                billing: Vec::new(),
            }));
        }
        records.extend(self.places.iter().map(location));
        for (n, &(country, category, rate_ppm)) in self.taxes.iter().enumerate() {
            let id = TaxRateId((n as u64 + 1) << 8);
            records.push(Record::TaxRate(TaxRate {
                id,
                country,
                category,
                rate_ppm,
            }));
        }
        for (n, rate) in self.rates.iter().enumerate() {
            records.push(Record::ShippingRate(ShippingRate {
                id: rate.id,
                code: format!("r{n}"),
                title: Text::en("r"),
                country: rate.country,
                service_level: "standard".to_string(),
                prices: prices(rate.prices),
                transit_days: (1, 3),
            }));
        }
        for (n, code) in self.codes.iter().enumerate() {
            records.push(Record::Discount(Discount {
                id: DiscountId((n as u64 + 1) << 8),
                code: code.code.to_string(),
                title: Text::en(code.code),
                value: code.value,
                active: true,
            }));
        }
        let packets = self.festival.as_ref().and_then(|f| f.packets.as_ref());
        if packets.is_some() || self.loyalty.is_some() {
            records.extend((0..PEOPLE).map(member));
        }
        records.extend(self.free_from.map(|minor| {
            Record::Promotion(Promotion {
                id: PromotionId(0x100),
                code: "free".to_string(),
                title: Text::en("free"),
                subtotal_min: Some(Money {
                    minor,
                    currency: EUR,
                }),
                products: Vec::new(),
                service_level: "standard".to_string(),
                active: true,
            })
        }));
        records
    }

    /// An article as the product is told of it.
    pub fn draft(&self, index: usize) -> ProductDraft {
        let article = &self.articles[index];
        let offers = article.offers.iter().map(|&(seller, p)| Offer {
            past: Vec::new(),
            seller,
            prices: prices(p),
        });
        let variant = Variant {
            id: article.variant,
            sku: format!("A{index}"),
            gtin: None,
            option_values: Vec::new(),
            weight_grams: 0,
            image: String::new(),
            status: if article.on_sale {
                Status::Active
            } else {
                Status::Archived
            },
            offers: offers.collect(),
        };
        ProductDraft {
            product: Product {
                id: article.variant.parent(),
                version: 0,
                handle: format!("a{index}"),
                title: Text::en("a"),
                description: Text::default(),
                brand: String::new(),
                category: None,
                option_names: Vec::new(),
                option_words: Default::default(),
                tax_category: article.category,
                status: Status::Active,
                variants: vec![variant],
                created_at: 0,
                updated_at: 0,
            },
            expected_version: None,
        }
    }
}

/// Shoppers who say who they are.
const PEOPLE: u32 = 31;

fn email(number: u32) -> String {
    format!("b{number}@example.com")
}

/// A member as the product is told of them.
fn member(number: u32) -> Record {
    let id = CustomerId(u64::from(number + 1) << 8);
    Record::Customer(Customer {
        version: 1,
        membership: Some(Membership::default()),
        ..Customer::new(id, email(number))
    })
}

fn festival(options: &Options, articles: &[Article], rng: &mut Rng) -> Festival {
    let scarce = i64::from(options.festival);
    let day = (i64::from(options.actors) * i64::from(options.gap_ms)).max(2_000);
    let from = START + rng.between(0, day / 2);
    let meant = articles
        .iter()
        .filter(|_| rng.percent(60))
        .collect::<Vec<_>>();
    let mut flash = Vec::new();
    for article in meant {
        let (seller, prices) = article.offers[rng.index(article.offers.len())];
        // Now and then no lower than the regular price.
        let share = rng.between(300, 1_050);
        flash.push(Flash {
            variant: article.variant,
            seller,
            prices: prices.map(|p| p * share / 1_000),
            total: rng.between(1, 2 * scarce),
        });
    }
    let off = rng.between(1, 1_500);
    // It is approved before it is over, however long the town takes to be built.
    let to = from + SETTING_UP_MS + rng.between(0, day);
    let mut festival = Festival {
        from,
        to,
        flash,
        per_buyer: rng.between(1, 1 + scarce / 4),
        spend: off + rng.between(1, 9_000),
        off,
        times: rng.between(1, 3),
        budget: off * rng.between(1, scarce) + rng.between(0, off - 1),
        coupon_ppm: rng.between(1, 500_000),
        coupons: rng.between(1, scarce),
        presale: None,
        packets: None,
    };
    if rng.percent(50) {
        festival.presale = Some(presale((from, to, day), scarce, articles, rng));
    }
    festival
}

/// Red packets, from random numbers of their own: with or without them, the rest of the town is the same.
fn packets(seed: u64, festival: &Festival, scarce: i64) -> Packets {
    let mut rng = Rng::of(seed, 0x09ac_4e75);
    let (starts, ends) = (festival.from, festival.to);
    let count = rng.between(1, 3 * scarce) as u32;
    let low = rng.between(1, 300);
    // Now and then all alike.
    let high = low + rng.between(0, 1_000) * i64::from(rng.percent(90));
    let all = i64::from(count);
    Packets {
        count,
        budget: rng.between(all * low, all * high),
        low,
        high,
        secret: (rng.next(), rng.next()),
        per_member: rng.between(1, 8),
        spend: rng.percent(50).then(|| rng.between(1, 5_000)),
        from: START + rng.between(0, starts - START + (ends - starts) / 3),
        until: ends - rng.between(0, (ends - starts) / 3),
    }
}

fn presale(
    (from, to, day): (i64, i64, i64),
    scarce: i64,
    articles: &[Article],
    rng: &mut Rng,
) -> Presale {
    let mut offers = Vec::new();
    for article in articles {
        if !offers.is_empty() && rng.percent(50) {
            continue;
        }
        let (seller, prices) = article.offers[rng.index(article.offers.len())];
        // Now and then no cheaper than otherwise, or all of it paid at once.
        let share = rng.between(500, 1_050);
        let (counted, paid) = (rng.between(100, 1_000), rng.between(100, 1_000));
        let prices = prices.map(|p| (p * share / 1_000).max(1));
        let counts_as = prices.map(|p| (p * counted / 1_000).max(1));
        offers.push(Early {
            variant: article.variant,
            seller,
            prices,
            counts_as,
            deposits: counts_as.map(|c| (c * paid / 1_000).max(1)),
            total: rng.between(1, 2 * scarce),
        });
    }
    // The balance may be due while the goods can still be ordered.
    let until = to + rng.between(0, day);
    Presale {
        offers,
        per_buyer: rng.between(1, 1 + scarce / 4),
        from: rng.between(from, until - 1),
        until,
        forfeit: rng.percent(50),
    }
}

/// The rule of a presale as the product is told of it.
fn presale_deal(presale: &Presale) -> Deal {
    let terms = |early: &Early, column: usize, currency| PresaleTerms {
        price: Money {
            minor: early.prices[column],
            currency,
        },
        deposit: early.deposits[column],
        counts_as: early.counts_as[column],
    };
    let offer = |early: &Early| PresaleOffer {
        variant: early.variant,
        seller: early.seller,
        terms: vec![terms(early, 0, EUR), terms(early, 1, USD)],
        total: Some(early.total as u32),
    };
    Deal::Presale {
        offers: presale.offers.iter().map(offer).collect(),
        counts_title: Text::en("d"),
        balance_from: presale.from,
        balance_until: presale.until,
        forfeit: presale.forfeit,
    }
}

/// The rule of red packets as the product is told of it.
fn packets_deal(packets: &Packets) -> Deal {
    let eur = |minor| Money {
        minor,
        currency: EUR,
    };
    Deal::RedPackets {
        count: packets.count,
        low: packets.low,
        high: packets.high,
        secret: packets.secret,
        draw_from: packets.from,
        spend: packets.spend.map(eur),
        spend_until: packets.until,
    }
}

// Long because each rule is spelled out.
/// The festival's rules as the product is told of them.
fn rules(festival: &Festival) -> Vec<Rule> {
    let eur = |minor| Money {
        minor,
        currency: EUR,
    };
    let count = |n: i64| Some(n as u32);
    let rule = |number, deal, limits| Rule {
        number,
        title: Text::en("r"),
        deal,
        goods: Goods::default(),
        members_only: false,
        exclusive: false,
        only_full_price: false,
        limits,
    };
    let price = |flash: &Flash| SalePrice {
        variant: flash.variant,
        seller: flash.seller,
        prices: prices(flash.prices),
        total: count(flash.total),
    };
    let flash = rule(
        1,
        Deal::Prices(festival.flash.iter().map(price).collect()),
        Limits {
            per_buyer: count(festival.per_buyer),
            ..Limits::default()
        },
    );
    let threshold = Deal::Threshold {
        steps: vec![ThresholdStep {
            spend: eur(festival.spend),
            off: festival.off,
        }],
        times: festival.times as u32,
    };
    let budget = Limits {
        budget: Some(eur(festival.budget)),
        ..Limits::default()
    };
    let coupon = Deal::Coupon {
        codes: Codes::Shared("FEST".to_string()),
        value: DiscountValue::Percent(festival.coupon_ppm as u32),
        spend: None,
    };
    let coupons = Limits {
        total: count(festival.coupons),
        per_buyer: Some(1),
        budget: None,
    };
    let mut rules = vec![rule(2, threshold, budget), rule(3, coupon, coupons)];
    if !festival.flash.is_empty() {
        rules.insert(0, flash);
    }
    if let Some(presale) = &festival.presale {
        let limits = Limits {
            per_buyer: count(presale.per_buyer),
            ..Limits::default()
        };
        rules.push(rule(4, presale_deal(presale), limits));
    }
    if let Some(packets) = &festival.packets {
        let limits = Limits {
            total: None,
            per_buyer: count(packets.per_member),
            budget: Some(eur(packets.budget)),
        };
        rules.push(rule(5, packets_deal(packets), limits));
    }
    rules
}

/// The festival as the product is told of it: saved, then approved.
fn campaign_commands(festival: &Festival) -> Vec<Envelope> {
    let campaign = Campaign {
        id: FESTIVAL,
        version: 0,
        code: "festival".to_string(),
        title: Text::en("festival"),
        time_zone: "UTC".to_string(),
        starts_at: festival.from,
        ends_at: festival.to,
        state: CampaignState::Draft,
        proposed_by: None,
        approved_by: None,
        rules: rules(festival),
    };
    let draft = CampaignDraft {
        campaign,
        expected_version: None,
    };
    vec![
        Envelope::system(Command::SaveCampaign(draft)),
        Envelope::system(Command::MoveCampaign(FESTIVAL, None, CampaignStep::Approve)),
    ]
}

fn prices([eur, usd]: [i64; 2]) -> Vec<Money> {
    vec![
        Money {
            minor: eur,
            currency: EUR,
        },
        Money {
            minor: usd,
            currency: USD,
        },
    ]
}

fn places(options: &Options) -> Vec<Place> {
    let warehouse = |n: u32| Place {
        id: LocationId(u64::from(n + 1) << 8),
        ships: true,
        sells: false,
        country: if n.is_multiple_of(2) { US } else { DE },
        rank: n / 2,
    };
    let shop = |n: u32| Place {
        id: LocationId(u64::from(n + 0x40) << 8),
        ships: n % 2 == 1,
        sells: true,
        country: DE,
        rank: 1,
    };
    let warehouses = (0..options.warehouses.max(1)).map(warehouse);
    warehouses
        .chain((0..options.shops.max(1)).map(shop))
        .collect()
}

fn article(n: u32, sellers: &[SellerId], rng: &mut Rng) -> Article {
    let first = rng.index(sellers.len());
    let mut offers = vec![(
        sellers[first],
        [rng.between(1, 9_999), rng.between(1, 9_999)],
    )];
    if sellers.len() > 1 && rng.percent(30) {
        let second = sellers[(first + 1) % sellers.len()];
        offers.push((second, [rng.between(1, 9_999), rng.between(1, 9_999)]));
    }
    Article {
        variant: VariantId::under(ProductId(u64::from(n + 1) << 16), 1),
        category: rng.pick(&[TaxCategory::Standard, TaxCategory::Reduced]),
        offers,
        on_sale: true,
    }
}

fn location(place: &Place) -> Record {
    let code = format!("l{:x}", place.id.0);
    Record::Location(Location {
        id: place.id,
        name: code.clone(),
        code,
        kind: if place.sells {
            LocationKind::Shop
        } else {
            LocationKind::Warehouse
        },
        address: Address {
            country: Some(place.country),
            ..Address::default()
        },
        latitude_micro: 0,
        longitude_micro: 0,
        time_zone: "UTC".to_string(),
        hours: Default::default(),
        hours_text: String::new(),
        closed_on: Vec::new(),
        ships: place.ships,
        collects: place.sells,
        sells: place.sells,
        pickup_lead_minutes: 0,
        ship_cutoff_minute: 0,
        rank: place.rank,
    })
}
