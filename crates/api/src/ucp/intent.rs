//! From a platform's request to what the core is asked: items, buyer, delivery, codes, and the note beside it.

use commerce::checkout::{Buyer, Intent, Item};
use commerce::extension::Extension;
use commerce::id::{ProductId, VariantId};
use commerce::limits;
use commerce::money::Currency;
use commerce::pricing;
use commerce::text::Language;
use commerce::world::{RecordKind, World};

use axum::http::StatusCode;
use std::sync::Arc;

use super::delivery::{self, Book};
use super::note::{LineName, NamedAddress, Note};
use super::problem::Problem;
use super::rules::Rules;
use super::shape::{BuyerInput, DiscountsInput, FulfillmentInput, LineInput, PaymentInput};
use crate::promise::Outlook;

/// Instruments that are kept with a checkout.
const INSTRUMENTS_MAX: usize = 10;

/// What a request wants, whatever version it came in. `None` keeps what there is.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    /// The lines.
    pub lines: Option<Vec<LineInput>>,
    /// The currency.
    pub currency: Option<String>,
    /// The language.
    pub language: Option<String>,
    /// The buyer.
    pub buyer: Option<BuyerInput>,
    /// The way of delivery.
    pub fulfillment: Option<FulfillmentInput>,
    /// The codes.
    pub discounts: Option<DiscountsInput>,
    /// The instruments.
    pub payment: Option<PaymentInput>,
}

/// What becomes of an open checkout or an empty start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// For the core. The note is not in it yet: see [`Draft::finish`].
    pub intent: Intent,
    /// For us.
    pub note: Note,
    /// Addresses to be added to the customer's book.
    pub addresses_new: Vec<NamedAddress>,
    /// The note that there was.
    before: Arc<Note>,
}

impl Draft {
    /// An empty start.
    #[must_use]
    pub fn empty(currency: Currency, language: Language) -> Self {
        let intent = Intent {
            currency,
            language,
            items: Vec::new(),
            buyer: Default::default(),
            destination: None,
            billing: None,
            delivery: None,
            promise: None,
            discount_codes: Vec::new(),
            member: None,
            extension: Extension::default(),
            points: Default::default(),
        };
        Self {
            intent,
            note: Note::default(),
            addresses_new: Vec::new(),
            before: Arc::default(),
        }
    }

    /// The start from an open checkout's intent.
    #[must_use]
    pub fn of(intent: &Intent) -> Self {
        Self {
            intent: intent.clone(),
            note: Note::default(),
            addresses_new: Vec::new(),
            before: Note::of(&intent.extension),
        }
    }

    /// The intent with the note in it, and the addresses to be added to the customer's book.
    #[must_use]
    pub fn finish(self) -> (Intent, Vec<NamedAddress>) {
        let mut intent = self.intent;
        intent.extension = self.note.keep();
        (intent, self.addresses_new)
    }

    /// Takes everything in; what is not wanted otherwise stays as it was before.
    ///
    /// # Errors
    /// The first of: currency, lines, buyer; then what the core's pricing refuses.
    pub fn merge(
        mut self,
        today: Outlook<'_>,
        wanted: Wanted,
        book: Book<'_>,
        rules: Rules,
    ) -> Result<Self, Problem> {
        self.keep_the_rest();
        if let Some(code) = &wanted.currency {
            self.intent.currency =
                Currency::parse(code).ok_or_else(|| invalid("currency", "$.currency"))?;
        }
        if let Some(language) = wanted.language.as_deref().and_then(Language::parse) {
            self.intent.language = language;
        }
        match wanted.lines {
            Some(lines) => self.take_lines(today.world, &lines)?,
            None => self.note.lines.clone_from(&self.before.lines),
        }
        match wanted.buyer {
            Some(buyer) => self.take_buyer(buyer)?,
            None => {
                self.note.full_name.clone_from(&self.before.full_name);
                self.note.consent = self.before.consent;
            }
        }
        if let Some(discounts) = wanted.discounts {
            self.intent.discount_codes = bounded_codes(discounts);
        }
        match wanted.payment {
            Some(payment) => self.take_payment(payment),
            None => {
                self.note.instruments.clone_from(&self.before.instruments);
                let selected = &self.before.selected_instrument_id;
                self.note.selected_instrument_id.clone_from(selected);
            }
        }
        match wanted.fulfillment {
            Some(fulfillment) => {
                let before = self.before.method.as_ref();
                let merged = match fulfillment.methods.into_iter().next() {
                    Some(method) => delivery::merge(before, method, book, rules),
                    None => delivery::Merged::default(),
                };
                self.note.method = merged.method;
                self.addresses_new = merged.addresses_new;
            }
            None => self.note.method.clone_from(&self.before.method),
        }
        self.settle(today)?;
        Ok(self)
    }

    /// Takes over what no request changes.
    fn keep_the_rest(&mut self) {
        let before = &*self.before;
        let platform = self.note.platform.take();
        self.note = Note {
            platform: platform.or_else(|| before.platform.clone()),
            last_line: before.last_line,
            cart_key: self.note.cart_key.or(before.cart_key),
            cart_checkout: before.cart_checkout,
            canceled: before.canceled,
            ..Note::default()
        };
    }

    /// Works out what the choices mean at today's rates.
    fn settle(&mut self, today: Outlook<'_>) -> Result<(), Problem> {
        self.intent.delivery = None;
        self.intent.promise = None;
        self.intent.destination = None;
        if let Some(method) = &mut self.note.method {
            self.intent.destination = method
                .selected_address()
                .map(|named| delivery::to_core(&named.address).into());
            let goods = pricing::quote(today.world, today.now, &self.intent)?;
            delivery::apply(today, &mut self.intent, &goods, method);
        }
        Ok(())
    }

    fn take_lines(&mut self, world: &World, lines: &[LineInput]) -> Result<(), Problem> {
        let mut items: Vec<Item> = Vec::new();
        let mut names: Vec<LineName> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let at = |part: &str| format!("$.line_items[{index}].{part}");
            let variant = find_variant(world, &line.item.id)
                .ok_or_else(|| Problem::unknown_item(&line.item.id).at(at("item.id")))?;
            let quantity = u32::try_from(line.quantity)
                .ok()
                .filter(|quantity| (1..=limits::QUANTITY_MAX).contains(quantity))
                .ok_or_else(|| {
                    Problem::from(commerce::refusal::Refusal::QuantityInvalid).at(at("quantity"))
                })?;
            match items.iter_mut().find(|item| item.variant == variant) {
                Some(item) => item.quantity = item.quantity.saturating_add(quantity),
                None => {
                    items.push(Item {
                        variant,
                        seller: None,
                        quantity,
                    });
                    names.push(self.name_line(line.id.as_deref(), variant));
                }
            }
        }
        self.intent.items = items;
        self.note.lines = names;
        Ok(())
    }

    /// The line's name: the one it had (by id, then by article), or the next number.
    fn name_line(&mut self, sent: Option<&str>, variant: VariantId) -> LineName {
        let known =
            |line: &&LineName| line.variant == variant && sent.is_none_or(|id| id == line.id);
        let same_article = |line: &&LineName| line.variant == variant;
        let lines = &self.before.lines;
        if let Some(line) = lines
            .iter()
            .find(known)
            .or_else(|| lines.iter().find(same_article))
        {
            return line.clone();
        }
        self.note.last_line += 1;
        LineName {
            id: format!("li_{}", self.note.last_line),
            variant,
        }
    }

    fn take_buyer(&mut self, sent: BuyerInput) -> Result<(), Problem> {
        let (first_name, last_name) = match (sent.first_name, sent.last_name, &sent.full_name) {
            (None, None, Some(full)) => delivery::split_name(full),
            (first, last, _) => (first.unwrap_or_default(), last.unwrap_or_default()),
        };
        let email = sent.email.unwrap_or_default().trim().to_lowercase();
        if !email.is_empty() && !email.contains('@') {
            return Err(invalid("mail address", "$.buyer.email"));
        }
        self.intent.buyer = Arc::new(Buyer {
            first_name,
            last_name,
            email,
            phone: sent.phone_number.unwrap_or_default(),
        });
        self.note.full_name = sent
            .full_name
            .filter(|name| name.chars().count() <= limits::NAME_CHARS_MAX);
        self.note.consent = sent.consent;
        Ok(())
    }

    fn take_payment(&mut self, payment: PaymentInput) {
        let selected = || payment.selected().map(|instrument| instrument.id.clone());
        let selected = payment.selected_instrument_id.clone().or_else(selected);
        self.note.selected_instrument_id = selected;
        self.note.instruments = payment
            .instruments
            .into_iter()
            .take(INSTRUMENTS_MAX)
            .map(super::shape::InstrumentInput::public)
            .collect();
    }
}

fn invalid(what: &str, path: &str) -> Problem {
    Problem::business(
        StatusCode::BAD_REQUEST,
        "invalid",
        format!("This is not a {what} that we know."),
    )
    .at(path)
}

fn bounded_codes(discounts: DiscountsInput) -> Vec<String> {
    discounts
        .codes
        .into_iter()
        .filter(|code| code.chars().count() <= limits::CODE_CHARS_MAX)
        .take(limits::DISCOUNT_CODES_MAX)
        .collect()
}

/// The variant that a platform means: by its id, its SKU, or a product (by id or handle) that has just one.
#[must_use]
pub fn find_variant(world: &World, id: &str) -> Option<VariantId> {
    let by_id = VariantId::parse(id).filter(|variant| {
        world
            .product(variant.parent())
            .is_some_and(|product| product.variant(*variant).is_some())
    });
    by_id.or_else(|| world.variant_of_sku(id)).or_else(|| {
        let product = world.product(find_product(world, id)?)?;
        (product.variants.len() == 1).then(|| product.variants[0].id)
    })
}

/// The product that a platform means: by its id or handle.
#[must_use]
pub fn find_product(world: &World, id: &str) -> Option<ProductId> {
    ProductId::parse(id)
        .filter(|product| world.product(*product).is_some())
        .or_else(|| world.id_of_code(RecordKind::Product, id).map(ProductId))
}
