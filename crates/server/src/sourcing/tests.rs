//! Parcels of a real shop are looked at again: what cannot leave from where it is leaves from elsewhere, and all of them
//! together cost less afterwards.

use super::*;
use crate::demo;
use crate::health::Health;
use crate::shop::{Opened, Shop};
use api::app::AppConfig;
use commerce::Currency;
use commerce::checkout::{Buyer, Delivery, Intent, Item};
use commerce::code::Country;
use commerce::command::{
    BuyNow, Device, OpenCheckout, Outcome, SaveCarrier, SetStock, StockChange, StockChangeKind,
};
use commerce::id::{CheckoutId, GroupId, LocationId, VariantId};
use commerce::payment::PaymentMethod;
use commerce::settings::Address;
use commerce::text::Language;
use commerce::world::Record;
use std::path::PathBuf;
use std::sync::Arc;

struct Scene {
    folder: PathBuf,
    shop: Shop,
}

impl Scene {
    async fn new(name: &str) -> Self {
        let folder = format!("sesame-sourcing-{name}-{}", std::process::id());
        let folder = std::env::temp_dir().join(folder);
        let health = Health::new(folder.clone());
        let shop = Opened::open(&folder, None)
            .and_then(|opened| opened.run(AppConfig::default(), Arc::default(), &health))
            .expect("the shop opens");
        demo::fill(&shop.app, demo::Start::Demo)
            .await
            .expect("filled");
        Self { folder, shop }
    }

    async fn close(self) {
        self.shop.close().await;
        std::fs::remove_dir_all(&self.folder).expect("removed");
    }

    async fn do_it(&self, command: Command) -> Outcome {
        let done = self.shop.app.system(command).await;
        done.expect("it is done").outcome
    }

    /// Places that send parcels, the best first; two at least.
    fn places(&self) -> Vec<LocationId> {
        let places = places(&self.shop.app.shelf.read());
        assert!(places.len() >= 2, "the demo sends from several places");
        places
    }

    async fn send(&self, from: LocationId, ships: bool) {
        let mut location = {
            let world = self.shop.app.shelf.read();
            world.location(from).expect("a place").clone()
        };
        location.ships = ships;
        self.do_it(Command::SaveRecords(vec![Record::Location(location)]))
            .await;
    }

    async fn count(&self, variant: VariantId, location: LocationId, pieces: i64) {
        self.do_it(Command::SetStock(SetStock {
            cause: self.shop.app.ids.next(),
            changes: vec![StockChange {
                variant,
                location,
                kind: StockChangeKind::Counted(pieces),
            }],
            note: String::new(),
        }))
        .await;
    }

    /// An article with so many pieces at each of the places that send parcels.
    async fn article(&self, sku: &str, pieces: &[i64]) -> VariantId {
        let variant = {
            let world = self.shop.app.shelf.read();
            world.variant_of_sku(sku).expect("an article")
        };
        for (place, pieces) in self.places().into_iter().zip(pieces) {
            self.count(variant, place, *pieces).await;
        }
        variant
    }

    async fn buy(&self, variant: VariantId, quantity: u32) -> GroupId {
        let rate = {
            let world = self.shop.app.shelf.read();
            let de = Country::parse("DE");
            let mut rates = world.shipping_rates();
            let rate = rates.find(|r| r.service_level == "standard" && r.country == de);
            rate.expect("it ships").id
        };
        let intent = Intent {
            currency: Currency::parse("EUR").expect("a code"),
            language: Language::En,
            items: vec![Item {
                variant,
                seller: None,
                quantity,
            }],
            buyer: Arc::new(Buyer {
                email: "ada@example.com".to_string(),
                ..Buyer::default()
            }),
            destination: Some(Arc::new(Address {
                first_name: "Ada".to_string(),
                street: "Weg 1".to_string(),
                postal_code: "22765".to_string(),
                city: "Hamburg".to_string(),
                country: Country::parse("DE"),
                ..Address::default()
            })),
            billing: None,
            delivery: Some(Delivery::Ship(rate)),
            promise: None,
            member: None,
            discount_codes: Vec::new(),
            extension: Default::default(),
            points: Default::default(),
        };
        let outcome = self
            .do_it(Command::BuyNow(BuyNow {
                open: OpenCheckout {
                    id: CheckoutId(self.shop.app.ids.next()),
                    access_key: 7,
                    device: Device::Phone,
                    intent,
                },
                expected_total: None,
                expected_deposit: None,
                method: PaymentMethod::OnAccount,
                return_url: String::new(),
            }))
            .await;
        match outcome {
            Outcome::Group(group) => group.id,
            other => panic!("no order: {other:?}"),
        }
    }

    async fn group(&self, id: GroupId) -> Arc<Group> {
        let group = self.shop.app.group(id).await.expect("it is read");
        group.expect("it is there")
    }

    /// Where the parcels of an order leave from.
    async fn from(&self, id: GroupId) -> Vec<LocationId> {
        let group = self.group(id).await;
        let stands = group.fulfillments.iter().filter(|f| !f.is_relocated());
        stands.map(|f| f.location).collect()
    }

    async fn look(&self, saves: bool) -> Run {
        round(&self.shop.app, saves).await.expect("it can be read")
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_leave_from_where_it_is_leaves_from_elsewhere() {
    let scene = Scene::new("repairs").await;
    let [here, there, ..] = scene.places()[..] else {
        panic!("two places");
    };
    let article = scene.article("85123A", &[3, 2]).await;
    for place in scene.places().into_iter().skip(2) {
        scene.count(article, place, 0).await;
    }
    let (first, second) = (scene.buy(article, 1).await, scene.buy(article, 1).await);
    assert_eq!(scene.from(second).await, [here]);
    let quiet = scene.look(false).await;
    assert_eq!((quiet.repaired, quiet.stuck), (0, 0));
    assert_eq!((quiet.orders, quiet.parcels), (2, 2));
    // A count finds one piece where two are set aside: the later order gives way.
    scene.count(article, here, 1).await;
    let run = scene.look(false).await;
    assert_eq!((run.repaired, run.stuck), (1, 0));
    assert_eq!(scene.from(first).await, [here]);
    assert_eq!(scene.from(second).await, [there]);
    // The place closes: what was to leave from there leaves from the other one.
    scene.send(here, false).await;
    let run = scene.look(false).await;
    assert_eq!((run.repaired, run.stuck), (1, 0));
    assert_eq!(scene.from(first).await, [there]);
    // That one has nothing left, and then it closes, too: somebody must look.
    scene.send(there, false).await;
    let run = scene.look(false).await;
    assert_eq!((run.repaired, run.stuck), (0, 2));
    scene.send(here, true).await;
    let level = scene.shop.app.shelf.read().level(article, here);
    assert_eq!((level.on_hand, level.reserved), (1, 0));
    let run = scene.look(false).await;
    assert_eq!((run.repaired, run.stuck), (1, 1), "the last piece there");
    scene.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn parcels_leave_from_where_carriers_ask_less_if_the_operator_wants_so() {
    let scene = Scene::new("saves").await;
    let [here, there, ..] = scene.places()[..] else {
        panic!("two places");
    };
    let article = scene.article("85123A", &[5, 2]).await;
    for place in scene.places().into_iter().skip(2) {
        scene.count(article, place, 0).await;
    }
    // The couriers collect at the second place alone; the post, which is dearer, everywhere.
    let mut couriers = {
        let world = scene.shop.app.shelf.read();
        let own = world.carriers().find(|c| c.code == "own");
        own.expect("the demo has couriers").clone()
    };
    couriers.locations = vec![there];
    let blocks = {
        let world = scene.shop.app.shelf.read();
        let pool = world.number_pool(couriers.id).expect("it has numbers");
        pool.blocks.iter().map(|b| (b.first, b.last)).collect()
    };
    scene
        .do_it(Command::SaveCarrier(SaveCarrier {
            carrier: couriers,
            blocks,
            expected_version: None,
        }))
        .await;
    let mut orders = Vec::new();
    for _ in 0..3 {
        orders.push(scene.buy(article, 1).await);
    }
    let told = scene.look(false).await;
    assert_eq!((told.orders, told.cheaper), (3, 2), "two pieces are there");
    assert!(told.bound_minor <= told.planned_minor && told.planned_minor < told.cost_minor);
    assert_eq!((told.moved, told.refused), (0, 0), "nobody asked for it");
    for order in &orders {
        assert_eq!(scene.from(*order).await, [here]);
    }
    let done = scene.look(true).await;
    assert_eq!((done.moved, done.refused), (2, 0));
    let mut from = Vec::new();
    for order in &orders {
        from.extend(scene.from(*order).await);
    }
    from.sort();
    let mut expected = vec![here, there, there];
    expected.sort();
    assert_eq!(from, expected);
    let after = scene.look(true).await;
    assert_eq!((after.cost_minor, after.cheaper), (told.planned_minor, 0));
    let level = scene.shop.app.shelf.read().level(article, there);
    assert_eq!((level.on_hand, level.reserved), (2, 2));
    scene.close().await;
}

#[test]
fn a_plan_is_turned_into_the_fewest_moves() {
    use commerce::command::RelocatedLine;
    use commerce::id::FulfillmentId;
    use logistics::sourcing::{Part, Plan};
    use problem::{Case, Held};
    let places = [LocationId(0x100), LocationId(0x200), LocationId(0x300)];
    let group = GroupId(0x5000);
    let [first, second] = [1, 2].map(|n| FulfillmentId::under(group, n));
    let held = |fulfillment, place: usize, line, pieces| Held {
        fulfillment,
        location: places[place],
        line,
        pieces,
    };
    // Lines 7 and 9: five pieces of the first in two parcels, one piece of the other.
    let case = Case {
        lines: vec![7, 9],
        held: vec![
            held(first, 0, 0, 3),
            held(first, 0, 1, 1),
            held(second, 1, 0, 2),
        ],
    };
    let part = |line, location, quantity| Part {
        line,
        location,
        quantity,
    };
    let plan = Plan {
        parts: vec![part(0, 0, 1), part(0, 1, 1), part(0, 2, 3), part(1, 2, 1)],
    };
    let moves = toward(&case, &plan, &places);
    let line = |line, pieces| RelocatedLine {
        line,
        pieces,
        to: Some(places[2]),
    };
    let lines = |at: usize| moves[at].1.lines.clone();
    assert_eq!(moves.len(), 2);
    assert_eq!(
        (moves[0].0, lines(0)),
        (first, vec![line(7, 2), line(9, 1)])
    );
    assert_eq!((moves[1].0, lines(1)), (second, vec![line(7, 1)]));
    // What is sent as before moves nothing.
    let same = Plan {
        parts: vec![part(0, 0, 3), part(0, 1, 2), part(1, 0, 1)],
    };
    assert_eq!(toward(&case, &same, &places), []);
}
