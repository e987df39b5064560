//! What an operator does, over HTTP: signing in, an order from picking to refund, stock, prices.

use crate::harness::{Ask, OWNER, PASSWORD, STAFF, Stage, session_of};
use axum::http::StatusCode;
use commerce::Command;
use commerce::follower::{Followed, Follower, MAILS, MailKind, Mailed, Trouble, Waiting};
use commerce::id::OrderId;
use serde_json::{Value, json};

// Long because one order is followed through all of its steps.
#[tokio::test]
// Long because it is one journey.
async fn an_order_goes_from_the_list_to_the_carrier_and_part_of_its_money_back() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let id = stage.buy().await;
    let list = stage
        .get(&staff, "/orders?query=byte&state=confirmed")
        .await
        .ok();
    assert_eq!(list["items"][0]["id"], id.as_str());
    assert_eq!(list["items"][0]["pieces"], 3);
    let number = id.trim_start_matches("order_");
    let found = stage
        .get(&staff, &format!("/orders?query={number}"))
        .await
        .ok();
    assert_eq!(found["items"][0]["id"], id.as_str());

    let path = format!("/orders/{id}");
    let order = stage.get(&staff, &path).await.ok();
    assert_eq!(order["actions"]["cancel"]["pieces"], 3);
    assert_eq!(order["actions"]["refund"], Value::Null);
    let parcel = order["fulfillments"][0]["id"].as_str().expect("a parcel");
    let picks = stage.get(&staff, "/fulfillments?state=open").await.ok();
    assert_eq!(picks["items"][0]["id"], parcel);
    assert_eq!(picks["items"][0]["next_step"], "pick");

    let step = |name: &str| format!("/fulfillments/{parcel}/{name}");
    let early = stage
        .post(&staff, &step("ship"), json!({ "carrier": "DHL" }))
        .await;
    assert_eq!(
        (early.status, early.code().as_str()),
        (StatusCode::CONFLICT, "wrong_state")
    );
    assert_eq!(
        stage.post(&staff, &step("pick"), json!({})).await.ok()["next_step"],
        "pack"
    );
    assert_eq!(
        stage.post(&staff, &step("pack"), json!({})).await.ok()["next_step"],
        "ship"
    );
    let script = json!({ "carrier": "DHL", "tracking_url": "javascript:alert(1)" });
    assert_eq!(
        stage.post(&staff, &step("ship"), script).await.code(),
        "field_invalid"
    );
    let shipping = json!({ "carrier": "DHL", "tracking_number": "JJD0001" });
    assert_eq!(
        stage.post(&staff, &step("ship"), shipping).await.ok()["state"],
        "shipped"
    );

    let paid = stage
        .post(&staff, &format!("{path}/paid"), json!({}))
        .await
        .ok();
    assert_eq!(paid["payments"][0]["state"], "captured");
    let one =
        json!({ "lines": [{ "number": 1, "quantity": 1 }], "extra": 100, "note": "scratched" });
    let preview = stage
        .post(&staff, &format!("{path}/refund-preview"), one.clone())
        .await
        .ok();
    let refunded = stage
        .post(&staff, &format!("{path}/refunds"), one)
        .await
        .ok();
    assert_eq!(refunded["refunds"][0]["amount"], preview["amount"]);
    assert_eq!(refunded["totals"]["refunded"], preview["amount"]);
    let all = json!({ "extra": refunded["actions"]["refund"]["amount"].as_i64().expect("an amount") + 1 });
    assert_eq!(
        stage
            .post(&staff, &format!("{path}/refunds"), all)
            .await
            .code(),
        "refund_too_large"
    );

    stage
        .post(
            &staff,
            &format!("{path}/notes"),
            json!({ "note": "called back" }),
        )
        .await
        .ok();
    let history = stage.get(&staff, &path).await.ok()["history"].clone();
    let shipped = history
        .as_array()
        .into_iter()
        .flatten()
        .find(|e| e["what"] == "fulfillment_shipped");
    let shipped = shipped.expect("it is in the history");
    assert_eq!(
        (&shipped["operator"], &shipped["channel"]),
        (&json!("staff"), &json!("console"))
    );
    assert_eq!(shipped["tracking_number"], "JJD0001");
}

#[tokio::test]
async fn canceling_does_what_the_order_said_it_would() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let path = format!("/orders/{}", stage.buy().await);
    let wrong = stage
        .post(
            &staff,
            &format!("{path}/cancel"),
            json!({ "reason": "expired" }),
        )
        .await;
    assert_eq!(wrong.code(), "field_invalid");
    let canceled = stage
        .post(
            &staff,
            &format!("{path}/cancel"),
            json!({ "reason": "fraud" }),
        )
        .await
        .ok();
    assert_eq!(
        (&canceled["state"], &canceled["cancel_reason"]),
        (&json!("canceled"), &json!("fraud"))
    );
    assert_eq!(canceled["actions"]["cancel"], Value::Null);
    let warehouse = stage.shop.warehouse;
    let stock = stage
        .get(&staff, &format!("/stock?location={warehouse}&query=SKU-0"))
        .await
        .ok();
    assert_eq!(
        (
            &stock["items"][0]["reserved"],
            &stock["items"][0]["on_hand"]
        ),
        (&json!(0), &json!(10))
    );
}

#[tokio::test]
async fn stock_is_changed_once_per_key_and_its_movements_say_why() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let (variant, location) = (stage.shop.variants[0], stage.shop.warehouse);
    let change = |kind: &str, pieces: i64| json!({ "changes": [{ "variant": variant.to_string(), "location": location.to_string(), "kind": kind, "pieces": pieces }], "note": "delivery 7" });
    let with_key = |body: Value| Ask {
        method: "POST",
        path: "/stock/adjustments",
        cookie: &staff,
        body: Some(body),
        headers: vec![("idempotency-key", "k1")],
    };
    let first = stage.ask(with_key(change("received", 5))).await;
    assert!(!first.headers.contains_key("idempotent-replayed"));
    assert_eq!(first.ok()["changed"], 1);
    let again = stage.ask(with_key(change("received", 5))).await;
    assert_eq!(again.headers["idempotent-replayed"], "true");
    let other = stage.ask(with_key(change("received", 6))).await;
    assert_eq!(
        (other.status, other.code().as_str()),
        (StatusCode::UNPROCESSABLE_ENTITY, "idempotency_key_reused")
    );
    let levels = stage.get(&staff, &format!("/stock/{variant}")).await.ok();
    let here = levels["items"]
        .as_array()
        .into_iter()
        .flatten()
        .find(|l| l["location"]["id"] == location.to_string());
    assert_eq!(here.expect("a level")["on_hand"], 15);
    let gone = stage
        .post(&staff, "/stock/adjustments", change("damaged", 99))
        .await;
    assert_eq!(gone.code(), "stock_below_zero");
    let movements = stage
        .get(
            &staff,
            &format!("/stock/movements?variant={variant}&location={location}"),
        )
        .await
        .ok();
    assert_eq!(
        (
            &movements["items"][0]["cause"],
            &movements["items"][0]["quantity"]
        ),
        (&json!("receive"), &json!(5))
    );
}

#[tokio::test]
async fn a_price_is_changed_from_the_version_that_was_seen() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let list = stage.get(&staff, "/products?query=SKU-1").await.ok();
    let path = format!(
        "/products/{}",
        list["items"][0]["id"].as_str().expect("a product")
    );
    let product = stage.get(&staff, &path).await.ok();
    let change = json!({
        "version": product["version"],
        "title": { "en": "Lamp <script>", "zh": "灯" },
        "variants": [{ "id": product["variants"][0]["id"], "prices": { "prices": [{ "amount": 1234, "currency": "EUR" }] } }],
    });
    let patch = |body: Value| Ask {
        method: "PATCH",
        path: &path,
        cookie: &staff,
        body: Some(body),
        ..Ask::default()
    };
    let changed = stage.ask(patch(change.clone())).await.ok();
    assert_eq!(
        changed["variants"][0]["offers"][0]["prices"][0]["amount"],
        1234
    );
    assert_eq!(
        changed["title"],
        json!({ "en": "Lamp <script>", "zh": "灯" })
    );
    let late = stage.ask(patch(change)).await;
    assert_eq!(
        (late.status, late.code().as_str()),
        (StatusCode::CONFLICT, "version_conflict")
    );
    let bad = json!({ "version": changed["version"], "variants": [{ "id": product["variants"][0]["id"], "prices": { "prices": [{ "amount": -1, "currency": "EUR" }] } }] });
    assert_eq!(stage.ask(patch(bad)).await.code(), "field_invalid");
}

#[tokio::test]
async fn labels_show_names_as_text_and_a_barcode() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let order = stage
        .get(&staff, &format!("/orders/{}", stage.buy().await))
        .await
        .ok();
    let parcel = order["fulfillments"][0]["id"].as_str().expect("a parcel");
    for page in ["label", "packing-slip"] {
        let answer = stage
            .get(&staff, &format!("/fulfillments/{parcel}/{page}"))
            .await;
        assert_eq!(answer.status, StatusCode::OK);
        assert!(
            answer.text.contains("<svg") && answer.text.contains("&lt;b&gt;Byte"),
            "{page}"
        );
        assert!(
            !answer.text.contains("<b>Byte") && !answer.text.contains("<script"),
            "{page}"
        );
    }
}

#[tokio::test]
async fn tiles_and_feed_count_the_order() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    stage.buy().await;
    let feed = stage.get(&staff, "/events?limit=1000").await.ok();
    let names: Vec<_> = feed["items"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|e| e["what"].clone())
        .collect();
    assert!(names.contains(&json!("group_placed")) && names.contains(&json!("group_confirmed")));
    // The counters follow the feed in a task of their own.
    for _ in 0..100 {
        let tiles = stage.get(&staff, "/dashboard").await.ok();
        if tiles["orders_today"] == 1 {
            assert_eq!(tiles["phone_share_permille"], 1000);
            assert!(tiles["revenue_today"][0]["amount"].as_i64() > Some(0));
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    panic!("the tiles never counted the order");
}

#[tokio::test]
async fn sessions_end_with_a_change_of_password_and_guessing_is_slowed_down() {
    let stage = Stage::open();
    let (old, other) = (stage.sign_in(STAFF).await, stage.sign_in(STAFF).await);
    let wrong = json!({ "current": "not this one", "new": "another long password" });
    assert_eq!(
        stage.post(&old, "/me/password", wrong).await.code(),
        "password_wrong"
    );
    let short = json!({ "current": PASSWORD, "new": "short" });
    assert_eq!(
        stage.post(&old, "/me/password", short).await.code(),
        "password_too_short"
    );
    let change = json!({ "current": PASSWORD, "new": "another long password" });
    let changed = stage.post(&old, "/me/password", change).await;
    let fresh = session_of(&changed);
    assert_eq!(stage.get(&fresh, "/me").await.ok()["email"], STAFF);
    assert_eq!(stage.get(&other, "/me").await.code(), "not_signed_in");
    let unknown = json!({ "email": "nobody@example.com", "password": PASSWORD });
    let known = json!({ "email": STAFF, "password": PASSWORD });
    let (one, two) = (
        stage.post("", "/session", unknown).await,
        stage.post("", "/session", known.clone()).await,
    );
    assert_eq!((one.status, one.text), (two.status, two.text));
    for _ in 0..9 {
        stage.post("", "/session", known.clone()).await;
    }
    let stopped = stage.post("", "/session", known).await;
    assert_eq!(stopped.status, StatusCode::TOO_MANY_REQUESTS);
    assert!(stopped.headers.contains_key("retry-after"));
}

#[tokio::test]
async fn an_owner_adds_staff_and_closes_them_out_but_not_themselves() {
    let stage = Stage::open();
    let owner = stage.sign_in(OWNER).await;
    let new =
        json!({ "email": "New@Example.com", "name": "New", "role": "staff", "password": PASSWORD });
    let added = stage.post(&owner, "/operators", new.clone()).await.ok();
    assert_eq!(added["email"], "new@example.com");
    assert_eq!(
        stage.post(&owner, "/operators", new).await.code(),
        "code_taken"
    );
    let theirs = stage.sign_in("new@example.com").await;
    let out = |id: &Value| format!("/operators/{}", id.as_str().unwrap_or(""));
    let patch = |path: String| {
        let (stage, owner) = (&stage, &owner);
        async move {
            let body = Some(json!({ "active": false }));
            stage
                .ask(Ask {
                    method: "PATCH",
                    path: &path,
                    cookie: owner,
                    body,
                    ..Ask::default()
                })
                .await
        }
    };
    patch(out(&added["id"])).await.ok();
    assert_eq!(stage.get(&theirs, "/me").await.code(), "not_signed_in");
    let me = stage.get(&owner, "/me").await.ok();
    assert_eq!(patch(out(&me["id"])).await.code(), "field_invalid");
}

#[tokio::test]
async fn mails_show_in_the_history_and_how_they_fare_in_the_settings() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let before = stage.get(&staff, "/settings").await.ok()["mail"].clone();
    let nothing = json!({ "configured": false, "waiting": 0, "sent_at": null, "failed_at": null, "failure": null });
    assert_eq!(before, nothing);
    let order = stage.buy().await;
    let group = OrderId::parse(&order).expect("an order").parent();
    let mailed = |mail, given_up: Option<&str>| Mailed {
        group,
        mail,
        given_up: given_up.map(str::to_owned),
    };
    let follower = Follower {
        id: MAILS,
        name: "mails".to_owned(),
        position: 9,
        rests: false,
        waiting: vec![Waiting {
            position: 8,
            attempts: 1,
            due_at: 70,
        }],
        sent_at: Some(50),
        trouble: Some(Trouble {
            at: 60,
            reason: "450 later".to_owned(),
        }),
        telling: Default::default(),
    };
    let followed = Followed {
        follower: follower.clone(),
        mails: vec![
            mailed(MailKind::Confirmed, None),
            mailed(MailKind::Shipped, Some("550 nobody")),
        ],
    };
    let done = stage.app.system(Command::Followed(followed)).await;
    done.expect("it is noted");
    let mail = stage.get(&staff, "/settings").await.ok()["mail"].clone();
    let fares = json!({ "configured": false, "waiting": 1, "sent_at": 50, "failed_at": 60, "failure": "450 later" });
    assert_eq!(mail, fares);
    let path = format!("/orders/{order}");
    let history = stage.get(&staff, &path).await.ok()["history"].clone();
    let entries = history.as_array().expect("a list").iter();
    let told: Vec<_> = entries
        .filter(|e| e["what"].as_str().is_some_and(|w| w.starts_with("mail_")))
        .map(|e| [e["what"].clone(), e["code"].clone(), e["note"].clone()])
        .collect();
    let expected = [
        [json!("mail_sent"), json!("confirmed"), json!(null)],
        [
            json!("mail_given_up"),
            json!("shipped"),
            json!("550 nobody"),
        ],
    ];
    assert_eq!(told, expected);
    // Another server was quicker: nothing is noted twice.
    let late = Followed {
        follower: Follower {
            position: 8,
            ..follower
        },
        mails: vec![mailed(MailKind::Confirmed, None)],
    };
    let refused = stage.app.system(Command::Followed(late)).await;
    assert!(refused.is_err(), "{refused:?}");
}
