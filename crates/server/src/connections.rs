//! Carriers' connectors, as the configuration says.

use crate::carriers::Connectors;
use crate::config::{KarrioSettings, Settings, TestProviderSettings};
use crate::shop::{Opened, ShopError, setup};
use crate::test_carrier;
use api::hex;
use connectors::carrier::CarrierConnector;
use connectors::http::HttpSettings;
use connectors::karrio::{Karrio, KarrioConfig};
use connectors::standard_webhooks::Secret;
use connectors::test_carrier::{TestCarrier, TestCarrierConfig};
use std::net::SocketAddr;
use std::sync::Arc;

const TEST: &str = "the test carrier";
/// Karrio asks the carrier behind it before it answers.
const KARRIO_TIMEOUT_MS: u64 = 30_000;

/// Carriers' connectors, and the test carrier when it is within this process.
pub struct Carriers {
    /// By name.
    pub connectors: Connectors,
    /// The test carrier's API.
    pub test_carrier: Option<axum::Router>,
}

/// Connectors for what is configured.
///
/// # Errors
/// A secret that is malformed, a test carrier's journal that cannot be used, a system without HTTP.
pub fn carriers(
    settings: &Settings,
    opened: &mut Opened,
    address: SocketAddr,
) -> Result<Carriers, ShopError> {
    let mut all: Vec<Arc<dyn CarrierConnector>> = Vec::new();
    let mut test_carrier = None;
    if let Some(beside) = &settings.test_carrier_beside {
        all.push(Arc::new(beside_the_shop(beside)?));
    } else if settings.test_carrier {
        let (router, client) = within(settings, opened, address)?;
        test_carrier = Some(router);
        all.push(Arc::new(client));
    }
    if let Some(settings) = &settings.karrio {
        all.push(Arc::new(karrio(settings)?));
    }
    let by_name = all.into_iter().map(|c| (c.name().to_string(), c));
    Ok(Carriers {
        connectors: Arc::new(by_name.collect()),
        test_carrier,
    })
}

fn beside_the_shop(beside: &TestProviderSettings) -> Result<TestCarrier, ShopError> {
    let secret = Secret::parse(&beside.webhook_secret).map_err(setup(TEST))?;
    client(beside.url.clone(), beside.api_key.clone(), secret)
}

/// The test carrier, mounted beside the shop and spoken to over HTTP like any other.
fn within(
    settings: &Settings,
    opened: &mut Opened,
    address: SocketAddr,
) -> Result<(axum::Router, TestCarrier), ShopError> {
    let api_key = opened.secret("test_carrier_api_key", hex::secret)?;
    let text = opened.secret("test_carrier_webhook_secret", || {
        Secret::from_bytes(rand::random()).to_text()
    })?;
    let secret = Secret::parse(&text).map_err(setup(TEST))?;
    let router = test_carrier::router(test_carrier::Config {
        api_key: api_key.clone(),
        webhook_secret: secret.clone(),
        journal: Some(settings.data.join("test-carrier.journal")),
        pace: test_carrier::Pace::of_step(settings.test_carrier_step),
        mood: test_carrier::Mood {
            unruly_webhooks: true,
            ..test_carrier::Mood::default()
        },
    })
    .map_err(setup(TEST))?;
    let client = client(format!("http://{address}/test-carrier"), api_key, secret)?;
    Ok((router, client))
}

fn karrio(settings: &KarrioSettings) -> Result<Karrio, ShopError> {
    Karrio::new(KarrioConfig {
        base_url: settings.url.clone(),
        token: settings.token.clone(),
        webhook_secrets: settings.webhook_secrets.clone(),
        http: HttpSettings {
            timeout_ms: KARRIO_TIMEOUT_MS,
            ..HttpSettings::default()
        },
    })
    .map_err(setup("Karrio"))
}

fn client(base_url: String, api_key: String, secret: Secret) -> Result<TestCarrier, ShopError> {
    TestCarrier::new(TestCarrierConfig {
        base_url,
        api_key,
        webhook_secrets: vec![secret],
        http: HttpSettings::default(),
    })
    .map_err(setup(TEST))
}
