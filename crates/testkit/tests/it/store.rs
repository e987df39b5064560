//! What the store promises, whatever the engine: what was written is found again, also once it was indexed.

use crate::open;
use ::store::{Database, FulfillmentFilter, OrderFilter, Recent, ReturnFilter, Store};
use commerce::checkout::{CheckoutStatus, Intent};
use commerce::command::{
    AnswerReturn, BuyNow, CancelOrder, FulfillmentStep, Idempotency, PlaceOrder, RequestReturn,
    ReturnAnswer, UpdateCheckout,
};
use commerce::decide::Decided;
use commerce::event::What;
use commerce::id::{CheckoutId, GroupId, ReturnId};
use commerce::order::{CancelReason, FulfillmentState, Group, OrderState};
use commerce::payment::PaymentMethod;
use commerce::returns::{ReturnReason, ReturnState};
use commerce::world::KeySet;
use commerce::{Command, Envelope, Outcome};
use std::sync::Arc;
use testkit::{Harness, Home, Mix, NOW, ShopSize, Workload};

/// Enough of everything that no order is refused.
const PLENTY: ShopSize = ShopSize {
    products: 20,
    in_warehouse: 10_000,
    in_shop: 0,
};
testkit::on_both_engines! {
    orders_are_found_by_buyer_key_and_variant_before_and_after_they_are_indexed
    answers_are_forgotten_after_a_day
    what_was_published_last_is_at_hand_as_it_is_in_the_database
    a_checkout_is_read_as_it_is_in_memory_from_its_opening_to_its_order
    lists_go_page_by_page_and_pass_nothing_over
    pick_lists_go_page_by_page_and_their_lengths_are_kept
    sums_follow_what_becomes_of_orders
    returns_wait_in_the_order_in_which_they_were_asked_for
    questions_at_the_ends_of_time_are_answered
    a_history_that_goes_on_in_the_next_batch_is_told_once
}

/// Batches after which the store makes runs of what waits to be indexed.
const BATCHES_TO_RUN: i64 = 520;

fn bought(harness: &mut Harness<Database>, now: i64, envelope: Envelope) -> Arc<Group> {
    match harness.submit(now, envelope).expect("an order").outcome {
        Outcome::Group(group) => group,
        other => panic!("{other:?}"),
    }
}

fn with_key(envelope: Envelope, key: u128) -> Envelope {
    let idempotency = Some(Idempotency { key, request: 7 });
    Envelope {
        idempotency,
        ..envelope
    }
}

fn orders_are_found_by_buyer_key_and_variant_before_and_after_they_are_indexed(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let envelope = workload.buy_now(NOW);
    let first = bought(&mut harness, NOW, with_key(envelope.clone(), 42));
    let check = |harness: &mut Harness<Database>| {
        let reader = harness.store.reader();
        let of_buyer = reader.groups_by_email(&first.buyer.email, 10);
        assert_eq!(of_buyer.expect("read"), [first.id]);
        assert!(
            reader
                .groups_by_email("nobody@example.com", 10)
                .expect("read")
                .is_empty()
        );
        let answer = reader.answer(42).expect("read").expect("it was kept");
        assert_eq!(answer.request, 7);
        assert!(reader.answer(43).expect("read").is_none());
        assert!(!reader.is_surely_new(42));
        let again = harness
            .submit(NOW, with_key(envelope.clone(), 42))
            .expect("the answer");
        assert!(again.replayed);
        let line = first.lines().next().expect("a line").variant;
        let moved = reader.movements(line, None, None, 500).expect("read").rows;
        assert!(
            moved
                .iter()
                .any(|m| m.cause.parts() == ("reserve", first.id.0))
        );
        assert!(moved.is_sorted_by(|a, b| a.number > b.number));
        let history = reader.history(first.id).expect("read");
        let (first_event, rest) = history.split_first().expect("it has a history");
        assert!(matches!(first_event.what, What::GroupPlaced { group, .. } if group == first.id));
        assert!(!rest.is_empty() && rest.iter().all(|e| e.what.group() == Some(first.id)));
        assert!(reader.audit(&mut |_, _| {}).expect("an audit").is_clean());
    };
    check(&mut harness);
    for n in 1..=BATCHES_TO_RUN {
        let envelope = workload.buy_now(NOW + n);
        bought(&mut harness, NOW + n, with_key(envelope, 1_000 + n as u128));
    }
    check(&mut harness);
    harness.store.idle(NOW + BATCHES_TO_RUN).expect("indexed");
    check(&mut harness);
    drop(harness);
    let store = home.open().expect("the same folder");
    check(&mut Harness::new(store).expect("the same database"));
}

#[test]
fn beside_the_embedded_database_a_new_key_is_known_to_be_new() {
    let (shop, mut harness) = open(PLENTY, &Home::sqlite("new-keys"));
    let reader = harness.store.reader();
    assert!(reader.is_surely_new(42) && reader.is_surely_new(1_000));
    let envelope = Workload::new(&shop, Mix::Flat, 1).buy_now(NOW);
    bought(&mut harness, NOW, with_key(envelope, 42));
    assert!(!reader.is_surely_new(42) && reader.is_surely_new(1_000));
}

fn what_was_published_last_is_at_hand_as_it_is_in_the_database(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let (recent, nothing) = (Recent::of_one_writer(), Recent::default());
    let publish = |harness: &mut Harness<Database>, envelope| {
        let batch = harness.batch(NOW, vec![envelope]);
        for delta in &batch.deltas {
            recent.publish(delta);
            nothing.publish(delta);
        }
        match batch.replies.into_iter().next() {
            Some(Ok(Decided {
                outcome: Outcome::Group(group),
                ..
            })) => group,
            other => panic!("{other:?}"),
        }
    };
    let placed = publish(&mut harness, workload.buy_now(NOW));
    let checkout = CheckoutId(placed.id.0);
    let same = |harness: &Harness<Database>| {
        let reader = harness.store.reader();
        let kept = reader.group(placed.id).expect("read");
        assert_eq!(recent.group(placed.id).as_deref(), kept.as_ref());
        let kept = reader.checkout(checkout).expect("read");
        assert_eq!(recent.checkout(checkout).as_deref(), kept.as_ref());
        assert!(nothing.group(placed.id).is_none() && nothing.checkout(checkout).is_none());
    };
    same(&harness);
    let order = placed.orders[0].id;
    let cancel = Command::CancelOrder(CancelOrder {
        order,
        reason: CancelReason::Operator,
        note: String::new(),
    });
    let canceled = publish(&mut harness, Envelope::system(cancel));
    assert_ne!(canceled.version, placed.version);
    same(&harness);
}

fn a_checkout_is_read_as_it_is_in_memory_from_its_opening_to_its_order(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let Command::BuyNow(BuyNow { open: intended, .. }) = workload.buy_now(NOW).command else {
        panic!("it buys in one step");
    };
    let (id, recent) = (intended.id, Recent::of_one_writer());
    let note = |times| {
        let intent = Intent {
            extension: "a note".repeat(times).into(),
            ..intended.intent.clone()
        };
        Command::UpdateCheckout(UpdateCheckout {
            id,
            expected_version: None,
            intent,
        })
    };
    let place = PlaceOrder {
        checkout: id,
        expected_total: None,
        method: PaymentMethod::OnAccount,
        return_url: String::new(),
        unheard: false,
    };
    for (key, command, expected) in [
        (
            1,
            Command::OpenCheckout(intended.clone()),
            CheckoutStatus::Open,
        ),
        (2, note(100), CheckoutStatus::Open),
        (3, note(300), CheckoutStatus::Open),
        (4, note(0), CheckoutStatus::Open),
        (5, Command::PlaceOrder(place), CheckoutStatus::Placed),
    ] {
        let now = NOW + i64::from(key);
        let envelope = with_key(Envelope::system(command), u128::from(key));
        let batch = harness.batch(now, vec![envelope]);
        batch.deltas.iter().for_each(|delta| recent.publish(delta));
        let saved = recent.checkout(id).expect("at hand");
        let seen = (saved.status, saved.version, saved.updated_at);
        assert_eq!(seen, (expected, key, now));
        let reader = harness.store.reader();
        assert_eq!(reader.checkout(id).expect("read"), Some((*saved).clone()));
        // What a repeated request is told, and what the writer reads once it has forgotten it.
        let told = reader.answer(1).expect("read").expect("kept").outcome;
        assert_eq!(told, Outcome::Checkout(saved.clone()));
        let keys = KeySet {
            checkouts: [id].into(),
            ..KeySet::default()
        };
        let mut loader = harness.store.loader().expect("a loader");
        assert_eq!(
            loader.load(&keys).expect("read").checkouts,
            [(*saved).clone()]
        );
        assert!(reader.audit(&mut |_, _| {}).expect("an audit").is_clean());
    }
}

fn answers_are_forgotten_after_a_day(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 1);
    let envelope = with_key(workload.buy_now(NOW), 42);
    bought(&mut harness, NOW, envelope.clone());
    let later = NOW + 25 * 60 * 60 * 1_000;
    harness.store.idle(later).expect("forgotten");
    assert!(harness.store.reader().answer(42).expect("read").is_none());
    // The checkout's id still says that it was bought.
    let again = harness.submit(later, envelope).expect("the group");
    assert!(!again.replayed && matches!(again.outcome, Outcome::Group(_)));
    let ids = harness
        .store
        .reader()
        .group_ids(GroupId(0), 10)
        .expect("read");
    assert_eq!(ids.len(), 1);
}

fn lists_go_page_by_page_and_pass_nothing_over(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 3);
    let groups: Vec<_> = (0..25)
        .map(|n| {
            let envelope = workload.buy_now(NOW + n);
            bought(&mut harness, NOW + n, envelope)
        })
        .collect();
    let reader = harness.store.reader();
    let mut filter = OrderFilter {
        limit: 10,
        ..OrderFilter::default()
    };
    let mut listed = Vec::new();
    loop {
        let page = reader.order_list(&filter).expect("read");
        listed.extend(page.rows.iter().map(|row| row.id));
        filter.after = page.next;
        if page.next.is_none() {
            break;
        }
    }
    let newest_first: Vec<_> = groups.iter().rev().map(|g| g.orders[0].id).collect();
    assert_eq!(listed, newest_first);
    let found = |query: &str| {
        let filter = OrderFilter {
            query: Some(query.to_string()),
            limit: 100,
            ..OrderFilter::default()
        };
        reader.order_list(&filter).expect("read").rows.len()
    };
    assert_eq!(found(&groups[3].buyer.email.to_uppercase()), 1);
    assert_eq!(found("lovelace ada"), 25);
    assert_eq!(found("nobody"), 0);
    let of_state = |states: Vec<OrderState>, from| {
        let filter = OrderFilter {
            states,
            from,
            limit: 100,
            ..OrderFilter::default()
        };
        reader.order_list(&filter).expect("read").rows.len()
    };
    assert_eq!(of_state(vec![OrderState::Confirmed], None), 25);
    assert_eq!(of_state(vec![OrderState::Canceled], None), 0);
    assert_eq!(of_state(Vec::new(), Some(NOW + 20)), 5);
}

fn pick_lists_go_page_by_page_and_their_lengths_are_kept(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 3);
    let groups: Vec<_> = (0..25)
        .map(|n| {
            let envelope = workload.buy_now(NOW + n);
            bought(&mut harness, NOW + n, envelope)
        })
        .collect();
    let reader = harness.store.reader();
    let mut filter = FulfillmentFilter {
        states: vec![FulfillmentState::Open],
        limit: 10,
        ..FulfillmentFilter::default()
    };
    let mut picked = Vec::new();
    loop {
        let page = reader.fulfillment_list(&filter).expect("read");
        picked.extend(page.rows.iter().map(|row| row.id));
        filter.after = page.next;
        if page.next.is_none() {
            break;
        }
    }
    let oldest_first = groups
        .iter()
        .flat_map(|g| g.fulfillments.iter().map(|f| f.id));
    assert_eq!(picked, oldest_first.collect::<Vec<_>>());
    let waiting = reader.fulfillments_waiting().expect("read");
    assert_eq!(waiting, [picked.len() as i64, 0, 0]);
}

// Long because it is one journey.
fn returns_wait_in_the_order_in_which_they_were_asked_for(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 3);
    let envelopes: Vec<_> = (0..5).map(|n| workload.buy_now(NOW + n)).collect();
    let groups: Vec<_> = envelopes
        .into_iter()
        .map(|envelope| bought(&mut harness, NOW, envelope))
        .collect();
    let mut submit = |at: i64, command: Command| {
        let done = harness.submit(at, Envelope::system(command));
        done.expect("it is possible");
    };
    let mut asked = Vec::new();
    // The latest order first, and two of them within one millisecond.
    for (at, group) in [5, 6, 6, 7, 8].into_iter().zip(groups.iter().rev()) {
        for fulfillment in &group.fulfillments {
            for step in [
                FulfillmentStep::Pack,
                FulfillmentStep::Ship {
                    carrier: String::new(),
                    tracking_number: String::new(),
                    tracking_url: String::new(),
                },
            ] {
                submit(NOW + 4, Command::MoveFulfillment(fulfillment.id, step));
            }
        }
        let order = &group.orders[0];
        submit(
            NOW + at,
            Command::RequestReturn(RequestReturn {
                order: order.id,
                key: 0,
                lines: vec![(order.lines[0].number, 1, ReturnReason::Late)],
                note: String::new(),
                photos: Vec::new(),
                overlook_window: false,
            }),
        );
        asked.push(ReturnId::under(group.id, 1));
    }
    let reader = harness.store.reader();
    let list = |states: &[ReturnState]| {
        let mut filter = ReturnFilter {
            states: states.to_vec(),
            after: None,
            limit: 2,
        };
        let mut found = Vec::new();
        loop {
            let page = reader.return_list(&filter).expect("read");
            found.extend(page.rows.iter().map(|row| row.id));
            filter.after = page.next;
            if page.next.is_none() {
                return found;
            }
        }
    };
    let mut waiting = asked.clone();
    waiting[1..3].sort_unstable();
    let open = [ReturnState::Requested, ReturnState::Approved];
    assert_eq!(list(&open), waiting);
    assert_eq!(reader.returns_open().expect("read"), 5);
    let withdraw = Command::AnswerReturn(AnswerReturn {
        r#return: asked[0],
        answer: ReturnAnswer::Withdraw,
    });
    let done = harness.submit(NOW + 9, Envelope::system(withdraw));
    done.expect("it is open");
    assert_eq!(list(&open), waiting[1..]);
    assert_eq!(list(&[ReturnState::Withdrawn]), asked[..1]);
    let mut newest: Vec<_> = asked.clone();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    assert_eq!(list(&[]), newest);
    let report = harness.store.reader().audit(&mut |_, _| {}).expect("read");
    assert!(report.is_clean(), "{:?}", report.findings);
}

fn sums_follow_what_becomes_of_orders(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 3);
    let envelopes: Vec<_> = (0..4).map(|_| workload.buy_now(NOW)).collect();
    let groups: Vec<_> = envelopes
        .into_iter()
        .map(|envelope| bought(&mut harness, NOW, envelope))
        .collect();
    let day = |harness: &Harness<Database>| {
        let totals = harness.store.reader().totals(NOW - 86_400_000, NOW + 1);
        let totals = totals.expect("read").pop().expect("one currency");
        (totals.orders, totals.revenue)
    };
    let all: i64 = groups.iter().map(|g| g.total).sum();
    assert_eq!(day(&harness), (4, all));
    let cancel = Command::CancelOrder(commerce::command::CancelOrder {
        order: groups[1].orders[0].id,
        reason: commerce::order::CancelReason::Operator,
        note: String::new(),
    });
    harness
        .submit(NOW + 5, Envelope::system(cancel))
        .expect("canceled");
    assert_eq!(day(&harness), (3, all - groups[1].total));
    let history = harness.store.reader().history(groups[1].id).expect("read");
    assert!(
        history
            .iter()
            .any(|e| matches!(e.what, What::OrderCanceled { .. }))
    );
    assert!(history.is_sorted_by_key(|e| e.position));
    let report = harness
        .store
        .reader()
        .audit(&mut |_, _| {})
        .expect("an audit");
    assert!(report.is_clean(), "{:?}", report.findings);
}

fn questions_at_the_ends_of_time_are_answered(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 3);
    let envelope = workload.buy_now(NOW);
    bought(&mut harness, NOW, envelope);
    let reader = harness.store.reader();
    for after in [i64::MAX as u64 - 1, i64::MAX as u64] {
        assert!(reader.events(after, 10).expect("read").is_empty());
    }
    let orders = |from, to| {
        let filter = OrderFilter {
            from,
            to,
            limit: 10,
            ..OrderFilter::default()
        };
        reader.order_list(&filter).expect("read").rows.len()
    };
    assert_eq!(orders(Some(i64::MIN), Some(i64::MAX)), 1);
    assert_eq!(orders(None, Some(i64::MIN)), 0);
    assert_eq!(orders(Some(i64::MAX), None), 0);
    let totals = reader.totals(i64::MIN, i64::MAX).expect("read");
    assert_eq!(totals[0].orders, 1);
}

fn a_history_that_goes_on_in_the_next_batch_is_told_once(home: &Home) {
    let (shop, mut harness) = open(PLENTY, home);
    let mut workload = Workload::new(&shop, Mix::Flat, 3);
    let group = bought(&mut harness, NOW, workload.buy_now(NOW));
    let cancel = Command::CancelOrder(commerce::command::CancelOrder {
        order: group.orders[0].id,
        reason: commerce::order::CancelReason::Operator,
        note: String::new(),
    });
    harness
        .submit(NOW + 5, Envelope::system(cancel))
        .expect("canceled");
    let history = harness.store.reader().history(group.id).expect("read");
    assert!(history.len() > 2);
    assert!(history.is_sorted_by(|a, b| a.position < b.position));
}
