//! Buying in one call, as an app does: `POST /api/v1/buy-now` under a key.

use crate::click::press;
use crate::client::{Answer, Ask, Client};
use crate::plan::Shopper;
use crate::run::{Fate, Stage, browser};
use crate::shop::Shop;
use serde_json::{Value, json};
use std::time::Instant;

/// Buys what is wanted since `since`, asking again under the same key until there is an answer.
pub(crate) async fn buy(
    stage: &Stage,
    client: &mut Client,
    shopper: &Shopper,
    since: Instant,
) -> Fate {
    let body = purchase(&stage.shop, shopper, &stage.plan.run).to_string();
    let headers = format!(
        "content-type: application/json\r\nidempotency-key: {}\r\n{}",
        shopper.key,
        browser(shopper)
    );
    let ask = Ask {
        method: "POST",
        path: "/api/v1/buy-now",
        headers: &headers,
        body: body.as_bytes(),
    };
    let fate = match press(stage, client, &ask, shopper.mishap).await {
        (one, None) => judge(one),
        (one, two) => same(stage, shopper, judge(one), judge(two)),
    };
    if matches!(fate, Fate::Bought { .. }) {
        stage.acknowledged(since);
    }
    fate
}

/// Both clicks must have led to the same order, or both to none.
fn same(stage: &Stage, shopper: &Shopper, one: Fate, two: Fate) -> Fate {
    let group = |fate: &Fate| match fate {
        Fate::Bought { group, .. } => Some(group.clone()),
        _ => None,
    };
    match (group(&one), group(&two)) {
        (Some(a), Some(b)) if a != b => {
            stage.problem(format!(
                "one key, two groups: {} gave {a} and {b}",
                shopper.key
            ));
            one
        }
        (None, Some(_)) => two,
        _ => one,
    }
}

fn judge(answer: Option<Answer>) -> Fate {
    let Some(answer) = answer else {
        return Fate::Lost;
    };
    let json = answer.json();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    if answer.status != 201 {
        return Fate::Refused(text(&json["error"]["code"]));
    }
    let orders = json["orders"].as_array().map_or(&[][..], Vec::as_slice);
    Fate::Bought {
        group: text(&json["group"]),
        orders: orders.iter().map(|o| text(&o["id"])).collect(),
        confirmed: json["state"] == "confirmed",
    }
}

fn purchase(shop: &Shop, shopper: &Shopper, run: &str) -> Value {
    let lines: Vec<Value> = shopper
        .lines
        .iter()
        .map(|&(article, pieces)| json!({"variant": shop.articles[article].variant, "quantity": pieces}))
        .collect();
    let name = shopper.name(run);
    let delivery = match shopper.pickup {
        Some(pickup) => json!({"pickup": shop.places[shop.pickups[pickup]].id}),
        None => json!({"ship": shop.rate}),
    };
    json!({
        "lines": lines,
        "buyer": {"first_name": "Festival", "last_name": name, "email": shopper.email(run)},
        "destination": {
            "first_name": "Festival", "last_name": name, "street": "Marktstraße 11",
            "postal_code": shopper.town.postal_code, "city": shopper.town.city,
            "region": shopper.town.region, "country": shop.country,
        },
        "delivery": delivery,
        "payment": {"provider": {"name": shop.provider, "token": shopper.token}},
        "discount_codes": shopper.code.iter().collect::<Vec<_>>(),
        "device": if shopper.on_phone { "phone" } else { "desktop" },
    })
}
