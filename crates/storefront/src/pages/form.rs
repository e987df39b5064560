//! Fields of forms: a label, what was typed, and what is wrong with it right beside.

use super::icon::{Icon, icon};
use super::layout::Frame;
use crate::address::{CountryRule, Errors, Typed};
use maud::{Markup, html};

/// A field as it stands in a form.
#[derive(Debug, Clone, Copy)]
pub struct Field<'a> {
    /// Its name, which is its id, too.
    pub name: &'static str,
    /// What it asks for.
    pub label: &'a str,
    /// The `type` of its input.
    pub kind: &'static str,
    /// What browsers fill in.
    pub autocomplete: &'static str,
    /// Whether it may stay empty.
    pub optional: bool,
    /// What was typed.
    pub value: &'a str,
    /// What is wrong with it: the key of a text.
    pub error: Option<&'static str>,
}

/// A field with its label and its error.
pub fn field(frame: &Frame, field: Field<'_>) -> Markup {
    let t = frame.texts;
    let Field {
        name, kind, error, ..
    } = field;
    let described = format!("{name}-error");
    html! {
        div.field {
            label for=(name) { (field.label) @if field.optional { " " span.quiet { (t.t("field.optional")) } } }
            input #(name) name=(name) type=(kind) value=[(kind != "password").then_some(field.value)] autocomplete=(field.autocomplete)
                maxlength="200" aria-invalid=[error.map(|_| "true")]
                aria-describedby=[error.map(|_| described.as_str())]
                autocapitalize=[(kind == "email").then_some("off")];
            @if let Some(key) = error { p.field-error id=(described) { (icon(Icon::Warning)) (t.t(key)) } }
        }
    }
}

/// What was typed under a name.
fn typed<'a>(typed: &'a Typed, name: &str) -> &'a str {
    match name {
        "email" => &typed.email,
        "first_name" => &typed.first_name,
        "last_name" => &typed.last_name,
        "street" => &typed.street,
        "street_2" => &typed.street_2,
        "postal_code" => &typed.postal_code,
        "city" => &typed.city,
        "region" => &typed.region,
        "phone" => &typed.phone,
        _ => "",
    }
}

/// The label of a field of a person or an address, and whether it may stay empty.
fn label(frame: &Frame, name: &str) -> (&'static str, bool) {
    let t = frame.texts;
    match name {
        "email" => (t.t("field.email"), false),
        "first_name" => (t.t("field.first_name"), false),
        "last_name" => (t.t("field.last_name"), false),
        "street" => (t.t("field.street"), false),
        "street_2" => (t.t("field.street_2"), true),
        "postal_code" => (t.t("field.postal_code"), false),
        "city" => (t.t("field.city"), false),
        "region" => (t.t("field.region"), true),
        _ => (t.t("field.phone"), true),
    }
}

/// A field of a person or an address.
pub fn person_field(
    frame: &Frame,
    (all, errors): (&Typed, &Errors),
    name: &'static str,
    autocomplete: &'static str,
    kind: &'static str,
) -> Markup {
    let (label, optional) = label(frame, name);
    field(
        frame,
        Field {
            name,
            label,
            kind,
            autocomplete,
            optional,
            value: typed(all, name),
            error: errors.get(name).copied(),
        },
    )
}

/// First and last name beside each other.
pub fn name_fields(frame: &Frame, typed: (&Typed, &Errors)) -> Markup {
    html! {
        div.pair {
            (person_field(frame, typed, "first_name", "given-name", "text"))
            (person_field(frame, typed, "last_name", "family-name", "text"))
        }
    }
}

/// Where a parcel goes.
pub fn address_fields(
    frame: &Frame,
    typed: (&Typed, &Errors),
    countries: &[&'static CountryRule],
) -> Markup {
    html! {
        (country_field(frame, typed, countries))
        (person_field(frame, typed, "street", "address-line1", "text"))
        (person_field(frame, typed, "street_2", "address-line2", "text"))
        div.pair {
            (person_field(frame, typed, "postal_code", "postal-code", "text"))
            (person_field(frame, typed, "city", "address-level2", "text"))
        }
        (person_field(frame, typed, "region", "address-level1", "text"))
    }
}

fn country_field(
    frame: &Frame,
    (typed, errors): (&Typed, &Errors),
    countries: &[&'static CountryRule],
) -> Markup {
    let t = frame.texts;
    let error = errors.get("country");
    html! {
        div.field {
            label for="country" { (t.t("field.country")) }
            select #country name="country" autocomplete="country" aria-invalid=[error.map(|_| "true")] {
                @for rule in countries {
                    option value=(rule.code) selected[rule.code == typed.country] { (rule.name(t.language())) }
                }
            }
            @if let Some(key) = error { p.field-error { (icon(Icon::Warning)) (t.t(key)) } }
        }
    }
}
