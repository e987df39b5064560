//! Placing an order: the goods are set aside and the payment begins, in one step.

use crate::campaign::Use;
use crate::checkout::{Checkout, Delivery, Intent, Quote, QuoteLine};
use crate::command::{BuyNow, Channel, Device, Outcome, PlaceOrder};
use crate::event::{Task, What};
use crate::id::{FulfillmentId, GroupId, LocationId, OrderId, PaymentId, SellerId};
use crate::limits;
use crate::order::{
    Fulfillment, FulfillmentState, Group, GroupState, Line, Method, Order, OrderState, Presale,
    Reservation, ReservationState, Share,
};
use crate::payment::{Payment, PaymentMethod, PaymentState};
use crate::planted::{self, Fault};
use crate::pricing::{self, Priced};
use crate::refusal::Refusal;
use crate::settings::TaxDisplay;
use crate::sourcing::{self, Need, Part};
use crate::stock::{StockAccount, StockCause};
use crate::world::World;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;

/// Completes a checkout. A checkout that was completed before gives the group it became.
///
/// Checks: the checkout, that it is open and not expired, that nothing is missing, that presale goods are by
/// themselves and their buyer is known, the price as shown, the stock, the way to pay.
pub fn place_order(world: &mut World, place: &PlaceOrder) -> Result<Outcome, Refusal> {
    if let Some(group) = world.group(place.checkout.group()) {
        return Ok(Outcome::Group(group.clone()));
    }
    let checkout = world
        .checkout(place.checkout)
        .ok_or(Refusal::NotFound { what: "checkout" })?
        .clone();
    super::checkout::check_open(world, &checkout)?;
    check_complete(&checkout.intent)?;
    let priced = pricing::orderable(world, world.now(), &checkout.intent)?;
    check_buyer(&priced)?;
    let Priced { quote, uses, .. } = priced;
    check_price(&quote, place.expected_total.unwrap_or(checkout.quote.total))?;
    check_deposit(&quote, &checkout.quote)?;
    check_points(&quote, &checkout.quote)?;
    // As it was shown: then the group says all that is new of it.
    let changed = (quote != checkout.quote).then(|| Checkout {
        quote: quote.clone(),
        ..checkout.placed(world.now())
    });
    let placing = Placing {
        id: checkout.id.group(),
        channel: checkout.channel,
        device: checkout.device,
        access_key: checkout.access_key,
        intent: &checkout.intent,
        quote,
        uses,
        unheard: place.unheard,
    };
    let group = place_group(world, placing, &place.method, &place.return_url)?;
    if let Some(changed) = changed {
        world.put_checkout(changed);
    }
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
    let intent = super::checkout::normal(&open.intent)?;
    let priced = pricing::orderable(world, world.now(), &intent)?;
    check_complete(&intent)?;
    check_buyer(&priced)?;
    let Priced { quote, uses, .. } = priced;
    if let Some(total) = buy.expected_total {
        check_price(&quote, total)?;
        let current = quote.deposit.as_ref().map(|d| d.amount);
        if current != buy.expected_deposit {
            return Err(Refusal::PriceChanged {
                expected: buy.expected_deposit.unwrap_or(total),
                current: current.unwrap_or(quote.total),
            });
        }
    }
    let placing = Placing {
        id: open.id.group(),
        channel: world.channel(),
        device: open.device,
        access_key: open.access_key,
        intent: &intent,
        quote,
        uses,
        unheard: false,
    };
    place_group(world, placing, &buy.method, &buy.return_url)
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

/// Who was shown a deposit pays no more at once, and nobody pays a deposit who was not told of the balance.
fn check_deposit(quote: &Quote, shown: &Quote) -> Result<(), Refusal> {
    if quote.deposit == shown.deposit {
        return Ok(());
    }
    let at_once = |quote: &Quote| quote.deposit.as_ref().map_or(quote.total, |d| d.amount);
    Err(Refusal::PriceChanged {
        expected: at_once(shown),
        current: at_once(quote),
    })
}

/// The member pays with as many points as was shown.
fn check_points(quote: &Quote, shown: &Quote) -> Result<(), Refusal> {
    if quote.points_spent() == shown.points_spent() {
        return Ok(());
    }
    Err(Refusal::PriceChanged {
        expected: shown.total,
        current: quote.total,
    })
}

/// A presale that is limited per buyer must know them.
fn check_buyer(priced: &Priced) -> Result<(), Refusal> {
    if priced.email_needed {
        Err(Refusal::CheckoutIncomplete { missing: "email" })
    } else {
        Ok(())
    }
}

/// What the core cannot do without. How much of an address a door demands is the door's business.
fn check_complete(intent: &Intent) -> Result<(), Refusal> {
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

/// What is to become a group.
struct Placing<'i> {
    id: GroupId,
    channel: Channel,
    device: Device,
    access_key: u64,
    intent: &'i Intent,
    quote: Quote,
    uses: Vec<Use>,
    unheard: bool,
}

/// Makes it a group, sets its goods aside, starts its payment.
fn place_group(
    world: &mut World,
    placing: Placing<'_>,
    method: &PaymentMethod,
    return_url: &str,
) -> Result<Outcome, Refusal> {
    let id = placing.id;
    let intent = placing.intent;
    let delivery = intent.delivery.ok_or(Refusal::CheckoutIncomplete {
        missing: "delivery",
    })?;
    let country = intent.destination.as_ref().and_then(|d| d.country);
    let mut group = new_group(world, placing, delivery)?;
    let mut needs = Vec::with_capacity(intent.items.len());
    needs.extend(group.lines().map(|l| Need {
        line: l.number,
        variant: l.variant,
        quantity: l.quantity,
    }));
    let plan = sourcing::plan(world, &needs, delivery, country)?;
    reserve(world, &mut group, &plan, delivery)?;
    for taken in &group.uses {
        world.take(taken.quota, taken.taken);
    }
    super::points::spend(world, &group);
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

fn new_group(world: &World, placing: Placing<'_>, delivery: Delivery) -> Result<Group, Refusal> {
    let shop = world.shop().ok_or(Refusal::NotFound { what: "shop" })?;
    let Placing {
        id,
        channel,
        device,
        access_key,
        intent,
        mut quote,
        uses,
        unheard,
    } = placing;
    let display = shop
        .tax_display(intent.currency)
        .unwrap_or(TaxDisplay::Inclusive);
    let now = world.now();
    let tax_country = pricing::tax_country(world, intent).unwrap_or(shop.country);
    let destination = match delivery {
        Delivery::Ship(_) => intent.destination.clone(),
        Delivery::Pickup(_) | Delivery::CarryOut(_) => None,
    };
    Ok(Group {
        id,
        version: 1,
        state: GroupState::PendingPayment,
        cancel_reason: None,
        channel,
        device,
        language: intent.language,
        currency: intent.currency,
        access_key,
        buyer: intent.buyer.clone(),
        destination,
        billing: intent.billing.clone(),
        delivery,
        promise: intent.promise,
        tax_country,
        total: quote.total,
        tax: quote.tax,
        orders: split_by_seller(id, &mut quote, display)?,
        discounts: quote.applied,
        delivery_title: quote.delivery_title,
        presale: quote.deposit.map(|deposit| {
            Box::new(Presale {
                deposit: *deposit,
                paid_by: None,
                forfeited: 0,
            })
        }),
        reservations: Vec::new(),
        payments: Vec::new(),
        fulfillments: Vec::new(),
        refunds: Vec::new(),
        returns: Vec::new(),
        placed_at: now,
        updated_at: now,
        expires_at: Some(now + limits::RESERVATION_MS),
        extension: intent.extension.clone(),
        unheard,
        uses,
        member: intent.member,
        points: super::points::terms(world, intent),
        parcels: Vec::new(),
        delays: Vec::new(),
        scans: Vec::new(),
    })
}

/// One order per seller in the order of the lines; delivery is spread by the goods' price. The quote's lines
/// become the orders'.
fn split_by_seller(
    group: GroupId,
    quote: &mut Quote,
    display: TaxDisplay,
) -> Result<Vec<Order>, Refusal> {
    let gross_shipping = match display {
        TaxDisplay::Inclusive => quote.shipping,
        TaxDisplay::Exclusive => quote.shipping + quote.shipping_tax,
    };
    let lines = core::mem::take(&mut quote.lines);
    let order = |place, seller, shipping, shipping_tax, lines_max| {
        Ok(Order {
            id: OrderId::under(group, super::next_sub(place)?),
            seller,
            state: OrderState::Pending,
            lines: Vec::with_capacity(lines_max),
            shipping,
            shipping_tax,
            total: shipping,
            shipping_earned: false,
        })
    };
    let mut sellers: Vec<(SellerId, i64)> = Vec::with_capacity(1);
    for line in &lines {
        let goods = line.subtotal - line.discount;
        match sellers.iter_mut().find(|(s, _)| *s == line.seller) {
            Some((_, sum)) => *sum += goods,
            None => sellers.push((line.seller, goods)),
        }
    }
    let mut orders = Vec::with_capacity(sellers.len());
    if let [(seller, _)] = sellers[..] {
        orders.push(order(
            0,
            seller,
            gross_shipping,
            quote.shipping_tax,
            lines.len(),
        )?);
    } else {
        let goods: Vec<i64> = sellers.iter().map(|(_, goods)| *goods).collect();
        let shipping = crate::money::allocate(gross_shipping, &goods);
        let shipping_tax = crate::money::allocate(quote.shipping_tax, &shipping);
        for (i, (seller, _)) in sellers.iter().enumerate() {
            orders.push(order(i, *seller, shipping[i], shipping_tax[i], 1)?);
        }
    }
    for (number, line) in (1..).zip(lines) {
        let place = orders.iter().position(|o: &Order| o.seller == line.seller);
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
    group.reservations.reserve_exact(plan.len());
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
    // Most groups have one, and are kept by the thousands.
    group.fulfillments.reserve_exact(1);
    group.fulfillments.push(Fulfillment {
        id,
        order,
        location,
        method,
        state: FulfillmentState::Pending,
        lines: Vec::with_capacity(1),
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
    if group.payments.len() - attempts_for_deposit(group) >= limits::PAYMENT_ATTEMPTS_MAX {
        return Err(Refusal::TooManyPaymentAttempts);
    }
    if group.presale.is_some() && *method == PaymentMethod::OnAccount {
        return Err(Refusal::PresaleNeedsProvider);
    }
    let due = group.due();
    let id = PaymentId::under(group.id, super::next_sub(group.payments.len())?);
    let on_account = due == 0 || *method == PaymentMethod::OnAccount;
    group.payments.reserve_exact(1);
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
        amount: due,
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

/// How many attempts went into the deposit, once it is paid: those for the balance are counted anew.
fn attempts_for_deposit(group: &Group) -> usize {
    let deposit = group.presale.as_ref().and_then(|p| p.paid_by);
    deposit.map_or(0, |id| usize::from(id.sub()))
}
