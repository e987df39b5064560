//! The configuration as the server uses it: every value read, and what does not go together refused.

use super::{Config, ConfigError, Network, keys};
use api::admission::{ClientLimits, Rate};
use commerce::review::Moderation;
use connectors::mail::letter::Sender;
use connectors::mail::smtp;
use connectors::push::Host;
use screen::Milestones;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use store::postgres::Location;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object per line.
    Json,
}

/// How Stripe is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StripeSettings {
    /// The account's secret key.
    pub secret_key: String,
    /// The signing secrets of the webhook endpoint.
    pub webhook_secrets: Vec<String>,
    /// Where its API is.
    pub base_url: String,
}

/// How a test payment provider in a process of its own is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestProviderSettings {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// The key that its API asks for.
    pub api_key: String,
    /// What it signs webhooks with.
    pub webhook_secret: String,
}

/// How a Karrio server is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KarrioSettings {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// An API key of it.
    pub token: String,
    /// What its webhooks carry; none when it sends none.
    pub webhook_secrets: Vec<String>,
}

/// How an engine for roads is reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoadsSettings {
    /// Where it is, without a slash at the end.
    pub url: String,
    /// What is driven, by the engine's name for it.
    pub profile: String,
    /// Time for all that a plan asks of it.
    pub limit: Duration,
}

/// How the shop's mail leaves.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Where it goes first.
    pub way: MailWay,
    /// Who it is from.
    pub sender: Sender,
}

/// Where the shop's mail goes first.
#[derive(Debug, Clone)]
pub enum MailWay {
    /// To a mail server.
    Server(smtp::Address),
    /// Into this folder, and nowhere else.
    Folder(PathBuf),
}

/// How parcels are looked at again that nobody has begun with.
#[derive(Debug, Clone, Copy)]
pub struct SourcingSettings {
    /// How often; `None` for never.
    pub every: Option<Duration>,
    /// Whether parcels move because it costs less.
    pub saves: bool,
}

/// The configuration, read.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The folder that holds the shop's data.
    pub data: PathBuf,
    /// The database beside the shop; `None` for the embedded one in the data folder.
    pub database: Option<Location>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Where shoppers reach the shop, without a slash at the end; `None` for the address it listens on.
    pub public_url: Option<String>,
    /// Whether an empty shop is filled with demo goods.
    pub demo: bool,
    /// Whether endpoints exist that only tests need.
    pub testing: bool,
    /// What those endpoints ask for.
    pub testing_secret: Option<String>,
    /// Whether shoppers may order on account.
    pub on_account: bool,
    /// Whether UCP platforms on this machine are let in over plain HTTP.
    pub local_platforms: bool,
    /// UCP platforms whose word about a buyer is trusted.
    pub trusted_platforms: Vec<String>,
    /// Proxies whose word about a client's address is trusted.
    pub trusted_proxies: Vec<Network>,
    /// Who may read `/metrics`.
    pub metrics_from: Vec<Network>,
    /// What a client may ask for.
    pub client_limits: ClientLimits,
    /// Clients that may ask for as much as they like.
    pub unlimited_clients: Vec<Network>,
    /// Whether the waiting room opens by itself.
    pub room_opens_by_itself: bool,
    /// What the big screen cheers at.
    pub milestones: Milestones,
    /// Which reviews wait for somebody of the shop.
    pub reviews: Moderation,
    /// How many days a visitor's touch counts.
    pub touch_days: u32,
    /// How mail leaves; `None` when there is no way.
    pub mail: Option<MailSettings>,
    /// How many mails about orders leave in a second at most.
    pub mails_per_second: u32,
    /// How parcels are looked at again that nobody has begun with.
    pub sourcing: SourcingSettings,
    /// Push services beside those of browsers' makers.
    pub push_hosts: Vec<Host>,
    /// What is logged, as `tracing` directives.
    pub log_level: String,
    /// How log lines look.
    pub log_format: LogFormat,
    /// Whether the test payment provider is mounted.
    pub test_payments: bool,
    /// The test payment provider that runs beside the shop instead of within it.
    pub test_provider: Option<TestProviderSettings>,
    /// Whether the test carrier is mounted.
    pub test_carrier: bool,
    /// Seconds from one sighting of its parcels to the next.
    pub test_carrier_step: u32,
    /// The test carrier that runs beside the shop instead of within it.
    pub test_carrier_beside: Option<TestProviderSettings>,
    /// The Karrio server, if there is one.
    pub karrio: Option<KarrioSettings>,
    /// The engine for roads, if there is one.
    pub roads: Option<RoadsSettings>,
    /// The Stripe account, if there is one.
    pub stripe: Option<StripeSettings>,
    /// The folder with the goods of the UCP suite, for an empty shop under test.
    pub ucp_suite: Option<PathBuf>,
}

const MODERATIONS: [(&str, Moderation); 2] = [
    ("before", Moderation::Before),
    ("photos", Moderation::PhotosBefore),
];
const LOG_FORMATS: [(&str, LogFormat); 2] = [("text", LogFormat::Text), ("json", LogFormat::Json)];

impl Settings {
    /// Reads the values of a configuration.
    ///
    /// # Errors
    /// The first value that cannot be read, or values that don't go together.
    pub fn of(config: &Config) -> Result<Self, ConfigError> {
        let read = Read(config);
        let stripe = stripe(&read)?;
        let real_money = stripe
            .as_ref()
            .is_some_and(|s| !s.secret_key.contains("_test_"));
        let production = read.flag("production")?.unwrap_or(false) || real_money;
        let testing = read.flag("testing")?.unwrap_or(false);
        let demo = read.flag("demo")?.unwrap_or(false);
        let test_carrier = read.flag("carriers.test.enabled")?;
        let test_payments = read.flag("payments.test")?;
        let local_platforms = read.flag("local_platforms")?;
        refuse_in_production(production, testing, test_payments)?;
        if production && local_platforms == Some(true) {
            let reason = "`local_platforms` lets anybody on this machine be any platform, and this shop is in production: turn it off";
            return Err(ConfigError::Conflict(reason.to_string()));
        }
        for key in ["testing_secret", "ucp_suite"] {
            if read.text(key).is_some() && !testing {
                let reason = format!("`{key}` is set, but `testing` is not: set both or none");
                return Err(ConfigError::Conflict(reason));
            }
        }
        Ok(Self {
            data: config.data(),
            database: database(config)?,
            listen: read.parsed("listen", "an address and a port, such as 127.0.0.1:8080")?,
            public_url: public_url(&read)?,
            demo,
            testing,
            testing_secret: read.text("testing_secret"),
            on_account: read.flag("on_account")?.unwrap_or(testing),
            local_platforms: local_platforms.unwrap_or(testing),
            trusted_platforms: read.list("trusted_platforms"),
            trusted_proxies: read.networks("trusted_proxies")?,
            metrics_from: read.networks("metrics_from")?,
            client_limits: client_limits(&read)?,
            unlimited_clients: read.networks("admission.unlimited_clients")?,
            room_opens_by_itself: read
                .either("admission.room", [("by_hand", false), ("by_itself", true)])?,
            milestones: milestones(&read)?,
            reviews: read.either("reviews.moderation", MODERATIONS)?,
            touch_days: touch_days(&read)?,
            mail: mail(&read, production)?,
            mails_per_second: mails_per_second(&read)?,
            sourcing: sourcing(&read)?,
            push_hosts: push_hosts(&read, production)?,
            log_level: log_level(&read)?,
            log_format: read.either("log.format", LOG_FORMATS)?,
            test_payments: test_payments.unwrap_or(!production && stripe.is_none()),
            test_provider: beside(&read, TEST_PROVIDER)?,
            test_carrier: test_carrier.unwrap_or(demo && !production),
            test_carrier_step: test_carrier_step(&read)?,
            test_carrier_beside: beside(&read, TEST_CARRIER)?,
            karrio: karrio(&read)?,
            roads: roads(&read)?,
            stripe,
            ucp_suite: read.text("ucp_suite").map(PathBuf::from),
        })
    }
}

/// The database that a configuration names; `None` for the embedded one.
///
/// # Errors
/// When its address cannot be read.
pub fn database(config: &Config) -> Result<Option<Location>, ConfigError> {
    let read = Read(config);
    let url = read.text("database");
    let location = url.map(|url| Location::parse(&url)).transpose();
    location.map_err(|error| read.wrong("database", &error.to_string()))
}

fn refuse_in_production(
    production: bool,
    testing: bool,
    test_payments: Option<bool>,
) -> Result<(), ConfigError> {
    let wrong = match (production, testing, test_payments) {
        (true, true, _) => "`testing` opens endpoints that let anybody do anything",
        (true, false, Some(true)) => "`payments.test` lets anybody pay with test money",
        _ => return Ok(()),
    };
    let remedy = "this shop is in production (`production` is set, or a payment provider moves real money): turn it off";
    Err(ConfigError::Conflict(format!("{wrong}, and {remedy}")))
}

fn stripe(read: &Read<'_>) -> Result<Option<StripeSettings>, ConfigError> {
    let Some(secret_key) = read.text("payments.stripe.secret_key") else {
        return Ok(None);
    };
    let webhook_secrets = read.list("payments.stripe.webhook_secrets");
    if webhook_secrets.is_empty() {
        let reason = "`payments.stripe.secret_key` is set without `payments.stripe.webhook_secrets`: Stripe's reports could not be checked";
        return Err(ConfigError::Conflict(reason.to_string()));
    }
    let base_url = &read.0.value("payments.stripe.base_url").text;
    Ok(Some(StripeSettings {
        secret_key,
        webhook_secrets,
        base_url: base_url.trim_end_matches('/').to_string(),
    }))
}

fn karrio(read: &Read<'_>) -> Result<Option<KarrioSettings>, ConfigError> {
    const URL: &str = "carriers.karrio.url";
    let webhook_secrets = read.list("carriers.karrio.webhook_secrets");
    let (url, token) = match (read.text(URL), read.text("carriers.karrio.token")) {
        (Some(url), Some(token)) => (url, token),
        (None, None) if webhook_secrets.is_empty() => return Ok(None),
        _ => {
            let reason =
                "a Karrio server needs both `carriers.karrio.url` and `carriers.karrio.token`";
            return Err(ConfigError::Conflict(reason.to_string()));
        }
    };
    if !url.starts_with("https://") && !url.starts_with("http://") {
        return Err(read.wrong(URL, "it must be like https://karrio.example"));
    }
    Ok(Some(KarrioSettings {
        url: url.trim_end_matches('/').to_string(),
        token,
        webhook_secrets,
    }))
}

fn roads(read: &Read<'_>) -> Result<Option<RoadsSettings>, ConfigError> {
    const URL: &str = "roads.url";
    const PROFILE: &str = "roads.profile";
    const TIMEOUT: &str = "roads.timeout_seconds";
    const WHAT: &str = "a number of seconds from 1 to 60";
    let seconds = match read.parsed(TIMEOUT, WHAT)? {
        seconds @ 1..=60 => seconds,
        _ => return Err(read.wrong(TIMEOUT, &format!("it must be {WHAT}"))),
    };
    let profile = read.text(PROFILE).unwrap_or_default();
    let is_plain = |b: u8| b.is_ascii_alphanumeric() || b"-_.".contains(&b);
    if profile.is_empty() || !profile.bytes().all(is_plain) {
        return Err(read.wrong(PROFILE, "it must be one word, such as driving"));
    }
    let Some(url) = read.text(URL) else {
        return Ok(None);
    };
    let is_address = url.starts_with("https://") || url.starts_with("http://");
    if !is_address || url.contains(['?', '#', ' ']) {
        return Err(read.wrong(URL, "it must be like http://127.0.0.1:5000"));
    }
    Ok(Some(RoadsSettings {
        url: url.trim_end_matches('/').to_string(),
        profile,
        limit: Duration::from_secs(seconds),
    }))
}

/// What says where a test provider is that runs beside the shop: its address, key and secret.
const TEST_PROVIDER: [&str; 3] = [
    "payments.test_url",
    "payments.test_api_key",
    "payments.test_webhook_secret",
];
/// The same of a test carrier.
const TEST_CARRIER: [&str; 3] = [
    "carriers.test.url",
    "carriers.test.api_key",
    "carriers.test.webhook_secret",
];

fn beside(
    read: &Read<'_>,
    keys: [&'static str; 3],
) -> Result<Option<TestProviderSettings>, ConfigError> {
    match keys.map(|key| read.text(key)) {
        [None, None, None] => Ok(None),
        [Some(url), Some(api_key), Some(webhook_secret)] => Ok(Some(TestProviderSettings {
            url: url.trim_end_matches('/').to_string(),
            api_key,
            webhook_secret,
        })),
        _ => Err(ConfigError::Conflict(format!(
            "a test provider or carrier beside the shop needs all of {}",
            keys.map(|key| format!("`{key}`")).join(", ")
        ))),
    }
}

fn public_url(read: &Read<'_>) -> Result<Option<String>, ConfigError> {
    let Some(url) = read.text("public_url") else {
        return Ok(None);
    };
    let url = url.trim_end_matches('/');
    let host = url
        .strip_prefix("https://")
        .or_else(|| url.strip_prefix("http://"));
    match host {
        Some(host) if !host.is_empty() && !host.contains(['/', '?', '#', ' ']) => {
            Ok(Some(url.to_string()))
        }
        _ => Err(read.wrong(
            "public_url",
            "it must be like https://shop.example, without a path",
        )),
    }
}

/// Requests at once after a pause, in seconds of the rate: a page with its pictures and what follows from it.
const REQUESTS_BURST_S: u32 = 4;
/// The same for what begins something: many phones behind one address, all at the opening.
const BEGINS_BURST_S: u32 = 10;

fn client_limits(read: &Read<'_>) -> Result<ClientLimits, ConfigError> {
    let rate = |key, seconds: u32| {
        let per_second: u32 = read.parsed(key, "requests per second, 0 for no limit")?;
        let burst = per_second.saturating_mul(seconds);
        Ok(Rate { per_second, burst })
    };
    Ok(ClientLimits {
        requests: rate("admission.client_requests", REQUESTS_BURST_S)?,
        begins: rate("admission.client_begins", BEGINS_BURST_S)?,
    })
}

fn touch_days(read: &Read<'_>) -> Result<u32, ConfigError> {
    const KEY: &str = "traffic.touch_days";
    const WHAT: &str = "a number of days from 0 to 365";
    match read.parsed(KEY, WHAT)? {
        days @ 0..=365 => Ok(days),
        _ => Err(read.wrong(KEY, &format!("it must be {WHAT}"))),
    }
}

fn milestones(read: &Read<'_>) -> Result<Milestones, ConfigError> {
    const KEY: &str = "screen.milestones";
    let amounts = read.list(KEY);
    if amounts.is_empty() {
        return Ok(Milestones::default());
    }
    let amounts: Result<Vec<i64>, _> = amounts.iter().map(|amount| amount.parse()).collect();
    amounts
        .map_err(|_| "it must be whole amounts such as 1000, 10000".to_string())
        .and_then(|amounts| Milestones::of(&amounts))
        .map_err(|reason| read.wrong(KEY, &reason))
}

/// The folder in the data folder that takes mails while there is no mail server.
const MAILS_FOLDER: &str = "mails";
/// Who mails in that folder are from, unless the operator says it.
const FOLDER_SENDER: &str = "shop@localhost";

/// In production, mails that lie in a folder would be lost on those who wait for them.
fn mail(read: &Read<'_>, production: bool) -> Result<Option<MailSettings>, ConfigError> {
    let from = read.text("mail.from");
    let way = match read.text("mail.url") {
        Some(url) => {
            let address = smtp::Address::parse(&url);
            MailWay::Server(address.map_err(|e| read.wrong("mail.url", &e.to_string()))?)
        }
        None if production => return Ok(None),
        None => MailWay::Folder(read.0.data().join(MAILS_FOLDER)),
    };
    let from = match (from, &way) {
        (Some(from), _) => from,
        (None, MailWay::Folder(_)) => FOLDER_SENDER.to_string(),
        (None, MailWay::Server(_)) => {
            let reason = "`mail.url` is set without `mail.from`: name who mails are from, such as `Shop <orders@shop.example>`";
            return Err(ConfigError::Conflict(reason.to_string()));
        }
    };
    let parse = |key, from: &str, reply_to| {
        Sender::parse(from, reply_to).map_err(|e| read.wrong(key, &e.to_string()))
    };
    let mut sender = parse("mail.from", &from, None)?;
    if let Some(reply_to) = read.text("mail.reply_to") {
        sender = parse("mail.reply_to", &from, Some(&reply_to))?;
    }
    Ok(Some(MailSettings { way, sender }))
}

fn sourcing(read: &Read<'_>) -> Result<SourcingSettings, ConfigError> {
    const KEY: &str = "sourcing.every_seconds";
    const WHAT: &str = "a number of seconds from 5 to 86400, or 0 for never";
    let every = match read.parsed(KEY, WHAT)? {
        0 => None,
        seconds @ 5..=86_400 => Some(Duration::from_secs(seconds)),
        _ => return Err(read.wrong(KEY, &format!("it must be {WHAT}"))),
    };
    let saves = read.flag("sourcing.saves")?.unwrap_or(false);
    Ok(SourcingSettings { every, saves })
}

fn mails_per_second(read: &Read<'_>) -> Result<u32, ConfigError> {
    const KEY: &str = "mail.per_second";
    const WHAT: &str = "a number from 1 to 1000";
    match read.parsed(KEY, WHAT)? {
        rate @ 1..=1_000 => Ok(rate),
        _ => Err(read.wrong(KEY, &format!("it must be {WHAT}"))),
    }
}

fn test_carrier_step(read: &Read<'_>) -> Result<u32, ConfigError> {
    const KEY: &str = "carriers.test.step_seconds";
    const WHAT: &str = "a number of seconds from 1 to 86400";
    match read.parsed(KEY, WHAT)? {
        seconds @ 1..=86_400 => Ok(seconds),
        _ => Err(read.wrong(KEY, &format!("it must be {WHAT}"))),
    }
}

/// A service on this machine is for tests: it is spoken to without TLS, and could be anything that listens here.
fn push_hosts(read: &Read<'_>, production: bool) -> Result<Vec<Host>, ConfigError> {
    const KEY: &str = "push.hosts";
    let hosts = read.list(KEY);
    let hosts: Option<Vec<Host>> = hosts.iter().map(|host| Host::parse(host)).collect();
    let hosts = hosts.ok_or_else(|| {
        read.wrong(
            KEY,
            "it must be hosts such as push.example or push.example:8443",
        )
    })?;
    if production && hosts.iter().any(Host::is_local) {
        return Err(read.wrong(
            KEY,
            "this shop is in production: name no host of this machine",
        ));
    }
    Ok(hosts)
}

fn log_level(read: &Read<'_>) -> Result<String, ConfigError> {
    let text = &read.0.value("log.level").text;
    match tracing_subscriber::EnvFilter::try_new(text) {
        Ok(_) if !text.is_empty() => Ok(text.clone()),
        _ => Err(read.wrong(
            "log.level",
            "it must be error, warn, info, debug or trace, or such as `info,sesame::request=warn`",
        )),
    }
}

/// Reads values, and says where a wrong one came from.
struct Read<'c>(&'c Config);

impl Read<'_> {
    fn wrong(&self, key: &'static str, reason: &str) -> ConfigError {
        let value = self.0.value(key);
        let secret = keys::find(key).is_some_and(|k| k.secret);
        ConfigError::Value {
            source_name: value.source.to_string(),
            key,
            value: if secret {
                "(hidden)".to_string()
            } else {
                value.text.clone()
            },
            reason: reason.to_string(),
        }
    }

    fn text(&self, key: &'static str) -> Option<String> {
        let text = self.0.value(key).text.trim();
        (!text.is_empty()).then(|| text.to_string())
    }

    fn flag(&self, key: &'static str) -> Result<Option<bool>, ConfigError> {
        match self.text(key).as_deref() {
            None => Ok(None),
            Some("true" | "1" | "yes" | "on") => Ok(Some(true)),
            Some("false" | "0" | "no" | "off") => Ok(Some(false)),
            Some(_) => Err(self.wrong(key, "it must be `true` or `false`")),
        }
    }

    /// One of two words, each with what it stands for.
    fn either<T>(&self, key: &'static str, [one, other]: [(&str, T); 2]) -> Result<T, ConfigError> {
        match self.0.value(key).text.as_str() {
            text if text == one.0 => Ok(one.1),
            text if text == other.0 => Ok(other.1),
            _ => Err(self.wrong(key, &format!("it must be `{}` or `{}`", one.0, other.0))),
        }
    }

    fn parsed<T: std::str::FromStr>(
        &self,
        key: &'static str,
        what: &str,
    ) -> Result<T, ConfigError> {
        let text = &self.0.value(key).text;
        text.parse()
            .map_err(|_| self.wrong(key, &format!("it must be {what}")))
    }

    fn list(&self, key: &'static str) -> Vec<String> {
        let items = self.0.value(key).text.split(',').map(str::trim);
        items
            .filter(|i| !i.is_empty())
            .map(str::to_string)
            .collect()
    }

    fn networks(&self, key: &'static str) -> Result<Vec<Network>, ConfigError> {
        let reason = "it must be addresses such as 10.0.0.7 or 10.0.0.0/8";
        let parse = |item: &String| Network::parse(item).ok_or_else(|| self.wrong(key, reason));
        self.list(key).iter().map(parse).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::Flags;
    use super::*;

    fn check(values: &[(&'static str, &str)]) -> Result<Settings, String> {
        let values = values
            .iter()
            .map(|(key, text)| (*key, (*text).to_string(), "--set".to_string()));
        let flags = Flags {
            file: None,
            values: values.collect(),
        };
        let config =
            Config::load(flags, &std::collections::BTreeMap::new()).map_err(|e| e.to_string())?;
        Settings::of(&config).map_err(|e| e.to_string())
    }

    #[test]
    fn a_shop_that_takes_real_money_has_no_test_doors() {
        let live = [
            ("payments.stripe.secret_key", "sk_live_1"),
            ("payments.stripe.webhook_secrets", "whsec_1, whsec_2"),
        ];
        let open = check(&live).expect("a real shop");
        assert!(!open.test_payments && !open.testing && !open.on_account);
        assert_eq!(open.stripe.expect("stripe").webhook_secrets.len(), 2);
        let with = |more| check(&[live[0], live[1], more]).map(|_| ());
        assert!(with(("testing", "true")).is_err_and(|e| e.contains("production")));
        assert!(with(("payments.test", "true")).is_err_and(|e| e.contains("production")));
        let trial = [
            ("payments.stripe.secret_key", "sk_test_1"),
            live[1],
            ("testing", "true"),
        ];
        assert!(check(&trial).is_ok(), "a test key moves no real money");
        assert!(check(&[("production", "true"), ("testing", "true")]).is_err());
        assert!(check(&[("production", "true"), ("local_platforms", "true")]).is_err());
        let local_push = ("push.hosts", "push.example, 127.0.0.1:9090");
        assert!(check(&[local_push]).is_ok_and(|s| s.push_hosts.len() == 2));
        assert!(check(&[("production", "true"), local_push]).is_err());
        assert!(
            !check(&[("production", "true")])
                .expect("on account")
                .test_payments
        );
    }

    #[test]
    fn mail_needs_a_server_in_production_alone() {
        let mail = |values: &[_]| check(values).expect("settings").mail;
        let way = |values: &[_]| mail(values).map(|m| m.way);
        assert!(matches!(way(&[]), Some(MailWay::Folder(f)) if f.ends_with("data/mails")));
        assert!(way(&[("production", "true")]).is_none());
        let server = [
            ("production", "true"),
            ("mail.url", "smtps://u:p@mail.example"),
            ("mail.from", "Shop <orders@shop.example>"),
        ];
        assert!(
            matches!(way(&server), Some(MailWay::Server(a)) if a.shown() == "mail.example:465")
        );
    }

    #[test]
    fn wrong_values_are_named_with_their_place() {
        for (key, value, message) in [
            (
                "listen",
                "8080",
                "--set: `listen` is `8080`: it must be an address",
            ),
            (
                "demo",
                "maybe",
                "--set: `demo` is `maybe`: it must be `true`",
            ),
            (
                "public_url",
                "shop.example",
                "it must be like https://shop.example",
            ),
            ("public_url", "https://shop.example/de", "without a path"),
            ("trusted_proxies", "::1, proxy", "it must be addresses"),
            ("screen.milestones", "1000, 900", "that rise"),
            ("screen.milestones", "1.5", "whole amounts"),
            ("log.format", "xml", "it must be `text` or `json`"),
            ("ucp_suite", "goods", "`testing` is not"),
            ("testing_secret", "x", "`testing` is not"),
            (
                "mail.url",
                "smtps://u:secret@mail.example/x",
                "after the host",
            ),
            (
                "mail.url",
                "smtps://u:secret@mail.example",
                "without `mail.from`",
            ),
            ("mail.per_second", "0", "from 1 to 1000"),
            ("mail.from", "shop", "`shop` is no address"),
            ("push.hosts", "push.example, https://x", "it must be hosts"),
            ("mail.reply_to", "help at shop", "is no address"),
            ("payments.stripe.secret_key", "sk_live_1", "webhook_secrets"),
            ("carriers.karrio.url", "https://karrio.example", "both"),
            ("carriers.karrio.token", "key_secret@1", "both"),
            ("carriers.karrio.webhook_secrets", "whsec_secret@1", "both"),
            ("roads.url", "127.0.0.1:5000", "like http://127.0.0.1"),
            ("roads.url", "http://a/?b", "like http://127.0.0.1"),
            ("roads.profile", "driving/..", "one word"),
            ("roads.timeout_seconds", "0", "from 1 to 60"),
        ] {
            let error = check(&[(key, value)]).expect_err(key);
            assert!(error.contains(message), "{error}");
            assert!(
                !error.contains("sk_live") && !error.contains("secret@"),
                "{error}"
            );
        }
    }
}
