//! Pictures as operators bring them and as phones get them: over the API, by hand, and none of them a danger.

use crate::harness::{Answer, Folder, Shop, until};
use serde_json::{Value, json};

/// A photograph of 300 × 200 pixels, taken with the camera on its side.
const SIDEWAYS: &[u8] = include_bytes!("sideways.jpg");

fn bring(shop: &Shop, path: &str, bytes: &[u8]) -> Answer {
    let token = format!("Bearer {}", shop.token);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "image/jpeg"),
    ];
    let path = format!("/api/v1/pictures?path={path}");
    shop.ask("PUT", &path, &headers, bytes)
}

fn size(webp: &[u8]) -> (u32, u32) {
    assert_eq!(
        (&webp[..4], &webp[8..16]),
        (b"RIFF".as_slice(), b"WEBPVP8 ".as_slice())
    );
    let side = |at: usize| u32::from(u16::from_le_bytes([webp[at], webp[at + 1]]) & 0x3fff);
    (side(26), side(28))
}

#[test]
fn a_picture_is_brought_shown_small_replaced_and_taken_away() {
    let folder = Folder::new("pictures");
    let shop = Shop::open(&folder.0.join("data"), &["--demo"]);
    let brought = bring(&shop, "mugs/side%20ways.jpg", SIDEWAYS);
    assert_eq!(brought.status, 200, "{}", brought.text());
    let entry = brought.json();
    assert_eq!(
        (&entry["width"], &entry["height"]),
        (&json!(200), &json!(300)),
        "upright"
    );
    let address = entry["address"].as_str().expect("an address").to_string();
    let small = shop.get(&address);
    assert_eq!((small.status, size(&small.body)), (200, (200, 300)));
    assert_eq!(small.headers["content-type"], "image/webp");
    assert!(small.headers["cache-control"].contains("immutable"));
    assert!(!small.headers.contains_key("vary"));
    let smallest = shop.get(&address.replace("/320.", "/160."));
    assert_eq!(size(&smallest.body), (160, 240));
    for wrong in ["/100.webp", "/1440.webp", "/320.png", "/320"] {
        assert_eq!(
            shop.get(&address.replace("/320.webp", wrong)).status,
            404,
            "{wrong}"
        );
    }
    let original = shop.get("/media/mugs/side%20ways.jpg");
    assert_eq!((original.status, original.body.as_slice()), (200, SIDEWAYS));

    for (bytes, code, status) in [
        (b"<svg/>".as_slice(), "picture_invalid", 422),
        (&SIDEWAYS[..SIDEWAYS.len() / 2], "picture_invalid", 422),
        (&vec![0; 26 * 1024 * 1024], "body_too_large", 413),
    ] {
        let refused = bring(&shop, "mugs/side%20ways.jpg", bytes);
        assert_eq!((refused.code().as_str(), refused.status), (code, status));
    }
    for path in ["..%2Frun.json", "v/a.jpg", "a.svg", "%00.jpg"] {
        assert_eq!(
            bring(&shop, path, SIDEWAYS).code(),
            "parameter_invalid",
            "{path}"
        );
    }
    assert_eq!(shop.get(&address).status, 200, "nothing replaced it");
    assert_eq!(shop.get("/media/..%2frun.json").status, 404);

    let gone = shop.as_operator(
        "DELETE",
        "/pictures?path=mugs/side%20ways.jpg",
        &Value::Null,
    );
    assert_eq!(gone.status, 204, "{}", gone.text());
    assert_eq!(shop.get("/media/mugs/side%20ways.jpg").status, 404);
    let again = shop.as_operator(
        "DELETE",
        "/pictures?path=mugs/side%20ways.jpg",
        &Value::Null,
    );
    assert_eq!(again.status, 404);
}

#[test]
fn goods_get_pictures_of_all_widths_and_a_broken_one_a_placeholder() {
    let folder = Folder::new("pictures-by-hand");
    let data = folder.0.join("data");
    std::fs::create_dir_all(data.join("media")).expect("a folder");
    std::fs::write(data.join("media/mug.jpg"), SIDEWAYS).expect("written");
    std::fs::write(data.join("media/cut.jpg"), &SIDEWAYS[..SIDEWAYS.len() / 2]).expect("written");
    let shop = Shop::open(&data, &[]);
    let goods =
        "product,sku,title_en,category,image\nmug,MUG,Mug,Home,mug.jpg\ncut,CUT,Cut,Home,cut.jpg\n";
    let token = format!("Bearer {}", shop.token);
    let headers = [
        ("authorization", token.as_str()),
        ("content-type", "text/csv"),
    ];
    let imported = shop.ask("POST", "/api/v1/imports", &headers, goods.as_bytes());
    assert_eq!(imported.status, 200, "{}", imported.text());
    let has = |path: &str, words: &str| shop.get(path).text().contains(words);
    until("the picture is looked at", || {
        has("/p/mug", "160w, /media/v/")
    });
    let page = shop.get("/p/mug").text();
    let address = page.split("src=\"/media/v/").nth(1).expect("a variant");
    let address = format!("/media/v/{}", address.split('"').next().expect("its end"));
    let (first, second) = (shop.get(&address), shop.get(&address));
    assert_eq!(
        (first.status, size(&first.body)),
        (200, (200, 300)),
        "made now"
    );
    assert_eq!(second.body, first.body);
    assert!(has("/p/mug", "property=\"og:image:width\" content=\"200\""));

    // Its head is sound; what is missing shows when it is made smaller, and from then on there is a placeholder.
    until("the other is looked at", || {
        has("/p/cut", "160w, /media/v/")
    });
    let page = shop.get("/p/cut").text();
    let address = page.split("src=\"/media/v/").nth(1).expect("a variant");
    let address = format!("/media/v/{}", address.split('"').next().expect("its end"));
    let instead = shop.get(&address);
    assert_eq!(instead.status, 307);
    assert_eq!(instead.headers["location"], "/static-shop/no-picture.svg");
    assert!(has("/p/cut", "src=\"/static-shop/no-picture.svg\""));
    let broken = shop
        .as_operator("GET", "/pictures?broken=true", &Value::Null)
        .json();
    assert_eq!(broken["items"][0]["path"], "cut.jpg");
    let problem = broken["items"][0]["problem"].as_str().expect("a reason");
    assert!(problem.contains("cannot be read as JPEG"), "{problem}");
}
