//! What the shop knows of a member: to take away, and to be forgotten.

use super::page;
use crate::pages::layout::{Frame, Page};
use crate::pages::{Tone, notice};
use maud::html;

/// The page. `problem` is the key of a text.
pub fn data(frame: &Frame, problem: Option<&'static str>) -> Page {
    let t = frame.texts;
    let body = html! {
        @if let Some(key) = problem { (notice(Tone::Bad, t.t(key), &html! {})) }
        section.card-box {
            h2 { (t.t("account.export")) }
            p { (t.t("account.export_why")) }
            p.after-box { a.button href="/account/data/export" download { (t.t("account.export_button")) } }
        }
        section.card-box {
            h2 { (t.t("account.erase")) }
            p { (t.t("account.erase_why")) }
            form.fields method="post" action="/account/data/erase" data-island="once" {
                (frame.token_field())
                label.check { input type="checkbox" name="sure" value="1" required; span { (t.t("account.erase_sure")) } }
                button.button.button-danger type="submit" { (t.t("account.erase_button")) }
            }
        }
    };
    page(frame, "account.data", None, &body)
}

/// It is done.
pub fn erased(frame: &Frame) -> Page {
    let t = frame.texts;
    let main = html! {
        div.wide.block.narrow {
            (notice(Tone::Good, t.t("account.erased"), &html! { p { (t.t("account.erased_body")) } }))
            p.after-box { a.button href="/" { (t.t("account.to_shop")) } }
        }
    };
    Page::private(t.t("account.erased"), main)
}
