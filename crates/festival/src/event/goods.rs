//! The goods of the event: articles with one price of one seller, each for one rule, so that what a rule takes off can be
//! told apart; and enough of them on the shelf that quotas end them and not the stock.

use crate::shop::{Office, Shop};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Goods that the event needs.
const GOODS: usize = 11;
/// Products that are looked at for them.
const LOOKED_AT_MAX: usize = 300;
/// Cheaper ones cannot be reduced by shares of whole minor units that anybody would notice.
const UNIT_MIN: i64 = 200;

/// An article of the event.
#[derive(Debug, Clone)]
pub struct Good {
    /// Its index in the shop.
    pub article: usize,
    /// Its variant.
    pub variant: String,
    /// Its product.
    pub product: String,
    /// Its seller.
    pub seller: String,
    /// Its name.
    pub title: String,
    /// The price of a piece outside the event, in minor units.
    pub unit: i64,
    /// The shop's currency.
    pub currency: String,
}

/// The goods by what they are for.
#[derive(Debug, Clone)]
pub struct Goods {
    /// At flash prices.
    pub flash: Vec<Good>,
    /// With a share off.
    pub percent: Good,
    /// With a share off for members.
    pub members: Good,
    /// Of which some pieces are free.
    pub buy_get: Good,
    /// That are ordered for a deposit.
    pub presale: Good,
    /// That make a set.
    pub bundle: Vec<Good>,
    /// That are reduced by what counts for all goods alone.
    pub plain: Vec<Good>,
    /// The shop's currency.
    pub currency: String,
    /// The level of the shipping rate that the festival uses.
    pub service_level: String,
    /// What delivery at that rate costs, in minor units.
    pub delivery: i64,
}

impl Goods {
    /// Chooses goods and puts `pieces` of each on the shelf; the shop's articles are read again.
    ///
    /// # Errors
    /// When the shop cannot be read or has too few goods.
    pub async fn choose(office: &mut Office, shop: &mut Shop, pieces: i64) -> Result<Self, String> {
        let settings = office.get("/api/v1/settings").await?;
        let currency = settings["currency"]
            .as_str()
            .unwrap_or_default()
            .to_string();
        let rates = settings["shipping_rates"].as_array();
        let rate = rates.and_then(|all| all.iter().find(|r| r["code"] == shop.rate.as_str()));
        let prices = rate.and_then(|r| r["prices"].as_array());
        let price = prices.and_then(|all| all.iter().find(|p| p["currency"] == currency.as_str()));
        let level = rate.and_then(|r| r["service_level"].as_str());
        let mut found: Vec<Good> = Vec::new();
        for article in shop.shippable().into_iter().take(LOOKED_AT_MAX) {
            if found.len() == GOODS {
                break;
            }
            let path = format!("/api/v1/products/{}", shop.articles[article].product);
            let product = office.get(&path).await?;
            found.extend(good(&product, article, &currency));
        }
        // The dearest are for the rules that count sums: they need few pieces to reach one.
        found.sort_by_key(|g| g.unit);
        let mut next = found.into_iter();
        let mut take = |count: usize| -> Result<Vec<Good>, String> {
            let some: Vec<Good> = next.by_ref().take(count).collect();
            if some.len() < count {
                return Err(format!(
                    "an event needs {GOODS} articles with one variant and one price each"
                ));
            }
            Ok(some)
        };
        let mut single = || take(1).map(|mut one| one.remove(0));
        let goods = Self {
            percent: single()?,
            members: single()?,
            buy_get: single()?,
            presale: single()?,
            bundle: take(2)?,
            flash: take(2)?,
            plain: take(3)?,
            service_level: level.ok_or("the shipping rate has no level")?.to_string(),
            delivery: price.and_then(|p| p["amount"].as_i64()).unwrap_or(0),
            currency,
        };
        let all = goods.all().map(|g| g.article).collect::<Vec<_>>();
        shop.put_on_shelf(office, &all, pieces).await?;
        Ok(goods)
    }

    /// All of them.
    pub fn all(&self) -> impl Iterator<Item = &Good> {
        let single = [&self.percent, &self.members, &self.buy_get, &self.presale].into_iter();
        single
            .chain(&self.bundle)
            .chain(&self.flash)
            .chain(&self.plain)
    }

    /// The price of a piece by variant.
    pub fn units(&self) -> BTreeMap<String, i64> {
        self.all().map(|g| (g.variant.clone(), g.unit)).collect()
    }
}

/// A product's only variant at its only price.
fn good(product: &Value, article: usize, currency: &str) -> Option<Good> {
    let variants = product["variants"].as_array()?;
    let [variant] = variants.as_slice() else {
        return None;
    };
    let offers = variant["offers"].as_array()?;
    let [offer] = offers.as_slice() else {
        return None;
    };
    let mut prices = offer["prices"].as_array()?.iter();
    let unit = prices.find(|p| p["currency"] == currency)?["amount"].as_i64()?;
    let text = |value: &Value| value.as_str().map(str::to_string);
    (unit >= UNIT_MIN && variant["status"] == "active").then_some(Good {
        article,
        variant: text(&variant["id"])?,
        product: text(&product["id"])?,
        seller: text(&offer["seller"]["id"])?,
        title: text(&product["title"]["en"]).unwrap_or_default(),
        unit,
        currency: currency.to_string(),
    })
}

/// A campaign's rules as the interface takes them, with the moments that some of them name.
pub fn rules(kinds: &[Box<dyn super::kinds::Kind>], currency: &str, times: &super::Times) -> Value {
    let rule = |(index, kind): (usize, &dyn super::kinds::Kind)| {
        let (limits, (en, de)) = (kind.limits(), kind.title());
        // Prices have their quotas themselves.
        let mut deal = kind.deal();
        if kind.packets().is_some() {
            deal["draw_from"] = json!(times.draws);
            deal["spend_until"] = json!(times.ends);
        }
        if kind.is_presale() {
            deal["balance_from"] = json!(times.balance);
            deal["balance_until"] = json!(times.balance_ends);
        }
        let total = limits.total.filter(|_| deal["type"] != "prices");
        let budget = limits
            .budget
            .map(|b| json!({"amount": b, "currency": currency}));
        json!({
            "number": index + 1, "title": {"en": en, "de": de}, "deal": deal,
            "goods": {"products": kind.products()}, "members_only": kind.is_for_members(),
            "limits": {"total": total, "per_buyer": limits.per_buyer, "budget": budget},
        })
    };
    kinds.iter().map(|k| &**k).enumerate().map(rule).collect()
}
