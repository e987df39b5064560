//! `cargo run --release -p search --example million -- NAMES [PRODUCTS]`: fills an index with a million products made
//! from a file of names, one a line, and types searches into it letter by letter. Prints how long filling and each
//! kind of search take, and what the index holds in memory.

use commerce::World;
use commerce::catalog::{Offer, Product, Status, TaxCategory, Variant};
use commerce::id::{CategoryId, ProductId, SellerId, VariantId};
use commerce::money::{Currency, Money};
use commerce::settings::Category;
use commerce::text::{Language, Text};
use commerce::world::{Record, Sequences};
use search::{Batch, Index};
use std::time::{Duration, Instant};

/// Products when no number is given.
const PRODUCTS: u64 = 1_000_000;
/// Products that are in the world at a time: the whole of it is not what is measured.
const CHUNK: u64 = 50_000;
/// Searches that are typed.
const TYPED: u64 = 300;
const CATEGORIES: u64 = 300;

/// A random number generator that is the same everywhere (SplitMix64).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }

    fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        &from[self.below(from.len() as u64) as usize]
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().expect("a file of names, one a line");
    let count = arguments
        .next()
        .map_or(PRODUCTS, |n| n.parse().expect("a number of products"));
    let text = std::fs::read_to_string(path).expect("the names can be read");
    let names: Vec<String> = text
        .lines()
        .filter(|l| !l.is_empty())
        .map(str::to_string)
        .collect();
    let before = resident_mib();
    let index = Index::new();
    let mut spent = Duration::ZERO;
    for first in (0..count).step_by(CHUNK as usize) {
        let world = world(&names, first, CHUNK.min(count - first));
        let ids: Vec<ProductId> = world.loaded_products().map(|p| p.id).collect();
        let started = Instant::now();
        index
            .apply(Batch::of(&world, 0, ids))
            .expect("it is taken in");
        spent += started.elapsed();
    }
    println!(
        "indexed in {:.1} s: {:?}",
        spent.as_secs_f64(),
        index.size()
    );
    println!(
        "memory {} MiB more than before",
        resident_mib().saturating_sub(before)
    );
    let started = Instant::now();
    let one = world(&names, 7, 1);
    index
        .apply(Batch::of(&one, 0, [ProductId(8 << 8)]))
        .expect("it is taken in");
    println!(
        "one product changed in {:.2} ms",
        started.elapsed().as_secs_f64() * 1_000.0
    );
    type_searches(&index, &names);
}

fn type_searches(index: &Index, names: &[String]) {
    let mut dice = Dice(11);
    let (mut kinds, mut slowest) = (
        vec![
            ("1 letter", vec![]),
            ("2 letters", vec![]),
            ("3 letters and more", vec![]),
            ("misspelled", vec![]),
        ],
        vec![],
    );
    for _ in 0..TYPED {
        let name = dice.pick(names).to_lowercase();
        let words: Vec<&str> = name.split_whitespace().take(3).collect();
        let mut query: Vec<char> = words.join(" ").chars().take(24).collect();
        let misspelled = dice.below(5) == 0 && query.len() > 5;
        if misspelled {
            let at = 1 + dice.below(query.len() as u64 - 3) as usize;
            query.swap(at, at + 1);
        }
        for end in 1..=query.len() {
            let typed: String = query[..end].iter().collect();
            let started = Instant::now();
            let hits = index.suggest(&typed, Language::En, 8);
            let took = started.elapsed().as_secs_f64() * 1_000.0;
            std::hint::black_box(hits);
            let kind = match end {
                _ if misspelled && end > 4 => 3,
                1 => 0,
                2 => 1,
                _ => 2,
            };
            kinds[kind].1.push(took);
            slowest.push((took, typed));
        }
    }
    let all: Vec<f64> = kinds.iter().flat_map(|k| k.1.iter().copied()).collect();
    kinds.push(("all", all));
    for (name, mut times) in kinds {
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        println!(
            "{name:>20}: {:>6} searches, p50 {:.3} ms, p99 {:.3} ms, p999 {:.3} ms, most {:.3} ms",
            times.len(),
            at(0.5),
            at(0.99),
            at(0.999),
            at(1.0)
        );
    }
    slowest.sort_by(|a, b| b.0.total_cmp(&a.0));
    for (took, typed) in slowest.iter().take(5) {
        println!("  {took:.2} ms: {typed}");
    }
}

fn world(names: &[String], first: u64, count: u64) -> World {
    let category = |n: u64| {
        let path = if n <= 20 {
            format!("Hall {n}")
        } else {
            format!("Hall {} > Aisle {n}", n % 20 + 1)
        };
        Record::Category(Category {
            id: CategoryId(n),
            title: Text::en(path.rsplit(" > ").next().unwrap_or(&path)),
            path,
            parent: (n > 20).then_some(CategoryId(n % 20 + 1)),
            position: 0,
            image: String::new(),
        })
    };
    let products = (first..first + count).map(|n| product(names, n));
    World::new(
        (1..=CATEGORIES).map(category).chain(products).collect(),
        Sequences::default(),
        0,
    )
}

fn product(names: &[String], n: u64) -> Record {
    let mut dice = Dice(n);
    let id = ProductId((n + 1) << 8);
    let own = &names[(n % names.len() as u64) as usize];
    let mut title = Text::en(if n < names.len() as u64 {
        own.clone()
    } else {
        let other = dice.pick(names).split_whitespace().next().unwrap_or("");
        format!("{own} {other} {} g", 10 * (1 + dice.below(200)))
    });
    if dice.below(3) == 0 {
        title.set(Language::De, dice.pick(names).to_string());
    }
    if dice.below(5) == 0 {
        let chars = (0..5)
            .filter_map(|_| char::from_u32(0x4e00 + dice.below(60) as u32 * dice.below(60) as u32));
        title.set(Language::Zh, chars.collect());
    }
    let description = format!(
        "{}. {}. {}.",
        dice.pick(names),
        dice.pick(names),
        dice.pick(names)
    );
    Record::Product(Product {
        id,
        version: 1,
        handle: format!("p{n}"),
        title,
        description: Text::en(description),
        brand: names[dice.below(5_000).min(names.len() as u64 - 1) as usize]
            .split_whitespace()
            .next()
            .unwrap_or("")
            .to_string(),
        category: Some(CategoryId(1 + dice.below(CATEGORIES))),
        option_names: vec!["Size".to_string()],
        option_words: Default::default(),
        tax_category: TaxCategory::Standard,
        status: Status::Active,
        variants: vec![Variant {
            id: VariantId::under(id, 1),
            sku: format!("SKU-{n:07}"),
            gtin: None,
            option_values: vec![["S", "M", "L"][dice.below(3) as usize].to_string()],
            weight_grams: 100,
            image: String::new(),
            status: Status::Active,
            offers: vec![Offer {
                past: Vec::new(),
                seller: SellerId(1),
                prices: vec![Money {
                    minor: 99 + dice.below(20_000) as i64,
                    currency: Currency::parse("EUR").expect("a code"),
                }],
            }],
        }],
        created_at: n as i64,
        updated_at: 0,
    })
}

fn resident_mib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:"));
    let kib = line.and_then(|l| l.trim().split(' ').next()?.parse::<u64>().ok());
    kib.unwrap_or(0) / 1_024
}
