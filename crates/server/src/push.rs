//! How messages reach members' devices: the connector to push services, as the edge asks for it.

use crate::config::Settings;
use crate::shop::{ShopError, setup};
use api::app::AppConfig;
use api::push::{NOTE_BYTES_MAX, Note, PushError, Pusher, Pushing, SendPush};
use commerce::customer::PushDevice;
use connectors::http::HttpError;
use connectors::push::{
    self, Browser, BrowserKeys, Endpoint, Host, Message, PLAIN_BYTES_MAX, Push, Services, VapidKey,
};
use std::sync::Arc;

/// What the key that push services know the shop by is derived for. Another one ends all subscriptions.
const KEY_PURPOSE: &str = "web push";

const _: () = assert!(NOTE_BYTES_MAX <= PLAIN_BYTES_MAX);

/// The way through push services.
pub struct Way {
    push: Push,
    services: Services,
}

impl Way {
    /// A way for the shop with this key, also to the services on `hosts`; `contact` is for those who run services.
    ///
    /// # Errors
    /// When the system gives no HTTP client.
    pub fn new(
        key: VapidKey,
        contact: Option<String>,
        hosts: Vec<Host>,
    ) -> Result<Self, HttpError> {
        Ok(Self {
            push: Push::new(key, contact)?,
            services: Services::with(hosts),
        })
    }

    fn browser(&self, device: &PushDevice) -> Result<Browser, &'static str> {
        let endpoint = Endpoint::parse(&device.endpoint, &self.services);
        let keys = BrowserKeys::parse(&device.p256dh, &device.auth);
        Ok(Browser {
            endpoint: endpoint.map_err(|_| "its push service is none that is called")?,
            keys: keys.ok_or("its keys are none")?,
        })
    }
}

impl SendPush for Way {
    fn public_key(&self) -> &str {
        self.push.public_key()
    }

    fn accepts(&self, device: &PushDevice) -> bool {
        self.browser(device).is_ok()
    }

    fn send<'a>(&'a self, device: &'a PushDevice, note: &'a Note) -> Pushing<'a> {
        Box::pin(async move {
            let gone = |reason: &str| PushError::Gone(reason.to_string());
            let browser = self.browser(device).map_err(gone)?;
            let body = note.to_json();
            let message = Message {
                body: &body,
                topic: &note.tag,
            };
            let sent = self.push.send(&browser, message).await;
            sent.map_err(|error| match error {
                push::PushError::Later { reason, after_ms } => PushError::Later {
                    reason,
                    after_ms: after_ms.and_then(|ms| i64::try_from(ms).ok()),
                },
                ended => PushError::Gone(ended.to_string()),
            })
        })
    }
}

/// The key that push services know the shop by: all servers of the shop have the same.
pub fn key(config: &AppConfig) -> Option<VapidKey> {
    VapidKey::derive(|n| config.key(&format!("{KEY_PURPOSE} {n}")))
}

/// The shop's way to members' devices.
///
/// # Errors
/// As for [`Way::new`].
pub fn pusher(settings: &Settings, config: &AppConfig) -> Result<Pusher, ShopError> {
    const PART: &str = "messages to devices";
    let url = &config.public_url;
    let contact = if url.starts_with("https:") {
        Some(url.clone())
    } else {
        let mail = settings.mail.as_ref();
        mail.map(|mail| format!("mailto:{}", mail.sender.address()))
    };
    let key = key(config).ok_or_else(|| setup(PART)("the shop's secret gives no key"))?;
    let way = Way::new(key, contact, settings.push_hosts.clone()).map_err(setup(PART))?;
    Ok(Pusher::of(Arc::new(way)))
}
