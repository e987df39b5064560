//! What platforms are told of checkouts, carts and orders, byte by byte and in both versions: committed, so that a
//! change of any answer is seen in review, and so that whatever makes answers cheaper shows that they stay the same.

use api::timetables::Board;
use api::ucp::desk::{Said, Visit};
use api::ucp::handlers::checkout::{say_2026_01_11, say_2026_04_08};
use api::ucp::intent::Draft;
use api::ucp::key::Keyed;
use api::ucp::note::{LineName, MethodNote, NamedAddress, Note, PlatformNote};
use api::ucp::platform::Negotiated;
use api::ucp::present::{self, Moment, Surroundings};
use api::ucp::rules::Rules;
use api::ucp::shape::{Address, Consent, Link};
use api::ucp::version::Version;
use api::ucp::view::{Instrument, MethodType};
use api::ucp::{payment, v2026_01_11, v2026_04_08};
use api::{AppConfig, ProviderInfo};
use commerce::checkout::{Buyer, Checkout, Delivery, Intent, Item, Promise};
use commerce::command::{
    Device, OpenCheckout, PlaceOrder, SetStock, StockChange, StockChangeKind, UpdateCheckout,
};
use commerce::id::{CartId, CheckoutId, DiscountId, LocationId, PromotionId, ShippingRateId};
use commerce::money::Money;
use commerce::order::{Group, GroupState};
use commerce::payment::{PaymentMethod, PaymentState};
use commerce::settings::{Discount, DiscountValue, Location, Promotion, ShippingRate};
use commerce::text::{Language, Text};
use commerce::world::{Record, World};
use commerce::{Command, Envelope, Outcome};
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use store::sqlite::SqliteStore;
use store::{Reader, Shelf};
use testkit::{Harness, NOW, ShopSize, SmallShop, TempFolder};

const EXPRESS: ShippingRateId = ShippingRateId(0x1100);
const OTHER_SHOP: LocationId = LocationId(0x2200);

/// A shop with two ways to send and two places to collect at.
struct Stage {
    board: Board,
    shop: SmallShop,
    harness: Harness<SqliteStore>,
    around: Surroundings,
    shelf: Option<Shelf>,
    checkouts: u64,
    _folder: TempFolder,
}

/// What is filled in before a checkout is opened.
struct Filled {
    intent: Intent,
    note: Note,
}

fn settings(shop: &SmallShop) -> Vec<Record> {
    let store = shop.records().into_iter().find_map(|record| match record {
        Record::Location(place) if place.id == shop.store => Some(place),
        _ => None,
    });
    let money = |minor| Money {
        minor,
        currency: shop.currency,
    };
    vec![
        Record::Location(Location {
            id: OTHER_SHOP,
            code: "shop-2".to_owned(),
            name: "Altona \"West\"".to_owned(),
            hours_text: String::new(),
            pickup_lead_minutes: 90,
            ..store.expect("there is a shop")
        }),
        Record::ShippingRate(ShippingRate {
            id: EXPRESS,
            code: "express".to_owned(),
            title: Text::en("Express & more"),
            country: Some(shop.country),
            service_level: "express".to_owned(),
            prices: vec![money(990)],
            transit_days: (1, 1),
        }),
        Record::ShippingRate(ShippingRate {
            id: ShippingRateId(0x1200),
            code: "post".to_owned(),
            title: Text::en("Post"),
            country: Some(shop.country),
            service_level: "economy".to_owned(),
            prices: vec![money(190)],
            transit_days: (0, 0),
        }),
        Record::Promotion(Promotion {
            id: PromotionId(0x1300),
            code: "free".to_owned(),
            title: Text::en("Free delivery"),
            subtotal_min: Some(money(1_200)),
            products: Vec::new(),
            service_level: "standard".to_owned(),
            active: true,
        }),
        Record::Discount(Discount {
            id: DiscountId(0x1400),
            code: "TEN".to_owned(),
            title: Text::en("Ten percent"),
            value: DiscountValue::Percent(100_000),
            active: true,
        }),
    ]
}

fn around() -> Surroundings {
    let config = AppConfig {
        public_url: "https://shop.example".to_owned(),
        on_account: true,
        providers: vec![ProviderInfo {
            name: "test".to_owned(),
            test_money: true,
        }],
        ..AppConfig::default()
    };
    let link = |link_type: &str, title: Option<&str>| Link {
        link_type: link_type.to_owned(),
        url: format!("https://shop.example/{link_type}"),
        title: title.map(str::to_owned),
    };
    Surroundings {
        public_url: config.public_url.clone(),
        rules: Rules::STRICT,
        handlers: payment::handlers(&config).into(),
        links: vec![
            link("terms_of_service", Some("Terms")),
            link("privacy_policy", None),
        ]
        .into(),
    }
}

impl Stage {
    fn open() -> Self {
        let folder = TempFolder::new("api-answers");
        let store = SqliteStore::open(folder.path()).expect("a new database");
        let shop = SmallShop::new(ShopSize::default());
        let mut harness = Harness::new(store).expect("a new database can be read");
        let more = [
            Command::SaveRecords(settings(&shop)),
            // The other shop has the first article alone.
            Command::SetStock(SetStock {
                cause: 2,
                changes: vec![StockChange {
                    variant: shop.variants[0],
                    location: OTHER_SHOP,
                    kind: StockChangeKind::Received(1),
                }],
                note: String::new(),
            }),
        ];
        let more = more.map(Envelope::system);
        for command in shop.commands().into_iter().chain(more) {
            harness.submit(NOW, command).expect("it is sound");
        }
        Self {
            board: Board::default(),
            shop,
            harness,
            around: around(),
            shelf: None,
            checkouts: 0,
            _folder: folder,
        }
    }

    /// What the doors see of the shop by now.
    fn look(&mut self) {
        let reader: Reader = Arc::new(self.harness.store.reader());
        let levels = self.harness.store.all_levels().expect("rows can be read");
        self.shelf = Some(Shelf::load(&*reader, levels).expect("rows can be read"));
    }

    fn at<'a>(&'a self, world: &'a World) -> Moment<'a> {
        Moment {
            board: &self.board,
            world,
            now: NOW + 1_000,
            around: &self.around,
        }
    }

    /// One piece of each of the first articles.
    fn basket(&self, articles: usize) -> Filled {
        let variants = self.shop.variants.iter().copied().take(articles);
        let items = variants.clone().map(|variant| Item {
            variant,
            seller: None,
            quantity: 1,
        });
        let names = variants.enumerate().map(|(index, variant)| LineName {
            id: format!("li_{}", index + 1),
            variant,
        });
        let intent = Intent {
            items: items.collect(),
            ..Draft::empty(self.shop.currency, Language::En).intent
        };
        let note = Note {
            lines: names.collect(),
            platform: Some(Arc::new(PlatformNote {
                profile: None,
                webhook_url: None,
                version: Version::CURRENT,
            })),
            ..Note::default()
        };
        Filled { intent, note }
    }

    /// A basket with everything that is needed to send it.
    fn to_be_sent(&self, articles: usize) -> Filled {
        let Filled { intent, note } = self.basket(articles);
        let address = Address {
            extended_address: Some("c/o \u{1}\tBabbage\\Söhne".to_owned()),
            street_address: Some("Jungfernstieg 30".to_owned()),
            address_locality: Some("Hamburg".to_owned()),
            address_country: Some("DE".to_owned()),
            postal_code: Some("20095".to_owned()),
            first_name: Some("Ada \"the first\"".to_owned()),
            last_name: Some("Lovelace\n".to_owned()),
            ..Address::default()
        };
        let home = |id: &str| NamedAddress {
            id: id.to_owned(),
            address: address.clone(),
        };
        Filled {
            intent: Intent {
                buyer: Arc::new(Buyer {
                    first_name: "Ada".to_owned(),
                    last_name: "Lovelace".to_owned(),
                    email: "ada@example.com".to_owned(),
                    phone: String::new(),
                }),
                destination: Some(self.shop.address("Jungfernstieg 30").into()),
                delivery: Some(Delivery::Ship(EXPRESS)),
                promise: Some(Promise {
                    earliest: NOW + 86_400_000,
                    latest: NOW + 2 * 86_400_000 - 1,
                }),
                ..intent
            },
            note: Note {
                method: Some(MethodNote {
                    id: "method_1".to_owned(),
                    method_type: MethodType::Shipping,
                    destinations: Some(vec![home("home"), home("work")]),
                    selected_destination_id: Some("home".to_owned()),
                    selected_option_id: Some("express".to_owned()),
                    option_title: Some("Express & more".to_owned()),
                }),
                consent: Some(Consent {
                    marketing: Some(false),
                    ..Consent::default()
                }),
                full_name: Some("Ada Lovelace, 爱达 🦀".to_owned()),
                instruments: vec![
                    Instrument {
                        id: "card_1".to_owned(),
                        handler_id: "test".to_owned(),
                        instrument_type: "card".to_owned(),
                        brand: Some("visa".to_owned()),
                        last_digits: Some("4242".to_owned()),
                    },
                    Instrument {
                        id: "invoice_1".to_owned(),
                        handler_id: "on_account".to_owned(),
                        instrument_type: "invoice".to_owned(),
                        brand: None,
                        last_digits: None,
                    },
                ],
                selected_instrument_id: Some("card_1".to_owned()),
                ..note
            },
        }
    }

    /// A basket to be collected; `place` is the chosen shop.
    fn to_be_collected(&self, place: Option<LocationId>) -> Filled {
        let Filled { intent, note } = self.basket(1);
        Filled {
            intent: Intent {
                delivery: place.map(Delivery::Pickup),
                ..intent
            },
            note: Note {
                method: Some(MethodNote {
                    id: "method_1".to_owned(),
                    method_type: MethodType::Pickup,
                    destinations: None,
                    selected_destination_id: place.map(|place| place.to_string()),
                    selected_option_id: place.map(|_| "pickup".to_owned()),
                    option_title: None,
                }),
                ..note
            },
        }
    }

    /// The same with discount codes.
    fn with_codes(filled: Filled) -> Filled {
        let codes = ["ten", "NONE \"SUCH\"", "TEN"].map(str::to_owned);
        let intent = Intent {
            discount_codes: codes.into(),
            member: None,
            ..filled.intent
        };
        Filled { intent, ..filled }
    }

    fn submit(&mut self, command: Command) -> Outcome {
        let decided = self.harness.submit(NOW, Envelope::system(command));
        decided.expect("it is sound").outcome
    }

    /// A checkout as the core makes it of what is filled in.
    fn checkout(&mut self, mut filled: Filled) -> (Arc<Checkout>, Note) {
        self.checkouts += 1;
        filled.intent.extension = filled.note.write().into();
        let open = OpenCheckout {
            id: CheckoutId(((NOW as u64 - 1_577_836_800_000) << 22) + (self.checkouts << 8)),
            access_key: 0x0123_4567_89ab_cdef >> self.checkouts,
            device: Device::Unknown,
            intent: filled.intent,
        };
        let Outcome::Checkout(checkout) = self.submit(Command::OpenCheckout(open)) else {
            panic!("a checkout is opened");
        };
        (checkout, filled.note)
    }

    /// The order that a checkout becomes.
    fn place(&mut self, checkout: &Checkout) -> (Arc<Checkout>, Arc<Group>) {
        let update = UpdateCheckout {
            id: checkout.id,
            expected_version: None,
            intent: checkout.intent.clone(),
        };
        let Outcome::Checkout(checkout) = self.submit(Command::UpdateCheckout(update)) else {
            panic!("a checkout is changed");
        };
        let place = PlaceOrder {
            checkout: checkout.id,
            expected_total: None,
            method: PaymentMethod::OnAccount,
            return_url: "https://shop.example/back".to_owned(),
            unheard: true,
        };
        let Outcome::Group(group) = self.submit(Command::PlaceOrder(place)) else {
            panic!("an order is placed");
        };
        (checkout, group)
    }
}

/// A checkout in both versions.
fn say_checkout(
    out: &mut String,
    stage: &Stage,
    name: &str,
    (checkout, note): (&Checkout, &Note),
    group: Option<&Group>,
) {
    let world = stage.shelf.as_ref().expect("it was looked at").read();
    let view = present::checkout(stage.at(&world), checkout, note, group);
    let old = say_2026_01_11(&view);
    put(out, name, "2026-01-11", &old.body);
    let everything = Version::CURRENT.capabilities().iter().collect();
    let new = say_2026_04_08(&visit(note, everything), &view);
    put(out, name, "2026-04-08", &new.body);
}

/// A checkout in the current version, for a platform that knows no extension.
fn say_little(out: &mut String, stage: &Stage, name: &str, checkout: &Checkout, note: &Note) {
    let world = stage.shelf.as_ref().expect("it was looked at").read();
    let view = present::checkout(stage.at(&world), checkout, note, None);
    let root = Version::CURRENT.capabilities().iter().take(1).collect();
    put(
        out,
        name,
        "2026-04-08",
        &say_2026_04_08(&visit(note, root), &view).body,
    );
}

fn visit(note: &Note, negotiated: Negotiated) -> Visit {
    Visit {
        negotiated: Arc::new(negotiated),
        platform: note.platform.clone().expect("there is one"),
        idempotency: None,
        language: None,
    }
}

/// An order in both versions.
fn say_order(out: &mut String, stage: &Stage, name: &str, group: &Group) {
    let world = stage.shelf.as_ref().expect("it was looked at").read();
    let view = present::order(stage.at(&world), group, &[]);
    let all: Vec<_> = Version::CURRENT.capabilities().iter().collect();
    let old = serde_json::to_value(v2026_01_11::order(&view)).expect("JSON");
    let new = serde_json::to_value(v2026_04_08::order(&view, &all)).expect("JSON");
    put(out, name, "2026-01-11", &Said::ok(&old).body);
    put(out, name, "2026-04-08", &Said::ok(&new).body);
}

/// A cart, which only the current version has.
fn say_cart(out: &mut String, stage: &Stage, name: &str, mut filled: Filled) {
    filled.intent.extension = filled.note.write().into();
    let world = stage.shelf.as_ref().expect("it was looked at").read();
    let quote = commerce::pricing::quote(&world, 0, &filled.intent).expect("it has a price");
    let keyed = Keyed {
        id: CartId(0x1234_5678_9abc),
        access_key: 0xfe,
    };
    let view = present::cart(&stage.around, keyed, &filled.intent, &quote, &filled.note);
    let all: Vec<_> = Version::CURRENT.capabilities().iter().collect();
    put(
        out,
        name,
        "2026-04-08",
        &Said::ok(&v2026_04_08::cart(&view, &all)).body,
    );
}

fn put(out: &mut String, name: &str, version: &str, body: &[u8]) {
    let body = std::str::from_utf8(body).expect("text");
    serde_json::from_str::<serde_json::Value>(body).expect("JSON");
    writeln!(out, "{name} ({version})\n{body}\n").expect("a string takes all");
}

/// The same group with its payment in another state.
fn paid(group: &Group, group_state: GroupState, payment_state: PaymentState) -> Group {
    let mut group = group.clone();
    group.state = group_state;
    let payment = &mut group.payments[0];
    payment.state = payment_state;
    payment.decline_code = "do_not_honor".to_owned();
    payment.action_url = Some("https://pay.example/3ds?a=\"b\"".to_owned());
    group
}

/// Checkouts on their way, by what is said of them.
fn to_be_opened(stage: &Stage) -> [(&'static str, Filled); 9] {
    let mut short = stage.basket(1);
    short.intent.items[0].quantity = 200;
    let nowhere = {
        let mut filled = stage.to_be_sent(1);
        let method = filled.note.method.as_mut().expect("there is one");
        (method.destinations, method.selected_destination_id) = (None, None);
        method.selected_option_id = None;
        filled.intent.destination = None;
        filled.intent.delivery = None;
        filled
    };
    let dearer = {
        let mut filled = Stage::with_codes(stage.to_be_sent(3));
        filled.note.lines.pop();
        filled
    };
    [
        ("empty", stage.basket(0)),
        ("a basket", stage.basket(2)),
        ("more than there is", short),
        ("codes", Stage::with_codes(stage.basket(2))),
        ("nowhere to send it", nowhere),
        ("to be sent", stage.to_be_sent(1)),
        ("to be sent for nothing", dearer),
        ("to be collected somewhere", stage.to_be_collected(None)),
        (
            "to be collected",
            stage.to_be_collected(Some(stage.shop.store)),
        ),
    ]
}

fn answers() -> String {
    let mut stage = Stage::open();
    let open = to_be_opened(&stage);
    let open = open.map(|(name, filled)| (name, stage.checkout(filled)));
    let (sent, note) = stage.checkout(Stage::with_codes(stage.to_be_sent(2)));
    let (placed, group) = stage.place(&sent);
    let (collected, collected_note) = {
        let place = stage.shop.store;
        stage.checkout(stage.to_be_collected(Some(place)))
    };
    let (collected, collected_group) = stage.place(&collected);
    stage.look();
    let mut out = String::new();
    for (name, (checkout, note)) in &open {
        say_checkout(&mut out, &stage, name, (checkout, note), None);
    }
    let expired = Checkout {
        expires_at: NOW,
        ..Checkout::clone(&open[0].1.0)
    };
    say_checkout(&mut out, &stage, "expired", (&expired, &note), None);
    let mut of_a_kind = Checkout::clone(&sent);
    of_a_kind.quote.lines[0].options = "Colour: Red".to_owned();
    of_a_kind.quote.lines[0].image = "https://pictures.example/red.svg".to_owned();
    of_a_kind.quote.lines[1].image = String::new();
    let name = "of a kind";
    say_checkout(&mut out, &stage, name, (&of_a_kind, &note), None);
    say_little(&mut out, &stage, "little in common", &of_a_kind, &note);
    let states = [
        ("paid", GroupState::Confirmed, PaymentState::OnAccount),
        (
            "declined",
            GroupState::PendingPayment,
            PaymentState::Declined,
        ),
        (
            "to be confirmed",
            GroupState::PendingPayment,
            PaymentState::ActionRequired,
        ),
        (
            "under way",
            GroupState::PendingPayment,
            PaymentState::Pending,
        ),
        ("given up", GroupState::Canceled, PaymentState::Voided),
    ];
    for (name, group_state, payment_state) in states {
        let group = paid(&group, group_state, payment_state);
        say_checkout(&mut out, &stage, name, (&placed, &note), Some(&group));
    }
    say_order(&mut out, &stage, "sent order", &group);
    say_checkout(
        &mut out,
        &stage,
        "collected",
        (&collected, &collected_note),
        Some(&collected_group),
    );
    say_order(&mut out, &stage, "collected order", &collected_group);
    let cart = Stage::with_codes(stage.to_be_sent(2));
    say_cart(&mut out, &stage, "cart", cart);
    out
}

/// `SESAME_UPDATE=1 cargo test -p api` writes the answers anew.
#[test]
fn the_committed_answers_are_those_that_are_given() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/answers.txt");
    let made = answers();
    if std::env::var_os("SESAME_UPDATE").is_some() {
        std::fs::write(&path, &made).expect("the tests' folder can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = made.lines().zip(committed.lines()).find(|(m, c)| m != c);
    assert!(
        committed == made,
        "tests/it/answers.txt is old: run `SESAME_UPDATE=1 cargo test -p api` and read the difference: {differs:?}"
    );
}
