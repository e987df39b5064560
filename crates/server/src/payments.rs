//! Between the core and the payment providers: effects go out, what providers say comes in.
//!
//! Every call carries the payment's or refund's id as its key, so that a call that is repeated after a
//! lost reply or a crash moves money once.

use crate::platforms::Herald;
use api::app::{App, DoorError, now_ms};
use commerce::command::{Actor, Channel, Command, Envelope, PaymentNews};
use commerce::event::{Effect, Task};
use commerce::id::{PaymentId, RefundId};
use commerce::order::{Group, Refund, RefundState};
use commerce::payment::{Payment, PaymentMethod, PaymentState, ProviderNews};
use connectors::payment::{
    MessageKind, PaymentError, PaymentMethodChoice, PaymentPart, PaymentProvider, PaymentReply,
    ProviderMessage, StartPayment,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Providers by their name in the configuration.
pub type Providers = Arc<BTreeMap<String, Arc<dyn PaymentProvider>>>;

/// What became of an effect.
#[derive(Debug, PartialEq, Eq)]
pub enum Attempt {
    /// It is done, and its row is gone.
    Done,
    /// It must be tried again with the same key.
    Again(String),
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
}

impl Cashier {
    /// Tries an effect once.
    pub async fn attempt(&self, effect: &Effect) -> Attempt {
        let group_id = match effect.task {
            Task::StartPayment(id) | Task::CapturePayment(id) | Task::VoidPayment(id) => {
                id.parent()
            }
            Task::RefundPayment(id) => id.parent(),
            Task::NotifyPlatform(id, _) => id,
        };
        let group = match self.app.read(move |r| r.group(group_id)).await {
            Ok(Some(group)) => group,
            Ok(None) => return self.done(effect).await,
            Err(error) => return Attempt::Again(error.to_string()),
        };
        match effect.task {
            Task::StartPayment(id) => self.start(effect, &group, id).await,
            Task::CapturePayment(id) => self.capture(effect, &group, id).await,
            Task::VoidPayment(id) => self.void(effect, &group, id).await,
            Task::RefundPayment(id) => self.refund(effect, &group, id).await,
            Task::NotifyPlatform(id, news) => {
                match self.herald.tell(id, news, effect.number).await {
                    Attempt::Done => self.done(effect).await,
                    again @ Attempt::Again(_) => again,
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

    async fn capture(&self, effect: &Effect, group: &Group, id: PaymentId) -> Attempt {
        let Some((payment, provider, reference)) = self.at_provider(group, id) else {
            return self.done(effect).await;
        };
        if payment.state != PaymentState::Authorized {
            return self.done(effect).await;
        }
        let payment_ref = id.to_string();
        let part = PaymentPart {
            provider_ref: &reference,
            payment_ref: &payment_ref,
            amount_minor: payment.amount,
            currency: group.currency.as_str(),
        };
        match provider.capture(part, &format!("{id}:capture")).await {
            Ok(reply) => self.take_in(effect, id, reply).await,
            Err(PaymentError::Refused { .. }) => {
                self.ask_how_it_stands(effect, id, &*provider, &reference)
                    .await
            }
            Err(error) => Attempt::Again(error.to_string()),
        }
    }

    async fn void(&self, effect: &Effect, group: &Group, id: PaymentId) -> Attempt {
        let Some((payment, provider, reference)) = self.at_provider(group, id) else {
            return self.done(effect).await;
        };
        if payment.state == PaymentState::Captured {
            return self.done(effect).await;
        }
        match provider.void(&reference, &format!("{id}:void")).await {
            Ok(reply) => self.take_in(effect, id, reply).await,
            Err(PaymentError::Refused { .. }) => {
                self.ask_how_it_stands(effect, id, &*provider, &reference)
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
        let Some((_, provider, reference)) = self.at_provider(group, refund.payment) else {
            let news = ProviderNews::RefundFailed {
                refund: id,
                code: "provider_not_configured".to_string(),
            };
            return self.tell(effect, refund.payment, None, news).await;
        };
        let payment_ref = refund.payment.to_string();
        let part = PaymentPart {
            provider_ref: &reference,
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

    /// The payment with its provider and the provider's id of it; `None` when no provider knows of it.
    fn at_provider<'g>(
        &self,
        group: &'g Group,
        id: PaymentId,
    ) -> Option<(&'g Payment, Arc<dyn PaymentProvider>, String)> {
        let payment = group.payments.iter().find(|p| p.id == id)?;
        Some((
            payment,
            self.provider(payment)?,
            payment.provider_ref.clone()?,
        ))
    }

    /// The provider refused: it knows something that we don't.
    async fn ask_how_it_stands(
        &self,
        effect: &Effect,
        id: PaymentId,
        provider: &dyn PaymentProvider,
        reference: &str,
    ) -> Attempt {
        match provider.retrieve(reference).await {
            Ok(reply) => self.take_in(effect, id, reply).await,
            Err(error) => Attempt::Again(error.to_string()),
        }
    }

    /// Turns a reply into commands; the last one ends the effect.
    async fn take_in(&self, effect: &Effect, id: PaymentId, reply: PaymentReply) -> Attempt {
        for message in &reply.messages {
            if let Some(news) = news_of(message)
                && let Err(reason) = self
                    .submit(id, Some(message.provider_ref.clone()), news, None)
                    .await
            {
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
        match self.app.door.submit(envelope).await {
            Ok(_) => Ok(()),
            Err(DoorError::Refused(refusal)) => {
                // Saying it again would be refused again: an operator must look at it.
                tracing::error!(%payment, code = refusal.code(), "a provider's message does not fit");
                match effect {
                    Some(number) => self
                        .app
                        .system(Command::EffectDone(number))
                        .await
                        .map(drop)
                        .map_err(|e| e.to_string()),
                    None => Ok(()),
                }
            }
            Err(error) => Err(error.to_string()),
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
            let id = message.payment_ref.as_deref().and_then(PaymentId::parse);
            let (Some(id), Some(news)) = (id, news_of(&message)) else {
                continue;
            };
            let reference = Some(message.provider_ref.clone());
            self.submit(id, reference, news, None)
                .await
                .map_err(WebhookError::Unavailable)?;
        }
        Ok(())
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

/// What a provider's message means to the core; `None` when it means nothing to it.
fn news_of(message: &ProviderMessage) -> Option<ProviderNews> {
    let refund = |reference: &Option<String>| reference.as_deref().and_then(RefundId::parse);
    Some(match &message.kind {
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
        MessageKind::Refunded { refund_ref, .. } => ProviderNews::Refunded {
            refund: refund(refund_ref)?,
        },
        MessageKind::RefundFailed {
            refund_ref, code, ..
        } => ProviderNews::RefundFailed {
            refund: refund(refund_ref)?,
            code: code.clone(),
        },
    })
}
