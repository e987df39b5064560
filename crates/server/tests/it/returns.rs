//! A shopper's way through a return over HTTP, without a script: the form with photos that are none, too large, bombs or
//! tell too much; what is kept of them, who may see it; and the money at the end.

use crate::harness::{Answer, Folder, Shop};
use serde_json::{Value, json};

/// A photograph of 300 × 200 pixels, taken with the camera on its side; it has EXIF data.
const SIDEWAYS: &[u8] = include_bytes!("sideways.jpg");
const BOUNDARY: &str = "----a-boundary-of-this-test";

/// A field of text, or a file with its name.
#[derive(Clone, Copy)]
enum Part<'p> {
    Text(&'p str, &'p str),
    File(&'p str, &'p [u8]),
}

fn multipart(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for part in parts {
        let (head, bytes) = match part {
            Part::Text(name, text) => (format!("name=\"{name}\""), text.as_bytes()),
            Part::File(name, bytes) => (
                format!("name=\"photos\"; filename=\"{name}\"\r\ncontent-type: image/jpeg"),
                *bytes,
            ),
        };
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; {head}\r\n\r\n");
        body.extend(head.as_bytes());
        body.extend(bytes);
        body.extend(b"\r\n");
    }
    body.extend(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

/// A shopper with an order that was delivered and paid.
struct Shopper<'s> {
    shop: &'s Shop,
    order: String,
    /// The path of the order's page.
    here: String,
    cookie: String,
}

/// What stands in an input of a page.
fn value(page: &str, name: &str) -> String {
    let after = page.split(&format!("name=\"{name}\" value=\"")).nth(1);
    let found = after.and_then(|rest| rest.split('"').next());
    found.unwrap_or_default().to_string()
}

impl<'s> Shopper<'s> {
    fn of(shop: &'s Shop, key: &str) -> Self {
        let bought = shop.buy(key).json();
        let order = bought["orders"][0]["id"].as_str().expect("an order");
        let url = bought["order_url"].as_str().expect("an address");
        let here = url.split_once("/orders/").expect("a path").1;
        let done = |path: &str, body: Value| {
            let answer = shop.as_operator("POST", path, &body);
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        };
        let read = shop.as_operator("GET", &format!("/orders/{order}"), &Value::Null);
        let parcel = &read.json()["fulfillments"][0]["id"];
        let parcel = parcel.as_str().expect("a parcel");
        for (step, body) in [
            ("pick", json!({})),
            ("pack", json!({})),
            ("ship", json!({ "carrier": "DHL" })),
            ("deliver", json!({})),
        ] {
            done(&format!("/fulfillments/{parcel}/{step}"), body);
        }
        done(&format!("/orders/{order}/paid"), json!({}));
        let here = format!("/orders/{here}");
        let page = shop.get(&format!("{here}/return"));
        let cookie = page.headers["set-cookie"].split(';').next();
        Self {
            shop,
            order: order.to_string(),
            here,
            cookie: cookie.expect("a cookie").to_string(),
        }
    }

    fn get(&self, path: &str) -> Answer {
        let headers = [("cookie", self.cookie.as_str())];
        self.shop.ask("GET", path, &headers, b"")
    }

    fn form(&self) -> String {
        self.get(&format!("{}/return", self.here)).text()
    }

    /// Sends the form of a page with these files, and with what is given beside.
    fn send(&self, page: &str, beside: &[Part<'_>], files: &[Part<'_>]) -> Answer {
        let (token, key) = (value(page, "token"), value(page, "key"));
        let mut parts = vec![
            Part::Text("token", &token),
            Part::Text("key", &key),
            Part::Text("take_1", "1"),
            Part::Text("reason_1", "damaged"),
            Part::Text("note", "The handle is <loose>"),
        ];
        // Fields of text stand before the files, as in the form.
        parts.extend(beside.iter().chain(files).copied());
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("content-type", kind.as_str()),
        ];
        let path = format!("{}/return", self.here);
        self.shop.ask("POST", &path, &headers, &multipart(&parts))
    }

    fn returns(&self) -> Vec<Value> {
        let path = format!("/orders/{}", self.order);
        let order = self.shop.as_operator("GET", &path, &Value::Null).json();
        order["returns"].as_array().expect("returns").clone()
    }
}

/// A PNG whose head says that it is 30,000 pixels square.
fn bomb() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR".to_vec();
    bytes.extend(30_000_u32.to_be_bytes());
    bytes.extend(30_000_u32.to_be_bytes());
    bytes.extend([8, 2, 0, 0, 0]);
    let mut crc = !0_u32;
    for &byte in &bytes[12..29] {
        crc ^= u32::from(byte);
        for _ in 0..8 {
            crc = crc >> 1 ^ if crc & 1 == 1 { 0xedb8_8320 } else { 0 };
        }
    }
    bytes.extend((!crc).to_be_bytes());
    bytes
}

#[test]
fn a_return_with_photos_from_the_form_to_the_money() {
    let folder = Folder::new("returns");
    let data = folder.0.join("data");
    let shop = Shop::open(&data, &["--demo", "--set", "on_account=true"]);
    let shopper = Shopper::of(&shop, "returned");
    wrong_files_lose_nothing(&shopper);
    assert_eq!(shopper.returns(), Vec::<Value>::new());
    let page = shopper.form();
    let file = Part::File("seam.jpg", SIDEWAYS);
    let sent = shopper.send(&page, &[], &[file]);
    assert_eq!(sent.status, 303, "{}", sent.text());
    // The second press of the button: nothing is left to choose, and it is the same return.
    let again = shopper.send(&page, &[], &[Part::File("seam.jpg", SIDEWAYS)]);
    let returns = shopper.returns();
    assert_eq!((again.status, returns.len()), (303, 1), "{}", again.text());
    let id = returns[0]["id"].as_str().expect("an id");
    assert_eq!(returns[0]["note"], "The handle is <loose>");
    let photo = returns[0]["photos"][0]["id"].as_str().expect("a photo");
    who_may_see_it(&shopper, id, photo);
    // What is used waits no longer; what only came with forms that were wrong still does.
    let marks = std::fs::read_dir(data.join("photos/.waiting")).expect("marks");
    let mut marks = marks.map(|m| {
        m.expect("a mark")
            .file_name()
            .into_string()
            .expect("a name")
    });
    assert!(marks.all(|mark| !mark.starts_with(photo)), "it is used");
    let approve = json!({ "how": "With the label we sent" });
    let told = shop.as_operator("POST", &format!("/returns/{id}/approve"), &approve);
    assert_eq!(told.status, 200, "{}", told.text());
    let told = shopper.get(&shopper.here).text();
    assert!(told.contains("With the label we sent") && told.contains("&lt;loose&gt;"));
    let receipt = json!({ "lines": [{ "number": 1, "quantity": 1, "restock": 0 }] });
    let came = shop.as_operator("POST", &format!("/returns/{id}/receive"), &receipt);
    let came = came.json();
    assert_eq!(
        (&came["state"], &came["lines"][0]["received"]),
        (&json!("received"), &json!(1))
    );
    let order = format!("/orders/{}", shopper.order);
    let order = shop.as_operator("GET", &order, &Value::Null).json();
    assert_eq!(order["refunds"][0]["amount"], came["amount"]);
    assert_eq!(
        order["totals"]["refunded"], order["totals"]["total"],
        "delivery, too"
    );
    assert!(shop.stop().success());
}

fn wrong_files_lose_nothing(shopper: &Shopper<'_>) {
    let page = shopper.form();
    let long = vec![0xff; 20 << 20];
    let says = |answer: &Answer, words: &str| {
        let text = answer.text();
        assert_eq!(answer.status, 422, "{words}");
        assert!(text.contains(words), "{words} is not in {text}");
        assert!(text.contains("The handle is &lt;loose&gt;"), "{words}");
        assert!(text.contains("value=\"damaged\" selected"), "{words}");
        assert!(
            text.contains("name=\"take_1\" value=\"1\" checked"),
            "{words}"
        );
    };
    for (name, bytes, words) in [
        ("long.jpg", long.as_slice(), "larger than 12 MB"),
        (
            "text.jpg",
            b"a text".as_slice(),
            "not a photo that we can read",
        ),
        ("bomb.png", &bomb(), "too many pixels"),
        ("half.jpg", &SIDEWAYS[..SIDEWAYS.len() / 2], "damaged"),
        ("animal.svg", b"<svg onload=alert(1)/>", "not a photo"),
    ] {
        let answer = shopper.send(&page, &[], &[Part::File(name, bytes)]);
        says(&answer, words);
        assert!(answer.text().contains(name));
    }
    // A good photo beside a bad file stays in the form, and five are too many.
    let both = [
        Part::File("good.jpg", SIDEWAYS),
        Part::File("bad.jpg", b"x"),
    ];
    let answer = shopper.send(&page, &[], &both);
    says(&answer, "bad.jpg");
    let kept = value(&answer.text(), "photo");
    let small = format!("{}/photos/{kept}?size=small", shopper.here);
    assert_eq!(shopper.get(&small).status, 200);
    let mut others = Vec::new();
    for byte in 0..4_u8 {
        // What follows the end of the picture makes it another file.
        others.push([SIDEWAYS, &[byte]].concat());
    }
    let files: Vec<Part<'_>> = others.iter().map(|o| Part::File("more.jpg", o)).collect();
    let answer = shopper.send(&page, &[Part::Text("photo", &kept)], &files);
    says(&answer, "At most 4 photos");
    // A form of somebody else keeps nothing.
    let foreign = shopper.send("", &[], &[Part::File("seam.jpg", SIDEWAYS)]);
    assert_eq!(foreign.status, 403);
    let without = shopper.send(&page, &[Part::Text("reason_1", "")], &[]);
    assert_eq!(without.status, 422);
    assert!(without.text().contains("Choose a reason for each"));
}

fn who_may_see_it(shopper: &Shopper<'_>, id: &str, photo: &str) {
    let shop = shopper.shop;
    let whole = shop.get(&format!("{}/photos/{photo}", shopper.here));
    assert_eq!(
        (whole.status, &whole.body[8..12]),
        (200, b"WEBP".as_slice())
    );
    assert!(whole.headers["cache-control"].starts_with("private"));
    assert!(
        !whole
            .body
            .windows(4)
            .any(|part| part == b"EXIF" || part == b"Exif")
    );
    let (path, _) = shopper.here.rsplit_once('/').expect("a key");
    for foreign in [
        format!("{path}/0000000000000007/photos/{photo}"),
        format!("/media/v/{photo}/320.webp"),
        format!("/photos/{photo}.webp"),
        format!("{}/photos/{}", shopper.here, "0".repeat(32)),
    ] {
        assert_eq!(shop.get(&foreign).status, 404, "{foreign}");
    }
    let api = format!("/returns/{id}/photos/{photo}");
    assert_eq!(shop.get(&format!("/api/v1{api}")).status, 401);
    let seen = shop.as_operator("GET", &format!("{api}?size=small"), &Value::Null);
    assert_eq!(
        (seen.status, &*seen.headers["content-type"]),
        (200, "image/webp")
    );
}
