//! What each target feeds to a parser of outside input, and what must hold of the answer.
//!
//! A target never panics on any input, reads back what it wrote, and stays within its bounds. The same functions run
//! over the checked-in seeds as ordinary tests (`tests/seeds.rs`).

#[path = "../../crates/server/src/config/mod.rs"]
#[allow(dead_code, unused_imports, missing_docs)]
mod configuration;

use api::admission::journal::{Check, from_runs, read_line, to_runs};
use api::admission::ticket::Ticket;
use api::admission::{Class, Clients, Rate};
use api::auth::Session;
use api::epcis::document::EpcisDocument;
use api::epcis::names;
use api::epcis::read::{self as epcis_read, Reader};
use api::fuzzing as api_inside;
use api::goods::{InputFile, hours_parse, minute_parse, read};
use api::i18n::{Language, Texts, negotiate};
use api::ucp::agent::{Agent, PlatformProfile};
use api::ucp::key::Keyed;
use api::ucp::note::Note;
use api::ucp::version::Version;
use api::v1::wire::{admission::OpenRoom, buy_now::BuyNow};
use commerce::id::{CartId, CheckoutId, GroupId, OrderId, PaymentId, ProductId, VariantId};
use commerce::world::Sequences;
use commerce::{Currency, Money, World};
use connectors::payment::PaymentProvider;
use connectors::standard_webhooks::{self, Secret};
use connectors::stripe::{Stripe, StripeConfig};
use connectors::test_payments::{TestPayments, TestPaymentsConfig};
use http::{HeaderMap, HeaderName, HeaderValue};
use std::sync::OnceLock;

/// Some UTC milliseconds for parsers that compare with now.
const NOW: i64 = 1_800_000_000_000;
/// Bytes of what is put beside a signature's key.
const SECRET: &str = "whsec_fuzz";

/// An empty shop.
fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| World::new(Vec::new(), Sequences::default(), 0))
}

fn text(data: &[u8]) -> Option<&str> {
    std::str::from_utf8(data).ok()
}

/// Text in parts, cut at line ends.
fn lines(data: &[u8]) -> impl Iterator<Item = &str> {
    text(data).unwrap_or("").split('\n')
}

/// Tickets, sessions, the record of admission, and the class of a request.
pub fn admission(data: &[u8]) {
    let key = b"the key";
    let mut check = Check::default();
    for line in lines(data) {
        assert!(Ticket::verify(line, key).is_none(), "nobody can guess");
        assert!(Session::verify(line, key, 0).is_none(), "nobody can guess");
        Class::of(true, line);
        Class::of(false, line);
        drop(read_line(line));
        check.line(line);
        if let Some(numbers) = from_runs(line, 1_000) {
            assert!(numbers.len() <= 1_000);
            assert_eq!(from_runs(&to_runs(&numbers), 1_000), Some(numbers));
        }
    }
    let mut numbers = data.iter().copied();
    let mut next = || u32::from(numbers.next().unwrap_or(0));
    let ticket = Ticket {
        room: next(),
        number: next(),
    };
    assert_eq!(Ticket::verify(&ticket.sign(key), key), Some(ticket));
    let clients = Clients::default();
    let rate = Rate {
        per_second: next(),
        burst: next(),
    };
    let mut now = 0;
    for _ in 0..16 {
        now += u64::from(next()) * 1_000_000;
        let _ = clients.take(u64::from(next()) + 1, rate, now);
    }
}

/// Bodies of `/api/v1` as they come from anybody.
pub fn buy_now(data: &[u8]) {
    if let Ok(body) = serde_json::from_slice::<BuyNow>(data) {
        drop(api_inside::read_buy_now(world(), body));
    }
    drop(serde_json::from_slice::<OpenRoom>(data));
}

/// The configuration file.
pub fn config(data: &[u8]) {
    // Read from a file, as the server does; one per process, since targets run side by side.
    let path = std::env::temp_dir().join(format!("sesame-fuzz-{}.toml", std::process::id()));
    std::fs::write(&path, data).expect("the temporary folder takes a file");
    let flags = configuration::Flags {
        file: Some(path),
        values: Vec::new(),
    };
    if let Ok(config) = configuration::Config::load(flags, &Default::default()) {
        drop(configuration::Settings::of(&config));
    }
}

/// Documents of EPCIS, as partners send them. What is understood is bounded by what was sent, and names are read back.
pub fn epcis(data: &[u8]) {
    const BASE: &str = "https://shop.example";
    for line in lines(data) {
        if let Ok(number) = names::number(line) {
            let epc = names::epc(None, &number);
            assert_eq!(names::number(&epc), Ok(number));
        }
        let _ = names::own_place(BASE, line);
        if let Some((parcel, key)) = names::own_event(BASE, line) {
            assert_eq!(names::event(BASE, parcel, key), line);
        }
    }
    let Ok(document) = serde_json::from_slice::<EpcisDocument>(data) else {
        return;
    };
    let own = epcis_read::document(&document).unwrap_or_default();
    let reader = Reader {
        base: BASE,
        place_name: &|id| (id.0 % 2 == 0).then(|| "Hub".to_owned()),
    };
    for event in &document.epcis_body.event_list {
        if let Ok(told) = epcis_read::event(&reader, &own, event) {
            assert!(!told.epcs.is_empty() && told.epcs.len() <= data.len());
            let sighting = told.sighting("1".to_owned());
            assert!(sighting.place.len() <= data.len() && sighting.reason.len() <= data.len());
        }
    }
}

/// Forms of the shop's pages, and its cookies.
pub fn forms(data: &[u8]) {
    storefront::fuzzing::form(data);
    for line in lines(data) {
        storefront::fuzzing::headers(line);
        negotiate(line);
    }
}

/// An import of goods: one file, or two cut at a line of dashes.
pub fn goods(data: &[u8]) {
    let cut = data.windows(5).position(|w| w == b"\n---\n");
    let (first, second) = cut.map_or((data, &data[..0]), |at| (&data[..at], &data[at + 5..]));
    let files = [first, second].map(|bytes| InputFile {
        name: "goods.csv",
        bytes,
    });
    let count = if cut.is_some() { 2 } else { 1 };
    let reading = read(&files[..count], &mut |_| {});
    let mut last = 0;
    let mut next_id = || {
        last += 256;
        last
    };
    drop(reading.plan(world(), &mut next_id));
}

/// Opening hours.
pub fn hours(data: &[u8]) {
    let Some(text) = text(data) else { return };
    if let Some(minute) = minute_parse(text) {
        assert!(minute <= 24 * 60, "{minute}");
    }
    drop(hours_parse(text));
}

/// Printed ids of all kinds: what can be read is printed the same.
pub fn ids(data: &[u8]) {
    for text in lines(data) {
        macro_rules! ids {
            ($($id:ty)*) => {$(
                if let Some(id) = <$id>::parse(text) {
                    assert_eq!(<$id>::parse(&id.to_string()), Some(id), "{text}");
                }
            )*};
        }
        ids!(CartId CheckoutId GroupId OrderId PaymentId ProductId VariantId);
        if let Some(keyed) = Keyed::<CheckoutId>::parse(text) {
            assert!(Keyed::<CheckoutId>::parse(&keyed.to_string()).is_some());
        }
        if let Some(gtin) = commerce::gtin::Gtin::parse(text) {
            assert_eq!(
                commerce::gtin::Gtin::parse(&gtin.to_string()),
                Some(gtin),
                "{text}"
            );
        }
    }
}

/// Idempotency keys and cursors.
pub fn keys(data: &[u8]) {
    if let Ok(value) = HeaderValue::from_bytes(data) {
        let mut headers = HeaderMap::new();
        headers.insert("idempotency-key", value);
        if let Some(key) = api_inside::idempotency_key(&headers) {
            assert!(!key.is_empty() && key.len() <= 255);
        }
    }
}

/// Decimal amounts: what can be read is written the same.
pub fn money(data: &[u8]) {
    for line in lines(data) {
        for code in ["EUR", "JPY", "KWD"] {
            let currency = Currency::parse(code).expect("a code");
            let Some(money) = Money::parse_decimal(line, currency) else {
                continue;
            };
            assert!(money.minor >= 0);
            assert_eq!(
                Money::parse_decimal(&money.decimal(), currency),
                Some(money),
                "{line}"
            );
            for language in Language::ALL {
                assert!(!Texts::of(language).money(money).is_empty());
            }
        }
        if let Some(currency) = Currency::parse(line) {
            assert!(currency.as_str().eq_ignore_ascii_case(line), "{line}");
        }
    }
}

/// What shoppers type into the search field.
pub fn search(data: &[u8]) {
    static INDEX: OnceLock<search::Index> = OnceLock::new();
    let index = INDEX.get_or_init(|| search::Index::new());
    let Some(query) = text(data) else { return };
    for language in Language::ALL {
        let hits = index.search(query, language, 5);
        assert!(hits.products.is_empty(), "the index is empty");
    }
}

/// Messages of agents, in both versions, and what platforms say of themselves.
pub fn ucp(data: &[u8]) {
    drop(serde_json::from_slice::<
        api::ucp::v2026_01_11::CheckoutRequest,
    >(data));
    drop(serde_json::from_slice::<
        api::ucp::v2026_01_11::CompleteRequest,
    >(data));
    use api::ucp::v2026_04_08 as request;
    drop(serde_json::from_slice::<request::CheckoutRequest>(data));
    drop(serde_json::from_slice::<request::CompleteRequest>(data));
    drop(serde_json::from_slice::<request::CartRequest>(data));
    drop(serde_json::from_slice::<request::SearchRequest>(data));
    drop(serde_json::from_slice::<request::LookupRequest>(data));
    drop(serde_json::from_slice::<request::ProductRequest>(data));
    if let Ok(profile) = PlatformProfile::parse(data) {
        for version in Version::ALL {
            let _ = profile.intersection(version);
        }
    }
    for line in lines(data) {
        let _ = (Agent::parse(line), Version::parse(line));
        if let Some(note) = Note::read(line) {
            let written = note.write();
            assert!(Note::read(&written).is_some(), "{line}");
        }
    }
}

/// Webhooks: the first line is a header's value, the rest the body; once as they come, once signed as by the provider.
pub fn webhooks(data: &[u8]) {
    static PROVIDERS: OnceLock<(Stripe, TestPayments, Secret)> = OnceLock::new();
    let (stripe, test, secret) = PROVIDERS.get_or_init(providers);
    let at = data.iter().position(|b| *b == b'\n').unwrap_or(0);
    let (head, body) = data.split_at(at);
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(head) {
        for name in [
            "stripe-signature",
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
        ] {
            headers.insert(HeaderName::from_static(name), value.clone());
        }
    }
    assert!(
        stripe.parse_webhook(&headers, body, NOW).is_err(),
        "not signed"
    );
    assert!(
        test.parse_webhook(&headers, body, NOW).is_err(),
        "not signed"
    );
    let seconds = NOW / 1_000;
    let signed = standard_webhooks::sign(secret, "id", seconds, body);
    let seconds = seconds.to_string();
    let stripe_signature = format!("t={seconds},v1={}", hex_hmac(&seconds, body));
    let said = [
        ("stripe-signature", stripe_signature.as_str()),
        ("webhook-id", "id"),
        ("webhook-timestamp", seconds.as_str()),
        ("webhook-signature", signed.as_str()),
    ];
    for (name, value) in said {
        headers.insert(name, HeaderValue::from_str(value).expect("plain text"));
    }
    let refused = |error: &dyn std::fmt::Debug| format!("{error:?}").contains("BadSignature");
    if let Err(error) = stripe.parse_webhook(&headers, body, NOW) {
        assert!(!refused(&error), "it is signed");
    }
    if let Err(error) = test.parse_webhook(&headers, body, NOW) {
        assert!(!refused(&error), "it is signed");
    }
}

fn providers() -> (Stripe, TestPayments, Secret) {
    let stripe = Stripe::new(&StripeConfig {
        secret_key: "sk_test_fuzz".to_owned(),
        webhook_secrets: vec![SECRET.to_owned()],
        base_url: "http://127.0.0.1:9".to_owned(),
        http: Default::default(),
    });
    let secret = Secret::from_bytes([7; 32]);
    let test = TestPayments::new(TestPaymentsConfig {
        base_url: "http://127.0.0.1:9".to_owned(),
        api_key: "fuzz".to_owned(),
        webhook_secrets: vec![secret.clone()],
        http: Default::default(),
    });
    (stripe.expect("a client"), test.expect("a client"), secret)
}

fn hex_hmac(seconds: &str, body: &[u8]) -> String {
    use hmac::{Hmac, KeyInit, Mac};
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).expect("any length");
    mac.update(seconds.as_bytes());
    mac.update(b".");
    mac.update(body);
    api::hex::of(&mac.finalize().into_bytes())
}
