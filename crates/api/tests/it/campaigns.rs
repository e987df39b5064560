//! A campaign from its draft to its last piece, over HTTP.

use crate::harness::{Ask, OWNER, STAFF, Stage};
use axum::http::StatusCode;
use serde_json::{Value, json};
use testkit::SmallShop;

/// A campaign that runs now: the first article for 1.00, two pieces of it; and a code for three orders.
fn body(stage: &Stage) -> Value {
    let variant = stage.shop.variants[0].to_string();
    json!({
        "code": "fest",
        "title": { "en": "Festival", "de": "Festtag" },
        "time_zone": "Asia/Shanghai",
        "starts": "2020-11-11T00:00:00",
        "ends": "2020-11-12T00:00:00",
        "rules": [
            {
                "number": 1, "title": { "en": "Flash price" },
                "deal": { "type": "prices", "prices": [
                    { "variant": variant, "prices": [{ "amount": 100, "currency": "EUR" }], "total": 2 }
                ] },
                "limits": { "per_buyer": 5 },
            },
            {
                "number": 2, "title": { "en": "Codes" },
                "deal": { "type": "coupon", "value": { "percent": 100_000 },
                          "codes": { "type": "single", "prefix": "fest", "count": 3 } },
            },
        ],
    })
}

/// The same from yesterday to tomorrow by the clock of this machine.
fn running(stage: &Stage) -> Value {
    let mut body = body(stage);
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    body["starts"] = local(-DAY);
    body["ends"] = local(DAY);
    body
}

/// So many milliseconds from now, as clocks in the campaign's time zone show it.
fn local(shift: i64) -> Value {
    let at = jiff::Timestamp::from_millisecond(api::app::now_ms() + shift).expect("a time");
    let zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("a zone");
    json!(zone.to_datetime(at).to_string())
}

async fn buy(stage: &Stage, quantity: u32, code: &str) -> Value {
    let body = json!({
        "lines": [{ "sku": SmallShop::sku(0), "quantity": quantity }],
        "buyer": { "email": "ada@example.com" },
        "destination": { "street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country": "DE" },
        "delivery": { "ship": "standard" },
        "payment": { "on_account": {} },
        "discount_codes": if code.is_empty() { json!([]) } else { json!([code]) },
    });
    let key = stage.app.ids.next().to_string();
    let ask = Ask {
        method: "POST",
        path: "/buy-now",
        body: Some(body),
        headers: vec![("idempotency-key", &key)],
        ..Ask::default()
    };
    let answer = stage.ask(ask).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    let order = answer.json()["orders"][0]["id"].clone();
    let owner = stage.sign_in(OWNER).await;
    let order = order.as_str().expect("an order").to_owned();
    stage.get(&owner, &format!("/orders/{order}")).await.ok()
}

// Long because one campaign is followed through its life.
#[tokio::test]
async fn a_campaign_is_prepared_approved_by_another_and_gives_no_more_than_there_is() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let saved = stage.post(&staff, "/campaigns", running(&stage)).await.ok();
    let id = saved["id"].as_str().expect("an id").to_owned();
    assert_eq!(
        (&saved["phase"], &saved["saved"]["version"]),
        (&json!("draft"), &json!(1))
    );
    let path = |rest: &str| format!("/campaigns/{id}{rest}");
    let before = buy(&stage, 1, "").await;
    let rehearsed = stage.get(&staff, &path("/rehearsal")).await.ok();
    assert_eq!(
        (&rehearsed["orders"], &rehearsed["reduced"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(rehearsed["goods"][0]["promised"], 2);
    let own = stage.post(&staff, &path("/approve"), json!({})).await;
    assert_eq!(
        (own.status, own.code().as_str()),
        (StatusCode::CONFLICT, "second_person_needed")
    );
    let other = json!({"version": 7});
    let other = stage.post(&owner, &path("/approve"), other).await;
    assert_eq!(other.code(), "version_conflict");
    let seen = json!({"version": 1});
    let approved = stage.post(&owner, &path("/approve"), seen).await.ok();
    assert_eq!(
        (&approved["phase"], &approved["approved_by"]["name"]),
        (&json!("running"), &json!("owner"))
    );
    let again = stage.post(&owner, &path("/approve"), json!({})).await.ok();
    assert_eq!(again["phase"], "running", "twice changes nothing");
    let mut change = running(&stage);
    change["version"] = approved["saved"]["version"].clone();
    let ask = Ask {
        method: "PUT",
        path: &path(""),
        cookie: &staff,
        body: Some(change),
        ..Ask::default()
    };
    assert_eq!(stage.ask(ask).await.code(), "wrong_state");

    // Three pieces: two at the campaign's price, the third at its own.
    let price = before["lines"][0]["unit_price"]["amount"]
        .as_i64()
        .expect("a price");
    let bought = buy(&stage, 3, "").await;
    let paid = bought["lines"][0]["total"]["amount"]
        .as_i64()
        .expect("a total");
    assert_eq!(paid, 200 + price);
    let shown = stage.get(&staff, &path("")).await.ok();
    assert_eq!(
        (&shown["taken"][0]["taken"], &shown["taken"][0]["total"]),
        (&json!(2), &json!(2))
    );
    let late = buy(&stage, 1, "").await;
    assert_eq!(late["lines"][0]["total"]["amount"], price);

    // Each code is good once.
    let codes = stage.get(&staff, &path("/codes?rule=2")).await;
    let codes: Vec<&str> = codes.text.lines().collect();
    assert_eq!(codes.len(), 3);
    let with_code = buy(&stage, 1, codes[1]).await;
    assert_eq!(
        with_code["lines"][0]["total"]["amount"],
        price - (price + 5) / 10
    );
    let spent = buy(&stage, 1, codes[1]).await;
    assert_eq!(spent["lines"][0]["total"]["amount"], price);

    let stopped = stage.post(&staff, &path("/stop"), json!({})).await.ok();
    assert_eq!(stopped["phase"], "stopped");
    let list = stage.get(&staff, "/campaigns").await.ok();
    assert_eq!(list["items"][0]["phase"], "stopped");
    let audit = stage
        .app
        .reader
        .audit(&mut |_, _| {})
        .expect("it can be read");
    assert!(audit.is_clean(), "{:?}", audit.findings);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_by_its_field() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let cases: [(&str, Value, &str); 8] = [
        ("/time_zone", json!("Mars/Olympus"), "time_zone"),
        ("/ends", json!("2020-11-10T00:00:00"), "ends_at"),
        ("/starts", json!("tomorrow"), "starts"),
        (
            "/rules/0/deal/prices/0/variant",
            json!("variant_0000000000009"),
            "not_found",
        ),
        (
            "/rules/0/deal/prices/0/prices/0/currency",
            json!("euro"),
            "rules.deal",
        ),
        (
            "/rules/0/deal/prices/0/prices/0/currency",
            json!("XPF"),
            "rules.deal",
        ),
        ("/rules/1/number", json!(1), "rules.number"),
        (
            "/rules/1/deal/value",
            json!({ "percent": 1_000_001 }),
            "rules.deal",
        ),
    ];
    for (at, value, expected) in cases {
        let mut body = body(&stage);
        *body.pointer_mut(at).expect("it is there") = value;
        let answer = stage.post(&staff, "/campaigns", body).await;
        let field = answer.json()["error"]["details"]["field"].clone();
        let said = field.as_str().map_or_else(|| answer.code(), str::to_owned);
        assert_eq!(said, expected, "{at}: {}", answer.text);
    }
    // Clocks skip an hour on 29 March 2020 in Berlin, and show one twice on 25 October.
    for (starts, is_there) in [
        ("2020-03-29T02:30:00", false),
        ("2020-10-25T02:30:00", false),
        ("2020-03-29T03:00:00", true),
    ] {
        let mut body = body(&stage);
        body["time_zone"] = json!("Europe/Berlin");
        body["starts"] = json!(starts);
        let answer = stage.post(&staff, "/campaigns", body).await;
        assert_eq!(
            answer.status == StatusCode::OK,
            is_there,
            "{starts}: {}",
            answer.text
        );
    }
}

/// Saves and approves a campaign; gives its id.
async fn approved(stage: &Stage, body: Value) -> String {
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let saved = stage.post(&staff, "/campaigns", body).await.ok();
    let id = saved["id"].as_str().expect("an id").to_owned();
    let path = format!("/campaigns/{id}/approve");
    stage.post(&owner, &path, json!({})).await.ok();
    id
}

// Long because one campaign is reported from all sides.
#[tokio::test]
async fn the_report_says_what_a_campaign_came_to_beside_the_one_before() {
    let stage = Stage::open();
    let staff = stage.sign_in(STAFF).await;
    let mut earlier = running(&stage);
    earlier["code"] = json!("earlier");
    earlier["rules"] = json!([earlier["rules"][1]]);
    let earlier = approved(&stage, earlier).await;
    buy(&stage, 1, "").await;
    let stopped = stage
        .post(&staff, &format!("/campaigns/{earlier}/stop"), json!({}))
        .await;
    stopped.ok();
    let mut body = running(&stage);
    // The first order was placed before it.
    tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    body["starts"] = local(0);
    let id = approved(&stage, body).await;
    let orders = [buy(&stage, 3, "").await, buy(&stage, 1, "").await];
    let total = |order: &Value| {
        order["totals"]["total"]["amount"]
            .as_i64()
            .expect("a total")
    };
    let again = stage
        .get(&staff, &format!("/campaigns/{id}/rehearsal"))
        .await;
    assert_eq!(again.code(), "wrong_state", "it has begun");
    let list = stage.get(&staff, "/campaigns").await.ok();
    assert_eq!(list["items"][0]["time_zone"], "Asia/Shanghai");
    let path = format!("/campaigns/{id}/report");
    let report = stage.get(&staff, &path).await.ok();
    let figures = &report["figures"][0];
    let sold: i64 = orders.iter().map(total).sum();
    assert_eq!(report["compared"]["campaign"], json!(earlier));
    assert_eq!(
        (&report["is_running"], &figures["orders"]["now"]),
        (&json!(true), &json!(2))
    );
    assert_eq!(figures["revenue"]["now"], json!(sold));
    assert_eq!(figures["average"]["now"], json!((sold + 1) / 2));
    assert_eq!(figures["sellers"][0]["revenue"]["now"], json!(sold));
    // Two pieces at the campaign's price, and the buyer of the earlier order.
    assert_eq!(
        (
            &figures["rules"][0]["purchases"],
            &report["new_buyers"]["now"]
        ),
        (&json!(1), &json!(0))
    );
    let csv = stage.get(&staff, &format!("{path}.csv?compare=none")).await;
    let decimal = format!("{}.{:02}", sold / 100, sold % 100);
    assert!(
        csv.text.contains(&format!("all,,revenue,EUR,{decimal},,,")),
        "{}",
        csv.text
    );
    // Compared with a span of time in which the first order was.
    let span = format!("{path}?from=0&to={}", api::app::now_ms());
    let compared = stage.get(&staff, &span).await;
    assert_eq!(
        compared.json()["error"]["details"]["parameter"],
        "from",
        "{}",
        compared.text
    );
    let span = format!(
        "{path}?from={}&to={}",
        api::app::now_ms() - 3_600_000,
        api::app::now_ms()
    );
    let compared = stage.get(&staff, &span).await.ok();
    assert_eq!(compared["compared"]["campaign"], json!(null));
    for bad in ["?compare=none&from=1&to=2", "?from=2&to=1", "?to=5"] {
        let answer = stage.get(&staff, &format!("{path}{bad}")).await;
        assert_eq!(
            answer.status,
            StatusCode::BAD_REQUEST,
            "{bad}: {}",
            answer.text
        );
    }
    let draft = stage
        .post(&staff, "/campaigns", body_named(&stage, "draft"))
        .await
        .ok();
    let draft = draft["id"].as_str().expect("an id");
    let early = stage
        .get(&staff, &format!("/campaigns/{draft}/report"))
        .await;
    assert_eq!(early.code(), "wrong_state");
    let with_draft = stage.get(&staff, &format!("{path}?compare={draft}")).await;
    assert_eq!(with_draft.status, StatusCode::BAD_REQUEST);
}

fn body_named(stage: &Stage, code: &str) -> Value {
    let mut body = body(stage);
    body["code"] = json!(code);
    body
}

/// A presale of the first article: one cent of two is paid at once; the balance can be paid from now until tomorrow.
fn presale(stage: &Stage) -> Value {
    let mut body = running(stage);
    let variant = stage.shop.variants[0].to_string();
    body["rules"] = json!([{
        "number": 1, "title": { "en": "Early" },
        "deal": {
            "type": "presale", "counts_title": { "en": "Your deposit counts double" },
            "balance_from": body["starts"], "balance_until": body["ends"], "forfeit": true,
            "offers": [{ "variant": variant, "total": 3, "terms": [
                { "price": { "amount": 2, "currency": "EUR" }, "deposit": 1, "counts_as": 1 },
            ] }],
        },
        "limits": { "per_buyer": 2 },
    }]);
    body
}

#[tokio::test]
async fn a_presale_is_shown_as_it_was_saved_and_its_goods_are_not_sold_on_account() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    let body = presale(&stage);
    let saved = stage.post(&staff, "/campaigns", body.clone()).await.ok();
    let deal = |entry: &Value| entry["saved"]["rules"][0]["deal"].clone();
    let shown = deal(&saved);
    assert_eq!(
        shown["offers"][0]["terms"],
        body["rules"][0]["deal"]["offers"][0]["terms"]
    );
    assert_eq!(shown["forfeit"], true);
    let id = saved["id"].as_str().expect("an id").to_owned();
    let mut early = presale(&stage);
    early["code"] = json!("early");
    early["rules"][0]["deal"]["balance_until"] = json!("2020-01-01T00:00:00");
    let refused = stage.post(&staff, "/campaigns", early).await;
    assert_eq!(refused.code(), "field_invalid");
    let approve = format!("/campaigns/{id}/approve");
    stage.post(&owner, &approve, json!({})).await.ok();
    let buy = |quantity: u32, payment: Value| {
        json!({
            "lines": [{ "sku": SmallShop::sku(0), "quantity": quantity }],
            "buyer": { "email": "ada@example.com" },
            "destination": { "street": "Weg 1", "postal_code": "10115", "city": "Berlin", "country": "DE" },
            "delivery": { "ship": "standard" },
            "payment": payment,
        })
    };
    let ask = |body: Value, key: &'static str| Ask {
        method: "POST",
        path: "/buy-now",
        body: Some(body),
        headers: vec![("idempotency-key", key)],
        ..Ask::default()
    };
    let refused = stage
        .ask(ask(buy(1, json!({ "on_account": {} })), "a"))
        .await;
    assert_eq!(refused.code(), "presale_needs_provider", "{}", refused.text);
}

#[tokio::test]
async fn red_packets_are_drawn_by_members_and_operators_see_how_many_and_what_they_hold() {
    let stage = Stage::open();
    let (owner, staff) = (stage.sign_in(OWNER).await, stage.sign_in(STAFF).await);
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let rule = |budget: i64| {
        json!({
            "number": 1, "title": { "en": "Red packet" },
            "deal": { "type": "red_packets", "count": 4, "low": 50, "high": 400,
                      "draw_from": local(-2 * DAY), "spend_until": local(DAY / 2) },
            "limits": { "per_buyer": 2, "budget": { "amount": budget, "currency": "EUR" } },
        })
    };
    let mut body = running(&stage);
    body["rules"] = json!([rule(1_601)]);
    let refused = stage.post(&staff, "/campaigns", body.clone()).await;
    assert_eq!(refused.code(), "field_invalid", "it cannot be divided so");
    body["rules"] = json!([rule(1_000)]);
    let saved = stage.post(&staff, "/campaigns", body).await.ok();
    let shown = &saved["saved"]["rules"][0]["deal"];
    assert_eq!((&shown["count"], &shown["high"]), (&json!(4), &json!(400)));
    assert!(!saved.to_string().contains("secret"), "{saved}");
    let path = format!("/campaigns/{}", saved["id"].as_str().expect("an id"));
    let approve = format!("{path}/approve");
    stage.post(&owner, &approve, json!({})).await.ok();
    let campaign = commerce::id::CampaignId::parse(saved["id"].as_str().expect("an id"));
    let rule = commerce::id::RuleId::under(campaign.expect("an id"), 1);
    let members = api::members::Members::new(stage.app.clone());
    let mut drawn = Vec::new();
    for (name, expected) in [
        ("a", Ok(())),
        ("a", Ok(())),
        ("a", Err("packet_limit_reached")),
        ("b", Ok(())),
    ] {
        let email = format!("{name}@example.com");
        let joined = members.join(&email, commerce::text::Language::En);
        let member = joined.await.expect("joined");
        let command = commerce::Command::DrawPacket(rule, member.id);
        let decided = stage.app.system(command).await;
        match decided.map(|d| d.outcome) {
            Ok(commerce::Outcome::Packet(packet)) => drawn.push(packet.number),
            other => {
                let code = other.err().map(|e| api::error::ApiError::from(e).code);
                assert_eq!(code, expected.err());
            }
        }
    }
    assert_eq!(drawn, [0, 1, 2]);
    let entry = stage.get(&staff, &path).await.ok();
    let taken: Vec<_> = entry["taken"].as_array().expect("a list").iter().collect();
    let counted: Vec<_> = taken
        .iter()
        .map(|t| t["counted"].as_str().expect("a word"))
        .collect();
    assert_eq!(counted, ["money", "packets", "drawn"]);
    assert_eq!(
        (&taken[0]["taken"], &taken[0]["total"]),
        (&json!(0), &json!(1_000))
    );
    assert_eq!(
        (&taken[1]["taken"], &taken[1]["total"]),
        (&json!(3), &json!(4))
    );
    let held = taken[2]["taken"].as_i64().expect("an amount");
    assert!((600..=950).contains(&held), "all but one of them: {held}");
    let found = stage.get(&staff, "/members?email=a@example.com").await.ok();
    assert_eq!(found["wallet"], 2);
}
