//! The address book.

use super::{Said, page};
use crate::address::{CountryRule, Errors, Typed, country_name};
use crate::pages::form::{address_fields, name_fields, person_field};
use crate::pages::layout::{Frame, Page};
use crate::pages::{Tone, notice};
use commerce::customer::Customer;
use commerce::settings::Address;
use maud::{Markup, html};

/// The book.
pub fn list(frame: &Frame, member: &Customer, said: Said) -> Page {
    let t = frame.texts;
    let body = html! {
        @if member.addresses.is_empty() { p { (t.t("account.no_addresses")) } }
        @for (at, (id, address)) in member.addresses.iter().enumerate() {
            section.card-box {
                @if at == 0 { p { span.tag.tag-quiet { (t.t("account.address_first")) } } }
                (written(frame, address))
                form.choices method="post" action="/account/addresses/change" {
                    (frame.token_field())
                    input type="hidden" name="id" value=(id);
                    a href=(edit_path(id)) { (t.t("account.edit")) }
                    @if at > 0 { button type="submit" name="act" value="first" { (t.t("account.make_first")) } }
                    button type="submit" name="act" value="remove" { (t.t("account.remove")) }
                }
            }
        }
        p.after-box { a.button href="/account/addresses/edit" { (t.t("account.add_address")) } }
    };
    page(frame, "account.addresses", said, &body)
}

/// The page on which an address is changed.
fn edit_path(id: &str) -> String {
    format!(
        "/account/addresses/edit?id={}",
        crate::views::escape_query(id)
    )
}

/// An address as it is written on a parcel.
fn written(frame: &Frame, a: &Address) -> Markup {
    html! {
        p { (a.first_name) " " (a.last_name)
            br; (a.street) @if !a.street_2.is_empty() { ", " (a.street_2) }
            br; (a.postal_code) " " (a.city) @if !a.region.is_empty() { ", " (a.region) }
            @if let Some(country) = a.country { br; (country_name(country, frame.texts.language())) }
            @if !a.phone.is_empty() { br; (a.phone) }
        }
    }
}

/// One address, new or known.
pub fn edit(
    frame: &Frame,
    (id, typed, errors): (&str, &Typed, &Errors),
    countries: &[&'static CountryRule],
) -> Page {
    let t = frame.texts;
    let both = (typed, errors);
    let body = html! {
        @if !errors.is_empty() { (notice(Tone::Bad, &t.count("checkout.errors", errors.len() as u64, &[]), &html! {})) }
        form.fields method="post" action="/account/addresses/edit" novalidate data-island="once" {
            (frame.token_field())
            input type="hidden" name="id" value=(id);
            (name_fields(frame, both))
            (address_fields(frame, both, countries))
            (person_field(frame, both, "phone", "tel", "tel"))
            button.button type="submit" { (t.t("account.save")) }
        }
    };
    let title = if id.is_empty() {
        "account.add_address"
    } else {
        "account.edit_address"
    };
    page(frame, title, None, &body)
}
