//! What an empty shop starts with: its own record, its seller and tax rates; with `--demo` also
//! deliveries and the demo goods.
//!
//! It writes through the door like everybody else, and nothing that an operator has changed since.

mod carriers;

use api::app::App;
use api::goods::{self, InputFile};
use commerce::catalog::TaxCategory;
use commerce::code::Country;
use commerce::command::{Actor, Channel, Command, Envelope};
use commerce::gazetteer::Gazetteer;
use commerce::id::{PromotionId, SellerId, ShippingRateId, TaxRateId};
use commerce::money::{Currency, Money};
use commerce::settings::{Promotion, Seller, ShippingRate, Shop, TaxDisplay, TaxRate};
use commerce::text::{Language, Text};
use commerce::world::Record;
use connectors::test_carrier::NAME as TEST_CARRIER;

/// How much an empty shop starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// What every shop needs.
    Bare,
    /// The demo goods too.
    Demo,
}

const EUR: Currency = Currency::parse("EUR").expect("a code");
const GBP: Currency = Currency::parse("GBP").expect("a code");
const USD: Currency = Currency::parse("USD").expect("a code");

/// Country, standard rate and reduced rate in tenths of a percent. Of several reduced rates the lowest
/// that is not a special one.
///
/// European Union: European Commission, "VAT rates applied in the Member States of the European Union",
/// as of 1 January 2025; Denmark has no reduced rate. United Kingdom: VAT Act 1994, where food and books
/// are zero-rated. An operator keeps them up to date.
const TAX_RATES: [(&str, u32, u32); 28] = [
    ("AT", 200, 100),
    ("BE", 210, 60),
    ("BG", 200, 90),
    ("CY", 190, 50),
    ("CZ", 210, 120),
    ("DE", 190, 70),
    ("DK", 250, 250),
    ("EE", 220, 90),
    ("ES", 210, 100),
    ("FI", 255, 100),
    ("FR", 200, 55),
    ("GB", 200, 0),
    ("GR", 240, 60),
    ("HR", 250, 50),
    ("HU", 270, 50),
    ("IE", 230, 90),
    ("IT", 220, 50),
    ("LT", 210, 50),
    ("LU", 170, 80),
    ("LV", 210, 50),
    ("MT", 180, 50),
    ("NL", 210, 90),
    ("PL", 230, 50),
    ("PT", 230, 60),
    ("RO", 190, 50),
    ("SE", 250, 60),
    ("SI", 220, 50),
    ("SK", 230, 50),
];

/// Tenths of a percent in parts per million.
const TENTH_PERCENT_PPM: u32 = 1_000;

/// Where a delivery goes, what it costs in EUR, GBP and USD cents, and how many working days it takes.
struct Delivery {
    level: &'static str,
    area: Area,
    prices: [i64; 3],
    transit_days: (u8, u8),
}

/// Countries with the same deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Area {
    Home,
    Union,
    One(&'static str),
    World,
}

const DELIVERIES: [Delivery; 10] = [
    delivery("standard", Area::Home, [395, 345, 449], (1, 3)),
    delivery("express", Area::Home, [995, 865, 1_099], (1, 1)),
    delivery("standard", Area::Union, [795, 695, 899], (3, 6)),
    delivery("express", Area::Union, [1_695, 1_475, 1_849], (1, 3)),
    delivery("standard", Area::One("GB"), [895, 795, 999], (4, 7)),
    delivery("express", Area::One("GB"), [1_995, 1_745, 2_199], (2, 3)),
    delivery("standard", Area::One("US"), [1_495, 1_295, 1_599], (6, 12)),
    delivery("express", Area::One("US"), [3_495, 2_995, 3_799], (2, 4)),
    delivery("standard", Area::World, [1_795, 1_545, 1_949], (7, 20)),
    delivery("express", Area::World, [4_495, 3_895, 4_849], (3, 6)),
];

const HOME: &str = "DE";
const UNION_OUTSIDERS: [&str; 2] = [HOME, "GB"];

const fn delivery(
    level: &'static str,
    area: Area,
    prices: [i64; 3],
    transit_days: (u8, u8),
) -> Delivery {
    Delivery {
        level,
        area,
        prices,
        transit_days,
    }
}

/// The demo goods, as `sesame import` would read them.
const GOODS: [(&str, &str); 6] = [
    ("locations.csv", include_str!("../../../demo/locations.csv")),
    (
        "categories.csv",
        include_str!("../../../demo/categories.csv"),
    ),
    ("products.csv", include_str!("../../../demo/products.csv")),
    (
        "openfoodfacts-products.csv",
        include_str!("../../../demo/openfoodfacts-products.csv"),
    ),
    ("prices.csv", include_str!("../../../demo/prices.csv")),
    ("stock.csv", include_str!("../../../demo/stock.csv")),
];

/// Fills an empty shop. What is there already stays; the demo goods come only where no stock is.
///
/// # Errors
/// Why something could not be written; the next start tries again.
pub async fn fill(app: &App, start: Start) -> Result<(), String> {
    let mut next_id = || app.ids.next();
    if app.shelf.read().shop().is_none() {
        let records = basics(&mut next_id);
        save(app, Command::SaveRecords(records), Channel::System).await?;
    }
    if start == Start::Bare || has_stock(app) {
        return Ok(());
    }
    let records = deliveries(&mut next_id);
    save(app, Command::SaveRecords(records), Channel::System).await?;
    let of_post = demo_connector(app);
    for command in carriers::carriers(&mut next_id, of_post) {
        save(app, command, Channel::System).await?;
    }
    let places = vec![Record::Gazetteer(gazetteer())];
    save(app, Command::SaveRecords(places), Channel::System).await?;
    for step in demo_goods(app, &mut next_id)? {
        save(app, step.command, Channel::Import).await?;
    }
    Ok(())
}

/// The post's parcels travel by themselves where the test carrier is there to move them.
fn demo_connector(app: &App) -> &'static str {
    let names = app.config.carriers.names();
    let is_there = names.iter().any(|name| name == TEST_CARRIER);
    if is_there { TEST_CARRIER } else { "" }
}

async fn save(app: &App, command: Command, channel: Channel) -> Result<(), String> {
    let envelope = Envelope {
        command,
        actor: Actor::System,
        channel,
        idempotency: None,
    };
    let decided = app.door.submit(envelope).await;
    decided.map(drop).map_err(|e| e.to_string())
}

fn has_stock(app: &App) -> bool {
    let world = app.shelf.read();
    let mut variants = world.loaded_products().flat_map(|p| &p.variants);
    variants.any(|v| world.levels(v.id).next().is_some())
}

/// Where postal codes of Germany are, by their first two digits, and in Hamburg by three: the main town of each, so that
/// the demo's couriers have rounds. From GeoNames (geonames.org), CC BY 4.0.
fn gazetteer() -> Gazetteer {
    let csv = include_bytes!("demo/gazetteer.csv");
    goods::gazetteer::gazetteer("gazetteer.csv", csv).expect("a test reads it")
}

fn demo_goods(app: &App, next_id: &mut dyn FnMut() -> u64) -> Result<Vec<goods::Step>, String> {
    let file = |&(name, text): &(&'static str, &'static str)| InputFile {
        name,
        bytes: text.as_bytes(),
    };
    let files: Vec<InputFile> = GOODS.iter().map(file).collect();
    let reading = goods::read(&files, &mut |_| {});
    let plan = reading.plan(&app.shelf.read(), next_id).map_err(|errors| {
        let texts: Vec<String> = errors.iter().map(ToString::to_string).collect();
        texts.concat()
    })?;
    Ok(plan.steps)
}

/// What every shop needs: its record, the operator as the seller, tax rates.
fn basics(next_id: &mut dyn FnMut() -> u64) -> Vec<Record> {
    let name = "Sesame".to_string();
    let shop = Shop {
        name: name.clone(),
        country: country(HOME),
        currency: EUR,
        currencies: vec![
            (EUR, TaxDisplay::Inclusive),
            (GBP, TaxDisplay::Inclusive),
            (USD, TaxDisplay::Exclusive),
        ],
        ships_to: Vec::new(),
        returns: Default::default(),
    };
    let seller = Seller {
        id: SellerId(next_id()),
        code: "shop".to_string(),
        name,
        first_party: true,
        billing: Vec::new(),
    };
    let mut records = vec![Record::Shop(shop), Record::Seller(seller)];
    for (code, standard, reduced) in TAX_RATES {
        for (category, tenths) in [
            (TaxCategory::Standard, standard),
            (TaxCategory::Reduced, reduced),
            (TaxCategory::Zero, 0),
        ] {
            records.push(Record::TaxRate(TaxRate {
                id: TaxRateId(next_id()),
                country: country(code),
                category,
                rate_ppm: tenths * TENTH_PERCENT_PPM,
            }));
        }
    }
    records
}

fn country(code: &str) -> Country {
    Country::parse(code).expect("a code of the tables above")
}

fn text(en: &str, de: &str, zh: &str) -> Text {
    let mut text = Text::en(en);
    text.set(Language::De, de.to_string());
    text.set(Language::Zh, zh.to_string());
    text
}

/// Deliveries everywhere, and the promotion that makes the standard one free.
fn deliveries(next_id: &mut dyn FnMut() -> u64) -> Vec<Record> {
    let mut records = Vec::new();
    for delivery in &DELIVERIES {
        let one = |code: &'static str| vec![Some(code)];
        let union = || {
            let codes = TAX_RATES.iter().map(|&(code, ..)| code);
            let codes = codes.filter(|code| !UNION_OUTSIDERS.contains(code));
            codes.map(Some).collect()
        };
        let codes: Vec<Option<&str>> = match delivery.area {
            Area::Home => one(HOME),
            Area::Union => union(),
            Area::One(code) => one(code),
            Area::World => vec![None],
        };
        for code in codes {
            let place = code.unwrap_or("world").to_ascii_lowercase();
            let [eur, gbp, usd] = delivery.prices;
            let price = |minor, currency| Money { minor, currency };
            records.push(Record::ShippingRate(ShippingRate {
                id: ShippingRateId(next_id()),
                code: format!("{}-{place}", delivery.level),
                title: match delivery.level {
                    "express" => text("Express delivery", "Expresslieferung", "特快配送"),
                    _ => text("Standard delivery", "Standardlieferung", "标准配送"),
                },
                country: code.map(country),
                service_level: delivery.level.to_string(),
                prices: vec![price(eur, EUR), price(gbp, GBP), price(usd, USD)],
                transit_days: delivery.transit_days,
            }));
        }
    }
    records.push(Record::Promotion(Promotion {
        id: PromotionId(next_id()),
        code: "free-delivery".to_string(),
        title: text(
            "Free delivery from €49",
            "Kostenlose Lieferung ab 49 €",
            "满49欧元免运费",
        ),
        subtotal_min: Some(Money {
            minor: 4_900,
            currency: EUR,
        }),
        products: Vec::new(),
        service_level: "standard".to_string(),
        active: true,
    }));
    records
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::world::{Sequences, World};
    use commerce::{decide, pricing};

    #[test]
    fn couriers_find_their_city_in_the_gazetteer() {
        let known = gazetteer();
        known.check().expect("sound");
        let de = country("DE");
        for code in ["20095", "21073", "22765", "25524"] {
            let point = known.find(de, code).expect("a place");
            let (north, east) = (point.latitude_micro, point.longitude_micro);
            assert!((53_400_000..54_000_000).contains(&north), "{code}: {north}");
            assert!((9_400_000..10_200_000).contains(&east), "{code}: {east}");
        }
    }

    #[test]
    fn every_country_has_its_own_deliveries_or_those_of_the_world() {
        let mut last_id = 0;
        let mut next_id = || {
            last_id += 256;
            last_id
        };
        let mut world = World::new(Vec::new(), Sequences::default(), 0);
        let records: Vec<Record> = basics(&mut next_id)
            .into_iter()
            .chain(deliveries(&mut next_id))
            .collect();
        let count = u32::try_from(records.len()).expect("few");
        let envelope = Envelope::system(Command::SaveRecords(records));
        let decided = decide(0, &envelope, &mut world).expect("sound records");
        let commerce::Outcome::Saved(saved) = decided.outcome else {
            panic!("records are saved")
        };
        assert_eq!(saved.created, count, "no code is there twice");
        for (code, standard, reduced, delivery_eur) in [
            ("DE", 190_000, 70_000, 395),
            ("AT", 200_000, 100_000, 795),
            ("NL", 210_000, 90_000, 795),
            ("FI", 255_000, 100_000, 795),
            ("GB", 200_000, 0, 895),
            ("US", 0, 0, 1_495),
            ("JP", 0, 0, 1_795),
        ] {
            let country = country(code);
            let tax = |category| pricing::tax_rate(&world, country, category);
            assert_eq!(
                (tax(TaxCategory::Standard), tax(TaxCategory::Reduced)),
                (standard, reduced),
                "{code}"
            );
            let rates: Vec<_> = pricing::rates_to(&world, country).collect();
            let of = |level: &str| rates.iter().filter(|r| r.service_level == level).count();
            assert_eq!((of("standard"), of("express")), (1, 1), "{code}");
            let standard = rates.iter().find(|r| r.service_level == "standard");
            assert_eq!(
                standard.and_then(|r| r.prices.first()).map(|p| p.minor),
                Some(delivery_eur),
                "{code}"
            );
        }
    }
}
