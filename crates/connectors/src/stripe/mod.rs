//! Stripe: PaymentIntents with capture by hand, Checkout Sessions as the hosted page, refunds, signed webhooks.
//!
//! A hosted payment is known by its session (`cs_…`) until the shopper has shown a card, then by its payment (`pi_…`);
//! every call takes either. Our ids travel in `metadata`, so that what comes back says whose it is; what has none of our
//! ids is not ours and is left alone.
//!
//! Refusal codes are Stripe's error codes, and `idempotency_key_reused`, `unauthorized`, `invalid_amount` for ours.

use reqwest::header::HeaderMap;

use commerce::money::Currency;

use crate::http::{HttpError, HttpSettings, now_ms};
use crate::payment::{
    Kept, MessageKind, MoneyKind, PaymentError, PaymentMethodChoice, PaymentPart, PaymentProvider,
    PaymentReply, ProviderMessage, Reply, StartPayment,
};

mod amount;
mod api;
mod form;
mod objects;
mod webhook;

pub use api::{ApiError, CardRefusal, StripeApi};
pub use form::Form;
pub use objects::PaymentIntent;

use api::{bad_reply, refused};
use objects::{CheckoutSession, Expandable, GROUP_REF, List, PAYMENT_REF, REFUND_REF, Refund};

/// The provider's name.
pub const NAME: &str = "stripe";

/// Where Stripe is.
pub const DEFAULT_BASE_URL: &str = "https://api.stripe.com";

/// Refunds of one payment that a retrieval shows.
const MAX_REFUNDS: &str = "100";

/// The code for a payment in another state than the call needs.
const UNEXPECTED_STATE: &str = "payment_intent_unexpected_state";

/// An account at Stripe.
#[derive(Clone)]
pub struct StripeConfig {
    /// `sk_live_…`, `sk_test_…`, or a restricted key that may write payments, sessions and refunds.
    pub secret_key: String,
    /// The signing secrets of the webhook endpoint, `whsec_…`; several while one is being changed.
    pub webhook_secrets: Vec<String>,
    /// Where the API is, without a slash at the end: [`DEFAULT_BASE_URL`], or a fake.
    pub base_url: String,
    /// Time limits and attempts.
    pub http: HttpSettings,
}

/// The connector.
#[derive(Clone)]
pub struct Stripe {
    api: StripeApi,
    webhook_secrets: Vec<String>,
    money: MoneyKind,
}

impl Stripe {
    /// A connector for this account.
    ///
    /// # Errors
    /// When no HTTP client can be made on this system.
    pub fn new(config: &StripeConfig) -> Result<Self, HttpError> {
        let is_test = config.secret_key.contains("_test_");
        Ok(Self {
            api: StripeApi::new(&config.base_url, &config.secret_key, config.http)?,
            webhook_secrets: config.webhook_secrets.clone(),
            money: if is_test {
                MoneyKind::Test
            } else {
                MoneyKind::Real
            },
        })
    }

    async fn start_with_token(
        &self,
        payment: &StartPayment,
        token: &str,
    ) -> Result<PaymentReply, PaymentError> {
        // A kept way of paying belongs to a customer at Stripe: see `kept`.
        let (customer, token) = token.split_once('/').unwrap_or(("", token));
        let form = Form::new()
            .field(
                &["amount"],
                &stripe_amount(payment.amount_minor, &payment.currency)?,
            )
            .field(&["currency"], &payment.currency.to_ascii_lowercase())
            .field(&["capture_method"], "manual")
            .field(&["payment_method_types", "0"], "card")
            .field(&["payment_method"], token)
            .field(&["confirm"], "true")
            .field(&["return_url"], &payment.return_url)
            .field(&["description"], &payment.description)
            .field(&["metadata", PAYMENT_REF], &payment.payment_ref)
            .field(&["metadata", GROUP_REF], &payment.group_ref);
        let form = match customer {
            "" => form,
            customer => form.field(&["customer"], customer),
        };
        match self
            .api
            .post::<PaymentIntent>("/v1/payment_intents", &form, &payment.payment_ref)
            .await
        {
            Ok(intent) if intent.needs_script() => {
                let kind = MessageKind::Declined {
                    code: "action_not_supported".into(),
                    message: "the bank asks for a confirmation that no redirect leads to".into(),
                };
                Ok(reply_with(&intent.id, &payment.payment_ref, Some(kind)))
            }
            Ok(intent) => payment_reply(&intent),
            Err(ApiError::CardRefused(refusal)) => {
                let provider_ref = refusal
                    .payment_intent
                    .as_ref()
                    .map_or(&payment.payment_ref, |intent| &intent.id);
                let kind = MessageKind::Declined {
                    code: refusal.code,
                    message: refusal.message,
                };
                Ok(reply_with(provider_ref, &payment.payment_ref, Some(kind)))
            }
            Err(ApiError::Other(error)) => Err(error),
        }
    }

    async fn start_on_page(&self, payment: &StartPayment) -> Result<PaymentReply, PaymentError> {
        let line = |keys: &[&'static str]| [&["line_items", "0"], keys].concat();
        let description = if payment.description.is_empty() {
            &payment.group_ref
        } else {
            &payment.description
        };
        // Everything here is the same in every repeat of the call, or the key would be refused: no time of expiry.
        let form = Form::new()
            .field(&["mode"], "payment")
            .field(&["success_url"], &payment.return_url)
            .field(&["cancel_url"], &payment.return_url)
            .field(&["client_reference_id"], &payment.payment_ref)
            .field(&["locale"], payment.language.as_deref().unwrap_or("auto"))
            .field(&["payment_method_types", "0"], "card")
            .field(&line(&["quantity"]), "1")
            .field(
                &line(&["price_data", "currency"]),
                &payment.currency.to_ascii_lowercase(),
            )
            .field(
                &line(&["price_data", "unit_amount"]),
                &stripe_amount(payment.amount_minor, &payment.currency)?,
            )
            .field(&line(&["price_data", "product_data", "name"]), description)
            .field(&["payment_intent_data", "capture_method"], "manual")
            .field(&["payment_intent_data", "description"], description)
            .field(
                &["payment_intent_data", "metadata", PAYMENT_REF],
                &payment.payment_ref,
            )
            .field(
                &["payment_intent_data", "metadata", GROUP_REF],
                &payment.group_ref,
            )
            .field(&["metadata", PAYMENT_REF], &payment.payment_ref)
            .field(&["metadata", GROUP_REF], &payment.group_ref);
        let form = if payment.keep {
            form.field(&["customer_creation"], "always")
                .field(&["payment_intent_data", "setup_future_usage"], "on_session")
        } else {
            form
        };
        let session: CheckoutSession = self
            .api
            .post("/v1/checkout/sessions", &form, &payment.payment_ref)
            .await?;
        session_reply(&session)
    }

    async fn session(&self, id: &str) -> Result<CheckoutSession, PaymentError> {
        let query = Form::new().field(&["expand", "0"], "payment_intent");
        Ok(self
            .api
            .get(&object_path("checkout/sessions", id, "")?, &query)
            .await?)
    }

    async fn intent(&self, id: &str) -> Result<PaymentIntent, PaymentError> {
        Ok(self
            .api
            .get(&object_path("payment_intents", id, "")?, &Form::new())
            .await?)
    }

    /// The id of the payment behind either kind of id.
    async fn intent_id(&self, provider_ref: &str) -> Result<String, PaymentError> {
        if !is_session(provider_ref) {
            return Ok(provider_ref.into());
        }
        let session = self.session(provider_ref).await?;
        let id = session.payment_intent_id().map(str::to_owned);
        id.ok_or_else(|| {
            refused(
                UNEXPECTED_STATE,
                "the shopper has not paid on the hosted page",
            )
        })
    }

    async fn reply_with_refunds(
        &self,
        intent: &PaymentIntent,
    ) -> Result<PaymentReply, PaymentError> {
        let mut reply = payment_reply(intent)?;
        let is_captured = matches!(
            reply.messages.first().map(|message| &message.kind),
            Some(MessageKind::Captured { .. })
        );
        if !is_captured {
            return Ok(reply);
        }
        let query = Form::new()
            .field(&["payment_intent"], &intent.id)
            .field(&["limit"], MAX_REFUNDS);
        let list: List<Refund> = self.api.get("/v1/refunds", &query).await?;
        // Stripe lists the newest first.
        for refund in list.data.iter().rev() {
            // Letting go of what a partial capture left is listed like a refund; it has none of our ids.
            let is_rest =
                intent.is_captured_in_part() && refund.amount == intent.uncaptured_amount();
            if is_rest && refund.payment_ref().is_none() {
                continue;
            }
            let payment_ref = intent.payment_ref().map_or("", String::as_str);
            let message = |kind| {
                ProviderMessage::from_reply(&intent.id, payment_ref, refund.created_ms(), kind)
            };
            reply.messages.extend(refund.kind()?.map(message));
        }
        Ok(reply)
    }

    /// Ends a payment or a page. A call that finds it ended the way it was asked to be has done its work.
    async fn end(&self, provider_ref: &str, key: &str) -> Result<PaymentReply, PaymentError> {
        let mut id = provider_ref.to_owned();
        if is_session(provider_ref) {
            let session = self.session(provider_ref).await?;
            match (session.status.as_str(), session.payment_intent_id()) {
                ("complete", Some(intent)) => id = intent.to_owned(),
                ("open", _) => {
                    let path = object_path("checkout/sessions", provider_ref, "/expire")?;
                    let session: CheckoutSession = self
                        .api
                        .post(&path, &Form::new(), &format!("{key}/expire"))
                        .await?;
                    return Ok(session_voided(&session));
                }
                _ => return Ok(session_voided(&session)),
            }
        }
        let path = object_path("payment_intents", &id, "/cancel")?;
        match self
            .api
            .post::<PaymentIntent>(&path, &Form::new(), key)
            .await
        {
            Ok(intent) => payment_reply(&intent),
            Err(error) => {
                self.unless_done(&id, error.into(), |kind| *kind == MessageKind::Voided)
                    .await
            }
        }
    }

    async fn take(&self, part: PaymentPart<'_>, key: &str) -> Result<PaymentReply, PaymentError> {
        let id = self.intent_id(part.provider_ref).await?;
        let form = Form::new().field(
            &["amount_to_capture"],
            &stripe_amount(part.amount_minor, part.currency)?,
        );
        let path = object_path("payment_intents", &id, "/capture")?;
        match self.api.post::<PaymentIntent>(&path, &form, key).await {
            Ok(intent) => payment_reply(&intent),
            Err(error) => {
                let wanted = MessageKind::Captured {
                    amount_minor: part.amount_minor,
                };
                self.unless_done(&id, error.into(), |kind| *kind == wanted)
                    .await
            }
        }
    }

    /// Stripe forgets keys after a day; then a repeated call is refused because it has been carried out. If the payment
    /// stands as the call wanted it, that is the answer.
    async fn unless_done(
        &self,
        id: &str,
        error: PaymentError,
        is_wanted: impl Fn(&MessageKind) -> bool + Send,
    ) -> Result<PaymentReply, PaymentError> {
        if !matches!(&error, PaymentError::Refused { code, .. } if code == UNEXPECTED_STATE) {
            return Err(error);
        }
        let reply = payment_reply(&self.intent(id).await?)?;
        if reply
            .messages
            .iter()
            .any(|message| is_wanted(&message.kind))
        {
            Ok(reply)
        } else {
            Err(error)
        }
    }

    async fn give_back(
        &self,
        part: PaymentPart<'_>,
        key: &str,
    ) -> Result<PaymentReply, PaymentError> {
        let id = self.intent_id(part.provider_ref).await?;
        let form = Form::new()
            .field(&["payment_intent"], &id)
            .field(
                &["amount"],
                &stripe_amount(part.amount_minor, part.currency)?,
            )
            .field(&["metadata", PAYMENT_REF], part.payment_ref)
            .field(&["metadata", REFUND_REF], key);
        let refund: Refund = self.api.post("/v1/refunds", &form, key).await?;
        let message = refund.kind()?.map(|kind| {
            ProviderMessage::from_reply(&id, part.payment_ref, refund.created_ms(), kind)
        });
        Ok(PaymentReply {
            provider_ref: id,
            messages: message.into_iter().collect(),
        })
    }
}

impl PaymentProvider for Stripe {
    fn name(&self) -> &'static str {
        NAME
    }

    fn money(&self) -> MoneyKind {
        self.money
    }

    fn start<'a>(&'a self, payment: &'a StartPayment) -> Reply<'a> {
        Box::pin(async move {
            match &payment.method {
                PaymentMethodChoice::HostedPage => self.start_on_page(payment).await,
                PaymentMethodChoice::Token(token) => self.start_with_token(payment, token).await,
            }
        })
    }

    fn retrieve<'a>(&'a self, provider_ref: &'a str) -> Reply<'a> {
        Box::pin(async move {
            if !is_session(provider_ref) {
                return self
                    .reply_with_refunds(&self.intent(provider_ref).await?)
                    .await;
            }
            let session = self.session(provider_ref).await?;
            match &session.payment_intent {
                Some(Expandable::Object(intent)) if session.status == "complete" => {
                    self.reply_with_refunds(intent).await
                }
                _ => session_reply(&session),
            }
        })
    }

    fn capture<'a>(&'a self, payment: PaymentPart<'a>, key: &'a str) -> Reply<'a> {
        Box::pin(self.take(payment, key))
    }

    fn void<'a>(&'a self, provider_ref: &'a str, key: &'a str) -> Reply<'a> {
        Box::pin(self.end(provider_ref, key))
    }

    fn refund<'a>(&'a self, payment: PaymentPart<'a>, key: &'a str) -> Reply<'a> {
        Box::pin(self.give_back(payment, key))
    }

    fn kept<'a>(&'a self, provider_ref: &'a str) -> Kept<'a> {
        Box::pin(async move {
            let id = self.intent_id(provider_ref).await?;
            let query = Form::new().field(&["expand", "0"], "payment_method");
            let path = object_path("payment_intents", &id, "")?;
            let intent: PaymentIntent = self.api.get(&path, &query).await?;
            Ok(intent.kept())
        })
    }

    fn parse_webhook(
        &self,
        headers: &HeaderMap,
        body: &[u8],
        now_ms: i64,
    ) -> Result<Vec<ProviderMessage>, PaymentError> {
        webhook::verify(&self.webhook_secrets, headers, body, now_ms)?;
        webhook::translate(body)
    }
}

fn is_session(provider_ref: &str) -> bool {
    provider_ref.starts_with("cs_")
}

/// Stripe's ids go into a path: nothing but their own alphabet may.
fn object_path(collection: &str, id: &str, rest: &str) -> Result<String, PaymentError> {
    let fits = !id.is_empty()
        && id.len() <= 255
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits {
        Ok(format!("/v1/{collection}/{id}{rest}"))
    } else {
        Err(refused(
            "resource_missing",
            "that is no id of this provider",
        ))
    }
}

fn stripe_amount(amount_minor: i64, currency: &str) -> Result<String, PaymentError> {
    let amount =
        Currency::parse(currency).and_then(|currency| amount::to_stripe(amount_minor, currency));
    match amount {
        Some(amount) if amount > 0 => Ok(amount.to_string()),
        _ => Err(refused(
            "invalid_amount",
            &format!("{amount_minor} minor units of {currency} cannot be charged"),
        )),
    }
}

fn payment_reply(intent: &PaymentIntent) -> Result<PaymentReply, PaymentError> {
    let payment_ref = intent
        .payment_ref()
        .ok_or_else(|| bad_reply(&format!("{} is not ours", intent.id)))?;
    Ok(reply_with(&intent.id, payment_ref, intent.kind()?))
}

fn session_reply(session: &CheckoutSession) -> Result<PaymentReply, PaymentError> {
    let payment_ref = session
        .payment_ref()
        .ok_or_else(|| bad_reply(&format!("{} is not ours", session.id)))?;
    let provider_ref = session
        .payment_intent_id()
        .filter(|_| session.status == "complete")
        .unwrap_or(&session.id);
    Ok(reply_with(provider_ref, payment_ref, session.kind()?))
}

/// The page was ended before anything was paid on it.
fn session_voided(session: &CheckoutSession) -> PaymentReply {
    let payment_ref = session.payment_ref().map_or("", String::as_str);
    reply_with(&session.id, payment_ref, Some(MessageKind::Voided))
}

/// Stripe's replies carry no time of the fact itself: it is known now.
fn reply_with(provider_ref: &str, payment_ref: &str, kind: Option<MessageKind>) -> PaymentReply {
    let message =
        kind.map(|kind| ProviderMessage::from_reply(provider_ref, payment_ref, now_ms(), kind));
    PaymentReply {
        provider_ref: provider_ref.into(),
        messages: message.into_iter().collect(),
    }
}
