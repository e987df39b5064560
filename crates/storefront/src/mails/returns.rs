//! Mails about returns: that one was asked for, how the goods are sent, why they are not taken back. That their money
//! went back says the mail about the refund.

use super::Writer;
use api::mail::letter::{Fact, Goods, Part};
use commerce::event::What;
use commerce::follower::MailKind;
use commerce::id::ReturnId;
use commerce::order::Group;
use commerce::returns::{Return, ReturnState};

/// The mail that an event of a return is worth, unless it was overtaken.
pub(super) fn due(what: &What, group: &Group) -> Option<(MailKind, ReturnId)> {
    let (kind, id, state) = match *what {
        What::ReturnRequested { r#return } => {
            (MailKind::ReturnRequested, r#return, ReturnState::Requested)
        }
        What::ReturnApproved { r#return } => {
            (MailKind::ReturnApproved, r#return, ReturnState::Approved)
        }
        What::ReturnRefused { r#return } => {
            (MailKind::ReturnRefused, r#return, ReturnState::Refused)
        }
        _ => return None,
    };
    let is_so = group.return_of(id).is_some_and(|r| r.state == state);
    is_so.then_some((kind, id))
}

impl Writer<'_> {
    pub(super) fn returned(
        &self,
        kind: MailKind,
        id: ReturnId,
    ) -> Option<(String, String, Vec<Part>)> {
        let t = self.texts();
        let found = self.group.return_of(id)?;
        let [title, lead] = match kind {
            MailKind::ReturnApproved => ["mail.return.approved.title", "mail.return.approved.lead"],
            MailKind::ReturnRefused => ["mail.return.refused.title", "mail.return.refused.lead"],
            _ => ["mail.return.requested.title", "mail.return.requested.lead"],
        };
        let mut parts = vec![self.words(lead)];
        if !found.answer.is_empty() {
            parts.push(Part::Words(found.answer.clone()));
        }
        if kind == MailKind::ReturnApproved {
            parts.extend(self.return_address(found));
            let number = found.id.to_string();
            let with = [("number", &number as &dyn std::fmt::Display)];
            parts.push(Part::Words(t.with("return.number", &with)));
        }
        parts.push(self.order_button());
        parts.push(Part::Goods(self.returned_goods(found)));
        let subject = match kind {
            MailKind::ReturnApproved => "mail.return.approved.subject",
            MailKind::ReturnRefused => "mail.return.refused.subject",
            _ => "mail.return.requested.subject",
        };
        Some((self.named(title), self.named(subject), parts))
    }

    /// Where the goods are to be sent or brought, line by line.
    fn return_address(&self, found: &Return) -> Option<Part> {
        let location = self.world.location(found.location?)?;
        let a = &location.address;
        let city = format!("{} {}", a.postal_code, a.city);
        let lines = [&location.name, &a.street, &a.street_2, &city];
        let lines = lines.into_iter().map(|l| l.trim().to_string());
        Some(Part::Facts(vec![Fact {
            label: self.texts().t("mail.return.to").to_string(),
            lines: lines.filter(|l| !l.is_empty()).collect(),
        }]))
    }

    fn returned_goods(&self, found: &Return) -> Vec<Goods> {
        let sold = |number| self.group.lines().find(|l| l.number == number);
        let goods = found
            .lines
            .iter()
            .filter_map(|l| Some(self.goods(sold(l.number)?, l.pieces, String::new())));
        goods.collect()
    }
}
