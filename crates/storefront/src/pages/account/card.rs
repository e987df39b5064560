//! The member's card: a code that the till reads.

use super::page;
use crate::pages::layout::{Frame, Page};
use api::qr::Drawn;
use maud::html;

/// Seconds after which the page fetches a new code; the old one is good for longer.
const REFRESH_S: u32 = 300;

/// The card with its code.
pub fn card(frame: &Frame, code: &Drawn, name: &str) -> Page {
    let (t, size) = (frame.texts, code.size);
    let body = html! {
        p { (t.t("account.card_lead")) }
        div.member-card data-island="again" data-seconds=(REFRESH_S) {
            svg.qr viewBox=(format!("0 0 {size} {size}")) role="img" aria-label=(t.t("account.card_code")) { path d=(code.path) {} }
            p { strong { (name) } }
        }
    };
    let mut page = page(frame, "account.card", None, &body);
    page.head = html! { noscript { meta http-equiv="refresh" content=(REFRESH_S); } };
    page
}
