//! Members' points over HTTP: the program, a member's account, adjusting it once, orders, and the end with the member.

use crate::harness::{Answer, Ask, OWNER, STAFF, Stage};
use api::members::{Members, points};
use axum::http::StatusCode;
use commerce::checkout::Delivery;
use commerce::command::{Actor, BuyNow, Channel, Command, Device, Envelope, OpenCheckout};
use commerce::id::{CheckoutId, OrderId};
use commerce::payment::PaymentMethod;
use commerce::points::PointsWanted;
use commerce::text::Language;
use commerce::{Outcome, pricing};
use serde_json::{Value, json};

fn program() -> Value {
    json!({
        "currency": "EUR", "spend_per_point": 100, "worth": 1, "share_max_ppm": 500_000,
        "points_min": 10, "expires_after_days": 365, "active": true,
    })
}

async fn put(stage: &Stage, cookie: &str, body: Value) -> Answer {
    stage
        .ask(Ask {
            method: "PUT",
            path: "/points/program",
            cookie,
            body: Some(body),
            ..Ask::default()
        })
        .await
}

#[tokio::test]
async fn owners_say_what_points_are_worth_and_until_then_there_is_a_proposal() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let proposed = stage.get(&staff, "/points/program").await.ok();
    assert_eq!(
        (
            &proposed["version"],
            &proposed["active"],
            &proposed["title"]["de"]
        ),
        (&json!(0), &json!(false), &json!("Punkte"))
    );
    assert_eq!(
        put(&stage, &staff, program()).await.status,
        StatusCode::FORBIDDEN
    );
    let saved = put(&stage, &owner, program()).await.ok();
    assert_eq!(
        (&saved["version"], &saved["title"]["zh"]),
        (&json!(1), &json!("积分"))
    );
    assert_eq!(stage.get(&staff, "/points/program").await.ok(), saved);
    for (field, value, code) in [
        ("spend_per_point", json!(0), "field_invalid"),
        ("worth", json!(101), "field_invalid"),
        ("currency", json!("euros"), "field_invalid"),
        ("currency", json!("JPY"), "currency_not_offered"),
        ("version", json!(7), "version_conflict"),
        ("title", json!({}), "field_invalid"),
        ("wroth", json!(1), "body_invalid"),
    ] {
        let mut body = program();
        body[field] = value;
        let refused = put(&stage, &owner, body).await;
        assert_eq!(refused.code(), code, "{field}: {}", refused.text);
    }
}

// Long because the points of one member are followed through an order.
#[tokio::test]
async fn a_members_points_are_adjusted_once_spent_and_shown_with_the_order() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    put(&stage, &owner, program()).await.ok();
    let members = Members::new(stage.app.clone());
    let anna = members.join("anna@example.com", Language::En).await;
    let anna = anna.expect("joined").id;
    let path = format!("/members/{anna}/points");
    let empty = stage.get(&staff, &path).await.ok();
    assert_eq!(
        (&empty["balance"], &empty["items"], &empty["next"]),
        (&json!(0), &json!([]), &json!(null))
    );
    let give = async |change: i64, key: &str| {
        let ask = Ask {
            method: "POST",
            path: &path,
            cookie: &staff,
            body: Some(json!({ "change": change, "reason": "A parcel came late" })),
            headers: vec![("idempotency-key", key)],
        };
        stage.ask(ask).await
    };
    for key in ["a", "a", "b"] {
        give(100, key).await.ok();
    }
    let shown = give(-30, "c").await.ok();
    assert_eq!(
        (&shown["balance"], &shown["worth"]["amount"]),
        (&json!(170), &json!(170))
    );
    let entry = &shown["items"][0];
    assert_eq!(
        (
            &entry["cause"],
            &entry["change"],
            &entry["operator"],
            &entry["reason"]
        ),
        (
            &json!("adjusted"),
            &json!(-30),
            &json!("staff"),
            &json!("A parcel came late")
        )
    );
    let refused = give(-171, "d").await;
    assert_eq!(
        (
            refused.status,
            refused.code().as_str(),
            refused.json()["error"]["details"]["balance"].clone()
        ),
        (StatusCode::CONFLICT, "points_below_zero", json!(170))
    );
    assert_eq!(give(0, "e").await.code(), "field_invalid");
    let page = stage.get(&staff, &format!("{path}?limit=2")).await.ok();
    assert_eq!(
        (page["items"].as_array().map(Vec::len), &page["next"]),
        (Some(2), &json!("2"))
    );
    let rest = stage
        .get(&staff, &format!("{path}?limit=2&cursor=2"))
        .await
        .ok();
    assert_eq!(
        (&rest["items"][0]["number"], &rest["next"]),
        (&json!(1), &json!(null))
    );

    // What a page shows, with the balance that it asks for, is what the order takes.
    let spendable = points::spendable(&stage.app, anna).await.expect("read");
    assert_eq!(spendable, 170);
    let body = json!({
        "lines": [{ "sku": testkit::SmallShop::sku(0), "quantity": 2 }],
        "buyer": { "email": "anna@example.com" },
        "destination": { "street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country": "DE" },
        "delivery": { "ship": "standard" }, "payment": { "on_account": {} },
    });
    let guest = stage
        .ask(Ask {
            method: "POST",
            path: "/buy-now",
            body: Some(body),
            headers: vec![("idempotency-key", "g")],
            ..Ask::default()
        })
        .await
        .ok();
    let order = guest["orders"][0]["id"]
        .as_str()
        .expect("an order")
        .to_owned();
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    assert_eq!(shown["points"], json!(null), "guests have none");
    let guests = OrderId::parse(&order).expect("an order").parent();
    let group = stage.app.group(guests).await.expect("read").expect("there");
    let mut intent = commerce::checkout::Intent {
        currency: group.currency,
        language: Language::En,
        items: vec![commerce::checkout::Item {
            variant: stage.shop.variants[0],
            seller: None,
            quantity: 2,
        }],
        buyer: group.buyer.clone(),
        destination: group.destination.clone(),
        billing: None,
        delivery: Some(Delivery::Ship(stage.shop.delivery)),
        promise: None,
        discount_codes: Vec::new(),
        member: Some(anna),
        extension: Default::default(),
        points: PointsWanted::AsManyAsPossible,
    };
    let priced = {
        let world = stage.app.shelf.read();
        pricing::price_with_points(&world, api::app::now_ms(), &intent, spendable)
    };
    let priced = priced.expect("a price");
    assert_eq!(
        (priced.points.used, priced.points.usable_amount),
        (170, 170)
    );
    intent.discount_codes = Vec::new();
    let buy = BuyNow {
        open: OpenCheckout {
            id: CheckoutId(stage.app.ids.next()),
            access_key: 7,
            device: Device::Phone,
            intent,
        },
        expected_total: Some(priced.quote.total),
        expected_deposit: None,
        method: PaymentMethod::OnAccount,
        return_url: String::new(),
    };
    let envelope = Envelope {
        command: Command::BuyNow(buy),
        actor: Actor::Shopper,
        channel: Channel::Web,
        idempotency: None,
    };
    let decided = stage.app.door.submit(envelope).await.expect("an order");
    let Outcome::Group(group) = decided.outcome else {
        panic!("a group");
    };
    let order = OrderId::under(group.id, 1);
    let shown = stage.get(&staff, &format!("/orders/{order}")).await.ok();
    assert_eq!(
        shown["points"],
        json!({ "spent": 170, "worth": { "amount": 170, "currency": "EUR" }, "given_back": 0, "earned": 0 })
    );
    let discount = &shown["discounts"][0];
    assert_eq!(
        (&discount["points"], &discount["title"]),
        (&json!(170), &json!("Points"))
    );
    let history = shown["history"].as_array().expect("a history");
    let told = history.iter().find(|e| e["what"] == "points_changed");
    assert_eq!(told.map(|e| e["pieces"].clone()), Some(json!(-170)));
    let newest = stage.get(&staff, &path).await.ok()["items"][0].clone();
    assert_eq!(
        (&newest["cause"], &newest["order"]),
        (&json!("spent"), &json!(order.to_string()))
    );

    // The end with the member: nothing of it can be seen or spent any more.
    members.erase(anna).await.expect("erased");
    assert_eq!(stage.get(&staff, &path).await.code(), "not_found");
    assert_eq!(give(1, "f").await.code(), "not_found");
    let account = points::of(&stage.app, anna).await.expect("read");
    assert!(account.ended && account.balance == 0);
    let all = points::all_entries(&stage.app, anna).await.expect("read");
    assert_eq!(
        all.len(),
        4,
        "three by hand and one for the order; nothing was left to give up"
    );
}
