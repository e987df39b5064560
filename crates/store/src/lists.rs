//! What lists show of a group, and which filters it passes: the same for every engine.

use crate::codec::word;
use crate::query::{FulfillmentFilter, FulfillmentRow, OrderFilter, OrderRow, Page};
use commerce::order::{Fulfillment, Group, Order};

/// Rows in one page at most.
pub const PAGE_MAX: usize = 500;
/// Groups that one page looks at before it is handed over as it is, with where to go on: a question that
/// hardly any order answers must not take the time of them all.
pub const SCANNED_MAX: usize = 200_000;

/// Collects a page while groups are looked at one by one.
pub struct Collector<T> {
    rows: Vec<T>,
    limit: usize,
    scanned: usize,
    last: Option<u64>,
    cut: bool,
}

impl<T> Collector<T> {
    /// A page of 1 to [`PAGE_MAX`] rows.
    pub fn new(limit: usize) -> Self {
        Self {
            rows: Vec::new(),
            limit: limit.clamp(1, PAGE_MAX),
            scanned: 0,
            last: None,
            cut: false,
        }
    }

    /// Takes the rows of one group, each with its key; says whether to go on with the next group.
    pub fn take(&mut self, rows: impl IntoIterator<Item = (u64, T)>) -> bool {
        for (key, row) in rows {
            if self.rows.len() == self.limit {
                self.cut = true;
                return false;
            }
            self.rows.push(row);
            self.last = Some(key);
        }
        self.scanned += 1;
        true
    }

    /// Whether enough groups were looked at; `key` is where the next page begins.
    pub fn tires(&mut self, key: u64) -> bool {
        if self.scanned >= SCANNED_MAX {
            self.last = Some(key);
            self.cut = true;
        }
        self.cut
    }

    /// The page.
    pub fn page(self) -> Page<T> {
        Page {
            next: self.last.filter(|_| self.cut),
            rows: self.rows,
        }
    }
}

/// The orders of a group that a list shows, newest first, with their keys.
pub fn orders(group: &Group, filter: &OrderFilter) -> Vec<(u64, OrderRow)> {
    let fits_time = filter.from.is_none_or(|from| group.placed_at >= from)
        && filter.to.is_none_or(|to| group.placed_at < to);
    let fits_channel = filter
        .channel
        .as_ref()
        .is_none_or(|channel| group.channel.word() == channel);
    if !(fits_time && fits_channel) {
        return Vec::new();
    }
    let shown = group.orders.iter().rev().filter(|order| {
        (filter.states.is_empty() || filter.states.contains(&order.state))
            && filter.seller.is_none_or(|seller| order.seller == seller)
            && filter.after.is_none_or(|after| order.id.0 < after)
            && filter.location.is_none_or(|location| {
                let mut own = group.fulfillments.iter().filter(|f| f.order == order.id);
                own.any(|f| f.location == location)
            })
            && filter
                .query
                .as_ref()
                .is_none_or(|q| answers(group, order, q))
    });
    shown
        .map(|order| (order.id.0, order_row(group, order)))
        .collect()
}

/// Whether every word of a question is part of the order's number, name, e-mail address, a SKU or a title.
fn answers(group: &Group, order: &Order, question: &str) -> bool {
    let buyer = &group.buyer;
    let mut text = format!(
        "{} {} {} {}",
        buyer.first_name, buyer.last_name, buyer.email, order.id
    );
    for line in &order.lines {
        text.push(' ');
        text.push_str(&line.sku);
        text.push(' ');
        text.push_str(&line.title);
    }
    let text = text.to_lowercase();
    let mut words = question.split_whitespace();
    words.all(|word| text.contains(&word.to_lowercase()))
}

fn order_row(group: &Group, order: &Order) -> OrderRow {
    let payment = group.settled_payment().or(group.last_payment());
    let buyer = format!("{} {}", group.buyer.first_name, group.buyer.last_name);
    OrderRow {
        id: order.id,
        state: order.state,
        seller: order.seller,
        channel: group.channel.word().to_string(),
        device: word(&group.device),
        placed_at: group.placed_at,
        currency: group.currency,
        total: order.total,
        pieces: order.lines.iter().map(|l| i64::from(l.quantity)).sum(),
        payment: payment.map(|p| word(&p.state)).unwrap_or_default(),
        buyer: buyer.trim().to_string(),
        email: group.buyer.email.clone(),
    }
}

/// The fulfillments of a group that a list shows, oldest first, with their keys.
pub fn fulfillments(group: &Group, filter: &FulfillmentFilter) -> Vec<(u64, FulfillmentRow)> {
    let shown = group.fulfillments.iter().filter(|f| {
        (filter.states.is_empty() || filter.states.contains(&f.state))
            && filter
                .location
                .is_none_or(|location| f.location == location)
            && filter.after.is_none_or(|after| f.id.0 > after)
    });
    shown.map(|f| (f.id.0, fulfillment_row(f))).collect()
}

/// Whether a list shows only fulfillments that are still to be handed over.
pub fn is_pick_list(filter: &FulfillmentFilter) -> bool {
    let waits = |state| crate::sums::waiting(state).is_some();
    !filter.states.is_empty() && filter.states.iter().all(|state| waits(*state))
}

fn fulfillment_row(f: &Fulfillment) -> FulfillmentRow {
    FulfillmentRow {
        id: f.id,
        order: f.order,
        location: f.location,
        method: word(&f.method),
        state: f.state,
        pieces: f.lines.iter().map(|(_, pieces)| i64::from(*pieces)).sum(),
    }
}
