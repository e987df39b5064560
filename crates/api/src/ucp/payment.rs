//! The ways to pay that platforms are offered, and what an instrument means to a provider.

use axum::http::StatusCode;
use commerce::payment::PaymentMethod;
use serde_json::{Map, json};

use super::problem::Problem;
use super::shape::InstrumentInput;
use super::version::Version;
use super::view::PaymentHandler;
use crate::app::AppConfig;

/// The test provider's name.
const TEST_PROVIDER: &str = "test";
/// The handler of orders on account.
const ON_ACCOUNT: &str = "on_account";
/// Characters of a token that is passed on.
const TOKEN_CHARS_MAX: usize = 512;

/// Where the handlers of our providers are described.
pub const HANDLER_PAGE: &str = "/ucp/payment-handler";
/// Where the schema of their configuration is.
pub const HANDLER_SCHEMA: &str = "/ucp/payment-handler.json";

/// The description of the handlers of our providers.
pub const HANDLER_TEXT: &str = "\
Payment by token

The platform collects the card with the payment provider that the handler's id names and completes the checkout with
an instrument of type `card` whose credential is {\"type\": \"token\", \"token\": \"...\"}. Card numbers are refused.
A declined token leaves the checkout open for another one. Where the provider asks the buyer to confirm, the checkout
becomes `requires_escalation` and `continue_url` leads to the provider's page. If the configuration says
`test_money: true`, nothing is charged.

On account

Where the shop allows it, the handler `on_account` takes an instrument of type `invoice` without a credential. The
order is confirmed at once, and the buyer pays the shop's invoice.
";

/// The schema of the handlers' configuration.
#[must_use]
pub fn handler_schema() -> serde_json::Value {
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "type": "object",
        "required": ["test_money"],
        "properties": {
            "test_money": {
                "type": "boolean",
                "description": "Whether nothing is charged."
            }
        }
    })
}

/// The handlers: one for each provider of the shop, and those of test suites with the testing flag.
#[must_use]
pub fn handlers(config: &AppConfig) -> Vec<PaymentHandler> {
    let authority = authority(&config.public_url);
    let own = config.providers.iter().map(|provider| PaymentHandler {
        id: provider.name.clone(),
        name: format!("{authority}.payments.{}", provider.name.replace('-', "_")),
        version: Version::CURRENT.as_str().to_owned(),
        spec: format!("{}{HANDLER_PAGE}", config.public_url),
        config_schema: format!("{}{HANDLER_SCHEMA}", config.public_url),
        instrument_schemas: vec![
            "https://ucp.dev/schemas/shopping/types/card_payment_instrument.json".to_owned(),
        ],
        instrument_types: vec!["card".to_owned()],
        config: Map::from_iter([("test_money".to_owned(), json!(provider.test_money))]),
    });
    let mut handlers: Vec<PaymentHandler> = own.collect();
    if config.on_account {
        handlers.push(PaymentHandler {
            id: ON_ACCOUNT.to_owned(),
            name: format!("{authority}.payments.{ON_ACCOUNT}"),
            version: Version::CURRENT.as_str().to_owned(),
            spec: format!("{}{HANDLER_PAGE}", config.public_url),
            config_schema: format!("{}{HANDLER_SCHEMA}", config.public_url),
            instrument_schemas: vec![
                "https://ucp.dev/schemas/shopping/types/payment_instrument.json".to_owned(),
            ],
            instrument_types: vec!["invoice".to_owned()],
            config: Map::from_iter([("test_money".to_owned(), json!(false))]),
        });
    }
    if config.testing {
        handlers.extend(suite_handlers());
    }
    handlers
}

/// The shop's host turned around: who is responsible for the handler's name.
fn authority(public_url: &str) -> String {
    let host = public_url
        .split("://")
        .nth(1)
        .unwrap_or("")
        .split(['/', ':'])
        .next()
        .unwrap_or("");
    let mut labels: Vec<String> = host
        .split('.')
        .rev()
        .map(|label| label.replace('-', "_"))
        .collect();
    let plain = |label: &String| label.starts_with(|first: char| first.is_ascii_lowercase());
    if !labels.iter().all(plain) {
        labels = vec!["localhost".to_owned()];
    }
    labels.join(".")
}

/// What the official suite expects of its flower shop.
fn suite_handlers() -> Vec<PaymentHandler> {
    let handler = |id: &str, name: &str, site: &str, config: serde_json::Value| PaymentHandler {
        id: id.to_owned(),
        name: name.to_owned(),
        version: Version::V2026_01_11.as_str().to_owned(),
        spec: format!("https://{site}/spec"),
        config_schema: format!("https://{site}/config.json"),
        instrument_schemas: vec![format!("https://{site}/instrument.json")],
        instrument_types: vec!["card".to_owned()],
        config: config.as_object().cloned().unwrap_or_default(),
    };
    vec![
        handler(
            "mock_payment_handler",
            "dev.ucp.mock_payment",
            "ucp.dev/mock",
            json!({}),
        ),
        handler(
            "google_pay",
            "com.google.pay",
            "pay.google.com/gp/p/ucp",
            json!({"api_version": 2}),
        ),
        handler(
            "shop_pay",
            "com.shopify.shop_pay",
            "shopify.com/ucp/shop-pay",
            json!({"shop_id": "test"}),
        ),
    ]
}

/// How an instrument pays.
///
/// # Errors
/// A handler we don't have, no credential, or card data where only tokens are taken.
pub fn method(config: &AppConfig, instrument: &InstrumentInput) -> Result<PaymentMethod, Problem> {
    let at =
        |problem: Problem, member: &str| problem.at(format!("$.payment.instruments[0].{member}"));
    let refuse =
        |content: &str| Problem::business(StatusCode::BAD_REQUEST, "payment_failed", content);
    if config.on_account && instrument.handler_id == ON_ACCOUNT {
        return Ok(PaymentMethod::OnAccount);
    }
    let credential = instrument.credential.as_ref().ok_or_else(|| {
        at(
            refuse("The instrument has no credential to pay with."),
            "credential",
        )
    })?;
    let token = credential
        .token
        .clone()
        .filter(|token| token.chars().count() <= TOKEN_CHARS_MAX);
    if config.testing
        && suite_handlers()
            .iter()
            .any(|handler| handler.id == instrument.handler_id)
    {
        // The suite's own tokens, and raw test cards, in the test provider's words. No card number goes further.
        let token = match token.as_deref() {
            Some("success_token") | None => "tok_success".to_owned(),
            Some("fail_token") => "tok_declined".to_owned(),
            Some(other) if instrument.handler_id == "mock_payment_handler" => other.to_owned(),
            Some(_) => "tok_success".to_owned(),
        };
        return Ok(PaymentMethod::Provider {
            provider: TEST_PROVIDER.to_owned(),
            token: Some(token),
        });
    }
    let provider = config
        .providers
        .iter()
        .find(|provider| provider.name == instrument.handler_id)
        .ok_or_else(|| {
            at(
                refuse("There is no such payment handler here."),
                "handler_id",
            )
        })?;
    let token = token.ok_or_else(|| {
        at(
            refuse("Only tokens are taken here, no card numbers."),
            "credential",
        )
    })?;
    Ok(PaymentMethod::Provider {
        provider: provider.name.clone(),
        token: Some(token),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn on_account_is_offered_and_taken_where_the_shop_allows_it() {
        let instrument: InstrumentInput = serde_json::from_value(json!({
            "id": "invoice_1", "handler_id": "on_account", "type": "invoice"
        }))
        .expect("an instrument");
        let shop = |on_account| AppConfig {
            on_account,
            ..AppConfig::default()
        };
        assert_eq!(
            method(&shop(true), &instrument),
            Ok(PaymentMethod::OnAccount)
        );
        assert!(method(&shop(false), &instrument).is_err());
        let offered = |on_account| {
            handlers(&shop(on_account))
                .iter()
                .any(|h| h.id == ON_ACCOUNT)
        };
        assert!(offered(true) && !offered(false));
    }

    #[test]
    fn handler_names_belong_to_the_shop() {
        assert_eq!(authority("https://shop.example.com"), "com.example.shop");
        assert_eq!(authority("http://localhost:8080"), "localhost");
        assert_eq!(authority("http://127.0.0.1:8080/x"), "localhost");
        assert_eq!(authority("https://my-shop.example"), "example.my_shop");
    }
}
