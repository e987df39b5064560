//! Where visitors and orders come from: recognised on the pages, kept with the order through a kill, and summed up
//! exactly as the orders are, on both databases.

use crate::harness::{Answer, Folder, Shop, purchase};
use crate::postgres::scratch;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::Path;

const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1";
const TOUCH: &str = "sesame_touch";

/// A browser with its cookies.
#[derive(Default)]
struct Browser(BTreeMap<String, String>);

impl Browser {
    fn ask(
        &mut self,
        shop: &Shop,
        method: &str,
        path: &str,
        more: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let pairs: Vec<String> = self.0.iter().map(|(k, v)| format!("{k}={v}")).collect();
        let cookies = pairs.join("; ");
        let mut headers = vec![("user-agent", PHONE), ("cookie", cookies.as_str())];
        if method == "POST" {
            headers.push(("content-type", "application/x-www-form-urlencoded"));
        }
        headers.extend(more);
        let answer = shop.ask(method, path, &headers, body.as_bytes());
        for set in answer.cookies() {
            let pair = set.split(';').next().unwrap_or_default();
            if let Some((name, value)) = pair.split_once('=') {
                self.0.insert(name.to_string(), value.to_string());
            }
        }
        answer
    }

    fn get(&mut self, shop: &Shop, path: &str, more: &[(&str, &str)]) -> Answer {
        let answer = self.ask(shop, "GET", path, more, "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        answer
    }

    /// Sends a form and gives where it leads.
    fn send(&mut self, shop: &Shop, path: &str, fields: &str) -> String {
        let answer = self.ask(shop, "POST", path, &[], fields);
        assert_eq!(answer.status, 303, "{path}: {}", answer.text());
        answer.headers["location"].clone()
    }

    /// Buys one piece of an article, on account.
    fn buy(&mut self, shop: &Shop) {
        let page = self
            .get(shop, "/p/hanging-heart-t-light-holder", &[])
            .text();
        let token = value_of(&page, "token");
        let variant = value_of(&page, "variant");
        let place = self.send(
            shop,
            "/checkout",
            &format!("token={token}&variant={variant}&quantity=1"),
        );
        let details = format!(
            "token={token}&email=ada%40example.com&first_name=Ada&last_name=Byte&street=Weg+1&postal_code=10115&city=Berlin&country=DE&method=ship"
        );
        let review = self.send(shop, &place, &details);
        assert!(review.ends_with("/review"), "{review}");
        let paid = self.send(
            shop,
            &format!("{place}/place"),
            &format!("token={token}&pay="),
        );
        assert!(paid.ends_with("/pay?go=1"), "{paid}");
    }
}

/// The value of the first field of a name on a page.
fn value_of(page: &str, name: &str) -> String {
    let field = page
        .split("<input")
        .find(|i| i.contains(&format!("name=\"{name}\"")));
    let field = field.unwrap_or_else(|| panic!("no field {name}"));
    let value = field
        .split("value=\"")
        .nth(1)
        .and_then(|v| v.split('"').next());
    value.unwrap_or_default().to_string()
}

fn report(shop: &Shop, query: &str) -> Value {
    let answer = shop.as_operator("GET", &format!("/traffic?{query}"), &json!(null));
    assert_eq!(answer.status, 200, "{}", answer.text());
    answer.json()
}

/// Value, visits, purchases and revenue of each row.
fn rows(report: &Value) -> Vec<(String, i64, i64, i64)> {
    let row = |row: &Value| {
        let number = |name: &str| row[name].as_i64().expect("a number");
        let value = row["value"].as_str().expect("a text").to_string();
        let revenue = row["sales"][0]["revenue"]["amount"].as_i64();
        (
            value,
            number("visits"),
            number("purchases"),
            revenue.expect("an amount"),
        )
    };
    report["rows"]
        .as_array()
        .expect("rows")
        .iter()
        .map(row)
        .collect()
}

fn orders(shop: &Shop) -> Vec<Value> {
    let list = shop
        .as_operator("GET", "/orders?limit=200", &json!(null))
        .json();
    list["items"].as_array().expect("orders").clone()
}

fn bought_by_app(shop: &Shop, key: &str, attribution: Value) -> Answer {
    let mut body: Value = serde_json::from_slice(&purchase(1)).expect("JSON");
    body["attribution"] = attribution;
    let headers = crate::harness::buying(key);
    shop.ask(
        "POST",
        "/api/v1/buy-now",
        &headers,
        body.to_string().as_bytes(),
    )
}

/// A platform on this machine, whose agents buy on account.
struct Platform {
    profile: String,
}

impl Platform {
    /// Answers each request with the platform's profile, for as long as the tests run.
    fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let capability = json!([{ "version": "2026-04-08" }]);
        let capabilities = json!({
            "dev.ucp.shopping.checkout": capability, "dev.ucp.shopping.fulfillment": capability,
        });
        let profile = json!({ "ucp": { "version": "2026-04-08", "capabilities": capabilities } });
        let profile = profile.to_string();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let mut head = BufReader::new(&stream).lines().map_while(Result::ok);
                while head.next().is_some_and(|line| !line.is_empty()) {}
                let kind = "content-type: application/json\r\nconnection: close";
                let bytes = profile.len();
                // A shop that no longer waits is none of its business.
                drop(write!(
                    &stream,
                    "HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: {bytes}\r\n\r\n{profile}"
                ));
            }
        });
        Self {
            profile: format!("http://localhost:{port}/profile"),
        }
    }

    fn post(&self, shop: &Shop, path: &str, body: &Value) -> Value {
        let agent = format!("profile=\"{}\"", self.profile);
        let path = format!("/ucp/2026-04-08/checkout-sessions{path}");
        let headers = [
            ("content-type", "application/json"),
            ("ucp-agent", agent.as_str()),
            ("idempotency-key", path.as_str()),
        ];
        let answer = shop.ask("POST", &path, &headers, body.to_string().as_bytes());
        assert!(answer.status < 300, "{path}: {}", answer.text());
        answer.json()
    }

    /// Its agent buys one piece of an article.
    fn buy(&self, shop: &Shop) {
        let home = json!({
            "id": "home", "first_name": "Ada", "last_name": "Byte", "street_address": "Weg 1",
            "postal_code": "10115", "address_locality": "Berlin", "address_country": "DE",
        });
        let method = json!({
            "type": "shipping", "destinations": [home], "selected_destination_id": "home",
            "groups": [{ "selected_option_id": "standard-de" }],
        });
        let opened = self.post(
            shop,
            "",
            &json!({
                "line_items": [{ "item": { "id": "85123A" }, "quantity": 1 }],
                "buyer": { "first_name": "Ada", "last_name": "Byte", "email": "ada@example.com" },
                "fulfillment": { "methods": [method] },
            }),
        );
        let id = opened["id"].as_str().expect("an id");
        let bill = json!({
            "id": "bill", "handler_id": "on_account", "type": "invoice", "selected": true,
        });
        let body = json!({ "payment": { "instruments": [bill] } });
        let done = self.post(shop, &format!("/{id}/complete"), &body);
        assert_eq!(done["status"], "completed", "{done}");
    }
}

/// A shop of demo goods that sells on account, to platforms on this machine too.
const FLAGS: [&str; 5] = [
    "--demo",
    "--set",
    "on_account=true",
    "--set",
    "local_platforms=true",
];

#[test]
fn an_order_keeps_where_it_came_from_on_sqlite() {
    let folder = Folder::new("traffic");
    comes_and_buys(&folder.0.join("data"), &FLAGS);
}

#[test]
fn an_order_keeps_where_it_came_from_on_postgres() {
    let Some(scratch) = scratch("traffic") else {
        return;
    };
    let folder = Folder::new("traffic-pg");
    let flags = [&FLAGS[..], &["--database", scratch.url()]].concat();
    comes_and_buys(&folder.0.join("data"), &flags);
}

fn comes_and_buys(data: &Path, flags: &[&str]) {
    let shop = Shop::open(data, flags);
    come_and_buy(&shop);
    let last = report(&shop, "days=2");
    let told: BTreeMap<String, (i64, i64)> = rows(&last)
        .into_iter()
        .map(|(value, visits, purchases, _)| (value, (visits, purchases)))
        .collect();
    let expected = [
        ("", (1, 3)),
        ("google", (1, 1)),
        ("localhost", (0, 1)),
        ("newsletter", (1, 0)),
        ("push", (0, 1)),
        ("referral", (1, 0)),
    ];
    assert_eq!(told, expected.map(|(v, n)| (v.to_string(), n)).into());
    let first = report(&shop, "days=28&touch=first&by=campaign");
    let mut campaigns = rows(&first).into_iter();
    let campaign = campaigns.find(|(v, ..)| v == "11.11").expect("a row");
    assert_eq!((campaign.1, campaign.2), (2, 2));
    let mut codes = rows(&report(&shop, "days=2&by=referral")).into_iter();
    assert!(codes.any(|(v, ..)| v == "anna-10"));
    every_table_adds_up_to_the_orders(&shop);
    let shown = |shop: &Shop, channel: &str| {
        let order = orders(shop).into_iter().find(|o| o["channel"] == channel);
        let order = order.expect("one of this door");
        let path = format!("/orders/{}", order["id"].as_str().expect("an id"));
        let order = shop.as_operator("GET", &path, &json!(null)).json();
        order["attribution"].clone()
    };
    let before = ["web", "agent"].map(|channel| shown(&shop, channel));
    let words = |attribution: &Value, touch: &str| {
        ["source", "medium", "campaign"]
            .map(|name| attribution[touch][name].as_str().unwrap_or("?").to_string())
    };
    assert_eq!(words(&before[0], "first"), ["newsletter", "email", "11.11"]);
    assert_eq!(words(&before[0], "last"), ["google", "organic", ""]);
    // Of an agent nothing is asked: the host of its platform's profile is where it comes from.
    assert_eq!(words(&before[1], "last"), ["localhost", "agent", ""]);
    assert_eq!(before[1]["first"], before[1]["last"]);
    let csv = shop.as_operator("GET", "/traffic.csv?days=2", &json!(null));
    let csv = csv.text();
    assert!(csv.starts_with("value,visits,"), "{csv}");
    assert!(csv.contains("\n(total),4,6,"), "{csv}");
    // Killed, not stopped.
    drop(shop);
    std::fs::remove_file(data.join("run.json")).expect("a killed shop leaves it");
    let shop = Shop::open(data, flags);
    assert_eq!(
        ["web", "agent"].map(|channel| shown(&shop, channel)),
        before
    );
    assert_eq!(rows(&report(&shop, "days=2")), rows(&last));
    let again = report(&shop, "days=28&touch=first&by=campaign");
    assert_eq!(rows(&again), rows(&first));
}

/// Four visits and six purchases: one in the web shop, one by an app that says where it came from, three by apps that
/// say nothing that can be read, one by an agent.
fn come_and_buy(shop: &Shop) {
    let mut ada = Browser::default();
    let letter = "/?utm_source=Newsletter&utm_medium=Email&utm_campaign=11.11";
    ada.get(shop, letter, &[]);
    let search = [("referer", "https://www.google.de/")];
    ada.get(shop, "/search?q=heart", &search);
    ada.buy(shop);
    Browser::default().get(shop, "/?ref=Anna-10", &[]);
    Browser::default().get(shop, "/", &[]);
    let robot = [("user-agent", "Googlebot/2.1")];
    let answer = shop.ask("GET", "/?utm_source=robot", &robot, b"");
    assert_eq!(answer.status, 200);
    let push = json!({ "last": { "source": "Push", "medium": "app", "campaign": "11.11" } });
    for (key, attribution) in [
        ("push", push.clone()),
        // Once more, and not twice.
        ("push", push),
        ("number", json!(7)),
        ("list", json!([[]])),
        ("types", json!({ "last": { "source": {} } })),
    ] {
        let answer = bought_by_app(shop, key, attribution);
        assert_eq!(answer.status, 201, "{key}: {}", answer.text());
    }
    Platform::open().buy(shop);
}

/// To the cent what the orders are, by either touch and by anything.
fn every_table_adds_up_to_the_orders(shop: &Shop) {
    let total = |order: &Value| order["total"]["amount"].as_i64().expect("minor units");
    let totals: i64 = orders(shop).iter().map(total).sum();
    for touch in ["first", "last"] {
        for by in [
            "source", "medium", "campaign", "referral", "landing", "channel", "device",
        ] {
            let report = report(shop, &format!("days=2&touch={touch}&by={by}"));
            let sums = rows(&report).iter().fold((0, 0, 0), |(v, p, r), row| {
                (v + row.1, p + row.2, r + row.3)
            });
            assert_eq!(sums, (4, 6, totals), "{touch} {by}");
            assert_eq!(report["total"]["sales"][0]["orders"], 6);
        }
    }
}

/// What a browser with a cookie is asked to keep of touches, or empty.
fn kept(shop: &Shop, path: &str, more: &[(&str, &str)], cookie: &str) -> String {
    let cookies = format!("{TOUCH}={cookie}");
    let mut headers = vec![("user-agent", PHONE)];
    headers.extend(more);
    if !cookie.is_empty() {
        headers.push(("cookie", cookies.as_str()));
    }
    let answer = shop.ask("GET", path, &headers, b"");
    assert!(answer.status < 500, "{path}");
    let own = answer.cookies().into_iter().find(|c| c.starts_with(TOUCH));
    own.unwrap_or_default().to_string()
}

#[test]
fn a_browser_is_asked_to_keep_a_touch_and_nothing_else() {
    let folder = Folder::new("touches");
    let data = folder.0.join("data");
    let shop = Shop::open(&data, &["--demo"]);
    let kept = |path: &str, more: &[(&str, &str)], cookie: &str| kept(&shop, path, more, cookie);
    let tagged = "/?utm_source=mail";
    let set = kept(tagged, &[], "");
    assert!(set.starts_with("sesame_touch=ls=mail&lp=home&la="), "{set}");
    assert!(
        set.ends_with("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax"),
        "{set}"
    );
    let cookie = set[TOUCH.len() + 1..]
        .split(';')
        .next()
        .expect("a value")
        .to_string();
    // Nothing where there is nothing to keep, or somebody asks not to be followed.
    let own = format!("http://{}/p/x", shop.address);
    for (path, more) in [
        ("/", vec![]),
        ("/", vec![("referer", own.as_str())]),
        ("/", vec![("referer", "http://shop/")]),
        (tagged, vec![("sec-gpc", "1")]),
        (tagged, vec![("dnt", "1")]),
        (tagged, vec![("sec-purpose", "prefetch")]),
        ("/orders/x/y?utm_source=mail", vec![]),
        (
            "/checkout/x/y/return",
            vec![("referer", "https://pay.example/")],
        ),
        ("/cart?utm_source=mail", vec![]),
    ] {
        assert_eq!(kept(path, &more, ""), "", "{path} {more:?}");
    }
    assert_eq!(kept("/", &[], &cookie), "", "it stays as it is");
    let next = kept("/", &[("referer", "https://blog.example/")], &cookie);
    assert!(
        next.contains("fs=mail&") && next.contains("ls=blog.example&"),
        "{next}"
    );
    // One that is old, forged or not wanted any more goes.
    let gone = "sesame_touch=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax";
    for (more, cookie) in [
        (vec![("sec-gpc", "1")], cookie.as_str()),
        (vec![], "ls=mail&la=1000"),
        (vec![], "<script>"),
        (vec![], "%00%ff%"),
    ] {
        assert_eq!(kept("/", &more, cookie), gone, "{cookie}");
    }
    questions_without_sense_are_told_so(&shop);
}

fn questions_without_sense_are_told_so(shop: &Shop) {
    for query in [
        "traffic?days=0",
        "traffic?days=401",
        "traffic?days=many",
        "traffic?from=2026-11-11",
        "traffic?days=1&from=2026-11-11&to=2026-11-12",
        "traffic?from=2026-11-12&to=2026-11-11",
        "traffic?from=2020-01-01&to=2026-11-11",
        "traffic?from=yesterday&to=2026-11-11",
        "traffic?by=person",
        "traffic?touch=best",
        "traffic.csv?days=0",
        "traffic/code.svg?link=",
    ] {
        let answer = shop.as_operator("GET", &format!("/{query}"), &json!(null));
        let told = (answer.status, answer.code());
        assert_eq!(told, (400, "parameter_invalid".to_string()), "{query}");
    }
}
