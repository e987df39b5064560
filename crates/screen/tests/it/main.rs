//! Invariant 9: the big screen equals the ledger, followed live, read again after a crash in between, and replayed.

use commerce::command::{BuyNow, CancelOrder, FulfillmentStep, PaymentNews, RefundOrder};
use commerce::event::{Event, What};
use commerce::id::{CategoryId, FulfillmentId, LocationId, ProductId};
use commerce::ledger::{Account, PostingCause};
use commerce::order::{CancelReason, Group, OrderState};
use commerce::payment::{PaymentMethod, PaymentState, ProviderNews};
use commerce::world::Delta;
use commerce::{Command, Envelope, Outcome};
use screen::places::Point;
use screen::{Atlas, Chapter, Day, Gap, Milestones, Part, Period, Site, Span, position_at};
use std::collections::BTreeMap;
use std::sync::Arc;
use store::Database;
use testkit::{Harness, Home, Mix, NOW, ShopSize, SmallShop, Workload};

const PLENTY: ShopSize = ShopSize {
    products: 40,
    in_warehouse: 100_000,
    in_shop: 0,
};
/// Half a day before and after noon.
const DAY: Span = Span {
    from: NOW - 12 * 3_600_000,
    to: NOW + 12 * 3_600_000,
};
const STEP_MS: i64 = 400_000;

/// Every product is in the category of its id, and every location in the north.
struct North;

impl Atlas for North {
    fn category(&self, product: ProductId) -> Option<CategoryId> {
        Some(CategoryId(product.0 >> 10 << 10))
    }

    fn site(&self, _location: LocationId) -> Option<Site> {
        Some(Site {
            point: Point {
                latitude: 5_355,
                longitude: 999,
            },
            region: "Hamburg".to_string(),
        })
    }
}

/// A few random choices that are the same each time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

/// Some come again.
const BUYERS: u64 = 900;

fn bought_by(number: u64, envelope: Envelope) -> Envelope {
    let Command::BuyNow(mut buy) = envelope.command else {
        panic!("a workload buys");
    };
    Arc::make_mut(&mut buy.open.intent.buyer).email = format!("buyer-{number}@example.com");
    Envelope {
        command: Command::BuyNow(buy),
        ..envelope
    }
}

fn paid_by_card(envelope: Envelope) -> Envelope {
    let Command::BuyNow(buy) = envelope.command else {
        panic!("a workload buys");
    };
    let method = PaymentMethod::Provider {
        provider: "test".to_string(),
        token: None,
    };
    let command = Command::BuyNow(BuyNow { method, ..buy });
    Envelope {
        command,
        ..envelope
    }
}

fn says(group: &Group, news: ProviderNews) -> Command {
    Command::PaymentNews(PaymentNews {
        payment: group.payments[0].id,
        provider_ref: None,
        news,
        effect: None,
    })
}

/// What may happen to a purchase next; some of it is refused, as in life.
fn next(group: &Group, dice: &mut Dice) -> Command {
    let (payment, order) = (&group.payments[0], &group.orders[0]);
    let amount = payment.amount;
    let cancel = || {
        Command::CancelOrder(CancelOrder {
            order: order.id,
            reason: CancelReason::Operator,
            note: String::new(),
        })
    };
    let step = |step| Command::MoveFulfillment(group.fulfillments[0].id, step);
    match dice.roll(10) {
        0 => cancel(),
        1 => says(group, ProviderNews::Declined { code: "no".into() }),
        2 | 3 if payment.state == PaymentState::OnAccount => Command::RecordPaid(payment.id),
        2 | 3 => says(group, ProviderNews::Authorized { amount }),
        4 => says(group, ProviderNews::Captured { amount }),
        5 => step(FulfillmentStep::Pack),
        6 => step(FulfillmentStep::Ship {
            carrier: "DHL".into(),
            tracking_number: String::new(),
            tracking_url: String::new(),
        }),
        7 => step(FulfillmentStep::Deliver),
        8 => Command::RefundOrder(RefundOrder {
            order: order.id,
            lines: Vec::new(),
            extra: 100,
            restock: None,
            note: String::new(),
        }),
        _ => match group.refunds.last() {
            Some(refund) => says(group, ProviderNews::Refunded { refund: refund.id }),
            None => says(group, ProviderNews::Voided),
        },
    }
}

/// A day and a bit of trade; `told` hears of every durable batch.
fn trade(
    shop: &SmallShop,
    harness: &mut Harness<Database>,
    mut told: impl FnMut(&Harness<Database>, &Delta),
) {
    let mut workload = Workload::new(shop, Mix::Flat, 9);
    let mut dice = Dice(3);
    let mut groups: BTreeMap<commerce::id::GroupId, Arc<Group>> = BTreeMap::new();
    let mut now = DAY.from - 10 * STEP_MS;
    while now < DAY.to + 10 * STEP_MS {
        now += STEP_MS / 2 + dice.roll(STEP_MS as u64) as i64;
        let mut commands = Vec::new();
        for _ in 0..dice.roll(8) {
            let envelope = bought_by(dice.roll(BUYERS), workload.buy_now(now));
            let by_card = dice.roll(3) > 0;
            commands.push(if by_card {
                paid_by_card(envelope)
            } else {
                envelope
            });
        }
        let known: Vec<_> = groups.values().cloned().collect();
        for _ in 0..dice.roll(20).min(known.len() as u64 * 5) {
            let group = &known[dice.roll(known.len() as u64) as usize];
            commands.push(Envelope::system(next(group, &mut dice)));
            if dice.roll(3) == 0 {
                // What follows it comes in the same batch.
                commands.push(Envelope::system(next(group, &mut dice)));
            }
        }
        let batch = harness.batch(now, commands);
        for reply in batch.replies.into_iter().flatten() {
            if let Outcome::Group(group) = reply.outcome {
                groups.insert(group.id, group);
            }
        }
        while groups.len() > 60 {
            groups.pop_first();
        }
        batch.deltas.iter().for_each(|delta| told(harness, delta));
    }
}

/// A place in each degree of latitude, by its id.
struct Degrees;

impl Atlas for Degrees {
    fn category(&self, _product: ProductId) -> Option<CategoryId> {
        None
    }

    fn site(&self, location: LocationId) -> Option<Site> {
        let latitude = i32::try_from(location.0).ok()?;
        Some(Site {
            point: Point {
                latitude,
                longitude: 0,
            },
            region: String::new(),
        })
    }
}

#[test]
fn parcels_that_come_in_are_counted_by_place_and_by_way() {
    let mut day = Day::new(DAY, 0, Milestones::default());
    let lay = |position: u64, at: i64, from: u64, location: u64| Event {
        position,
        at,
        actor: commerce::command::Actor::System,
        channel: commerce::command::Channel::System,
        what: What::ParcelLay {
            fulfillment: FulfillmentId(257),
            location: LocationId(location),
            from: LocationId(from),
        },
    };
    let unknown = 1 << 40;
    for (position, event) in (1..).zip([
        (NOW, 1, 2),
        (NOW, 1, 2),
        // Scanned again where it lay; from a place that is gone; on another day.
        (NOW, 2, 2),
        (NOW, unknown, 2),
        (DAY.to, 1, 2),
        (NOW, 2, 1),
    ]) {
        let (at, from, to) = event;
        day.take(&lay(position, at, from, to), None, false, &Degrees);
    }
    let counts: Vec<_> = day.came_in.iter().map(|(id, n)| (id.0, *n)).collect();
    assert_eq!(counts, [(1, 1), (2, 4)]);
    let ways = day.hauls.iter();
    let ways: Vec<_> = ways.map(|(w, n)| (w.from.latitude, w.to.latitude, *n)).collect();
    assert_eq!(ways, [(1, 2, 2), (2, 1, 1)]);
    assert_eq!(day.to_show().1.len(), 3);
    assert_eq!((day.position, day.shipped), (6, 0));
}

fn read_again(harness: &Harness<Database>) -> Day {
    let reader = harness.store.reader();
    let position = position_at(&*reader, DAY.from).expect("read");
    let mut day = Day::new(DAY, position, Milestones::default());
    loop {
        let chapter = Chapter::read(&*reader, day.position).expect("read");
        if chapter.events.is_empty() {
            return day;
        }
        chapter.count(&mut day, &North);
    }
}

/// Lights and parcels are shown once, whoever counts.
fn without_lights(mut day: Day) -> Day {
    day.to_show();
    day
}

/// What the ledger and the orders say of the day.
#[derive(Default)]
struct Ledger {
    taken: i64,
    given_back: i64,
}

impl Ledger {
    fn take(&mut self, delta: &Delta) {
        for posting in delta
            .postings
            .iter()
            .filter(|p| (DAY.from..DAY.to).contains(&p.at))
        {
            match posting.cause {
                PostingCause::Capture(_) => self.taken += posting.amount,
                PostingCause::Refund(_) if posting.to == Account::Shopper => {
                    self.given_back += posting.amount
                }
                _ => {}
            }
        }
    }
}

fn check(home: &Home) {
    let shop = SmallShop::new(PLENTY);
    let mut harness = Harness::new(home.open().expect("a database")).expect("a database");
    let mut live = Day::new(DAY, 0, Milestones::default());
    let mut ledger = Ledger::default();
    for command in shop.commands() {
        let batch = harness.batch(DAY.from - 20 * STEP_MS, vec![command]);
        for delta in &batch.deltas {
            assert_eq!(live.take_batch(delta, &North), Ok(()));
        }
    }
    let (mut batches, mut kills) = (0, 0);
    trade(&shop, &mut harness, |harness, delta| {
        batches += 1;
        ledger.take(delta);
        if batches % 40 == 0 {
            // The process dies, and another one begins anew.
            let again = read_again(harness);
            let mut followed = live.clone();
            assert_eq!(followed.take_batch(delta, &North), Ok(()));
            assert_eq!(without_lights(again.clone()), without_lights(followed));
            live = again;
            kills += 1;
        } else {
            assert_eq!(live.take_batch(delta, &North), Ok(()), "batch {batches}");
            if let Some(last) = delta.events.last() {
                assert_eq!(live.position, last.position);
                assert_eq!(live.clone().take_batch(delta, &North), Err(Gap), "twice");
            }
        }
    });
    assert!(
        kills > 3 && live.delivered > 0 && live.shipped > 0,
        "{kills} kills"
    );
    let figures = &live.figures[&shop.currency];
    let takings = figures.takings;
    assert_eq!(
        (takings.taken, takings.given_back),
        (ledger.taken, ledger.given_back)
    );
    assert!(takings.canceled > 0 && takings.given_back > 0 && takings.phone_orders > 0);
    let all = |tallies: &mut dyn Iterator<Item = i64>| tallies.sum::<i64>();
    assert_eq!(
        all(&mut figures.sellers.values().map(|t| t.amount)),
        takings.sold
    );
    assert_eq!(
        all(&mut figures.regions.values().map(|t| t.amount)),
        takings.sold
    );
    assert_eq!(
        all(&mut figures.methods.values().map(|t| t.amount)),
        takings.taken
    );
    assert_eq!(all(&mut figures.minutes.iter().copied()), takings.sold);
    let reached: Vec<i64> = figures.reached.iter().map(|m| m.amount).collect();
    assert!(reached.is_sorted() && reached.last().is_some_and(|m| *m <= takings.sold));
    assert!(
        live.next_milestone(shop.currency)
            .is_some_and(|m| m > takings.sold)
    );
    check_period(&harness, &live, &shop);
    check_whole_feed(&harness, &shop);
}

/// The report of a period says what the big screen says of the same time, and each of its lists adds up to it.
fn check_period(harness: &Harness<Database>, day: &Day, shop: &SmallShop) {
    let reader = harness.store.reader();
    const HOUR_MS: i64 = 3_600_000;
    let period = Period::read(&*reader, (DAY, HOUR_MS), &North).expect("read");
    let (figures, shown) = (
        &period.figures[&shop.currency],
        &day.figures[&shop.currency],
    );
    let sold = |t: &store::takings::Takings| [t.purchases, t.orders, t.phone_orders, t.sold];
    assert_eq!(sold(&figures.takings), sold(&shown.takings));
    let all = |parts: &mut dyn Iterator<Item = &Part>| {
        let sum: Part = parts.copied().sum();
        [sum.count, sum.pieces, sum.amount]
    };
    let whole = [figures.takings.orders, figures.pieces, figures.takings.sold];
    assert_eq!(all(&mut figures.regions.values()), whole);
    assert_eq!(all(&mut figures.sellers.values()), whole);
    assert_eq!(all(&mut figures.steps.values()), whole);
    let goods = all(&mut figures.categories.values());
    assert_eq!(
        goods[1..],
        [figures.pieces, figures.takings.sold - figures.delivery]
    );
    for (hour, part) in &figures.steps {
        let minutes = shown.minutes.iter().skip(*hour as usize * 60).take(60);
        assert_eq!(minutes.sum::<i64>(), part.amount, "hour {hour}");
    }
    check_afterwards(&*reader, &period, shop);
}

/// What became of a period's orders since, and who bought for the first time, as the rows say it, one by one.
fn check_afterwards(reader: &dyn store::Queries, period: &Period, shop: &SmallShop) {
    let figures = &period.figures[&shop.currency];
    let (mut canceled, mut canceled_orders, mut phones) = (0, 0, 0);
    // Whether the first purchase of each buyer was begun in the period or counts in it, and whether any counts.
    let mut seen: BTreeMap<String, (bool, bool)> = BTreeMap::new();
    let ids = reader.group_ids(commerce::id::GroupId(0), 10_000);
    for id in ids.expect("read") {
        let group = reader.group(id).expect("read").expect("a group");
        let history = reader.history(id).expect("read");
        let confirmed = |e: &&commerce::event::Event| {
            matches!(e.what, commerce::event::What::GroupConfirmed { .. }) && DAY.has(e.at)
        };
        let counts = history.iter().any(|e| confirmed(&e));
        let is_new = counts || group.id.created_at_ms() >= DAY.from;
        let buyer = seen.entry(group.buyer.email.clone());
        let buyer = buyer.or_insert((is_new, false));
        if !counts {
            continue;
        }
        buyer.1 = true;
        phones += i64::from(group.device == commerce::command::Device::Phone) * group.total;
        for order in &group.orders {
            if order.state == OrderState::Canceled {
                (canceled, canceled_orders) = (canceled + order.total, canceled_orders + 1);
            } else {
                canceled += order
                    .lines
                    .iter()
                    .map(|l| l.canceled_share.total)
                    .sum::<i64>();
            }
        }
    }
    assert_eq!(figures.phone_sold, phones);
    assert_eq!(
        (figures.canceled, figures.canceled_orders),
        (canceled, canceled_orders)
    );
    assert!(canceled > 0 && figures.kept() == figures.takings.sold - canceled - figures.returned);
    let bought = seen.values().filter(|(_, bought)| *bought);
    assert_eq!(period.buyers(), bought.clone().count() as i64);
    let new = bought.filter(|(is_new, _)| *is_new).count() as i64;
    assert_eq!(period.new_buyers, new);
    assert!(
        new > 0 && new < period.buyers(),
        "{new} of {}",
        period.buyers()
    );
}

/// Over all days: what stands equals the sales that are kept and the rows, and the audit agrees.
fn check_whole_feed(harness: &Harness<Database>, shop: &SmallShop) {
    let reader = harness.store.reader();
    let all = Span {
        from: 0,
        to: i64::MAX,
    };
    let mut day = Day::new(all, 0, Milestones::default());
    loop {
        let chapter = Chapter::read(&*reader, day.position).expect("read");
        if chapter.events.is_empty() {
            break;
        }
        chapter.count(&mut day, &North);
    }
    let kept = reader.totals(0, i64::MAX).expect("read");
    let [orders, worth, phones] = day.figures[&shop.currency].takings.standing();
    assert_eq!(
        (kept[0].orders, kept[0].revenue, kept[0].from_phones),
        (orders, worth, phones)
    );
    let mut rows = 0;
    let mut after = commerce::id::GroupId(0);
    loop {
        let ids = reader.group_ids(after, 500).expect("read");
        let Some(last) = ids.last() else { break };
        after = *last;
        for id in ids {
            let group = reader.group(id).expect("read").expect("a group");
            let stands = |o: &&commerce::order::Order| {
                !matches!(o.state, OrderState::Pending | OrderState::Canceled)
            };
            rows += group
                .orders
                .iter()
                .filter(stands)
                .map(|o| o.total)
                .sum::<i64>();
        }
    }
    assert_eq!(rows, worth);
    let audit = reader.audit(&mut |_, _| {}).expect("read");
    assert!(audit.is_clean(), "{:?}", audit.findings);
    assert!(
        audit
            .rows
            .iter()
            .any(|(table, n)| *table == "takings" && *n > 0)
    );
}

#[test]
fn the_screen_equals_the_ledger_live_after_kills_and_replayed() {
    check(&Home::sqlite("screen"));
}

#[test]
fn the_same_on_postgresql() {
    if let Some(home) = Home::postgres("screen") {
        check(&home);
    }
}
