//! What a shop on the internet is sent: bodies that are too large or no text, forged signatures and sessions, script
//! and SQL where words should be, quantities that make no sense. Nothing of it may change anything or give a 5xx.

use crate::harness::{Answer, Folder, Shop, buying, purchase};
use serde_json::json;

const JSON: (&str, &str) = ("content-type", "application/json");
const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");
const CHECKOUTS: &str = "/ucp/2026-01-11/checkout-sessions";
const PLATFORM: (&str, &str) = ("ucp-agent", "profile=\"https://platform.invalid/profile\"");

#[test]
fn bad_input_changes_nothing_and_is_no_fault_of_the_server() {
    let folder = Folder::new("bad-input");
    let shop = Shop::open(&folder.0.join("data"), &["--demo", "--testing"]);
    let before = shop.position();
    bodies_that_are_too_large(&shop);
    bytes_that_are_no_text(&shop);
    webhooks_that_are_not_the_providers(&shop);
    sessions_that_are_not_ours(&shop);
    sql_where_words_should_be(&shop);
    quantities_that_make_no_sense(&shop);
    assert_eq!(shop.position(), before, "something was changed");
    script_in_a_products_name(&shop);
    assert_eq!(shop.buy("in the end").status, 201, "the shop still sells");
    let faults = shop.get("/metrics").text();
    let faults: Vec<_> = faults
        .lines()
        .filter(|l| l.starts_with("sesame_requests_total") && l.contains("status=\"5"))
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(shop.stop().success());
}

fn bodies_that_are_too_large(shop: &Shop) {
    let body = vec![b' '; 10 << 20];
    let secret = format!("Bearer {}", shop.token);
    for (path, kind) in [
        ("/api/v1/buy-now", JSON),
        ("/api/v1/session", JSON),
        (CHECKOUTS, JSON),
        ("/webhooks/payments/test", JSON),
        ("/cart/add", FORM),
        ("/test-payments/v1/payments", JSON),
    ] {
        let headers = [
            kind,
            PLATFORM,
            ("idempotency-key", "large"),
            ("authorization", &secret),
            ("x-sesame-console", "1"),
        ];
        let answer = shop.ask("POST", path, &headers, &body);
        let refused = match path {
            // A form that was not read has no token.
            "/cart/add" => answer.status == 403,
            _ => answer.status == 413,
        };
        assert!(refused, "{path}: {} {}", answer.status, answer.text());
    }
}

fn bytes_that_are_no_text(shop: &Shop) {
    let key = ("idempotency-key", "no text");
    let mut body = purchase(1);
    let street = body.windows(3).position(|w| w == b"Weg").expect("a street");
    body[street] = 0xff;
    let answer = shop.ask("POST", "/api/v1/buy-now", &[JSON, key], &body);
    assert_eq!(
        (answer.status, answer.code().as_str()),
        (400, "body_invalid")
    );
    let answer = shop.ask(
        "POST",
        CHECKOUTS,
        &[JSON, PLATFORM, key],
        b"{\"line_items\": \"\xff\"}",
    );
    // The protocol's word for a body that cannot be read.
    assert_eq!(answer.status, 422, "{}", answer.text());
    for path in [
        "/p/%ff",
        "/search?q=%ff%fe",
        "/c/%c3%28",
        "/orders/%ff/%ff",
        "/api/v1/orders/%ff",
    ] {
        let answer = shop.get(path);
        assert!(answer.status < 500, "{path}: {}", answer.status);
    }
    let answer = shop.ask("POST", "/cart/add", &[FORM], b"variant=%ff&quantity=\xff");
    assert!((400..500).contains(&answer.status), "{}", answer.status);
    let answer = shop.ask("POST", "/webhooks/payments/test", &[JSON], b"\xff\xfe");
    assert_eq!(answer.status, 400);
}

fn webhooks_that_are_not_the_providers(shop: &Shop) {
    let body =
        br#"{"type":"payment.captured","data":{"payment_ref":"payment_1","amount_minor":1}}"#;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = now.expect("a clock").as_secs().to_string();
    let forged = "v1,MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=";
    for headers in [
        vec![],
        vec![
            ("webhook-id", "1"),
            ("webhook-timestamp", &now),
            ("webhook-signature", forged),
        ],
        vec![
            ("webhook-id", "1"),
            ("webhook-timestamp", "0"),
            ("webhook-signature", forged),
        ],
        vec![
            ("webhook-id", "1"),
            ("webhook-timestamp", "x"),
            ("webhook-signature", "v1,?"),
        ],
        vec![("stripe-signature", "t=1,v1=00")],
    ] {
        let answer = shop.ask("POST", "/webhooks/payments/test", &headers, body);
        assert_eq!(answer.status, 400, "{headers:?}: {}", answer.text());
    }
    let unknown = shop.ask("POST", "/webhooks/payments/nobody", &[], body);
    assert_eq!(unknown.status, 404);
}

fn sessions_that_are_not_ours(shop: &Shop) {
    let later = "99999999999999";
    let signature = "0".repeat(64);
    let known = format!("operator_0000000000001.1.{later}.{signature}");
    for value in [
        "",
        "x",
        "...",
        "operator_0.1.1.zz",
        &known,
        "%00%ff",
        &"a".repeat(8_000),
    ] {
        let cookie =
            format!("sesame_session={value}; sesame_cart={value}; sesame_language={value}");
        let who = shop.ask("GET", "/api/v1/session", &[("cookie", &cookie)], b"");
        assert_eq!(who.json(), json!({ "me": null }), "{value}");
        for path in ["/api/v1/orders", "/api/v1/operators"] {
            let answer = shop.ask("GET", path, &[("cookie", &cookie)], b"");
            assert_eq!(answer.status, 401, "{path} {value}: {}", answer.text());
        }
        for path in ["/", "/cart", "/find-order"] {
            let answer = shop.ask("GET", path, &[("cookie", &cookie)], b"");
            assert_eq!(answer.status, 200, "{path} {value}");
        }
        let bearer = format!("Bearer {value}");
        let answer = shop.ask("GET", "/api/v1/orders", &[("authorization", &bearer)], b"");
        assert_eq!(answer.status, 401);
    }
}

fn sql_where_words_should_be(shop: &Shop) {
    for text in [
        "%27%3B%20DROP%20TABLE%20orders%3B--",
        "%22%20OR%201%3D1",
        "%25_%27%27",
        "title%3A%5B*%20TO%20*%5D%20AND%20(",
    ] {
        let answer = shop.get(&format!("/search?q={text}"));
        assert_eq!(answer.status, 200, "{text}");
        assert_eq!(shop.get(&format!("/search/suggest?q={text}")).status, 200);
        let listed = shop.as_operator("GET", &format!("/orders?query={text}"), &json!({}));
        assert_eq!(
            listed.json()["items"],
            json!([]),
            "{text}: {}",
            listed.text()
        );
    }
    let script = shop
        .get("/search?q=%3Cscript%3Ealert(1)%3C/script%3E")
        .text();
    assert!(script.contains("&lt;script&gt;alert(1)") && !script.contains("<script>alert"));
}

/// A page with a form, and what sends it back: the cart's cookie, the form's token.
fn form(shop: &Shop, path: &str) -> (String, String, String) {
    let page = shop.get(path);
    let cookie = page.headers["set-cookie"]
        .split(';')
        .next()
        .unwrap_or("")
        .to_string();
    let text = page.text();
    let value = |name: &str| {
        let after = text.split(&format!("name=\"{name}\" value=\"")).nth(1);
        let value = after.and_then(|rest| rest.split('"').next());
        value
            .unwrap_or_else(|| panic!("no {name} on {path}"))
            .to_string()
    };
    (cookie, value("token"), value("variant"))
}

fn quantities_that_make_no_sense(shop: &Shop) {
    let (cookie, token, variant) = form(shop, "/p/hanging-heart-t-light-holder");
    let send = |to: &str, body: String| -> Answer {
        shop.ask("POST", to, &[FORM, ("cookie", &cookie)], body.as_bytes())
    };
    for quantity in [
        "-1",
        "0",
        "1000001",
        "4294967296",
        "99999999999999999999",
        "1.5",
        "x",
        "",
    ] {
        let body = format!("token={token}&variant={variant}&quantity={quantity}");
        let answer = send("/cart/add", body);
        let to = answer.headers.get("location").map(String::as_str);
        assert_eq!(to, Some("/cart?refused=quantity_invalid"), "{quantity}");
        let number: i128 = quantity.parse().unwrap_or(-1);
        if number != 0 {
            let answer = send(
                "/cart/set",
                format!("token={token}&set={variant}:{quantity}"),
            );
            let to = answer.headers.get("location").map(String::as_str);
            assert_eq!(to, Some("/cart?refused=quantity_invalid"), "{quantity}");
        }
    }
    for quantity in [i64::MIN, -1, 0, 1_000_001, 1 << 32, i64::MAX] {
        let answer = shop.ask(
            "POST",
            "/api/v1/buy-now",
            &buying("quantity"),
            &purchase(quantity),
        );
        let code = answer.code();
        let refused = code == "quantity_invalid" || code == "body_invalid";
        assert!(refused, "{quantity}: {} {}", answer.status, answer.text());
        let body = json!({
            "line_items": [{ "item": { "id": "85123A" }, "quantity": quantity }],
            "buyer": { "email": "ada@example.com" },
            "currency": "EUR",
            "payment": {},
        });
        let headers = [JSON, PLATFORM, ("idempotency-key", "quantity")];
        let answer = shop.ask("POST", CHECKOUTS, &headers, body.to_string().as_bytes());
        assert!(
            (400..500).contains(&answer.status),
            "{quantity}: {} {}",
            answer.status,
            answer.text()
        );
        assert!(answer.text().contains("quantity"), "{}", answer.text());
    }
}

fn script_in_a_products_name(shop: &Shop) {
    let name = "<script>alert(1)</script>\"'&";
    let csv = format!(
        "sku,product,title_en,description_en,tax_category,status\nSCRIPT-1,script-one,\"{}\",\"</p><img src=x onerror=alert(2)>\",standard,active\n",
        name.replace('"', "\"\"")
    );
    let prices = "sku,currency,amount\nSCRIPT-1,EUR,1.00\n";
    let token = format!("Bearer {}", shop.token);
    for (kind, body) in [("products", csv.as_str()), ("prices", prices)] {
        let headers = [
            ("authorization", token.as_str()),
            ("content-type", "text/csv"),
        ];
        let answer = shop.ask(
            "POST",
            &format!("/api/v1/imports?name={kind}.csv"),
            &headers,
            body.as_bytes(),
        );
        assert_eq!(answer.status, 200, "{}", answer.text());
    }
    for path in ["/p/script-one", "/search?q=alert"] {
        let mut page = shop.get(path);
        for _ in 0..50 {
            if page.status == 200 && page.text().contains("alert(1)") {
                break;
            }
            std::thread::park_timeout(std::time::Duration::from_millis(100));
            page = shop.get(path);
        }
        let html = page.text();
        assert!(
            html.contains("&lt;script&gt;alert(1)"),
            "{path}: {}",
            page.status
        );
        assert!(
            !html.contains("<script>alert") && !html.contains("<img src=x"),
            "{path}"
        );
        // Structured data is script itself: it must not be left by what is in it.
        for data in html.split("application/ld+json").skip(1) {
            let data = data.split("</script>").next().unwrap_or("");
            assert!(!data.contains("<script"), "{path}: {data}");
        }
    }
}
