//! One product from its lines.

use super::*;

impl Products<'_> {
    /// Plans one product. Lines with faults are left out, but for their place among the others.
    // Long because the columns of a line are read one after the other.
    pub(super) fn product(
        &mut self,
        group: &Group,
        places: &mut Places,
        errors: &mut [FileErrors],
        counts: &mut [Counts],
        next_id: &mut dyn FnMut() -> u64,
    ) {
        let Some(&(file, first)) = group.lines.first() else {
            return;
        };
        check_shared(group, errors);
        let world = self.world;
        let known_id = world.id_of_code(RecordKind::Product, &first.handle);
        let known = known_id.and_then(|id| world.product(ProductId(id)));
        if known.is_none() && !is_slug(&first.handle) {
            let reason = "is not a slug: small letters and digits with single - between them";
            errors[file].at(first.line, "product", reason);
        }
        let mut after = known
            .cloned()
            .unwrap_or_else(|| blank(ProductId(next_id()), &first.handle));
        let category = self.category(group, places, errors, next_id);
        apply_shared(&mut after, first, category);
        if after.title.is_empty() && !first.bad {
            errors[file].at(
                first.line,
                "",
                "a product needs a title in one language at least",
            );
        }
        let names = option_names(known, group, errors);
        let shared_changed =
            known.is_none_or(|k| names != k.option_names || !same_shared(k, &after));
        after.option_names = names;
        let mut touched = Vec::new();
        for &(file, line) in &group.lines {
            if let Some(place) = self.variant(&mut after, file, line, errors) {
                touched.push((file, line, place));
            }
        }
        // Archived variants that no line names keep a place for each option.
        for variant in &mut after.variants {
            variant
                .option_values
                .resize(after.option_names.len(), "—".to_string());
        }
        after.option_words = words::option_words(&after, &touched, errors);
        apply_statuses(known, &mut after, &touched);
        check_variants(&after, &touched, errors);
        for &(file, _, place) in &touched {
            let variant = &after.variants[place];
            self.by_sku.insert(variant.sku.clone(), variant.id);
            let before = known.and_then(|k| k.variant(variant.id));
            let state = match LineState::of(before, variant) {
                LineState::Unchanged
                    if shared_changed
                        || known.is_some_and(|k| {
                            k.status != after.status || k.option_words != after.option_words
                        }) =>
                {
                    LineState::Changed
                }
                state => state,
            };
            counts[file].note(state);
        }
        self.by_id.insert(after.id, self.planned.len());
        self.planned.push(Planned {
            known,
            after,
            file,
            line: first.line,
        });
    }

    /// The category that the product's lines name; the outer `None` when the file leaves it open.
    fn category(
        &self,
        group: &Group,
        places: &mut Places,
        errors: &mut [FileErrors],
        next_id: &mut dyn FnMut() -> u64,
    ) -> Option<Option<CategoryId>> {
        let (file, first) = group.lines[0];
        let path = first.category.as_deref()?;
        if path.is_empty() {
            return Some(None);
        }
        match places.category(path, next_id) {
            Ok(id) => Some(id),
            Err(reason) => {
                errors[file].at(first.line, "category", reason);
                None
            }
        }
    }

    /// Puts a line's variant into its product and says at which place.
    fn variant(
        &self,
        after: &mut Product,
        file: usize,
        line: &ProductLine,
        errors: &mut [FileErrors],
    ) -> Option<usize> {
        let errors = &mut errors[file];
        let known = self.world.variant_of_sku(&line.sku);
        if let Some(other) = known.filter(|id| id.parent() != after.id) {
            let handle = self
                .world
                .product(other.parent())
                .map_or("", |p| p.handle.as_str());
            errors.at(
                line.line,
                "sku",
                format!("`{}` belongs to the product `{handle}`", short(&line.sku)),
            );
            return None;
        }
        let place = after.variants.iter().position(|v| v.sku == line.sku);
        let place = place.or_else(|| {
            let last = after.variants.iter().map(|v| v.id.sub()).max().unwrap_or(0);
            let Some(next) = last.checked_add(1) else {
                let max = limits::VARIANTS_MAX;
                errors.at(
                    line.line,
                    "product",
                    format!("has more than {max} variants"),
                );
                return None;
            };
            after.variants.push(Variant {
                id: VariantId::under(after.id, next),
                sku: line.sku.clone(),
                gtin: None,
                option_values: Vec::new(),
                weight_grams: 0,
                image: String::new(),
                status: Status::Active,
                offers: Vec::new(),
            });
            Some(after.variants.len() - 1)
        })?;
        let names = std::mem::take(&mut after.option_names);
        self.apply_line(&mut after.variants[place], &names, line, errors);
        after.option_names = names;
        Some(place)
    }

    /// The variant as it is after its line; the status comes later, with those of its siblings.
    fn apply_line(
        &self,
        variant: &mut Variant,
        names: &[String],
        line: &ProductLine,
        errors: &mut FileErrors,
    ) {
        if let Some(gtin) = line.gtin {
            variant.gtin = gtin;
        }
        if let Some(options) = &line.options {
            let value = |name: &String| {
                let option = options.iter().find(|(n, _)| n == name);
                option.map_or_else(String::new, |(_, value)| value.clone())
            };
            variant.option_values = names.iter().map(value).collect();
        }
        variant.option_values.resize(names.len(), String::new());
        if let Some(weight) = line.weight_grams {
            variant.weight_grams = weight;
        }
        set_text(&mut variant.image, line.image.as_ref());
        if line.seller.is_none() && !variant.offers.is_empty() {
            return;
        }
        let code = line.seller.as_deref().unwrap_or_default();
        let Some(&seller) = self.sellers.get(code) else {
            let reason = match code {
                "" => "the shop has no seller of its own; start it once first".to_string(),
                code => format!("there is no seller `{}`", short(code)),
            };
            errors.at(line.line, "seller", reason);
            return;
        };
        match &mut variant.offers[..] {
            offers if offers.iter().any(|o| o.seller == seller) => {}
            [] => variant.offers.push(Offer {
                past: Vec::new(),
                seller,
                prices: Vec::new(),
            }),
            [offer] => offer.seller = seller,
            _ => errors.at(
                line.line,
                "seller",
                "several sellers offer this variant, but not this one",
            ),
        }
    }
}

fn blank(id: ProductId, handle: &str) -> Product {
    Product {
        id,
        version: 0,
        handle: handle.to_string(),
        title: Text::default(),
        description: Text::default(),
        brand: String::new(),
        category: None,
        option_names: Vec::new(),
        option_words: Default::default(),
        tax_category: TaxCategory::Standard,
        status: Status::Active,
        variants: Vec::new(),
        created_at: 0,
        updated_at: 0,
    }
}

fn apply_shared(after: &mut Product, first: &ProductLine, category: Option<Option<CategoryId>>) {
    set_texts(&mut after.title, &first.titles);
    set_texts(&mut after.description, &first.descriptions);
    set_text(&mut after.brand, first.brand.as_ref());
    if let Some(category) = category {
        after.category = category;
    }
    if let Some(tax) = first.tax_category {
        after.tax_category = tax;
    }
}

/// Whether what all lines of a product say is the same, but for options and status.
fn same_shared(a: &Product, b: &Product) -> bool {
    a.title == b.title
        && a.description == b.description
        && a.brand == b.brand
        && a.category == b.category
        && a.tax_category == b.tax_category
}

fn is_slug(handle: &str) -> bool {
    let part = |p: &str| {
        !p.is_empty()
            && p.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    handle.split('-').all(part)
}

/// Notes where the lines of a product contradict each other.
fn check_shared(group: &Group, errors: &mut [FileErrors]) {
    let (_, first) = group.lines[0];
    for &(file, line) in &group.lines[1..] {
        for ((column, said), (_, says)) in first.shared().into_iter().zip(line.shared()) {
            if says.is_some() && says != said && !(first.bad && said.is_none()) {
                let reason = format!(
                    "differs from line {}, which is of the same product",
                    first.line
                );
                errors[file].at(line.line, column, reason);
            }
        }
    }
}

/// The product's option names: those of its lines, which must agree, in the order known so far.
fn option_names(known: Option<&Product>, group: &Group, errors: &mut [FileErrors]) -> Vec<String> {
    let known_names = known.map(|k| k.option_names.clone()).unwrap_or_default();
    let with_options = |(_, line): &&(usize, &ProductLine)| line.options.is_some();
    let Some((file, first)) = group.lines.iter().find(with_options) else {
        return known_names;
    };
    let names_of = |line: &ProductLine| -> Vec<String> {
        line.options
            .iter()
            .flatten()
            .map(|(name, _)| name.clone())
            .collect()
    };
    let sorted = |mut names: Vec<String>| {
        names.sort_unstable();
        names
    };
    let names = names_of(first);
    let set = sorted(names.clone());
    for &(file, line) in &group.lines {
        if line.options.is_some() && sorted(names_of(line)) != set {
            let reason = format!(
                "names other options than line {}, which is of the same product",
                first.line
            );
            errors[file].at(line.line, "options", reason);
        }
    }
    if set == sorted(known_names.clone()) {
        return known_names;
    }
    let named: HashSet<&str> = group
        .lines
        .iter()
        .map(|(_, line)| line.sku.as_str())
        .collect();
    let variants = known.map_or(&[][..], |k| &k.variants).iter();
    let others =
        variants.filter(|v| v.status != Status::Archived && !named.contains(v.sku.as_str()));
    let others: Vec<&str> = others.map(|v| v.sku.as_str()).collect();
    if !others.is_empty() {
        let reason = format!(
            "names other options than variants that the file does not have; add {}",
            short(&others.join(", "))
        );
        errors[*file].at(first.line, "options", reason);
    }
    names
}

/// The status that a file shows of a variant: the more restrictive of its own and its product's.
pub fn status_shown(product: Status, variant: Status) -> Status {
    match (product, variant) {
        (Status::Archived, _) | (_, Status::Archived) => Status::Archived,
        (Status::Draft, _) | (_, Status::Draft) => Status::Draft,
        _ => Status::Active,
    }
}

/// Sets the statuses that the lines say. When they say what is shown already, nothing changes; else a
/// product is as visible as the most visible of its variants.
fn apply_statuses(
    known: Option<&Product>,
    after: &mut Product,
    touched: &[(usize, &ProductLine, usize)],
) {
    let mut shown: Vec<Status> = after
        .variants
        .iter()
        .map(|v| status_shown(after.status, v.status))
        .collect();
    let before = shown.clone();
    for &(_, line, place) in touched {
        shown[place] = line.status.unwrap_or(shown[place]);
    }
    if known.is_some_and(|k| k.variants.len() == shown.len()) && shown == before {
        return;
    }
    let most = [Status::Active, Status::Draft, Status::Archived]
        .into_iter()
        .find(|s| shown.contains(s));
    after.status = most.unwrap_or(after.status);
    for (variant, status) in after.variants.iter_mut().zip(shown) {
        variant.status = status;
    }
}

/// Notes variants of one product with the same options; archived ones keep theirs.
fn check_variants(
    after: &Product,
    touched: &[(usize, &ProductLine, usize)],
    errors: &mut [FileErrors],
) {
    let mut first: HashMap<Vec<String>, &str> = HashMap::new();
    let touched_place: HashMap<usize, (usize, &ProductLine)> = touched
        .iter()
        .map(|&(file, line, place)| (place, (file, line)))
        .collect();
    for (place, variant) in after.variants.iter().enumerate() {
        let line = touched_place.get(&place);
        if variant.status == Status::Archived || line.is_some_and(|(_, l)| l.bad) {
            continue;
        }
        if let Some(&(file, line)) = line
            && variant.option_values.iter().any(String::is_empty)
        {
            let names = after.option_names.join(", ");
            errors[file].at(
                line.line,
                "options",
                format!("the product has the options {}", short(&names)),
            );
            continue;
        }
        let Some(before) = first.insert(variant.option_values.clone(), &variant.sku) else {
            continue;
        };
        let Some(&(file, line)) = line.or_else(|| {
            let earlier = after.variants.iter().position(|v| v.sku == before)?;
            touched_place.get(&earlier)
        }) else {
            continue;
        };
        let other = if line.sku == before {
            variant.sku.as_str()
        } else {
            before
        };
        let reason = match after.options_line(variant, Language::En).as_str() {
            "" => format!(
                "`{}` is of the same product; tell them apart by options",
                short(other)
            ),
            options => format!(
                "`{}` of the same product has {options} already",
                short(other)
            ),
        };
        errors[file].at(line.line, "options", reason);
    }
}
