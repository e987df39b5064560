//! The model against the rows.

use super::{Deal, Model, Part, Used};
use commerce::campaign::Use;
use commerce::id::{LocationId, VariantId};
use commerce::order::{Group, Share};
use commerce::stock::Level;

/// Fails with the names of both sides.
macro_rules! same {
    ($what:literal, $row:expr, $model:expr) => {
        let (row, model) = (&$row, &$model);
        if row != model {
            return Err(format!(
                concat!($what, " is {:?}, the model says {:?}"),
                row, model
            ));
        }
    };
}

fn is(share: Share, part: Part) -> bool {
    (share.total, share.tax) == (part.total, part.tax)
}

impl Model {
    /// Whether a group's row is as it should be; else what differs.
    pub fn compare_group(&self, group: &Group) -> Result<(), String> {
        let Some(deal) = self.deals.get(&group.id) else {
            return Err("it should not exist".to_string());
        };
        same!("state", group.state, deal.state);
        same!("reason", group.cancel_reason, deal.reason);
        same!("currency", group.currency, deal.currency);
        same!("tax country", group.tax_country, deal.country);
        same!("total", group.total, deal.total);
        same!("tax", group.tax, deal.tax);
        same!("expiry", group.expires_at, deal.ends);
        let row = group.presale.as_ref();
        let paid = |id: commerce::id::PaymentId| usize::from(id.sub()) - 1;
        same!(
            "deposit",
            row.map(|p| (p.deposit.parts.clone(), p.paid_by.map(paid), p.forfeited)),
            deal.advance
                .as_ref()
                .map(|a| (a.parts.clone(), a.paid, a.kept))
        );
        compare_orders(group, deal)?;
        compare_parcels(group, deal)?;
        same!("payments", group.payments.len(), deal.attempts.len());
        for (row, attempt) in group.payments.iter().zip(&deal.attempts) {
            same!(
                "payment",
                (row.state, row.amount, row.captured, row.refunded),
                (
                    attempt.state,
                    attempt.amount,
                    attempt.captured,
                    attempt.refunded
                )
            );
        }
        let row = |u: &Use| (u.quota, u.line, u.taken, u.given_back);
        let own = |u: &Used| (Model::quota(u.rule, u.counted), u.line, u.taken, u.back);
        let rows: Vec<_> = group.uses.iter().map(row).collect();
        let owns: Vec<_> = deal.used.iter().map(own).collect();
        same!("what it takes of limits", rows, owns);
        super::returns::compare(group, deal)?;
        super::points::compare(group, deal)?;
        super::parcels::compare(group, deal)?;
        same!("refunds", group.refunds.len(), deal.backs.len());
        for (row, back) in group.refunds.iter().zip(&deal.backs) {
            let order = row.order.map(|o| usize::from(o.sub()) - 1);
            let payment = usize::from(row.payment.sub()) - 1;
            same!(
                "refund",
                (order, payment, row.amount, row.tax, row.state),
                (back.order, back.payment, back.amount, back.tax, back.state)
            );
        }
        Ok(())
    }

    /// Whether a level is as it should be; else what differs.
    pub fn compare_level(
        &self,
        variant: VariantId,
        place: LocationId,
        level: Level,
    ) -> Result<(), String> {
        let shelf = self.shelf(variant, place);
        same!(
            "on hand, reserved, safety stock, shortage",
            (
                level.on_hand,
                level.reserved,
                level.safety_stock,
                level.shortage
            ),
            (shelf.there, shelf.aside, shelf.held_back, shelf.short)
        );
        Ok(())
    }
}

fn compare_orders(group: &Group, deal: &Deal) -> Result<(), String> {
    same!("orders", group.orders.len(), deal.orders.len());
    for (row, order) in group.orders.iter().zip(&deal.orders) {
        same!("seller", row.seller, order.seller);
        same!("order state", row.state, order.state);
        same!(
            "shipping",
            (row.shipping, row.shipping_tax, row.shipping_earned),
            (
                order.shipping.total,
                order.shipping.tax,
                order.shipping_earned
            )
        );
        same!("lines", row.lines.len(), order.lines.len());
        for (row, line) in row.lines.iter().zip(&order.lines) {
            let pieces = (
                row.number,
                row.variant,
                row.quantity,
                row.canceled,
                row.fulfilled,
                row.returned,
            );
            same!(
                "line",
                pieces,
                (
                    line.number,
                    line.variant,
                    line.quantity,
                    line.canceled,
                    line.gone,
                    line.returned
                )
            );
            same!(
                "line price",
                (row.total, row.tax),
                (line.price.total, line.price.tax)
            );
            let shares = is(row.canceled_share, line.canceled_for)
                && is(row.fulfilled_share, line.gone_for)
                && is(row.returned_share, line.returned_for)
                && is(row.earned_share, line.earned);
            if !shares {
                return Err(format!("line shares are {row:?}, the model says {line:?}"));
            }
        }
    }
    Ok(())
}

fn compare_parcels(group: &Group, deal: &Deal) -> Result<(), String> {
    same!("fulfillments", group.fulfillments.len(), deal.parcels.len());
    for (row, parcel) in group.fulfillments.iter().zip(&deal.parcels) {
        same!(
            "fulfillment",
            (row.location, row.state, row.method),
            (parcel.place, parcel.state, deal.method)
        );
        let same_lines = row.lines.len() == parcel.picks.len()
            && row
                .lines
                .iter()
                .zip(&parcel.picks)
                .all(|(l, p)| *l == (p.line, p.pieces));
        if !same_lines {
            return Err(format!(
                "picks are {:?}, the model says {:?}",
                row.lines, parcel.picks
            ));
        }
    }
    Ok(())
}
