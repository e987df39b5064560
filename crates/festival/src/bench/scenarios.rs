//! What clients of the measurements over HTTP do, as byte templates.

use festival::load::{Hold, Scenario, Step, Template};
use serde_json::{Value, json};
use testkit::{NETWORK_AREAS, SmallShop};

/// Where platforms open checkouts.
pub const CHECKOUTS: &str = "/ucp/2026-04-08/checkout-sessions";
/// What the id of an opened checkout follows in an answer.
pub const CHECKOUT_ID: &str = "\"id\":\"checkout_";
/// What a completed checkout says of itself.
pub const COMPLETED: &str = "\"status\":\"completed\"";
/// Product pages that are looked at.
const PAGES: usize = 1_000;

/// How a checkout is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pay {
    /// By card, at the test provider.
    Card,
    /// By the shop's invoice: no third party is asked.
    OnAccount,
}

/// Whom requests are for.
#[derive(Debug, Clone, Copy)]
pub struct To<'a> {
    /// Host and port.
    pub authority: &'a str,
    /// Where the platform's profile is.
    pub profile_url: &'a str,
    /// Tells this run's keys from those of others.
    pub run: u128,
}

/// A whole purchase in one call, paid on account.
///
/// # Errors
/// As for [`Template::new`].
pub fn buy_now(to: &To, shop: &SmallShop) -> Result<Scenario, String> {
    let body = json!({
        "lines": [{"variant": "{choice}", "quantity": 1}],
        "buyer": {"first_name": "Ada", "last_name": "Lovelace", "email": "shopper{number}@example.com"},
        "destination": {
            "first_name": "Ada", "last_name": "Lovelace", "street": "Jungfernstieg 30",
            "postal_code": "20095", "city": "Hamburg", "country": "DE",
        },
        "delivery": {"ship": "standard"},
        "payment": {"on_account": {}},
        "device": "phone",
    });
    let headers = format!(
        "content-type: application/json\r\nidempotency-key: bench-{}-{{number}}\r\nx-forwarded-for: {{client}}\r\n",
        to.run
    );
    let choices = variants(shop);
    let template = Template::new(
        "POST /api/v1/buy-now",
        to.authority,
        &headers,
        &body.to_string(),
        choices[0].len(),
    )?;
    let step = Step {
        template,
        expected: 201,
        hold: Hold::Anything,
    };
    Ok(Scenario {
        steps: vec![step],
        choices,
    })
}

/// A purchase in the three calls of the store API for platforms: opened with the goods, updated with the
/// buyer, the address and the delivery, completed with the payment. By card, the last answer comes when the
/// payment provider has said yes.
///
/// # Errors
/// As for [`Template::new`].
pub fn checkout(to: &To, shop: &SmallShop, pay: Pay) -> Result<Scenario, String> {
    let choices = variants(shop);
    let step = |line: String, name: &str, body: Value, expected, hold| {
        let headers = format!(
            "content-type: application/json\r\nucp-agent: profile=\"{}\"\r\nidempotency-key: bench-{}-{{number}}-{name}\r\nx-forwarded-for: {{client}}\r\n",
            to.profile_url, to.run
        );
        let body = body.to_string();
        let template = Template::new(&line, to.authority, &headers, &body, choices[0].len())?;
        Ok::<_, String>(Step {
            template,
            expected,
            hold,
        })
    };
    let goods = json!([{"item": {"id": "{choice}"}, "quantity": 1}]);
    let address = json!({
        "id": "home", "first_name": "Ada", "last_name": "Lovelace", "street_address": "Jungfernstieg 30",
        "postal_code": "20095", "address_locality": "Hamburg", "address_country": "DE",
    });
    let filled = json!({
        "line_items": goods,
        "buyer": {"first_name": "Ada", "last_name": "Lovelace", "email": "shopper{number}@example.com"},
        "fulfillment": {"methods": [{
            "type": "shipping", "destinations": [address], "selected_destination_id": "home",
            "groups": [{"selected_option_id": "standard"}],
        }]},
    });
    let instrument = match pay {
        Pay::Card => json!({
            "id": "card_1", "handler_id": "test", "type": "card", "selected": true,
            "credential": {"type": "token", "token": "tok_success"},
        }),
        Pay::OnAccount => json!({
            "id": "invoice_1", "handler_id": "on_account", "type": "invoice", "selected": true,
        }),
    };
    let payment = json!({"payment": {"instruments": [instrument]}});
    let one = format!("{CHECKOUTS}/checkout_{{found}}");
    Ok(Scenario {
        steps: vec![
            step(
                format!("POST {CHECKOUTS}"),
                "create",
                json!({"line_items": goods}),
                201,
                Hold::Finding(CHECKOUT_ID),
            )?,
            step(
                format!("PUT {one}"),
                "update",
                filled,
                200,
                Hold::Text("\"status\":\"ready_for_complete\""),
            )?,
            step(
                format!("POST {one}/complete"),
                "complete",
                payment,
                200,
                Hold::Text(COMPLETED),
            )?,
        ],
        choices,
    })
}

/// A product page.
///
/// # Errors
/// As for [`Template::new`].
pub fn product_page(to: &To) -> Result<Scenario, String> {
    let headers = "accept-language: en\r\n";
    let template = Template::new("GET /p/thing-{choice}", to.authority, headers, "", 0)?;
    let step = Step {
        template,
        expected: 200,
        hold: Hold::Anything,
    };
    Ok(Scenario {
        steps: vec![step],
        choices: (0..PAGES).map(|n| n.to_string()).collect(),
    })
}

/// When two pieces would be there, in one of the areas of a large carrier.
///
/// # Errors
/// As for [`Template::new`].
pub fn promise(to: &To, shop: &SmallShop) -> Result<Scenario, String> {
    let all = shop.variants.iter().cycle();
    let choices: Vec<String> = (0..NETWORK_AREAS)
        .zip(all)
        .map(|(area, variant)| {
            let line = json!({"variant": variant.to_string(), "quantity": 2});
            let postal_code = format!("{area:04}1");
            json!({"lines": [line], "country": "DE", "postal_code": postal_code}).to_string()
        })
        .collect();
    let template = Template::new(
        "POST /api/v1/promise",
        to.authority,
        "content-type: application/json\r\n",
        "{choice}",
        choices[0].len(),
    )?;
    let step = Step {
        template,
        expected: 200,
        hold: Hold::Anything,
    };
    Ok(Scenario {
        steps: vec![step],
        choices,
    })
}

fn variants(shop: &SmallShop) -> Vec<String> {
    shop.variants.iter().map(ToString::to_string).collect()
}
