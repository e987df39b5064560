//! A large shop whose goods have names as real ones have: few words that many share, and many that few do.

use crate::Harness;
use crate::shop::{NOW, ShopSize, SmallShop};
use commerce::Command;
use commerce::catalog::Product;
use commerce::text::{Language, Text};
use std::path::Path;
use store::StoreError;
use store::sqlite::SqliteStore;

const SYLLABLES: [&str; 40] = [
    "ba", "bel", "bri", "ca", "cor", "da", "del", "do", "el", "fa", "fen", "gar", "gi", "ha", "in",
    "jo", "ka", "kir", "la", "lum", "ma", "mel", "mi", "na", "nor", "o", "pa", "per", "qui", "ra",
    "ro", "sa", "sol", "ta", "tor", "u", "va", "ver", "wen", "za",
];
const KINDS: [(&str, &str, &str); 12] = [
    ("desk lamp", "Schreibtischlampe", "台灯"),
    ("tea cup", "Teetasse", "茶杯"),
    ("bath towel", "Badetuch", "浴巾"),
    ("dark chocolate", "Zartbitterschokolade", "黑巧克力"),
    ("kitchen knife", "Küchenmesser", "菜刀"),
    ("running shoes", "Laufschuhe", "跑鞋"),
    ("rain jacket", "Regenjacke", "雨衣"),
    ("picture frame", "Bilderrahmen", "相框"),
    ("water bottle", "Trinkflasche", "水杯"),
    ("garden chair", "Gartenstuhl", "花园椅"),
    ("wool blanket", "Wolldecke", "羊毛毯"),
    ("coffee beans", "Kaffeebohnen", "咖啡豆"),
];
const QUALITIES: [&str; 10] = [
    "red", "blue", "small", "large", "organic", "light", "classic", "soft", "green", "white",
];
/// Names of makers and of what is said of goods.
const WORDS: u64 = 200_000;

/// A number that looks random and is always the same (SplitMix64).
fn mixed(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// A made-up word; the product of two dice makes some far more frequent than others.
fn word(seed: u64) -> String {
    let dice = mixed(seed);
    let mut rest = mixed((dice >> 32) % WORDS * (dice & 0xffff_ffff) % WORDS);
    let syllables = 2 + rest % 3;
    let mut word = String::new();
    for _ in 0..syllables {
        rest /= SYLLABLES.len() as u64;
        word.push_str(SYLLABLES[(rest % SYLLABLES.len() as u64) as usize]);
    }
    word
}

/// Gives product `n` of a small shop a name of its own.
fn name(product: &mut Product, n: u64) {
    let dice = mixed(n);
    let (english, german, chinese) = KINDS[(dice % 12) as usize];
    let quality = QUALITIES[(dice / 12 % 10) as usize];
    let (brand, model) = (word(dice / 120 % 5_000), word(dice ^ 1));
    product.title = Text::en(format!("{brand} {quality} {english} {model}"));
    product
        .title
        .set(Language::De, format!("{german} {brand} {model}"));
    product.title.set(Language::Zh, chinese.to_string());
    product.description = Text::en(format!(
        "{} {} {}.",
        word(dice ^ 2),
        word(dice ^ 3),
        word(dice ^ 4)
    ));
    product.brand = brand;
}

/// What shoppers type who look for these goods: `count` searches, each some letters long, one in eight misspelled.
pub fn typed(products: usize, count: u64) -> Vec<String> {
    let one = |number: u64| {
        let dice = mixed(number ^ 0x5ea7_c4e5);
        let product = mixed(dice % products.max(1) as u64);
        let (english, ..) = KINDS[(product % 12) as usize];
        let brand = word(product / 120 % 5_000);
        let whole = if dice >> 20 & 1 == 0 {
            format!("{english} {brand}")
        } else {
            format!("{brand} {english}")
        };
        let mut letters: Vec<char> = whole.chars().collect();
        letters.truncate(1 + (dice >> 32) as usize % letters.len());
        if dice >> 24 & 7 == 0 && letters.len() > 5 {
            letters.swap(3, 4);
        }
        letters.into_iter().collect()
    };
    (0..count).map(one).collect()
}

/// Makes a shop with so many products in `folder`.
///
/// # Errors
/// When the database cannot be written.
///
/// # Panics
/// When the core refuses the shop, which it does not.
pub fn fill_assortment(folder: &Path, products: usize) -> Result<SmallShop, StoreError> {
    let shop = SmallShop::new(ShopSize {
        products,
        in_warehouse: 1_000,
        in_shop: 0,
    });
    let mut harness = Harness::new(SqliteStore::open(folder)?)?;
    let mut next = 0;
    for mut command in shop.commands() {
        if let Command::SaveProducts(drafts) = &mut command.command {
            for draft in drafts {
                name(&mut draft.product, next);
                next += 1;
            }
        }
        harness.submit(NOW, command).expect("the shop can be made");
    }
    Ok(shop)
}
