//! Copies of what the index needs of products, taken while the shelf is held and used afterwards.

use commerce::World;
use commerce::catalog::{Product, Status};
use commerce::id::{CategoryId, ProductId};
use commerce::text::{Language, Text};

/// Steps up the category tree that are followed, so that a loop in the data ends.
const CATEGORY_DEPTH_MAX: usize = 8;

/// Products to be indexed or taken out.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) entries: Vec<Entry>,
    /// Products that are gone or not on sale.
    pub(crate) gone: Vec<ProductId>,
    /// Whether everything that is not in it goes.
    pub(crate) whole: bool,
}

/// What is indexed of one product.
#[derive(Debug)]
pub(crate) struct Entry {
    pub id: ProductId,
    pub titles: [String; 3],
    /// Everything else: descriptions, brand, options, codes, category names.
    pub body: String,
    pub categories: Vec<CategoryId>,
}

impl Batch {
    /// Every product of the world; what the index held before goes.
    pub fn all(world: &World) -> Self {
        let mut batch = Self {
            whole: true,
            ..Self::default()
        };
        for product in world.loaded_products() {
            batch.add(world, product);
        }
        batch
    }

    /// The products with these ids as they are now.
    pub fn of(world: &World, ids: impl IntoIterator<Item = ProductId>) -> Self {
        let mut batch = Self::default();
        for id in ids {
            match world.product(id) {
                Some(product) => batch.add(world, product),
                None => batch.gone.push(id),
            }
        }
        batch
    }

    fn add(&mut self, world: &World, product: &Product) {
        if product.status == Status::Active {
            self.entries.push(entry(world, product));
        } else {
            self.gone.push(product.id);
        }
    }
}

fn entry(world: &World, product: &Product) -> Entry {
    let mut categories = Vec::new();
    let mut body = String::new();
    let mut say = |text: &str| {
        body.push_str(text);
        body.push('\n');
    };
    let mut next = product.category;
    while let Some(category) = next.and_then(|id| world.category(id)) {
        categories.push(category.id);
        all_texts(&category.title).for_each(&mut say);
        next = category
            .parent
            .filter(|_| categories.len() < CATEGORY_DEPTH_MAX);
    }
    all_texts(&product.description).for_each(&mut say);
    say(&product.brand);
    for variant in &product.variants {
        say(&variant.sku);
        if let Some(gtin) = &variant.gtin {
            let digits = gtin.to_string();
            say(&digits);
            say(digits.trim_start_matches('0'));
        }
        variant.option_values.iter().for_each(|v| say(v));
    }
    let words = product.option_words.values();
    words.flat_map(all_texts).for_each(&mut say);
    Entry {
        id: product.id,
        titles: Language::ALL.map(|l| product.title.exact(l).unwrap_or("").to_string()),
        body,
        categories,
    }
}

fn all_texts(text: &Text) -> impl Iterator<Item = &str> {
    Language::ALL.into_iter().filter_map(|l| text.exact(l))
}
