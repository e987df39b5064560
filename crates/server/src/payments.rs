//! Between the core and the payment providers: effects go out, what providers say comes in.
//!
//! Every call carries the payment's or refund's id as its key, so that a call that is repeated after a
//! lost reply or a crash moves money once.

use crate::carriers::Dispatcher;
use crate::platforms::Herald;
use api::app::{App, DoorError, now_ms};
use commerce::command::{Actor, Channel, Command, Envelope, PaymentNews, PaymentTrouble};
use commerce::customer::{Customer, Membership, SavedPayment};
use commerce::event::{Effect, Task, What};
use commerce::id::{OrderId, PaymentId, RefundId};
use commerce::limits::NOTE_CHARS_MAX;
use commerce::order::{Group, Refund, RefundState};
use commerce::payment::{Payment, PaymentMethod, PaymentState, ProviderNews};
use connectors::payment::{
    MessageKind, PaymentError, PaymentMethodChoice, PaymentPart, PaymentProvider, PaymentReply,
    ProviderMessage, StartPayment,
};
use std::collections::BTreeMap;
use std::sync::Arc;

#[cfg(test)]
mod tests;

/// Providers by their name in the configuration.
pub type Providers = Arc<BTreeMap<String, Arc<dyn PaymentProvider>>>;

/// What became of an effect.
#[derive(Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It is done, and its row is gone.
    Done,
    /// It must be tried again with the same key.
    Again(String),
    /// The provider understood and refuses, and says nothing that would end it: an operator must look at
    /// it. It is tried again all the same, under another key, since what it refuses may change.
    Stuck(String),
}

/// How often a provider has refused an effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Refusals(pub u32);

impl Refusals {
    /// The key for an attempt. A provider repeats its stored answer to a known key, a refusal too; and a
    /// payment is captured or voided once under any key.
    fn key(self, payment: PaymentId, verb: &str) -> String {
        match self.0 {
            0 => format!("{payment}:{verb}"),
            n => format!("{payment}:{verb}:{n}"),
        }
    }
}

/// Carries out effects on payments.
#[derive(Clone)]
pub struct Cashier {
    /// For commands and questions.
    pub app: App,
    /// Who is asked for money.
    pub providers: Providers,
    /// Where providers report to, without the provider's name.
    pub webhook_base: String,
    /// Who tells platforms of their orders.
    pub herald: Herald,
    /// Who tells carriers of parcels.
    pub dispatcher: Dispatcher,
}

impl Cashier {
    /// Tries an effect once, after so many refusals.
    pub async fn attempt(&self, effect: &Effect, refusals: Refusals) -> Attempt {
        let group_id = match effect.task {
            Task::StartPayment(id) | Task::CapturePayment(id) | Task::VoidPayment(id) => {
                id.parent()
            }
            Task::RefundPayment(id) => id.parent(),
            Task::NotifyPlatform(id, _) => id,
            Task::AnnounceParcel(id, _) | Task::RecallParcel(id, ..) => id.parent(),
        };
        let group = match self.app.group(group_id).await {
            Ok(Some(group)) => group,
            Ok(None) => return self.done(effect).await,
            Err(error) => return Attempt::Again(error.to_string()),
        };
        match effect.task {
            Task::AnnounceParcel(id, ref number) => {
                self.dispatcher.announce(effect, &group, id, number).await
            }
            Task::RecallParcel(_, carrier, ref number) => {
                self.dispatcher.recall(effect, carrier, number).await
            }
            Task::StartPayment(id) => self.start(effect, &group, id).await,
            Task::CapturePayment(id) => self.capture(effect, &group, id, refusals).await,
            Task::VoidPayment(id) => self.void(effect, &group, id, refusals).await,
            Task::RefundPayment(id) => self.refund(effect, &group, id).await,
            Task::NotifyPlatform(id, news) => {
                match self.herald.tell(id, news, effect.number).await {
                    Attempt::Done => self.done(effect).await,
                    other => other,
                }
            }
        }
    }

    fn provider(&self, payment: &Payment) -> Option<Arc<dyn PaymentProvider>> {
        match &payment.method {
            PaymentMethod::Provider { provider, .. } => self.providers.get(provider).cloned(),
            PaymentMethod::OnAccount => None,
        }
    }

    async fn start(&self, effect: &Effect, group: &Group, id: PaymentId) -> Attempt {
        let Some(payment) = group.payments.iter().find(|p| p.id == id) else {
            return self.done(effect).await;
        };
        if payment.provider_ref.is_some() || payment.state == PaymentState::Captured {
            return self.done(effect).await;
        }
        let Some(provider) = self.provider(payment) else {
            let news = ProviderNews::Declined {
                code: "provider_not_configured".to_string(),
            };
            return self.tell(effect, id, None, news).await;
        };
        let PaymentMethod::Provider { token, .. } = &payment.method else {
            return self.done(effect).await;
        };
        let start = StartPayment {
            payment_ref: id.to_string(),
            group_ref: group.id.to_string(),
            amount_minor: payment.amount,
            currency: group.currency.to_string(),
            method: token
                .clone()
                .map_or(PaymentMethodChoice::HostedPage, PaymentMethodChoice::Token),
            return_url: payment.return_url.clone(),
            webhook_url: Some(format!("{}/{}", self.webhook_base, provider.name())),
            description: group
                .orders
                .first()
                .map(|o| o.id.to_string())
                .unwrap_or_default(),
            language: Some(group.language.tag().to_string()),
            keep: token.is_none() && self.keeps_payment(group).await,
        };
        match provider.start(&start).await {
            Ok(reply) => self.take_in(effect, id, reply).await,
            Err(PaymentError::Refused { code, .. }) => {
                self.tell(effect, id, None, ProviderNews::Declined { code })
                    .await
            }
            // Nothing has happened at the provider, and nobody waits for it any more.
            Err(PaymentError::Unavailable { .. }) if !payment.state.is_open() => {
                self.done(effect).await
            }
            Err(error) => Attempt::Again(error.to_string()),
        }
    }

    async fn capture(
        &self,
        effect: &Effect,
        group: &Group,
        id: PaymentId,
        refusals: Refusals,
    ) -> Attempt {
        let Some((payment, reference)) = known_at_provider(group, id) else {
            return self.done(effect).await;
        };
        if payment.state != PaymentState::Authorized {
            return self.done(effect).await;
        }
        let Some(provider) = self.provider(payment) else {
            return not_configured(payment);
        };
        let payment_ref = id.to_string();
        let part = PaymentPart {
            provider_ref: reference,
            payment_ref: &payment_ref,
            amount_minor: payment.amount,
            currency: group.currency.as_str(),
        };
        let refused = match provider.capture(part, &refusals.key(id, "capture")).await {
            Ok(reply) if reply.messages.iter().any(ends_payment) => {
                self.keep_method(group, payment, &*provider, reference)
                    .await;
                return self.take_in(effect, id, reply).await;
            }
            Ok(_) => Attempt::Again("the provider has not said that the money is taken".into()),
            Err(error @ PaymentError::Refused { .. }) => Attempt::Stuck(error.to_string()),
            Err(error) => return Attempt::Again(error.to_string()),
        };
        self.ask_how_it_stands(effect, id, &*provider, reference, refused)
            .await
    }

    /// Whether the member who ordered wants their card kept.
    async fn keeps_payment(&self, group: &Group) -> bool {
        let Some(id) = group.member else { return false };
        let found = self.app.read(move |q| q.customer(id)).await;
        let member = found.ok().flatten().and_then(|c| c.membership);
        member.is_some_and(|m| m.keeps_payment)
    }

    /// Keeps what the member's next order is paid with, if they want that. It is a convenience: when it fails, the
    /// card is asked for once more.
    async fn keep_method(
        &self,
        group: &Group,
        payment: &Payment,
        provider: &dyn PaymentProvider,
        reference: &str,
    ) {
        let asked = matches!(&payment.method, PaymentMethod::Provider { token: None, .. });
        let Some(member) = group.member.filter(|_| asked) else {
            return;
        };
        if !self.keeps_payment(group).await {
            return;
        }
        let kept = match provider.kept(reference).await {
            Ok(Some(kept)) => kept,
            Ok(None) => return,
            Err(error) => {
                tracing::info!(%error, payment = %payment.id, "the card was not kept");
                return;
            }
        };
        let saved = SavedPayment {
            provider: provider.name().to_string(),
            token: kept.token,
            label: kept.label,
        };
        let keep = |_: &mut Customer, member: &mut Membership| {
            member.saved_payment = Some(saved.clone());
        };
        if let Err(error) = api::members::change(&self.app, member, keep).await {
            tracing::info!(%error, payment = %payment.id, "the card was not kept");
        }
    }

    async fn void(
        &self,
        effect: &Effect,
        group: &Group,
        id: PaymentId,
        refusals: Refusals,
    ) -> Attempt {
        let Some((payment, reference)) = known_at_provider(group, id) else {
            return self.done(effect).await;
        };
        if payment.state == PaymentState::Captured {
            return self.done(effect).await;
        }
        let Some(provider) = self.provider(payment) else {
            return not_configured(payment);
        };
        match provider.void(reference, &refusals.key(id, "void")).await {
            Ok(reply) => self.take_in(effect, id, reply).await,
            Err(error @ PaymentError::Refused { .. }) => {
                let refused = Attempt::Stuck(error.to_string());
                self.ask_how_it_stands(effect, id, &*provider, reference, refused)
                    .await
            }
            Err(error) => Attempt::Again(error.to_string()),
        }
    }

    async fn refund(&self, effect: &Effect, group: &Group, id: RefundId) -> Attempt {
        let Some(refund) = group.refunds.iter().find(|r| r.id == id) else {
            return self.done(effect).await;
        };
        if refund.state != RefundState::Pending {
            return self.done(effect).await;
        }
        let known = known_at_provider(group, refund.payment);
        let known =
            known.and_then(|(payment, reference)| Some((self.provider(payment)?, reference)));
        let Some((provider, reference)) = known else {
            let news = ProviderNews::RefundFailed {
                refund: id,
                code: "provider_not_configured".to_string(),
            };
            return self.tell(effect, refund.payment, None, news).await;
        };
        let payment_ref = refund.payment.to_string();
        let part = PaymentPart {
            provider_ref: reference,
            payment_ref: &payment_ref,
            amount_minor: refund.amount,
            currency: group.currency.as_str(),
        };
        match provider.refund(part, &id.to_string()).await {
            Ok(reply) => self.refunded(effect, refund, reply).await,
            Err(PaymentError::Refused { code, .. }) => {
                self.tell(
                    effect,
                    refund.payment,
                    None,
                    ProviderNews::RefundFailed { refund: id, code },
                )
                .await
            }
            Err(error) => Attempt::Again(error.to_string()),
        }
    }

    async fn refunded(&self, effect: &Effect, refund: &Refund, reply: PaymentReply) -> Attempt {
        let answered = reply.messages.iter().any(|m| {
            let key = match &m.kind {
                MessageKind::Refunded { refund_ref, .. }
                | MessageKind::RefundFailed { refund_ref, .. } => refund_ref,
                _ => return false,
            };
            key.as_deref() == Some(refund.id.to_string().as_str())
        });
        if answered {
            self.take_in(effect, refund.payment, reply).await
        } else {
            self.done(effect).await
        }
    }

    /// The provider did not do what was asked. It may know something that ends the payment; if it does
    /// not, that is `otherwise`. That money is still held is no news, and must not be taken in as such: the
    /// core would ask for what was refused once more.
    async fn ask_how_it_stands(
        &self,
        effect: &Effect,
        id: PaymentId,
        provider: &dyn PaymentProvider,
        reference: &str,
        otherwise: Attempt,
    ) -> Attempt {
        let mut reply = match provider.retrieve(reference).await {
            Ok(reply) => reply,
            Err(error) => return Attempt::Again(error.to_string()),
        };
        if !reply.messages.iter().any(ends_payment) {
            return otherwise;
        }
        for message in &mut reply.messages {
            // What was held and ended without money was let go.
            if matches!(message.kind, MessageKind::Failed { .. }) {
                message.kind = MessageKind::Voided;
            }
        }
        self.take_in(effect, id, reply).await
    }

    /// Tells the operators that an effect is stuck: in the log, and in the order's history.
    pub async fn report_stuck(&self, effect: &Effect, reason: &str) {
        let (payment, code) = match effect.task {
            Task::CapturePayment(id) => (id, "capture_refused"),
            Task::VoidPayment(id) => (id, "void_refused"),
            Task::AnnounceParcel(id, _) | Task::RecallParcel(id, ..) => {
                tracing::error!(parcel = %id, reason, "a parcel's carrier is not told: an operator must look at it");
                return;
            }
            Task::StartPayment(_) | Task::RefundPayment(_) | Task::NotifyPlatform(..) => return,
        };
        let order = first_order(payment);
        tracing::error!(%payment, %order, code, reason, "a payment is stuck: an operator must look at it");
        if let Err(error) = self.report(payment, code, reason.to_string()).await {
            tracing::warn!(%payment, error, "the order's history could not be written");
        }
    }

    /// Keeps a trouble on record, once.
    async fn report(&self, payment: PaymentId, code: &str, note: String) -> Result<(), String> {
        let note: String = note.chars().take(NOTE_CHARS_MAX).collect();
        let history = self.app.read(move |r| r.history(payment.parent())).await;
        let is_known = |what: &What| matches!(what, What::PaymentTrouble { payment: p, code: c, note: n } if *p == payment && c == code && *n == note);
        if history
            .map_err(|e| e.to_string())?
            .iter()
            .any(|event| is_known(&event.what))
        {
            return Ok(());
        }
        let trouble = PaymentTrouble {
            payment,
            code: code.to_string(),
            note,
        };
        match self.app.system(Command::ReportTrouble(trouble)).await {
            // There is no such payment: no order whose history could tell.
            Ok(_) | Err(DoorError::Refused(_)) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Turns a reply into commands; the last one ends the effect.
    async fn take_in(&self, effect: &Effect, id: PaymentId, reply: PaymentReply) -> Attempt {
        for message in &reply.messages {
            if let Err(reason) = self.take_message(id, message).await {
                return Attempt::Again(reason);
            }
        }
        self.done(effect).await
    }

    async fn tell(
        &self,
        effect: &Effect,
        id: PaymentId,
        reference: Option<String>,
        news: ProviderNews,
    ) -> Attempt {
        match self.submit(id, reference, news, Some(effect.number)).await {
            Ok(()) => Attempt::Done,
            Err(reason) => Attempt::Again(reason),
        }
    }

    async fn done(&self, effect: &Effect) -> Attempt {
        match self.app.system(Command::EffectDone(effect.number)).await {
            Ok(_) => Attempt::Done,
            Err(error) => Attempt::Again(error.to_string()),
        }
    }

    async fn submit(
        &self,
        payment: PaymentId,
        provider_ref: Option<String>,
        news: ProviderNews,
        effect: Option<u64>,
    ) -> Result<(), String> {
        let said = in_words(&news);
        let command = Command::PaymentNews(PaymentNews {
            payment,
            provider_ref,
            news,
            effect,
        });
        let envelope = Envelope {
            command,
            actor: Actor::Provider,
            channel: Channel::System,
            idempotency: None,
        };
        let code = match self.app.door.submit(envelope).await {
            Ok(_) => return Ok(()),
            Err(DoorError::Refused(refusal)) => refusal.code(),
            Err(error) => return Err(error.to_string()),
        };
        // Saying it again would be refused again: an operator must look at it.
        let order = first_order(payment);
        tracing::error!(%payment, %order, code, said, "a provider's message does not fit: an operator must look at it");
        metrics::counter!("sesame_provider_messages_refused_total", "code" => code).increment(1);
        self.report(payment, "message_refused", format!("{said} ({code})"))
            .await?;
        match effect {
            Some(number) => {
                let ended = self.app.system(Command::EffectDone(number)).await;
                ended.map(drop).map_err(|e| e.to_string())
            }
            None => Ok(()),
        }
    }

    /// Takes in a webhook.
    ///
    /// # Errors
    /// A provider that is not configured, a wrong signature, or a shop that cannot write now: the
    /// provider sends it again.
    pub async fn webhook(
        &self,
        provider: &str,
        headers: &connectors::payment::HeaderMap,
        body: &[u8],
    ) -> Result<(), WebhookError> {
        let provider = self
            .providers
            .get(provider)
            .ok_or(WebhookError::UnknownProvider)?;
        let messages = provider
            .parse_webhook(headers, body, now_ms())
            .map_err(|e| WebhookError::Rejected(e.to_string()))?;
        for message in messages {
            if message.payment_ref.is_some() {
                self.take_webhook_message(&message).await?;
                continue;
            }
            // Done by hand at the provider: it says of which of its payments, and that one knows of which of ours.
            let reply = match provider.retrieve(&message.provider_ref).await {
                Ok(reply) => reply,
                Err(error @ (PaymentError::Timeout { .. } | PaymentError::Unavailable { .. })) => {
                    return Err(WebhookError::Unavailable(error.to_string()));
                }
                Err(error) => {
                    let reference = message.provider_ref;
                    tracing::warn!(reference, %error, "what was done by hand is of a payment that the provider does not show");
                    continue;
                }
            };
            for message in &reply.messages {
                self.take_webhook_message(message).await?;
            }
        }
        Ok(())
    }

    /// Payments that this shop has not begun are left alone: several programs may share an account.
    async fn take_webhook_message(&self, message: &ProviderMessage) -> Result<(), WebhookError> {
        let id = message.payment_ref.as_deref().and_then(PaymentId::parse);
        let Some(id) = id else {
            return Ok(());
        };
        if self.has_heard(id, message) {
            return Ok(());
        }
        self.take_message(id, message)
            .await
            .map_err(WebhookError::Unavailable)
    }

    /// Whether what is in memory says that a message is no news: most webhooks repeat what the reply said.
    fn has_heard(&self, id: PaymentId, message: &ProviderMessage) -> bool {
        let Some(group) = self.app.recent.group(id.parent()) else {
            return false;
        };
        let payment = group.payments.iter().find(|p| p.id == id);
        let news = news_of(message).ok();
        payment
            .zip(news)
            .is_some_and(|(payment, news)| payment.has_heard(&message.provider_ref, &news))
    }

    /// Takes in one thing that a provider said of one of our payments.
    async fn take_message(&self, id: PaymentId, message: &ProviderMessage) -> Result<(), String> {
        match news_of(message) {
            Ok(news) => {
                let reference = Some(message.provider_ref.clone());
                self.submit(id, reference, news, None).await
            }
            Err(trouble) => {
                let order = first_order(id);
                tracing::error!(payment = %id, %order, trouble, "an operator must look at it");
                self.report(id, "refund_failed_outside", trouble).await
            }
        }
    }
}

/// Why a webhook was not taken in.
#[derive(Debug, PartialEq, Eq)]
pub enum WebhookError {
    /// No provider of this name is configured.
    UnknownProvider,
    /// Not signed by the provider, too old, or not understood.
    Rejected(String),
    /// The shop cannot write now.
    Unavailable(String),
}

/// The number under which the console finds what a payment is for.
fn first_order(payment: PaymentId) -> OrderId {
    OrderId::under(payment.parent(), 1)
}

/// A payment that a provider knows, with the provider's id of it.
fn known_at_provider(group: &Group, id: PaymentId) -> Option<(&Payment, &str)> {
    let payment = group.payments.iter().find(|p| p.id == id)?;
    Some((payment, payment.provider_ref.as_deref()?))
}

/// The provider that holds the money was taken out of the configuration.
fn not_configured(payment: &Payment) -> Attempt {
    let name = match &payment.method {
        PaymentMethod::Provider { provider, .. } => provider,
        PaymentMethod::OnAccount => "on account",
    };
    Attempt::Stuck(format!("the provider `{name}` is not configured"))
}

/// Whether nothing is held any more after this message.
fn ends_payment(message: &ProviderMessage) -> bool {
    matches!(
        message.kind,
        MessageKind::Captured { .. } | MessageKind::Voided | MessageKind::Failed { .. }
    )
}

/// What a provider said, for an operator. Amounts are minor units.
fn in_words(news: &ProviderNews) -> String {
    match news {
        ProviderNews::ActionRequired { .. } => "action required".to_string(),
        ProviderNews::Authorized { amount } => format!("authorized {amount}"),
        ProviderNews::Declined { code } => format!("declined {code}"),
        ProviderNews::Captured { amount } => format!("captured {amount}"),
        ProviderNews::Voided => "voided".to_string(),
        ProviderNews::Refunded { refund } => format!("refunded {refund}"),
        ProviderNews::RefundedOutside { reference, amount } => {
            format!("refunded {amount} by hand ({reference})")
        }
        ProviderNews::RefundFailed { refund, code } => format!("refund failed {refund} {code}"),
    }
}

/// What a provider's message means to the core.
///
/// # Errors
/// What an operator must know of all the same.
fn news_of(message: &ProviderMessage) -> Result<ProviderNews, String> {
    let ours = |reference: &Option<String>| reference.as_deref().and_then(RefundId::parse);
    Ok(match &message.kind {
        MessageKind::ActionRequired { url } => ProviderNews::ActionRequired { url: url.clone() },
        MessageKind::Authorized { amount_minor } => ProviderNews::Authorized {
            amount: *amount_minor,
        },
        MessageKind::Declined { code, .. } | MessageKind::Failed { code, .. } => {
            ProviderNews::Declined { code: code.clone() }
        }
        MessageKind::Captured { amount_minor } => ProviderNews::Captured {
            amount: *amount_minor,
        },
        MessageKind::Voided => ProviderNews::Voided,
        MessageKind::Refunded {
            refund_ref,
            provider_refund_ref,
            amount_minor,
            ..
        } => match ours(refund_ref) {
            Some(refund) => ProviderNews::Refunded { refund },
            None => ProviderNews::RefundedOutside {
                reference: provider_refund_ref.clone(),
                amount: *amount_minor,
            },
        },
        MessageKind::RefundFailed {
            refund_ref,
            provider_refund_ref,
            amount_minor,
            code,
        } => match ours(refund_ref) {
            Some(refund) => ProviderNews::RefundFailed {
                refund,
                code: code.clone(),
            },
            None => {
                return Err(format!(
                    "the refund {provider_refund_ref} of {amount_minor} that was made at the provider failed: {code}"
                ));
            }
        },
    })
}
