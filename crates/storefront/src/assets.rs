//! The few files that belong to the pages themselves. The stylesheet's name holds a hash of its
//! content, so that browsers may keep it for ever.

use api::hex;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

const TOKENS: &str = include_str!("../../../ui/shared/tokens.css");
const SHOP: &str = include_str!("../assets/shop.css");
const ICON: &str = include_str!("../assets/icon.svg");
const NO_PICTURE: &str = include_str!("../assets/no-picture.svg");
const ICON_192: &[u8] = include_bytes!("../assets/icon-192.png");
const ICON_512: &[u8] = include_bytes!("../assets/icon-512.png");

/// Bytes of a hash that a name holds: enough to tell one content from the one before.
pub const HASH_BYTES: usize = 6;
const FOREVER: &str = "public, max-age=31536000, immutable";
const A_DAY: &str = "public, max-age=86400";

/// The design tokens and the shop's rules, without comments and spare blanks.
static STYLESHEET: LazyLock<String> = LazyLock::new(|| minify(&format!("{TOKENS}\n{SHOP}")));

/// The stylesheet's name with its hash.
static STYLESHEET_NAME: LazyLock<String> = LazyLock::new(|| {
    let hash = Sha256::digest(STYLESHEET.as_bytes());
    format!("shop-{}.css", hex::of(&hash[..HASH_BYTES]))
});

/// The stylesheet's address.
pub fn stylesheet_href() -> String {
    format!("/static-shop/{}", *STYLESHEET_NAME)
}

/// One of the files.
pub async fn serve(Path(name): Path<String>) -> Response {
    let file = |mime: &'static str, cache: &'static str, body: &'static [u8]| {
        let headers = [(header::CONTENT_TYPE, mime), (header::CACHE_CONTROL, cache)];
        (headers, body).into_response()
    };
    match name.as_str() {
        "icon.svg" => file("image/svg+xml", A_DAY, ICON.as_bytes()),
        "no-picture.svg" => file("image/svg+xml", A_DAY, NO_PICTURE.as_bytes()),
        "icon-192.png" => file("image/png", A_DAY, ICON_192),
        "icon-512.png" => file("image/png", A_DAY, ICON_512),
        name if name == STYLESHEET_NAME.as_str() => {
            file("text/css; charset=utf-8", FOREVER, STYLESHEET.as_bytes())
        }
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

/// Takes comments, indentation and blanks that mean nothing out. The rules are ours: they hold no comment marks in
/// texts, and texts stand between double quotation marks.
fn minify(css: &str) -> String {
    let mut out = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once("/*") {
        out.push_str(before);
        rest = after.split_once("*/").map_or("", |(_, tail)| tail);
    }
    out.push_str(rest);
    let lines = out.lines().map(str::trim).filter(|line| !line.is_empty());
    let lines = lines.collect::<Vec<_>>().join(" ");
    let parts = lines.split('"').enumerate();
    let parts = parts.map(|(at, part)| {
        if at % 2 == 0 {
            close_up(part)
        } else {
            part.to_owned()
        }
    });
    parts.collect::<Vec<_>>().join("\"")
}

/// Takes blanks out that stand beside what parts rules and declarations.
fn close_up(css: &str) -> String {
    let mut css = css.to_owned();
    for (wide, close) in [
        (" {", "{"),
        ("{ ", "{"),
        (": ", ":"),
        ("; ", ";"),
        (", ", ","),
        (" }", "}"),
        (";}", "}"),
        ("} ", "}"),
    ] {
        css = css.replace(wide, close);
    }
    css
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stylesheet_is_small_and_whole() {
        let css =
            "a, b :hover { /* x */\n  c: d (e: f);\n\n  g: \"h: i; {\";\n}\n.j { k: l }\n/* end";
        let small = "a,b :hover{c:d (e:f);g:\"h: i; {\"}.j{k:l}";
        assert_eq!(minify(css), small);
        let css = &*STYLESHEET;
        assert!(css.len() < 40_000, "{} bytes", css.len());
        assert_eq!(css.matches('{').count(), css.matches('}').count());
        assert!(css.contains("--color-accent") && css.contains(".card"));
    }
}
