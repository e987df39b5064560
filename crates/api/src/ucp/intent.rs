//! From a platform's request to what the core is asked: items, buyer, delivery, codes, and the note beside it.

use commerce::checkout::{Buyer, Intent, Item};
use commerce::id::{ProductId, VariantId};
use commerce::limits;
use commerce::money::Currency;
use commerce::pricing;
use commerce::text::Language;
use commerce::world::{RecordKind, World};

use axum::http::StatusCode;
use std::sync::Arc;

use super::delivery::{self, Book, Today};
use super::note::{LineName, NamedAddress, Note};
use super::problem::Problem;
use super::rules::Rules;
use super::shape::{BuyerInput, DiscountsInput, FulfillmentInput, LineInput, PaymentInput};

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

/// What there is: the intent and the note of an open checkout, or an empty start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// For the core.
    pub intent: Intent,
    /// For us.
    pub note: Note,
    /// Addresses to be added to the customer's book.
    pub addresses_new: Vec<NamedAddress>,
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
            extension: String::new(),
        };
        Self {
            intent,
            note: Note::default(),
            addresses_new: Vec::new(),
        }
    }

    /// The start from an open checkout's intent.
    #[must_use]
    pub fn of(intent: &Intent) -> Self {
        let note = Note::read(&intent.extension).unwrap_or_default();
        Self {
            intent: intent.clone(),
            note,
            addresses_new: Vec::new(),
        }
    }

    /// Takes everything in. The note is written into the intent at the end.
    ///
    /// # Errors
    /// The first of: currency, lines, buyer; then what the core's pricing refuses.
    pub fn merge(
        mut self,
        today: Today<'_>,
        wanted: &Wanted,
        book: Book<'_>,
        rules: Rules,
    ) -> Result<Self, Problem> {
        if let Some(code) = &wanted.currency {
            self.intent.currency =
                Currency::parse(code).ok_or_else(|| invalid("currency", "$.currency"))?;
        }
        if let Some(language) = wanted.language.as_deref().and_then(Language::parse) {
            self.intent.language = language;
        }
        if let Some(lines) = &wanted.lines {
            self.take_lines(today.world, lines)?;
        }
        if let Some(buyer) = &wanted.buyer {
            self.take_buyer(buyer)?;
        }
        if let Some(discounts) = &wanted.discounts {
            self.intent.discount_codes = bounded_codes(discounts);
        }
        if let Some(payment) = &wanted.payment {
            self.take_payment(payment);
        }
        if let Some(fulfillment) = &wanted.fulfillment {
            let merged = match fulfillment.methods.first() {
                Some(method) => delivery::merge(self.note.method.as_ref(), method, book, rules),
                None => delivery::Merged::default(),
            };
            self.note.method = merged.method;
            self.addresses_new = merged.addresses_new;
        }
        self.settle(today)?;
        Ok(self)
    }

    /// Works out what the choices mean at today's rates and writes the note into the intent.
    fn settle(&mut self, today: Today<'_>) -> Result<(), Problem> {
        self.intent.delivery = None;
        self.intent.promise = None;
        self.intent.destination = None;
        if let Some(method) = &mut self.note.method {
            self.intent.destination = method
                .selected_address()
                .map(|named| delivery::to_core(&named.address).into());
            let goods = pricing::quote(today.world, &self.intent)?;
            delivery::apply(today, &mut self.intent, &goods, method);
        }
        self.intent.extension = self.note.write();
        Ok(())
    }

    fn take_lines(&mut self, world: &World, lines: &[LineInput]) -> Result<(), Problem> {
        let mut items: Vec<Item> = Vec::new();
        let mut names: Vec<LineName> = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let at = format!("$.line_items[{index}]");
            let variant = find_variant(world, &line.item.id)
                .ok_or_else(|| Problem::unknown_item(&line.item.id).at(format!("{at}.item.id")))?;
            let quantity = u32::try_from(line.quantity)
                .ok()
                .filter(|quantity| (1..=limits::QUANTITY_MAX).contains(quantity))
                .ok_or_else(|| {
                    Problem::from(commerce::refusal::Refusal::QuantityInvalid)
                        .at(format!("{at}.quantity"))
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
        let lines = &self.note.lines;
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

    fn take_buyer(&mut self, sent: &BuyerInput) -> Result<(), Problem> {
        let text = |part: &Option<String>| part.clone().unwrap_or_default();
        let (first_name, last_name) = match (&sent.first_name, &sent.last_name, &sent.full_name) {
            (None, None, Some(full)) => delivery::split_name(full),
            _ => (text(&sent.first_name), text(&sent.last_name)),
        };
        let email = text(&sent.email).trim().to_lowercase();
        if !email.is_empty() && !email.contains('@') {
            return Err(invalid("mail address", "$.buyer.email"));
        }
        self.intent.buyer = Arc::new(Buyer {
            first_name,
            last_name,
            email,
            phone: text(&sent.phone_number),
        });
        self.note.full_name = sent
            .full_name
            .clone()
            .filter(|name| name.chars().count() <= limits::NAME_CHARS_MAX);
        self.note.consent = sent.consent;
        Ok(())
    }

    fn take_payment(&mut self, payment: &PaymentInput) {
        self.note.instruments = payment
            .instruments
            .iter()
            .take(INSTRUMENTS_MAX)
            .map(super::shape::InstrumentInput::public)
            .collect();
        self.note.selected_instrument_id = payment
            .selected_instrument_id
            .clone()
            .or_else(|| payment.selected().map(|instrument| instrument.id.clone()));
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

fn bounded_codes(discounts: &DiscountsInput) -> Vec<String> {
    discounts
        .codes
        .iter()
        .filter(|code| code.chars().count() <= limits::CODE_CHARS_MAX)
        .take(limits::DISCOUNT_CODES_MAX)
        .cloned()
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
