//! Buying on the pages of the web shop, as a browser without script does: product page, cart, checkout,
//! the provider's card page, the order's page. It follows what the pages say and knows nothing else.

use crate::click::{persist, press};
use crate::client::{Answer, Ask, Client};
use crate::plan::{Mishap, Shopper};
use crate::run::{Fate, Stage, browser};
use std::fmt::Write;
use std::time::{Duration, Instant};

/// How often the page of a payment that the provider has not begun yet is looked at again.
const LOOKS_MAX: u32 = 5;
/// How long between two looks: as long as the page itself waits.
const LOOK_AGAIN: Duration = Duration::from_secs(3);
/// How often a price may change while somebody looks at the review: when an event begins, and when it ends.
const PRICES_MAX: u32 = 3;
const CART_COOKIE: &str = "sesame_cart=";

/// Buys what was planned and is wanted since `since`. Ends early with what became of it when it does not
/// go on.
pub(crate) async fn buy(
    stage: &Stage,
    client: &mut Client,
    shopper: &Shopper,
    since: Instant,
) -> Fate {
    let mut visitor = Visitor {
        stage,
        client,
        shopper,
        cookie: shopper
            .member
            .as_ref()
            .map_or_else(String::new, |m| m.cookies.clone()),
        token: String::new(),
        since: Some(since),
    };
    match visitor.shop().await {
        Ok(fate) | Err(fate) => fate,
    }
}

/// A shopper with a browser.
struct Visitor<'a> {
    stage: &'a Stage,
    client: &'a mut Client,
    shopper: &'a Shopper,
    cookie: String,
    token: String,
    /// When the first page was wanted; what follows is wanted when the shopper gets there.
    since: Option<Instant>,
}

impl Visitor<'_> {
    async fn shop(&mut self) -> Result<Fate, Fate> {
        let to = match self.shopper.balance_at {
            Some(_) => self.order_directly().await?,
            None => {
                self.fill_cart().await?;
                self.post("/checkout", &[]).await?
            }
        };
        let checkout = self.sent_to(&to, "/checkout/")?;
        self.give_details(&checkout).await?;
        self.place(&checkout).await?;
        let Some(card_page) = self.card_page(&checkout).await? else {
            return Ok(self.bought(&checkout, Vec::new(), false));
        };
        let fate = self.pay(&checkout, &card_page).await?;
        match (self.shopper.balance_at, &fate) {
            (
                Some(due),
                Fate::Bought {
                    confirmed: false, ..
                },
            ) => self.balance(&checkout, due, fate).await,
            _ => Ok(fate),
        }
    }

    /// Puts the lines in. A reply that is lost on the way may put one in twice, so each is then set to what
    /// is wanted, as a shopper does who looks into the cart.
    async fn fill_cart(&mut self) -> Result<(), Fate> {
        let shop = &self.stage.shop;
        let page = self
            .get(&format!(
                "/p/{}",
                shop.articles[self.shopper.lines[0].0].handle
            ))
            .await?;
        let cookie = page.cookies.iter().find(|c| c.starts_with(CART_COOKIE));
        // A member's browser has its cart already, and the session beside.
        self.cookie = match &self.shopper.member {
            Some(member) => member.cookies.clone(),
            None => cookie.cloned().unwrap_or_default(),
        };
        let html = page.text();
        if !html.contains("action=\"/cart/add\"") {
            return Err(Fate::Refused("out_of_stock".to_string()));
        }
        self.token = hidden(&html, "token")
            .ok_or_else(|| self.odd("a product page without a form token"))?;
        for &(article, pieces) in &self.shopper.lines {
            let (variant, pieces) = (&shop.articles[article].variant, pieces.to_string());
            let fields = [("variant", variant.as_str()), ("quantity", &pieces)];
            let to = self.post("/cart/add", &fields).await?;
            self.sent_to(&to, "/cart?added=")?;
            let wanted = format!("{variant}:{pieces}");
            let to = self.post("/cart/set", &[("set", &wanted)]).await?;
            self.sent_to(&to, "/cart")?;
        }
        Ok(())
    }

    /// Goods on presale go from their page straight to the checkout.
    async fn order_directly(&mut self) -> Result<Answer, Fate> {
        let shop = &self.stage.shop;
        let (article, pieces) = self.shopper.lines[0];
        let page = self
            .get(&format!("/p/{}", shop.articles[article].handle))
            .await?;
        let cookie = page.cookies.iter().find(|c| c.starts_with(CART_COOKIE));
        self.cookie = cookie.cloned().unwrap_or_default();
        let out_of_stock = || Fate::Refused("out_of_stock".to_string());
        self.token = hidden(&page.text(), "token").ok_or_else(out_of_stock)?;
        let (variant, pieces) = (&shop.articles[article].variant, pieces.to_string());
        let fields = [("variant", variant.as_str()), ("quantity", &pieces)];
        self.post("/checkout", &fields).await
    }

    /// The deposit is paid: once it is due, the balance is, too. Whoever paid for all at once has nothing to pay.
    async fn balance(&mut self, checkout: &str, due: Instant, so_far: Fate) -> Result<Fate, Fate> {
        // The deposit is taken in the background; by the time the balance is due it is.
        tokio::time::sleep_until(due.into()).await;
        let page = self.get(&format!("{checkout}/pay")).await?;
        let order = page.location.unwrap_or_default();
        if !order.starts_with("/orders/") {
            return Ok(so_far);
        }
        let provider = self.stage.shop.provider.clone();
        let to = self
            .post(&format!("{checkout}/retry"), &[("pay", &provider)])
            .await?;
        self.sent_to(&to, &format!("{checkout}/pay"))?;
        match self.card_page(checkout).await? {
            Some(card_page) => self.pay(checkout, &card_page).await,
            None => Ok(so_far),
        }
    }

    async fn give_details(&mut self, checkout: &str) -> Result<(), Fate> {
        let shop = &self.stage.shop;
        let name = self.shopper.name(&self.stage.plan.run);
        let email = self.shopper.email(&self.stage.plan.run);
        let method = match self.shopper.pickup {
            Some(pickup) => shop.places[shop.pickups[pickup]].id.as_str(),
            None => "ship",
        };
        let town = self.shopper.town;
        let fields = [
            ("email", email.as_str()),
            ("first_name", "Festival"),
            ("last_name", &name),
            ("street", "Marktstraße 11"),
            ("postal_code", town.postal_code),
            ("city", town.city),
            ("region", town.region),
            ("country", &shop.country),
            ("method", method),
        ];
        let to = self.post(checkout, &fields).await?;
        // The page comes back when the goods cannot reach the shopper this way: they were sold meanwhile.
        if to.status == 422 {
            return Err(Fate::Refused("sold_meanwhile".to_string()));
        }
        self.sent_to(&to, &format!("{checkout}/review"))?;
        Ok(())
    }

    /// Places the order, with the mishap of the day; once more when a price changed before it was placed and the shop says
    /// so.
    async fn place(&mut self, checkout: &str) -> Result<(), Fate> {
        for _ in 0..PRICES_MAX {
            let answer = match self.try_to_place(checkout).await? {
                Some(answer) => answer,
                None => return Ok(()),
            };
            let to = answer.location.as_deref().unwrap_or_default();
            let sent_to = |rest: &str| to.starts_with(&format!("{checkout}/review?{rest}="));
            if sent_to("short") {
                return Err(Fate::Refused("out_of_stock".to_string()));
            }
            if !sent_to("before") {
                return Err(self.refusal(&answer));
            }
        }
        Err(self.odd("a price that changes again and again"))
    }

    /// What the shop answers when the order is not placed.
    async fn try_to_place(&mut self, checkout: &str) -> Result<Option<Answer>, Fate> {
        let review = self.get(&format!("{checkout}/review")).await?.text();
        let total = hidden(&review, "expected_total");
        let total = total.ok_or_else(|| self.odd("a review without a total"))?;
        let provider = self.stage.shop.provider.clone();
        let started = Instant::now();
        let path = format!("{checkout}/place");
        let fields = [("expected_total", total.as_str()), ("pay", &provider)];
        let (one, two) = self.press(&path, &fields, self.shopper.mishap).await;
        let pay = format!("{checkout}/pay");
        let placed = |answer: &Option<Answer>| {
            let to = answer.as_ref().and_then(|a| a.location.as_deref());
            to.is_some_and(|to| to.starts_with(&pay))
        };
        if placed(&one) || placed(&two) {
            self.stage.acknowledged(started);
            return Ok(None);
        }
        one.map(Some).ok_or(Fate::Lost)
    }

    /// The provider's card page; `None` when the shop waits for the provider too long.
    async fn card_page(&mut self, checkout: &str) -> Result<Option<String>, Fate> {
        for _ in 0..LOOKS_MAX {
            let page = self.get(&format!("{checkout}/pay?go=1")).await?;
            let html = page.text();
            if let Some(at) = html.find("/test-payments/pay/") {
                let path: &str = html[at..].split(['"', '<']).next().unwrap_or_default();
                return Ok(Some(path.replace("&amp;", "&")));
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
        Ok(None)
    }

    /// Pays, is declined and gives up, or never comes back from the bank's page.
    async fn pay(&mut self, checkout: &str, card_page: &str) -> Result<Fate, Fate> {
        let card = [("card", self.shopper.token)];
        let answer = self.post(card_page, &card).await?;
        let to = local(answer.location.as_deref().unwrap_or_default());
        // A provider in trouble is left like a bank's page that nobody comes back from.
        if to.contains("/3ds") || answer.status >= 500 {
            return Ok(self.bought(checkout, Vec::new(), false));
        }
        if to.starts_with("/test-payments/") {
            self.post(&format!("{checkout}/give-up"), &[]).await?;
            return Ok(Fate::GaveUp);
        }
        let back = self.get(&to).await?;
        let order = local(back.location.as_deref().unwrap_or_default());
        if !order.starts_with("/orders/") {
            // The provider's message is late: the page says so.
            return Ok(self.bought(checkout, Vec::new(), false));
        }
        let page = self.get(&order).await?.text();
        Ok(self.bought(checkout, numbers(&page), true))
    }

    fn bought(&self, checkout: &str, orders: Vec<String>, confirmed: bool) -> Fate {
        if confirmed && orders.is_empty() {
            return self.odd("an order page without a number");
        }
        Fate::Bought {
            group: checkout.to_string(),
            orders,
            confirmed,
        }
    }

    async fn get(&mut self, path: &str) -> Result<Answer, Fate> {
        let headers = self.headers();
        let ask = Ask {
            method: "GET",
            path,
            headers: &headers,
            body: &[],
        };
        let started = self.since.take().unwrap_or_else(Instant::now);
        let answer = persist(self.stage, self.client, &ask).await;
        let answer = answer.ok_or(Fate::Lost)?;
        if answer.status == 200 {
            self.stage.page(started);
        } else if answer.status >= 400 {
            return Err(self.odd(&format!("GET {path}: status {}", answer.status)));
        }
        Ok(answer)
    }

    async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Result<Answer, Fate> {
        let (answer, _) = self.press(path, fields, Mishap::None).await;
        answer.ok_or(Fate::Lost)
    }

    async fn press(
        &mut self,
        path: &str,
        fields: &[(&str, &str)],
        mishap: Mishap,
    ) -> (Option<Answer>, Option<Answer>) {
        let mut body = format!("token={}", self.token);
        for (name, value) in fields {
            write!(body, "&{name}={}", encoded(value)).expect("a string takes all");
        }
        let headers = self.headers() + "content-type: application/x-www-form-urlencoded\r\n";
        let ask = Ask {
            method: "POST",
            path,
            headers: &headers,
            body: body.as_bytes(),
        };
        press(self.stage, self.client, &ask, mishap).await
    }

    fn headers(&self) -> String {
        let (browser, cookie) = (browser(self.shopper), &self.cookie);
        format!("{browser}cookie: {cookie}\r\naccept-language: en\r\n")
    }

    /// The path that the browser is sent to, which must begin with `wanted`.
    fn sent_to(&self, answer: &Answer, wanted: &str) -> Result<String, Fate> {
        let to = answer.location.clone().unwrap_or_default();
        if answer.status == 303 && to.starts_with(wanted) && !to.contains("refused=") {
            return Ok(to);
        }
        Err(self.refusal(answer))
    }

    /// What the shop says against it, by the code in the address that it sends to.
    fn refusal(&self, answer: &Answer) -> Fate {
        let to = answer.location.clone().unwrap_or_default();
        if let Some((_, code)) = to.split_once("refused=") {
            return Fate::Refused(code.to_string());
        }
        self.odd(&format!("status {}, sent to `{to}`", answer.status))
    }

    /// Something that a shopper should never see.
    fn odd(&self, what: &str) -> Fate {
        self.stage.problem(format!("{}: {what}", self.shopper.key));
        Fate::Refused("odd".to_string())
    }
}

/// The value of a hidden field.
pub(crate) fn hidden(html: &str, name: &str) -> Option<String> {
    let (_, rest) = html.split_once(&format!("name=\"{name}\" value=\""))?;
    Some(rest.split('"').next()?.to_string())
}

/// The order numbers on a page, each once.
fn numbers(html: &str) -> Vec<String> {
    let mut found: Vec<String> = html
        .match_indices("order_")
        .map(|(at, _)| {
            let rest = &html[at + "order_".len()..];
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
            format!("order_{}", &rest[..end.unwrap_or(rest.len())])
        })
        .filter(|number| number.len() > "order_".len())
        .collect();
    found.sort();
    found.dedup();
    found
}

/// The path of an address of the shop.
fn local(url: &str) -> String {
    let rest = url
        .strip_prefix("http://")
        .and_then(|r| r.find('/').map(|at| &r[at..]));
    rest.unwrap_or(url).to_string()
}

/// A value as forms are encoded.
pub(crate) fn encoded(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._".contains(&byte) {
            text.push(char::from(byte));
        } else {
            write!(text, "%{byte:02X}").expect("a string takes all");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_are_read() {
        let html = r#"<input type="hidden" name="token" value="ab"><p>order_1a, order_2b</p><i id="order_1a">"#;
        assert_eq!(hidden(html, "token").as_deref(), Some("ab"));
        assert_eq!(hidden(html, "total"), None);
        assert_eq!(numbers(html), ["order_1a", "order_2b"]);
        assert_eq!(local("http://127.0.0.1:1/a?b"), "/a?b");
        assert_eq!(local("/a"), "/a");
        assert_eq!(encoded("a ß@"), "a%20%C3%9F%40");
    }
}
