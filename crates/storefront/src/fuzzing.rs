//! What the fuzz targets reach: forms and cookies as pages read them, without a shop behind them. Nothing else uses it.

use crate::address::{Errors, check_address, check_buyer};
use crate::handlers::checkout::read_typed;
use crate::visit::{Fields, cookie, device};
use api::i18n::Language;
use axum::extract::Query;
use axum::http::{Request, Uri, header};

/// Cookies that pages look for, and one that nobody sets.
const COOKIES: [&str; 3] = ["sesame_cart", "sesame_language", ""];

/// Reads what was posted as a form of the checkout.
pub fn form(posted: &[u8]) {
    let Ok(uri) = Uri::try_from([b"/?", posted].concat()) else {
        return;
    };
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(&uri);
    let fields = Fields(pairs.map(|q| q.0).unwrap_or_default());
    let typed = read_typed(&fields);
    let mut errors = Errors::new();
    check_buyer(&typed, &mut errors);
    let address = check_address(&typed, &[], &mut errors);
    assert!(
        address.is_some() || !errors.is_empty(),
        "a refusal is named"
    );
}

/// Reads the headers of a browser.
pub fn headers(value: &str) {
    device(value);
    let request = Request::builder().header(header::COOKIE, value).body(());
    let Ok(request) = request else { return };
    let (parts, ()) = request.into_parts();
    for name in COOKIES {
        let found = cookie(&parts, name);
        if let Some(language) = found.and_then(|text| Language::parse(&text)) {
            assert!(Language::ALL.contains(&language));
        }
    }
}
