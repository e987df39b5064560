//! The shop as the operator's interface shows it: goods, stock, places, delivery. Read before and after.

use crate::client::{Answer, Ask, Client, Target};
use crate::plan::SECOND_LINE_PER_CENT;
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Pages of a list that are read at most.
const PAGES_MAX: usize = 50_000;
/// Entries of a page.
const PAGE: usize = 200;
/// How often a change is asked for again, and how long after.
const ATTEMPTS_MAX: u32 = 300;
const PAUSE: Duration = Duration::from_millis(500);
/// Pieces of an article that are there for each that is wanted on average, when goods are stocked up.
const STOCKED: f64 = 1.25 * (1.0 + SECOND_LINE_PER_CENT as f64 / 100.0);

/// What opens the operator's interface.
#[derive(Debug, Clone)]
pub enum Token {
    /// This one.
    Fixed(String),
    /// The one in the running server's `run.json`, read anew each time: another start has another one.
    RunFile(PathBuf),
}

/// What a running server says of itself to commands on the same machine.
#[derive(Debug, Clone, Default, Deserialize)]
struct Running {
    /// Opens the operator's interface.
    token: String,
    /// Its process.
    #[serde(default)]
    pid: Option<u32>,
    /// Opens the books of the built-in test provider, if that is in use.
    #[serde(default)]
    test_provider_key: Option<String>,
}

impl Token {
    /// The server's process on this machine, if that is known.
    pub(crate) fn pid(&self) -> Option<u32> {
        self.read().ok()?.pid
    }

    fn read(&self) -> Result<Running, String> {
        match self {
            Token::Fixed(token) => Ok(Running {
                token: token.clone(),
                pid: None,
                test_provider_key: None,
            }),
            Token::RunFile(path) => {
                let failed = |e: &dyn std::fmt::Display| format!("reading {}: {e}", path.display());
                let text = std::fs::read_to_string(path).map_err(|e| failed(&e))?;
                serde_json::from_str(&text).map_err(|e| failed(&e))
            }
        }
    }
}

/// The operator's interface.
pub struct Office {
    client: Client,
    token: Token,
}

impl Office {
    /// The interface of the shop at `target`: of its first server, which is the one that the token opens.
    pub fn new(target: Target, token: Token) -> Self {
        Self {
            client: Client::new(target.first()),
            token,
        }
    }

    /// Reads something.
    ///
    /// # Errors
    /// When the shop does not answer with success.
    pub async fn get(&mut self, path: &str) -> Result<Value, String> {
        self.call("GET", path, &[]).await
    }

    /// The first page of the test provider's audit; `None` when its key is not known.
    ///
    /// # Errors
    /// When the provider does not answer with success.
    pub async fn provider_books(&mut self) -> Result<Option<Value>, String> {
        match self.token.read()?.test_provider_key {
            Some(key) => {
                let path = "/test-payments/v1/audit?limit=1";
                self.call_with(&key, "GET", path, &[]).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Changes something.
    ///
    /// # Errors
    /// When the shop does not answer with success.
    pub async fn post(&mut self, path: &str, body: &Value) -> Result<Value, String> {
        self.call("POST", path, body.to_string().as_bytes()).await
    }

    /// Reads a text.
    ///
    /// # Errors
    /// As for [`Office::get`].
    pub async fn text(&mut self, path: &str) -> Result<String, String> {
        let token = self.token.read()?.token;
        let answer = self.ask_with(&token, "GET", path, &[]).await?;
        Ok(answer.text())
    }

    /// Replaces something.
    ///
    /// # Errors
    /// As for [`Office::get`].
    pub async fn put(&mut self, path: &str, body: &Value) -> Result<Value, String> {
        self.call("PUT", path, body.to_string().as_bytes()).await
    }

    /// Changes a part of something.
    ///
    /// # Errors
    /// As for [`Office::get`].
    pub async fn patch(&mut self, path: &str, body: &Value) -> Result<Value, String> {
        self.call("PATCH", path, body.to_string().as_bytes()).await
    }

    /// Changes something under a key, asking again until there is an answer that is not "come back
    /// later": the status and the answer; `None` when none came in the end.
    pub async fn persist(&mut self, path: &str, key: &str, body: &Value) -> Option<(u16, Value)> {
        let body = body.to_string();
        for _ in 0..ATTEMPTS_MAX {
            // Another start of the server has another token, and a killed one leaves none.
            if let Ok(running) = self.token.read() {
                let headers = format!(
                    "authorization: Bearer {}\r\ncontent-type: application/json\r\nidempotency-key: {key}\r\n",
                    running.token
                );
                let ask = Ask {
                    method: "POST",
                    path,
                    headers: &headers,
                    body: body.as_bytes(),
                };
                match self.client.ask(&ask).await {
                    Ok(answer) if !matches!(answer.status, 401 | 429 | 503) => {
                        return Some((answer.status, answer.json()));
                    }
                    _ => {}
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        None
    }

    async fn call(
        &mut self,
        method: &'static str,
        path: &str,
        body: &[u8],
    ) -> Result<Value, String> {
        let token = self.token.read()?.token;
        self.call_with(&token, method, path, body).await
    }

    async fn call_with(
        &mut self,
        token: &str,
        method: &'static str,
        path: &str,
        body: &[u8],
    ) -> Result<Value, String> {
        let answer = self.ask_with(token, method, path, body).await?;
        Ok(answer.json())
    }

    async fn ask_with(
        &mut self,
        token: &str,
        method: &'static str,
        path: &str,
        body: &[u8],
    ) -> Result<Answer, String> {
        let headers =
            format!("authorization: Bearer {token}\r\ncontent-type: application/json\r\n");
        let ask = Ask {
            method,
            path,
            headers: &headers,
            body,
        };
        let answer = self.client.ask(&ask).await;
        let answer = answer.map_err(|e| format!("{method} {path}: {e}"))?;
        if !(200..300).contains(&answer.status) {
            let text = String::from_utf8_lossy(&answer.body);
            return Err(format!("{method} {path}: status {}: {text}", answer.status));
        }
        Ok(answer)
    }

    /// All entries of a list.
    ///
    /// # Errors
    /// As for [`Office::get`].
    pub async fn list(&mut self, path: &str) -> Result<Vec<Value>, String> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut items = Vec::new();
        let mut cursor = String::new();
        for _ in 0..PAGES_MAX {
            let page = format!("{path}{joint}limit={PAGE}{cursor}");
            let mut answer = self.get(&page).await?;
            if let Value::Array(more) = answer["items"].take() {
                items.extend(more);
            }
            match answer["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(items),
            }
        }
        Err(format!("{path} has no end"))
    }
}

/// A place where goods are.
#[derive(Debug, Clone)]
pub struct Place {
    /// Its id.
    pub id: String,
    /// Whether parcels leave from it.
    pub ships: bool,
    /// Whether shoppers collect there.
    pub collects: bool,
}

/// What can be bought.
#[derive(Debug, Clone)]
pub struct Article {
    /// Its SKU.
    pub sku: String,
    /// Its variant's id.
    pub variant: String,
    /// Its product's id.
    pub product: String,
    /// Its product's slug.
    pub handle: String,
    /// Pieces that can be promised, per place.
    pub available: Vec<i64>,
}

impl Article {
    /// Pieces that can be promised in all places.
    pub fn available(&self) -> i64 {
        self.available.iter().sum()
    }
}

/// The article of which there are few, for people.
#[derive(Debug, Clone, serde::Serialize)]
pub struct HotArticle {
    /// Its SKU.
    pub sku: String,
    /// Its name.
    pub title: String,
    /// The price of a piece in minor units of the shop's currency, if it has one there.
    pub unit_minor: Option<i64>,
    /// ISO 4217 code of that currency.
    pub currency: String,
}

/// The shop.
#[derive(Debug, Clone)]
pub struct Shop {
    /// What can be bought.
    pub articles: Vec<Article>,
    /// Where goods are.
    pub places: Vec<Place>,
    /// Indexes of the places where shoppers collect something that is there.
    pub pickups: Vec<usize>,
    /// The code of the shipping rate.
    pub rate: String,
    /// The country that parcels go to.
    pub country: String,
    /// The test payment provider's name.
    pub provider: String,
    /// The index of the hot article.
    pub hot: Option<usize>,
    /// What it is called and costs, once it was made hot.
    pub hot_article: Option<HotArticle>,
    shippable: Vec<usize>,
    collectable: BTreeMap<usize, Vec<usize>>,
}

impl Shop {
    /// Reads the shop.
    ///
    /// # Errors
    /// When it cannot be read, sells nothing, or takes real money.
    pub async fn read(office: &mut Office) -> Result<Self, String> {
        let settings = office.get("/api/v1/settings").await?;
        let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
        let providers = settings["payment_providers"].as_array();
        let providers = providers.map_or(&[][..], Vec::as_slice);
        if providers.iter().any(|p| p["test_money"] != true) {
            return Err(
                "the shop takes real money: a festival would charge real cards".to_string(),
            );
        }
        let provider = providers.first().map(|p| text(&p["name"]));
        let country = text(&settings["country"]);
        let places: Vec<Place> = office.get("/api/v1/locations").await?["items"]
            .as_array()
            .map_or(&[][..], Vec::as_slice)
            .iter()
            .map(|place| Place {
                id: text(&place["id"]),
                ships: place["ships"] == true,
                collects: place["collects"] == true,
            })
            .collect();
        let mut shop = Self {
            articles: articles(office, &places).await?,
            pickups: Vec::new(),
            rate: rate(&settings, &country).ok_or("there is no shipping rate")?,
            country,
            provider: provider.ok_or("there is no payment provider")?,
            hot: None,
            hot_article: None,
            shippable: Vec::new(),
            collectable: BTreeMap::new(),
            places,
        };
        shop.sort_out();
        if shop.shippable.is_empty() {
            return Err("there is nothing to sell: import goods first".to_string());
        }
        Ok(shop)
    }

    /// A shop with these goods in one warehouse, for tests.
    #[cfg(test)]
    pub fn sample(goods: &[(&str, i64)], hot: Option<usize>) -> Self {
        let articles = goods.iter().map(|&(sku, available)| Article {
            sku: sku.to_string(),
            variant: format!("variant_{sku}"),
            product: format!("product_{sku}"),
            handle: sku.to_lowercase(),
            available: vec![available],
        });
        let mut shop = Self {
            articles: articles.collect(),
            places: vec![Place {
                id: "location_1".to_string(),
                ships: true,
                collects: false,
            }],
            pickups: Vec::new(),
            rate: "standard".to_string(),
            country: "DE".to_string(),
            provider: "test".to_string(),
            hot,
            hot_article: None,
            shippable: Vec::new(),
            collectable: BTreeMap::new(),
        };
        shop.sort_out();
        shop
    }

    fn sort_out(&mut self) {
        for (index, article) in self.articles.iter().enumerate() {
            for (at, place) in self.places.iter().enumerate() {
                if article.available[at] <= 0 {
                    continue;
                }
                if place.ships && self.shippable.last() != Some(&index) {
                    self.shippable.push(index);
                }
                if place.collects {
                    self.collectable.entry(at).or_default().push(index);
                }
            }
        }
        self.pickups = self.collectable.keys().copied().collect();
    }

    /// An article that was there at the start, in the place of collection (an index into
    /// [`Shop::pickups`]) or for delivery. Squaring makes some goods far more wanted than others.
    pub fn any_article(&self, random: u64, pickup: Option<usize>) -> usize {
        let choice = match pickup.and_then(|p| self.pickups.get(p)) {
            Some(at) => &self.collectable[at],
            None => &self.shippable,
        };
        let share = (random >> 11) as f64 / (1u64 << 53) as f64;
        choice[((share * share * choice.len() as f64) as usize).min(choice.len() - 1)]
    }

    /// Makes an article the hot one: exactly `pieces` of it are there, in the first place that ships.
    ///
    /// # Errors
    /// When the shop has no such article or does not take the count.
    pub async fn heat(
        &mut self,
        office: &mut Office,
        sku: Option<&str>,
        pieces: i64,
    ) -> Result<(), String> {
        let index = match sku {
            Some(sku) => self.articles.iter().position(|a| a.sku == sku),
            None => self.shippable.first().copied(),
        };
        let index = index.ok_or_else(|| format!("there is no article {}", sku.unwrap_or("")))?;
        let source = self.places.iter().position(|p| p.ships);
        let source = source.ok_or("no place ships")?;
        let variant = self.articles[index].variant.clone();
        let mut changes = Vec::new();
        for (at, place) in self.places.iter().enumerate() {
            let there = if at == source { pieces } else { 0 };
            changes.push(json!({"variant": variant, "location": place.id, "kind": "safety_stock", "pieces": 0}));
            changes.push(json!({"variant": variant, "location": place.id, "kind": "counted", "pieces": there}));
        }
        let body = json!({"changes": changes, "note": "festival: the hot article"});
        office.post("/api/v1/stock/adjustments", &body).await?;
        self.articles[index] = self.reread(office, index).await?;
        if self.articles[index].available() != pieces {
            return Err(format!(
                "{} is set aside for earlier orders",
                self.articles[index].sku
            ));
        }
        self.hot = Some(index);
        self.hot_article = Some(self.named(office, index).await?);
        // Only those who are after it buy it.
        self.shippable.retain(|&i| i != index);
        self.collectable
            .values_mut()
            .for_each(|list| list.retain(|&i| i != index));
        self.collectable.retain(|_, list| !list.is_empty());
        self.pickups = self.collectable.keys().copied().collect();
        if self.shippable.is_empty() {
            return Err("there is nothing to sell beside the hot article".to_string());
        }
        Ok(())
    }

    /// What an article is called and costs.
    async fn named(&self, office: &mut Office, index: usize) -> Result<HotArticle, String> {
        let article = &self.articles[index];
        let settings = office.get("/api/v1/settings").await?;
        let currency = settings["currency"].as_str().unwrap_or_default();
        let path = format!("/api/v1/products/{}", article.product);
        let product = office.get(&path).await?;
        let all = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let variants = all(&product["variants"]);
        let variant = variants
            .iter()
            .find(|v| v["id"] == article.variant.as_str());
        let offers = variant.map_or(Vec::new(), |v| all(&v["offers"]));
        let prices = offers.first().map_or(Vec::new(), |o| all(&o["prices"]));
        let price = prices.iter().find(|p| p["currency"] == currency);
        Ok(HotArticle {
            sku: article.sku.clone(),
            title: product["title"]["en"]
                .as_str()
                .unwrap_or(&article.sku)
                .to_string(),
            unit_minor: price.and_then(|p| p["amount"].as_i64()),
            currency: currency.to_string(),
        })
    }

    /// Indexes of the articles that ship, but for the hot one.
    pub fn shippable(&self) -> Vec<usize> {
        self.shippable.clone()
    }

    /// From now on nobody collects: all goods are sent.
    pub fn nobody_collects(&mut self) {
        self.pickups.clear();
    }

    /// Counts goods where they are, up or down, so that so many shoppers find what they want more often than not and places
    /// run out of some things: the more an article is wanted, the more there are, a quarter more than on average.
    ///
    /// # Errors
    /// When the shop does not take the counts, or cannot be read.
    pub async fn stretch(&mut self, office: &mut Office, shoppers: u64) -> Result<(), String> {
        let mut changes = Vec::new();
        let all = self.shippable.len() as f64;
        for (rank, &index) in self.shippable.iter().enumerate() {
            // As `any_article` chooses.
            let share = ((rank + 1) as f64 / all).sqrt() - (rank as f64 / all).sqrt();
            let wanted = shoppers as f64 * share * STOCKED;
            let article = &self.articles[index];
            let there = |at: usize| {
                if self.places[at].ships {
                    article.available[at]
                } else {
                    0
                }
            };
            let has: i64 = (0..self.places.len()).map(there).sum();
            if self.hot == Some(index) {
                continue;
            }
            let times = wanted / has.max(1) as f64;
            for at in (0..self.places.len()).filter(|at| there(*at) > 0) {
                let pieces = (there(at) as f64 * times).ceil() as i64;
                changes.push(json!({
                    "variant": article.variant, "location": self.places[at].id,
                    "kind": "counted", "pieces": pieces,
                }));
            }
        }
        for some in changes.chunks(PAGE) {
            let body = json!({"changes": some, "note": "festival: goods for all that come"});
            office.post("/api/v1/stock/adjustments", &body).await?;
        }
        self.articles = articles(office, &self.places).await?;
        Ok(())
    }

    /// Counts articles up to `pieces` each, in the first place that ships, and reads them again.
    ///
    /// # Errors
    /// When the shop does not take the counts.
    pub async fn put_on_shelf(
        &mut self,
        office: &mut Office,
        articles: &[usize],
        pieces: i64,
    ) -> Result<(), String> {
        self.count_up(office, articles, (pieces, "festival: goods of the event"))
            .await?;
        for &index in articles {
            self.articles[index] = self.reread(office, index).await?;
        }
        Ok(())
    }

    /// Counts `count` of the articles that ship up to `pieces` each, in the first place that ships; gives
    /// their indexes.
    ///
    /// # Errors
    /// When the shop does not take the counts.
    pub async fn stock_up(
        &self,
        office: &mut Office,
        count: usize,
        pieces: i64,
    ) -> Result<Vec<usize>, String> {
        let chosen: Vec<usize> = self.shippable.iter().copied().take(count).collect();
        self.count_up(
            office,
            &chosen,
            (pieces, "festival: enough for an overload"),
        )
        .await?;
        Ok(chosen)
    }

    async fn count_up(
        &self,
        office: &mut Office,
        articles: &[usize],
        (pieces, note): (i64, &str),
    ) -> Result<(), String> {
        let place = self.places.iter().find(|p| p.ships);
        let place = place.ok_or("no place ships")?;
        let change = |&index: &usize| {
            let variant = &self.articles[index].variant;
            json!({"variant": variant, "location": place.id, "kind": "counted", "pieces": pieces})
        };
        let changes: Vec<Value> = articles.iter().map(change).collect();
        let body = json!({"changes": changes, "note": note});
        office
            .post("/api/v1/stock/adjustments", &body)
            .await
            .map(drop)
    }

    /// An article as it is now.
    async fn reread(&self, office: &mut Office, index: usize) -> Result<Article, String> {
        let mut article = self.articles[index].clone();
        let path = format!("/api/v1/stock/{}", article.variant);
        let levels = office.get(&path).await?;
        article.available = self
            .places
            .iter()
            .map(|place| {
                let levels = levels["items"].as_array();
                let level = levels.and_then(|l| l.iter().find(|l| l["location"]["id"] == place.id));
                level.and_then(|l| l["available"].as_i64()).unwrap_or(0)
            })
            .collect();
        Ok(article)
    }
}

fn rate(settings: &Value, country: &str) -> Option<String> {
    let rates = settings["shipping_rates"].as_array()?;
    let own = rates.iter().find(|r| r["country"] == country);
    let general = || rates.iter().find(|r| r["country"].is_null());
    Some(own.or_else(general)?["code"].as_str()?.to_string())
}

/// What can be bought, with what is there now.
///
/// # Errors
/// When it cannot be read.
pub async fn articles(office: &mut Office, places: &[Place]) -> Result<Vec<Article>, String> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let products = office.list("/api/v1/products?status=active").await?;
    let handles: BTreeMap<String, String> = products
        .iter()
        .map(|p| (text(&p["id"]), text(&p["handle"])))
        .collect();
    let mut articles: BTreeMap<String, Article> = BTreeMap::new();
    for (at, place) in places.iter().enumerate() {
        let path = format!("/api/v1/stock?location={}", place.id);
        for level in office.list(&path).await? {
            let Some(handle) = handles.get(level["product"].as_str().unwrap_or_default()) else {
                continue;
            };
            let variant = text(&level["variant"]);
            let article = articles.entry(variant.clone()).or_insert_with(|| Article {
                sku: text(&level["sku"]),
                variant,
                product: text(&level["product"]),
                handle: handle.clone(),
                available: vec![0; places.len()],
            });
            article.available[at] = level["available"].as_i64().unwrap_or(0);
        }
    }
    Ok(articles.into_values().collect())
}
