//! Who is looking: language, currency and cart of a request, from its cookies and its address.
//!
//! The cart's cookie names the cart and proves with a signature that we made it. It is the visitor's
//! one secret: form tokens are derived from it. `SameSite=Lax` keeps it from forms of other sites.

use crate::Scripts;
use crate::assets;
use crate::best_sellers::BestSellers;
use crate::devices::{self, Here};
use crate::handlers::feeds;
use crate::pages::layout::{Frame, Kept, Page, render};
use crate::pages::{self};
use crate::touches::{self, Change, Touches};
use crate::views::{self, Reader};
use crate::wishes;
use api::auth::Limiter;
use api::i18n::{Language, Texts, negotiate};
use api::members::{self, Claims, Members};
use api::optional::Optional;
use api::timetables::Board;
use api::{App, DoorError};
use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{Html, IntoResponse, Response};
use commerce::checkout::Cart;
use commerce::code::Country;
use commerce::command::{Actor, Channel, Device, Envelope, Idempotency};
use commerce::customer::{Customer, PushDevice};
use commerce::id::{CartId, CustomerId, ProductId, VariantId};
use commerce::wish::Wishes;
use commerce::{Command, Currency, Outcome, Refusal, World};
use hmac::{Hmac, KeyInit, Mac};
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::{Mutex, MutexGuard, OnceCell, Semaphore};

const CART_COOKIE: &str = "sesame_cart";
const LANGUAGE_COOKIE: &str = "sesame_language";
const CURRENCY_COOKIE: &str = "sesame_currency";
/// Holds a challenge while its code is on the way.
const CHALLENGE_COOKIE: &str = "sesame_challenge";
/// Seconds that it stays; the code itself is over sooner.
const CHALLENGE_SECONDS: u32 = 15 * 60;
/// What taps carry that were kept while there was no connection.
const TAP_HEADER: &str = "x-sesame-tap";
const DAY_SECONDS: u32 = 24 * 60 * 60;
/// How long the cart survives closing the browser.
const COOKIE_SECONDS: u32 = 365 * DAY_SECONDS;
/// Hexadecimal digits of a signature that are kept: 128 bits.
const SIGNATURE_DIGITS: usize = 32;
/// Changes of one cart wait for each other; carts share this many locks.
const CART_LOCKS: usize = 1 << CART_LOCKS_BITS;
const CART_LOCKS_BITS: u32 = 8;
/// Mails that ask whether an alert is wanted, per address and hour, and per browser.
const ASK_ATTEMPTS_MAX: u32 = 4;
/// Attempts to find an order per address and hour.
const FIND_ATTEMPTS_MAX: u32 = 10;
/// Reviews that a visitor finds helpful per hour.
const HELPFUL_MAX: u32 = 60;
/// Reviews that a visitor reports per hour.
const REPORTS_MAX: u32 = 10;
const HOUR_MS: i64 = 60 * 60 * 1_000;

/// What all handlers of the shop share.
pub struct Shop {
    /// Stock, orders, the door.
    pub app: App,
    /// What sells best, counted anew now and then.
    pub best_sellers: BestSellers,
    /// Slows down those who have mails sent to addresses that may not be theirs.
    pub ask_limiter: Limiter,
    /// Slows down guessing of orders.
    pub find_limiter: Limiter,
    /// Bounds how often a visitor says that a review helped.
    pub helpful_limiter: Limiter,
    /// Bounds how often a visitor reports a review.
    pub report_limiter: Limiter,
    /// Who signs in.
    pub members: Members,
    /// Places for feeds that are written at once.
    pub feeds: Arc<Semaphore>,
    /// What the UI's build gives the shop.
    pub scripts: Scripts,
    /// The host of the shop's own address.
    pub own_host: String,
    stylesheet: String,
    cart_key: Vec<u8>,
    form_key: Vec<u8>,
    cart_locks: [Mutex<()>; CART_LOCKS],
}

impl Shop {
    /// A shop over this app.
    pub fn new(app: App, scripts: Scripts) -> Self {
        Self {
            best_sellers: BestSellers::default(),
            ask_limiter: Limiter::new(ASK_ATTEMPTS_MAX, HOUR_MS),
            find_limiter: Limiter::new(FIND_ATTEMPTS_MAX, HOUR_MS),
            helpful_limiter: Limiter::new(HELPFUL_MAX, HOUR_MS),
            report_limiter: Limiter::new(REPORTS_MAX, HOUR_MS),
            members: Members::new(app.clone()),
            feeds: feeds::places(),
            scripts,
            own_host: api::traffic::host_of(&app.config.public_url).unwrap_or_default(),
            stylesheet: assets::stylesheet_href(),
            cart_key: app.config.key("storefront cart cookie"),
            form_key: app.config.key("storefront form token"),
            cart_locks: std::array::from_fn(|_| Mutex::new(())),
            app,
        }
    }

    /// Whether payments move no real money.
    pub fn test_money(&self) -> bool {
        self.app.config.providers.iter().any(|p| p.test_money)
    }

    fn signed_cart(&self, text: &str) -> Option<CartId> {
        let (id, signature) = text.split_once('.')?;
        let cart = CartId::parse(id)?;
        same(signature, &sign(&self.cart_key, id)).then_some(cart)
    }
}

fn sign(key: &[u8], text: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(key).expect("any length of key is allowed");
    mac.update(text.as_bytes());
    let digest = mac.finalize().into_bytes();
    api::hex::of(&digest)[..SIGNATURE_DIGITS].to_string()
}

/// Compares secrets without telling by its duration where they differ.
fn same(a: &str, b: &str) -> bool {
    let differs = |x: u8, (p, q): (u8, u8)| x | (p ^ q);
    a.len() == b.len() && a.bytes().zip(b.bytes()).fold(0, differs) == 0
}

/// One request of a visitor.
pub struct Visit {
    /// What all handlers share.
    pub shop: Arc<Shop>,
    /// Carriers' timetables.
    pub board: Arc<Board>,
    /// The visitor's texts.
    pub texts: Texts,
    /// The currency of prices.
    pub currency: Currency,
    /// Where parcels go as long as no address is known.
    pub country: Country,
    /// Names the browser; without a member it is the cart's id, too. The cart need not have been saved yet.
    pub visitor: CartId,
    /// The path of the page: of a form, the one that it was on.
    pub path: String,
    /// Its query, without the choice of language and currency.
    pub query: Vec<(String, String)>,
    /// The kind of device.
    pub device: Device,
    /// Whose session the request belongs to, as its cookie says.
    pub claims: Option<Claims>,
    /// What a code that was sent by mail answers, or empty.
    pub challenge: String,
    /// What a guest keeps, in their browser.
    pub guests_favourites: Vec<VariantId>,
    /// The device that this browser is, if a member is told things on it.
    pub here: Option<Here>,
    /// Whether a script asks, which wants no page.
    pub is_script: bool,
    /// Whether it is a tap that a phone kept and now sends: the answer is for a program.
    pub is_kept_tap: bool,
    /// Whether the browser asks not to be followed (Do Not Track, Global Privacy Control).
    is_private: bool,
    /// Where the visitor comes from.
    pub touches: Touches,
    /// Whether the request comes from a form of another site.
    foreign: bool,
    has_cart_cookie: bool,
    /// The member, once somebody asked.
    member: OnceCell<Option<Customer>>,
    chose_language: bool,
    chose_currency: bool,
}

/// A request that ends early, with the page that says why.
pub struct Fault(Box<Response>);

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        *self.0
    }
}

impl From<Response> for Fault {
    fn from(response: Response) -> Self {
        Fault(Box::new(response))
    }
}

/// A page, or the page that says why not.
pub type Answer = Result<Response, Fault>;

/// The pairs of a form.
#[derive(Debug, Default)]
pub struct Fields(pub Vec<(String, String)>);

impl Fields {
    /// The last value under a name, or empty.
    pub fn get(&self, name: &str) -> &str {
        let mut found = self.0.iter().rev().filter(|(n, _)| n == name);
        found.next().map_or("", |(_, value)| value.as_str())
    }
}

impl FromRequestParts<Arc<Shop>> for Visit {
    type Rejection = Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        shop: &Arc<Shop>,
    ) -> Result<Self, Self::Rejection> {
        let pairs = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri)
            .map(|q| q.0)
            .unwrap_or_default();
        let chosen = pairs
            .iter()
            .find(|(name, _)| name == "lang")
            .and_then(|(_, value)| Language::parse(value));
        let kept = cookie(parts, LANGUAGE_COOKIE).and_then(|c| Language::parse(&c));
        let asked = || negotiate(text_of(parts, header::ACCEPT_LANGUAGE));
        let language = chosen.or(kept).unwrap_or_else(asked);
        let cart = cookie(parts, CART_COOKIE).and_then(|c| shop.signed_cart(&c));
        let asked_currency = pairs.iter().find(|(name, _)| name == "currency");
        let asked_currency = asked_currency.map(|(_, value)| value.as_str());
        let kept_currency = cookie(parts, CURRENCY_COOKIE);
        let (currency, country) = money_and_place(
            &shop.app.shelf.read(),
            asked_currency.or(kept_currency.as_deref()),
        );
        Ok(Self {
            board: shop.app.timetables.board(),
            texts: Texts::of(language),
            currency,
            country,
            visitor: cart.unwrap_or_else(|| CartId(shop.app.ids.next())),
            member: OnceCell::new(),
            has_cart_cookie: cart.is_some(),
            chose_currency: asked_currency.is_some()
                && kept_currency.as_deref() != Some(currency.as_str()),
            chose_language: chosen.is_some_and(|c| kept != Some(c)),
            path: page_of(parts),
            touches: Touches::of(parts, &pairs, shop),
            query: pairs
                .into_iter()
                .filter(|(name, _)| name != "lang" && name != "currency")
                .collect(),
            device: device(text_of(parts, header::USER_AGENT)),
            claims: cookie(parts, members::COOKIE)
                .and_then(|c| shop.members.claims(&c, api::app::now_ms())),
            challenge: cookie(parts, CHALLENGE_COOKIE).unwrap_or_default(),
            guests_favourites: cookie(parts, wishes::COOKIE)
                .map_or_else(Vec::new, |c| wishes::read(&c)),
            here: cookie(parts, devices::COOKIE).and_then(|c| Here::read(&c)),
            is_script: text_of(parts, header::ACCEPT) == "application/json",
            is_kept_tap: parts.headers.contains_key(TAP_HEADER),
            is_private: touches::asks_not_to_be_followed(parts),
            foreign: text_of(parts, "sec-fetch-site") == "cross-site",
            shop: shop.clone(),
        })
    }
}

pub(crate) fn text_of(parts: &Parts, name: impl header::AsHeaderName) -> &str {
    let value = parts.headers.get(name);
    value.and_then(|v| v.to_str().ok()).unwrap_or("")
}

pub(crate) fn cookie(parts: &Parts, name: &str) -> Option<String> {
    let headers = parts.headers.get_all(header::COOKIE);
    let texts = headers.iter().filter_map(|v| v.to_str().ok());
    texts
        .flat_map(|t| t.split(';'))
        .filter_map(|c| c.trim().split_once('='))
        .find(|(n, _)| *n == name)
        .map(|(_, value)| value.to_string())
}

/// A member's cart, whichever device they hold. It has the member's own number: ids of all kinds come from one
/// generator, so that no guest's cart has it.
pub fn member_cart(member: CustomerId) -> CartId {
    CartId(member.0)
}

/// Which lock a cart waits for. Ids are times with a low end that is mostly zero, so their bits are mixed first
/// (Fibonacci hashing: the product's high bits depend on all of the id's).
fn lock_of(cart: CartId) -> usize {
    let mixed = cart.base().wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> (u64::BITS - CART_LOCKS_BITS)) as usize
}

/// The chosen currency if the shop sells in it, and the shop's country.
fn money_and_place(world: &World, chosen: Option<&str>) -> (Currency, Country) {
    let Some(shop) = world.shop() else {
        let currency = Currency::parse("EUR").expect("a code");
        return (currency, Country::parse("DE").expect("a code"));
    };
    let currency = chosen
        .and_then(Currency::parse)
        .filter(|c| shop.tax_display(*c).is_some());
    (currency.unwrap_or(shop.currency), shop.country)
}

/// The path of the request; a form's own address shows nothing, so that links lead to the page it was on.
fn page_of(parts: &Parts) -> String {
    if parts.method != Method::POST {
        return parts.uri.path().to_string();
    }
    let referrer = text_of(parts, header::REFERER).parse::<Uri>();
    referrer.map_or_else(|_| "/cart".to_string(), |uri| uri.path().to_string())
}

/// The kind of device by what the browser says of itself.
pub(crate) fn device(user_agent: &str) -> Device {
    if user_agent.is_empty() {
        Device::Unknown
    } else if user_agent.contains("iPad")
        || (user_agent.contains("Android") && !user_agent.contains("Mobile"))
    {
        Device::Tablet
    } else if user_agent.contains("Mobile") || user_agent.contains("iPhone") {
        Device::Phone
    } else {
        Device::Desktop
    }
}

impl Visit {
    /// What pages read, for as long as the shelf is held.
    pub fn reader<'w>(&'w self, world: &'w World) -> Reader<'w> {
        Reader {
            world,
            board: &self.board,
            texts: self.texts,
            currency: self.currency,
            country: self.country,
            now: api::app::now_ms(),
            points: 0,
        }
    }

    /// Whether orders in this shop earn points and may be paid with them.
    pub fn has_points(&self) -> bool {
        views::points::program(&self.reader(&self.shop.app.shelf.read())).is_some()
    }

    /// How many points the member can spend; 0 for a guest, and without a program.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn points(&self) -> Result<i64, Fault> {
        match self.member().await? {
            Some(member) => self.points_of(member.id).await,
            None => Ok(0),
        }
    }

    /// The same of whoever it is.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn points_of(&self, member: CustomerId) -> Result<i64, Fault> {
        if !self.has_points() {
            return Ok(0);
        }
        let found = members::points::spendable(&self.shop.app, member).await;
        found.map_err(|e| self.broken(&e))
    }

    /// The visitor's cart: a member's is the same on each of their devices, a guest's is their browser's.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn cart_id(&self) -> Result<CartId, Fault> {
        let member = self.member().await?;
        Ok(member.map_or(self.visitor, |member| member_cart(member.id)))
    }

    /// The visitor's cart as it was saved last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn cart(&self) -> Result<Option<Arc<Cart>>, Fault> {
        let id = self.cart_id().await?;
        self.cart_of(id).await
    }

    /// The cart under an id, as it was saved last.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn cart_of(&self, id: CartId) -> Result<Option<Arc<Cart>>, Fault> {
        if id == self.visitor && !self.has_cart_cookie {
            return Ok(None);
        }
        let found = self.shop.app.cart(id).await;
        found.map_err(|e| self.broken(&e))
    }

    /// What is bought together with some products: a look-up in memory. None while that is not shown.
    pub fn partners(&self, products: &[ProductId]) -> Vec<ProductId> {
        let app = &self.shop.app;
        match products {
            _ if !app.shows(Optional::Recommendations) => Vec::new(),
            [one] => app.together.partners(*one),
            several => app.together.partners_of(several),
        }
    }

    /// The member who is signed in, unless their session was ended meanwhile.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn member(&self) -> Result<Option<Customer>, Fault> {
        let Some(claims) = self.claims else {
            return Ok(None);
        };
        let found = self
            .member
            .get_or_try_init(|| self.shop.members.of(claims))
            .await;
        found.cloned().map_err(|e| self.broken(&e))
    }

    /// What the visitor keeps: a member in their account, a guest in the browser.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn wishes(&self) -> Result<Wishes, Fault> {
        match self.member().await? {
            Some(member) => {
                let found = members::wishes::of(&self.shop.app, member.id).await;
                found.map_err(|e| self.broken(&e))
            }
            None => Ok(wishes::of_guest(&self.guests_favourites)),
        }
    }

    /// Remembers what a guest keeps.
    pub fn keep_favourites(&self, response: &mut Response, favourites: &[VariantId]) {
        let text = wishes::write(favourites);
        let seconds = if text.is_empty() { 0 } else { COOKIE_SECONDS };
        self.set_cookie_for(response, (wishes::COOKIE, &text), seconds);
    }

    /// Whether a member's device is this browser.
    pub fn is_here(&self, device: &PushDevice) -> bool {
        (self.here.as_ref()).is_some_and(|here| here.device == devices::id_of(device))
    }

    /// Remembers which device this browser is; `None` when nobody is told anything on it any more.
    pub fn keep_here(&self, response: &mut Response, here: Option<&Here>) {
        let (text, seconds) = match here {
            Some(here) => (here.write(), COOKIE_SECONDS),
            None => (String::new(), 0),
        };
        self.set_cookie_for(response, (devices::COOKIE, &text), seconds);
    }

    /// Begins or renews a member's session.
    pub fn sign_in(&self, response: &mut Response, customer: &Customer) {
        let session = self.shop.members.session(customer, api::app::now_ms());
        let seconds = u32::try_from(members::SESSION_MS / 1_000).unwrap_or(COOKIE_SECONDS);
        if let Some(value) = session {
            self.set_cookie_for(response, (members::COOKIE, &value), seconds);
        }
    }

    /// Ends the session on this device.
    pub fn sign_out(&self, response: &mut Response) {
        self.set_cookie_for(response, (members::COOKIE, ""), 0);
    }

    /// A path of ours that somebody is to be sent on to: `//host` and `/\host` would lead away.
    pub fn own_path<'p>(&self, path: &'p str, otherwise: &'p str) -> &'p str {
        let ours = path.starts_with('/') && !path.starts_with("//") && !path.contains('\\');
        if ours { path } else { otherwise }
    }

    /// Makes changes of the cart wait for each other, so that two tabs lose nothing.
    pub async fn lock_cart(&self, cart: CartId) -> MutexGuard<'_, ()> {
        self.shop.cart_locks[lock_of(cart)].lock().await
    }

    /// The frame of a page.
    pub async fn frame(&self) -> Frame {
        // A page without its cart's number is better than no page.
        let cart = self.cart().await.ok().flatten();
        let wishes = self.wishes().await.ok();
        let kept = wishes.iter().flat_map(|w| &w.list).map(|w| {
            let waits = Kept {
                back: w.back.is_some(),
                cheaper: w.cheaper.map(|c| c.at_most),
            };
            (w.variant, waits)
        });
        Frame {
            favourites: kept.collect(),
            ..self.frame_with(cart.as_deref())
        }
    }

    fn frame_with(&self, cart: Option<&Cart>) -> Frame {
        let pieces = cart.map_or(0, |c| c.items.iter().map(|i| u64::from(i.quantity)).sum());
        let world = self.shop.app.shelf.read();
        let shop = world.shop();
        let top = views::children(&world, None);
        Frame {
            texts: self.texts,
            currency: self.currency,
            currencies: shop
                .map_or_else(Vec::new, |s| s.currencies.iter().map(|(c, _)| *c).collect()),
            shop_name: shop.map_or_else(|| "Sesame".to_string(), |s| s.name.clone()),
            public_url: self.shop.app.config.public_url.clone(),
            path: self.path.clone(),
            query: self.query.clone(),
            cart_pieces: pieces,
            favourites: Default::default(),
            alerts: self.shop.app.config.mailer.is_there(),
            form_token: self.form_token(),
            is_private: self.is_private,
            test_money: self.shop.test_money(),
            signed_in: self.claims.is_some(),
            passkeys: self.shop.members.has_passkeys(),
            categories: top
                .into_iter()
                .map(|c| views::category_link(c, self.texts))
                .collect(),
            stylesheet: self.shop.stylesheet.clone(),
            script: self.shop.scripts.islands.clone(),
            media: self.shop.app.media.clone(),
        }
    }

    /// Whether a token is this visitor's, on a page of ours.
    pub fn is_ours(&self, token: &str) -> bool {
        !self.foreign && self.has_cart_cookie && same(token, &self.form_token())
    }

    fn form_token(&self) -> String {
        sign(&self.shop.form_key, &self.visitor.to_string())
    }

    /// Refuses a form that is not ours or belongs to another visitor.
    ///
    /// # Errors
    /// The page that asks to try again.
    pub async fn check_form(&self, fields: &Fields) -> Result<(), Fault> {
        if self.is_ours(fields.get("token")) {
            return Ok(());
        }
        let frame = self.frame().await;
        let t = self.texts;
        let page = pages::error::failed(&frame, t.t("error.form"), t.t("error.form_body"));
        Err(self.page(StatusCode::FORBIDDEN, &frame, &page).into())
    }

    /// A page with its headers.
    pub fn page(&self, status: StatusCode, frame: &Frame, page: &Page) -> Response {
        if status == StatusCode::OK {
            self.touches.count(&self.shop, self.visitor.0, self.device);
        }
        let html = Html(render(frame, page).into_string());
        self.with_cookies((status, html).into_response())
    }

    /// A page that went well.
    pub fn ok(&self, frame: &Frame, page: &Page) -> Response {
        self.page(StatusCode::OK, frame, page)
    }

    /// Sends the browser on with GET.
    pub fn go(&self, to: &str) -> Response {
        let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
        let response = (StatusCode::SEE_OTHER, [(header::LOCATION, to)]).into_response();
        self.with_cookies(response)
    }

    /// Adds the cookies that this visit needs, and keeps shared caches away.
    pub fn with_cookies(&self, mut response: Response) -> Response {
        if !self.has_cart_cookie {
            let id = self.visitor.to_string();
            let value = format!("{id}.{}", sign(&self.shop.cart_key, &id));
            self.set_cookie(&mut response, CART_COOKIE, &value);
        }
        if self.chose_language {
            self.set_cookie(&mut response, LANGUAGE_COOKIE, self.texts.language().tag());
        }
        if self.chose_currency {
            self.keep_currency(&mut response, self.currency);
        }
        self.keep_touches(&mut response);
        let headers = response.headers_mut();
        headers.insert(
            header::CACHE_CONTROL,
            HeaderValue::from_static("private, no-cache"),
        );
        let language = HeaderValue::from_static(self.texts.language().tag());
        headers.insert(header::CONTENT_LANGUAGE, language);
        response
    }

    fn keep_touches(&self, response: &mut Response) {
        let (value, days) = match &self.touches.change {
            Change::None => return,
            Change::Remove => ("", 0),
            Change::Keep(value) => (value.as_str(), self.shop.app.config.touch_days),
        };
        let cookie = (touches::COOKIE, value);
        self.set_cookie_for(response, cookie, days * DAY_SECONDS);
    }

    /// Remembers a choice of currency.
    pub fn keep_currency(&self, response: &mut Response, currency: Currency) {
        self.set_cookie(response, CURRENCY_COOKIE, currency.as_str());
    }

    fn set_cookie(&self, response: &mut Response, name: &str, value: &str) {
        self.set_cookie_for(response, (name, value), COOKIE_SECONDS);
    }

    /// Remembers what a code that was sent by mail answers; empty when it was answered.
    pub fn keep_challenge(&self, response: &mut Response, challenge: &str) {
        let seconds = if challenge.is_empty() {
            0
        } else {
            CHALLENGE_SECONDS
        };
        self.set_cookie_for(response, (CHALLENGE_COOKIE, challenge), seconds);
    }

    /// Sets a cookie for so many seconds; 0 takes it away.
    fn set_cookie_for(&self, response: &mut Response, (name, value): (&str, &str), seconds: u32) {
        let secure = if self.shop.app.config.public_url.starts_with("https:") {
            "; Secure"
        } else {
            ""
        };
        let text =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        if let Ok(value) = HeaderValue::from_str(&text) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }

    /// Has a command of this visitor decided.
    ///
    /// # Errors
    /// As [`DoorError`] says.
    pub async fn submit(&self, command: Command) -> Result<Outcome, DoorError> {
        self.submit_under(None, command).await
    }

    /// The same under the key of a tap that may come again.
    ///
    /// # Errors
    /// As [`DoorError`] says.
    pub async fn submit_under(
        &self,
        idempotency: Option<Idempotency>,
        command: Command,
    ) -> Result<Outcome, DoorError> {
        let envelope = Envelope {
            command,
            actor: Actor::Shopper,
            channel: Channel::Web,
            idempotency,
        };
        Ok(self.shop.app.door.submit(envelope).await?.outcome)
    }

    /// What a refusal means, in the visitor's words.
    pub fn refusal_text(&self, refusal: &Refusal) -> String {
        let key = format!("refusal.{}", refusal.code());
        let known = self.texts.lookup(&key);
        known
            .unwrap_or_else(|| self.texts.t("refusal.other"))
            .to_string()
    }

    /// The page for a command that was not carried out.
    pub async fn refused(&self, error: DoorError) -> Fault {
        let frame = self.frame().await;
        let t = self.texts;
        let (status, title, body) = match &error {
            DoorError::Refused(Refusal::NotFound { .. }) => return self.not_found().await,
            DoorError::Refused(refusal) => (
                StatusCode::CONFLICT,
                t.t("error.refused").to_string(),
                self.refusal_text(refusal),
            ),
            DoorError::Overloaded { .. } => (
                StatusCode::SERVICE_UNAVAILABLE,
                t.t("error.busy").to_string(),
                t.t("error.busy_body").to_string(),
            ),
            DoorError::Unavailable(_) => (
                StatusCode::SERVICE_UNAVAILABLE,
                t.t("error.unavailable").to_string(),
                t.t("error.unavailable_body").to_string(),
            ),
            DoorError::Unanswered => (
                StatusCode::SERVICE_UNAVAILABLE,
                t.t("error.unanswered").to_string(),
                t.t("error.unanswered_body").to_string(),
            ),
        };
        let page = pages::error::failed(&frame, &title, &body);
        let mut response = self.page(status, &frame, &page);
        if let DoorError::Overloaded { retry_after_s } = error {
            response
                .headers_mut()
                .insert(header::RETRY_AFTER, HeaderValue::from(retry_after_s));
        }
        response.into()
    }

    /// The page for a database that cannot be read.
    pub fn broken(&self, error: &store::StoreError) -> Fault {
        tracing::error!(%error, path = self.path, "a page could not be read");
        let frame = self.frame_with(None);
        let t = self.texts;
        let page = pages::error::failed(
            &frame,
            t.t("error.unavailable"),
            t.t("error.unavailable_body"),
        );
        self.page(StatusCode::SERVICE_UNAVAILABLE, &frame, &page)
            .into()
    }

    /// The page for an address with nothing behind it.
    pub async fn not_found(&self) -> Fault {
        let frame = self.frame().await;
        let page = pages::error::not_found(&frame);
        self.page(StatusCode::NOT_FOUND, &frame, &page).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use commerce::id::IdGenerator;
    use std::collections::BTreeSet;

    #[test]
    fn carts_that_come_one_per_millisecond_wait_for_different_locks() {
        let mut ids = IdGenerator::new(0, 0);
        let now = commerce::id::EPOCH_MS + 200_000_000_000;
        let locks: BTreeSet<usize> = (0..1_000)
            .map(|ms| lock_of(CartId(ids.next(now + ms))))
            .collect();
        assert!(locks.len() > CART_LOCKS * 9 / 10, "{} locks", locks.len());
        assert!(locks.iter().all(|&at| at < CART_LOCKS));
    }
}
