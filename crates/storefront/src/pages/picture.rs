//! Pictures in pages: as large as their place on the screen needs, and no layout that moves when they come.

use super::layout::Frame;
use crate::views;
use maud::{Markup, html};
use media::{Known, Picture};

/// A place for pictures on a page.
#[derive(Debug)]
pub struct Place {
    /// Width and height of its square, for browsers before they know the stylesheet.
    side: u32,
    /// How wide it is on which screens: what browsers choose a variant by.
    sizes: &'static str,
}

/// In a grid of goods: two in a row on a phone, then three, then four.
pub const CARD: Place = Place {
    side: 400,
    sizes: "(min-width: 1200px) 280px, (min-width: 900px) 24vw, (min-width: 600px) 31vw, 45vw",
};
/// At the head of a product's page.
pub const PRODUCT: Place = Place {
    side: 800,
    sizes: "(min-width: 900px) 560px, 100vw",
};
/// In a tile of a category.
pub const TILE: Place = Place {
    side: 160,
    sizes: "160px",
};
/// Beside the words of the home page, on wide screens.
pub const HERO: Place = Place {
    side: 300,
    sizes: "204px",
};
/// Beside a line of the cart.
pub const LINE: Place = Place {
    side: 96,
    sizes: "96px",
};
/// Beside a line of a checkout or an order.
pub const SMALL_LINE: Place = Place {
    side: 56,
    sizes: "56px",
};

/// When a picture is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// At once, before others: it is on the first screen.
    First,
    /// When it is near the screen.
    Late,
}

/// A picture in a place.
pub fn picture(frame: &Frame, address: &str, alt: &str, place: &Place, load: Load) -> Markup {
    let known = known(frame, address);
    let src = match &known {
        Some(Known::Picture(picture)) => picture.src(place.side),
        Some(Known::Broken(_)) => views::media(""),
        None => address.to_string(),
    };
    let srcset = match &known {
        Some(Known::Picture(picture)) => Some(picture.srcset()),
        _ => None,
    };
    html! {
        img src=(src) srcset=[srcset.as_ref()] sizes=[srcset.as_ref().map(|_| place.sizes)]
            alt=(alt) width=(place.side) height=(place.side) decoding="async"
            loading=[(load == Load::Late).then_some("lazy")] fetchpriority=[(load == Load::First).then_some("high")];
    }
}

/// The address of a picture for who shows it at about this many pixels.
pub fn address_at(library: &media::Library, address: &str, width: u32) -> String {
    match known_at(library, address) {
        Some(Known::Picture(picture)) => picture.src(width),
        Some(Known::Broken(_)) => views::media(""),
        None => address.to_string(),
    }
}

fn known(frame: &Frame, address: &str) -> Option<Known> {
    known_at(&frame.media, address)
}

fn known_at(library: &media::Library, address: &str) -> Option<Known> {
    let path = address.strip_prefix("/media/")?;
    if path.contains('%') {
        library.known(&unescape(path)?)
    } else {
        library.known(path)
    }
}

/// The text behind `%20` and its like.
fn unescape(path: &str) -> Option<String> {
    let mut out = Vec::with_capacity(path.len());
    let mut rest = path.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        if byte == b'%' {
            let digits = std::str::from_utf8(tail.get(..2)?).ok()?;
            out.push(u8::from_str_radix(digits, 16).ok()?);
            rest = &tail[2..];
        } else {
            out.push(byte);
            rest = tail;
        }
    }
    String::from_utf8(out).ok()
}

/// Pixels across of a picture for who shares a page: the width that the large cards of social networks ask for.
const PREVIEW: u32 = 1_200;

/// The picture that goes with a page when somebody shares it. Drawings are left out: nobody shows them there.
pub fn preview(frame: &Frame, address: &str, alt: &str) -> Markup {
    let picture: Option<Picture> = match known(frame, address) {
        Some(Known::Picture(picture)) => Some(picture),
        Some(Known::Broken(_)) => None,
        None if address.ends_with(".svg") => None,
        None => {
            return html! {
                meta property="og:image" content=(super::jsonld::absolute(frame, address));
                meta property="og:image:alt" content=(alt);
                meta name="twitter:card" content="summary_large_image";
            };
        }
    };
    html! {
        @match picture {
            Some(picture) => {
                @let width = media::WIDTHS.into_iter().find(|w| *w >= PREVIEW).unwrap_or(PREVIEW);
                @let (across, down) = picture.size(width);
                meta property="og:image" content=(frame.absolute(&picture.src(width)));
                meta property="og:image:type" content="image/webp";
                meta property="og:image:width" content=(across);
                meta property="og:image:height" content=(down);
                meta property="og:image:alt" content=(alt);
                meta name="twitter:card" content="summary_large_image";
            },
            None => (sign(frame)),
        }
    }
}

/// The shop's sign, for pages without a picture of their own.
pub fn sign(frame: &Frame) -> Markup {
    html! {
        meta property="og:image" content=(frame.absolute("/static-shop/icon-512.png"));
        meta property="og:image:type" content="image/png";
        meta property="og:image:width" content="512";
        meta property="og:image:height" content="512";
        meta property="og:image:alt" content=(frame.shop_name);
        meta name="twitter:card" content="summary";
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_back_to_paths() {
        for path in ["mugs/blue one.jpg", "猫.png", "100%.png", "a.webp"] {
            let address = views::media(path);
            let below = address.strip_prefix("/media/").expect("below");
            assert_eq!(unescape(below).as_deref(), Some(path));
        }
        for bad in ["%", "%2", "%zz", "%ff"] {
            assert_eq!(unescape(bad), None, "{bad}");
        }
    }
}
