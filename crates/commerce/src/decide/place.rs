//! Placing an order: the goods are set aside and the payment begins, in one step.

use crate::checkout::{Checkout, CheckoutStatus, Delivery, Quote, QuoteLine};
use crate::command::{BuyNow, Outcome, PlaceOrder};
use crate::event::{Task, What};
use crate::id::{FulfillmentId, GroupId, LocationId, OrderId, PaymentId, SellerId};
use crate::limits;
use crate::order::{
    Fulfillment, FulfillmentState, Group, GroupState, Line, Method, Order, OrderState, Reservation,
    ReservationState, Share,
};
use crate::payment::{Payment, PaymentMethod, PaymentState};
use crate::planted::{self, Fault};
use crate::pricing;
use crate::refusal::Refusal;
use crate::settings::TaxDisplay;
use crate::sourcing::{self, Need, Part};
use crate::stock::{StockAccount, StockCause};
use crate::world::World;
use alloc::string::String;
use alloc::vec::Vec;

/// Completes a checkout. A checkout that was completed before gives the group it became.
///
/// Checks: the checkout, that it is open and not expired, that nothing is missing, the price as
/// shown, the stock.
pub fn place_order(world: &mut World, place: &PlaceOrder) -> Result<Outcome, Refusal> {
    if let Some(group) = world.group(place.checkout.group()) {
        return Ok(Outcome::Group(group.clone()));
    }
    let checkout = world
        .checkout(place.checkout)
        .ok_or(Refusal::NotFound { what: "checkout" })?
        .clone();
    super::checkout::check_open(&checkout, world.now())?;
    check_complete(&checkout)?;
    let quote = pricing::quote(world, &checkout.intent)?;
    check_price(&quote, place.expected_total.unwrap_or(checkout.quote.total))?;
    let mut placed = Checkout::clone(&checkout);
    placed.status = CheckoutStatus::Placed;
    placed.version += 1;
    placed.updated_at = world.now();
    placed.quote = quote.clone();
    let checkout = Checkout {
        quote,
        ..Checkout::clone(&checkout)
    };
    let group = place_group(world, checkout, &place.method, &place.return_url)?;
    world.put_checkout(placed);
    Ok(group)
}

/// Opens and completes a checkout in one step, without a row for the checkout.
///
/// Checks: as for opening and completing. The same id again gives the group it became.
pub fn buy_now(world: &mut World, buy: &BuyNow) -> Result<Outcome, Refusal> {
    let open = &buy.open;
    if let Some(group) = world.group(open.id.group())
        && !planted::is(Fault::GroupIdReuse)
    {
        return Ok(Outcome::Group(group.clone()));
    }
    if world.checkout(open.id).is_some() {
        return Err(Refusal::CheckoutClosed);
    }
    let checkout = super::checkout::new_checkout(world, open)?;
    check_complete(&checkout)?;
    let quote = &checkout.quote;
    check_price(quote, buy.expected_total.unwrap_or(quote.total))?;
    place_group(world, checkout, &buy.method, &buy.return_url)
}

/// The shopper pays what was shown, or is told.
fn check_price(quote: &Quote, expected: i64) -> Result<(), Refusal> {
    if quote.total == expected || planted::is(Fault::PriceNotChecked) {
        Ok(())
    } else {
        Err(Refusal::PriceChanged {
            expected,
            current: quote.total,
        })
    }
}

/// What the core cannot do without. How much of an address a door demands is the door's business.
fn check_complete(checkout: &Checkout) -> Result<(), Refusal> {
    let intent = &checkout.intent;
    if intent.items.is_empty() {
        return Err(Refusal::CheckoutEmpty);
    }
    let missing = |missing| Err(Refusal::CheckoutIncomplete { missing });
    let Some(delivery) = intent.delivery else {
        return missing("delivery");
    };
    if matches!(delivery, Delivery::Ship(_)) {
        match &intent.destination {
            None => return missing("destination"),
            Some(address) if address.country.is_none() => return missing("country"),
            Some(_) => {}
        }
    }
    Ok(())
}

/// Makes the checkout a group, sets its goods aside, starts its payment.
fn place_group(
    world: &mut World,
    checkout: Checkout,
    method: &PaymentMethod,
    return_url: &str,
) -> Result<Outcome, Refusal> {
    let id = checkout.id.group();
    let delivery = checkout
        .intent
        .delivery
        .ok_or(Refusal::CheckoutIncomplete {
            missing: "delivery",
        })?;
    let country = checkout.intent.destination.as_ref().and_then(|d| d.country);
    let mut group = new_group(world, checkout, delivery)?;
    let needs: Vec<Need> = group
        .lines()
        .map(|l| Need {
            line: l.number,
            variant: l.variant,
            quantity: l.quantity,
        })
        .collect();
    let plan = sourcing::plan(world, &needs, delivery, country)?;
    reserve(world, &mut group, &plan, delivery)?;
    world.emit(What::GroupPlaced {
        group: id,
        total: group.total,
    });
    start_payment(world, &mut group, method, return_url)?;
    if group.payments[0].state == PaymentState::OnAccount {
        super::lifecycle::confirm(world, &mut group);
    }
    Ok(Outcome::Group(world.put_group(group)))
}

fn new_group(world: &World, checkout: Checkout, delivery: Delivery) -> Result<Group, Refusal> {
    let shop = world.shop().ok_or(Refusal::NotFound { what: "shop" })?;
    let Checkout {
        id,
        intent,
        mut quote,
        ..
    } = checkout;
    let display = shop
        .tax_display(intent.currency)
        .unwrap_or(TaxDisplay::Inclusive);
    let now = world.now();
    let tax_country = pricing::tax_country(world, &intent).unwrap_or(shop.country);
    Ok(Group {
        id: id.group(),
        version: 1,
        state: GroupState::PendingPayment,
        cancel_reason: None,
        channel: checkout.channel,
        device: checkout.device,
        language: intent.language,
        currency: intent.currency,
        access_key: checkout.access_key,
        buyer: intent.buyer,
        destination: intent
            .destination
            .filter(|_| matches!(delivery, Delivery::Ship(_))),
        billing: intent.billing,
        delivery,
        promise: intent.promise,
        tax_country,
        total: quote.total,
        tax: quote.tax,
        orders: split_by_seller(id.group(), &mut quote, display)?,
        discounts: quote.applied,
        delivery_title: quote.delivery_title,
        reservations: Vec::new(),
        payments: Vec::new(),
        fulfillments: Vec::new(),
        refunds: Vec::new(),
        placed_at: now,
        updated_at: now,
        expires_at: Some(now + limits::RESERVATION_MS),
        extension: intent.extension,
    })
}

/// One order per seller in the order of the lines; delivery is spread by the goods' price. The quote's lines
/// become the orders'.
fn split_by_seller(
    group: GroupId,
    quote: &mut Quote,
    display: TaxDisplay,
) -> Result<Vec<Order>, Refusal> {
    let mut sellers: Vec<SellerId> = Vec::new();
    for line in &quote.lines {
        if !sellers.contains(&line.seller) {
            sellers.push(line.seller);
        }
    }
    let of_seller = |seller| {
        let own = quote.lines.iter().filter(move |l| l.seller == seller);
        own.map(|l| l.subtotal - l.discount).sum()
    };
    let goods: Vec<i64> = sellers.iter().map(|s| of_seller(*s)).collect();
    let gross_shipping = match display {
        TaxDisplay::Inclusive => quote.shipping,
        TaxDisplay::Exclusive => quote.shipping + quote.shipping_tax,
    };
    let shipping = crate::money::allocate(gross_shipping, &goods);
    let shipping_tax = crate::money::allocate(quote.shipping_tax, &shipping);
    let mut orders = Vec::with_capacity(sellers.len());
    for (i, &seller) in sellers.iter().enumerate() {
        orders.push(Order {
            id: OrderId::under(group, super::next_sub(i)?),
            seller,
            state: OrderState::Pending,
            lines: Vec::new(),
            shipping: shipping[i],
            shipping_tax: shipping_tax[i],
            total: shipping[i],
            shipping_earned: false,
        });
    }
    for (number, line) in (1..).zip(core::mem::take(&mut quote.lines)) {
        let place = sellers.iter().position(|s| *s == line.seller);
        let order = &mut orders[place.expect("every line has a seller")];
        order.total += line.total;
        order.lines.push(numbered_line(number, line));
    }
    Ok(orders)
}

fn numbered_line(number: u16, line: QuoteLine) -> Line {
    Line {
        number,
        variant: line.variant,
        sku: line.sku,
        title: line.title,
        options: line.options,
        image: line.image,
        quantity: line.quantity,
        canceled: 0,
        fulfilled: 0,
        returned: 0,
        canceled_share: Share::default(),
        fulfilled_share: Share::default(),
        earned_share: Share::default(),
        returned_share: Share::default(),
        unit_price: line.unit_price,
        discount: line.discount,
        tax: line.tax,
        tax_rate_ppm: line.tax_rate_ppm,
        total: line.total,
    }
}

/// Sets the goods aside and plans one fulfillment per order and location.
fn reserve(
    world: &mut World,
    group: &mut Group,
    plan: &[Part],
    delivery: Delivery,
) -> Result<(), Refusal> {
    let method = match delivery {
        Delivery::Ship(_) => Method::Ship,
        Delivery::Pickup(_) => Method::Pickup,
        Delivery::CarryOut(_) => Method::CarryOut,
    };
    for (i, part) in plan.iter().enumerate() {
        let order = group
            .orders
            .iter()
            .find(|o| o.lines.iter().any(|l| l.number == part.line))
            .map(|o| o.id)
            .expect("the plan serves lines of this group");
        let fulfillment = fulfillment_at(world, group, order, part.location, method)?;
        group.fulfillments[usize::from(fulfillment.sub()) - 1]
            .lines
            .push((part.line, part.quantity));
        group.reservations.push(Reservation {
            number: u16::try_from(i + 1).map_err(|_| Refusal::TooManyLines)?,
            line: part.line,
            fulfillment,
            variant: part.variant,
            location: part.location,
            quantity: part.quantity,
            state: ReservationState::Held,
        });
        let (from, to) = (
            StockAccount::Free(part.location),
            StockAccount::Reserved(part.location),
        );
        world.move_stock(
            part.variant,
            i64::from(part.quantity),
            from,
            to,
            StockCause::Reserve(group.id.0),
        );
    }
    Ok(())
}

fn fulfillment_at(
    world: &World,
    group: &mut Group,
    order: OrderId,
    location: LocationId,
    method: Method,
) -> Result<FulfillmentId, Refusal> {
    if let Some(known) = group
        .fulfillments
        .iter()
        .find(|f| f.order == order && f.location == location)
    {
        return Ok(known.id);
    }
    let id = FulfillmentId::under(group.id, super::next_sub(group.fulfillments.len())?);
    group.fulfillments.push(Fulfillment {
        id,
        order,
        location,
        method,
        state: FulfillmentState::Pending,
        lines: Vec::new(),
        carrier: String::new(),
        tracking_number: String::new(),
        tracking_url: String::new(),
        updated_at: world.now(),
    });
    Ok(id)
}

/// Adds an attempt to pay and asks for it. Nothing to pay counts as agreed.
pub fn start_payment(
    world: &mut World,
    group: &mut Group,
    method: &PaymentMethod,
    return_url: &str,
) -> Result<(), Refusal> {
    if group.payments.len() >= limits::PAYMENT_ATTEMPTS_MAX {
        return Err(Refusal::TooManyPaymentAttempts);
    }
    let id = PaymentId::under(group.id, super::next_sub(group.payments.len())?);
    let on_account = group.total == 0 || *method == PaymentMethod::OnAccount;
    group.payments.push(Payment {
        id,
        method: if on_account {
            PaymentMethod::OnAccount
        } else {
            method.clone()
        },
        state: if on_account {
            PaymentState::OnAccount
        } else {
            PaymentState::Pending
        },
        amount: group.total,
        captured: 0,
        refunded: 0,
        provider_ref: None,
        action_url: None,
        return_url: return_url.into(),
        decline_code: String::new(),
        updated_at: world.now(),
    });
    world.emit(What::PaymentStarted { payment: id });
    if !on_account {
        world.ask(Task::StartPayment(id));
    }
    Ok(())
}
