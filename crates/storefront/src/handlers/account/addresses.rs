//! The address book.

use super::super::checkout::{read_typed, served, typed_address};
use super::super::{Posted, fields};
use super::{member, said, unchanged};
use crate::address::{Errors, Typed, check_address};
use crate::pages::account::addresses as pages;
use crate::visit::{Answer, Visit};
use axum::http::StatusCode;
use commerce::code::Country;
use commerce::customer::{Customer, Membership};
use commerce::limits::ADDRESSES_MAX;
use commerce::settings::Address;

/// What the page knows to say of the last act.
const SAID: [&str; 2] = ["account.address_saved", "account.address_removed"];

/// The book.
pub async fn list(visit: Visit) -> Answer {
    let member = member(&visit).await?;
    let frame = visit.frame().await;
    Ok(visit.ok(&frame, &pages::list(&frame, &member, said(&visit, &SAID))))
}

/// One address, new or known.
pub async fn edit(visit: Visit) -> Answer {
    let member = member(&visit).await?;
    let id = visit.query.iter().find(|(n, _)| n == "id");
    let id = id.map_or("", |(_, id)| id.as_str());
    let known = member.addresses.iter().find(|(i, _)| i == id);
    let typed = match known {
        Some((_, address)) => typed_address(address),
        None if id.is_empty() => Typed {
            country: visit.country.to_string(),
            ..Typed::default()
        },
        None => return Err(visit.not_found().await),
    };
    show(&visit, id, &typed, &Errors::new()).await
}

async fn show(visit: &Visit, id: &str, typed: &Typed, errors: &Errors) -> Answer {
    let frame = visit.frame().await;
    let countries = served(&visit.shop.app.shelf.read());
    let page = pages::edit(&frame, (id, typed, errors), &countries);
    let status = if errors.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::UNPROCESSABLE_ENTITY
    };
    Ok(visit.page(status, &frame, &page))
}

/// Saves an address.
pub async fn save(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let (id, typed) = (fields.get("id"), read_typed(&fields));
    let mut errors = Errors::new();
    crate::address::check_name(&typed, &mut errors);
    let countries: Vec<Country> = served(&visit.shop.app.shelf.read())
        .iter()
        .filter_map(|r| Country::parse(r.code))
        .collect();
    let address = check_address(&typed, &countries, &mut errors);
    let is_full = id.is_empty() && member.addresses.len() >= ADDRESSES_MAX;
    if is_full {
        errors.insert("street", "account.addresses_full");
    }
    let Some(address) = address.filter(|_| errors.is_empty()) else {
        return show(&visit, id, &typed, &errors).await;
    };
    let new_id = format!("{:x}", visit.shop.app.ids.next());
    let put = |customer: &mut Customer, _: &mut Membership| {
        put(customer, (id, &new_id), &address);
    };
    match visit.shop.members.change(member.id, put).await {
        Ok(_) => Ok(visit.go(&format!("/account/addresses?done={}", SAID[0]))),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}

/// Puts an address into the book, in the place of the one with its id; who has no name takes the first one's.
fn put(customer: &mut Customer, (id, new_id): (&str, &str), address: &Address) {
    match customer.addresses.iter_mut().find(|(known, _)| known == id) {
        Some((_, known)) => *known = address.clone(),
        None => customer
            .addresses
            .push((new_id.to_string(), address.clone())),
    }
    if customer.name.is_empty() {
        let name = format!("{} {}", address.first_name, address.last_name);
        customer.name = name.trim().to_string();
    }
}

/// Removes an address, or puts it first.
pub async fn change(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let member = member(&visit).await?;
    let (id, act) = (fields.get("id"), fields.get("act"));
    let to = match act {
        "first" => "/account/addresses".to_string(),
        "remove" => format!("/account/addresses?done={}", SAID[1]),
        _ => return Err(visit.not_found().await),
    };
    let change = |customer: &mut Customer, _: &mut Membership| {
        let at = customer.addresses.iter().position(|(known, _)| known == id);
        let taken = at.map(|at| customer.addresses.remove(at));
        if let Some(address) = taken.filter(|_| act == "first") {
            customer.addresses.insert(0, address);
        }
    };
    match visit.shop.members.change(member.id, change).await {
        Ok(_) => Ok(visit.go(&to)),
        Err(error) => Err(unchanged(&visit, error).await),
    }
}
