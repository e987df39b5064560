//! Pages for looking around.

use super::{Posted, fields, reviews};
use crate::pages::home::HomeView;
use crate::pages::{self};
use crate::views::listing::{Filter, Plan, listing};
use crate::views::product::{product_view, row};
use crate::views::reviews::{BELOW_PRODUCT, Choice, reviews_view};
use crate::views::{self, Card, Link, Reader, card};
use crate::visit::{Answer, Visit};
use axum::extract::Path;
use axum::response::Response;
use commerce::Currency;
use commerce::checkout::Item;
use commerce::customer::Customer;
use commerce::id::ProductId;
use commerce::world::RecordKind;
use search::{Index, Match};

/// Goods on the first page.
const HOME_GOODS: usize = 12;
/// Best sellers on the first page, and from how many on they are shown.
const HOME_BEST: std::ops::RangeInclusive<usize> = 4..=8;
/// Goods of a category that are looked through for some that can be had.
const SHELF_LOOKED_AT: usize = 64;
/// Goods shown when a search finds nothing.
const INSTEAD: usize = 8;

/// The first page.
pub async fn home(visit: Visit) -> Answer {
    let frame = visit.frame().await;
    let now = api::app::now_ms();
    let best = &visit.shop.best_sellers;
    let best = best.products(&visit.shop.app, now).await;
    let member = visit.member().await?;
    let view = {
        let world = visit.shop.app.shelf.read();
        let reader = visit.reader(&world);
        home_view(&reader, &visit.shop.app.search, &best, member.as_ref())
    };
    let key = visit.shop.app.ids.next().to_string();
    Ok(visit.ok(&frame, &pages::home::home(&frame, &view, &key)))
}

fn home_view(
    reader: &Reader<'_>,
    index: &Index,
    best: &[ProductId],
    member: Option<&Customer>,
) -> HomeView {
    let mut best: Vec<(ProductId, Card)> = best
        .iter()
        .filter_map(|id| Some((*id, card(reader, reader.world.product(*id)?))))
        .filter(|(_, card)| card.available && card.price.is_some())
        .take(*HOME_BEST.end())
        .collect();
    // A new shop shows its shelves alone; rows are whole on a phone and on a wide screen.
    best.truncate(best.len() / HOME_BEST.start() * HOME_BEST.start());
    let is_best = |id: &ProductId| best.iter().any(|(other, _)| other == id);
    let mut goods = first_of_each_shelf(reader, index, HOME_GOODS + best.len());
    goods.retain(|(id, _)| !is_best(id));
    goods.truncate(HOME_GOODS);
    let shipping = goods.first().and_then(|(id, _)| {
        let product = reader.world.product(*id)?;
        let variant = views::on_sale(product).next()?.id;
        let items = vec![Item {
            variant,
            seller: None,
            quantity: 1,
        }];
        let intent = views::availability::intent_of(reader, items);
        let quote = reader.price(&intent).ok()?.quote;
        let found = views::availability::shippings(reader, &intent, reader.country, &quote);
        found.into_iter().next()
    });
    let places = reader.world.locations().filter(|l| l.collects);
    HomeView {
        products: index.len(),
        shops: places.map(|l| l.name.clone()).collect(),
        shipping,
        best: best.into_iter().map(|(_, card)| card).collect(),
        goods: goods.into_iter().map(|(_, card)| card).collect(),
        event: views::sale::event_now(reader, member),
    }
}

/// Some goods from every top category in turn, those that can be had.
fn first_of_each_shelf(reader: &Reader<'_>, index: &Index, limit: usize) -> Vec<(ProductId, Card)> {
    let shelves: Vec<Vec<ProductId>> = views::children(reader.world, None)
        .into_iter()
        .map(|c| index.in_category(c.id, ProductId(0), SHELF_LOOKED_AT))
        .collect();
    let deepest = shelves.iter().map(Vec::len).max().unwrap_or(0);
    let in_turn = (0..deepest).flat_map(|row| shelves.iter().filter_map(move |s| s.get(row)));
    in_turn
        .filter_map(|id| Some((*id, card(reader, reader.world.product(*id)?))))
        .filter(|(_, card)| card.available && card.price.is_some())
        .take(limit)
        .collect()
}

/// All categories.
pub async fn categories(visit: Visit) -> Answer {
    let frame = visit.frame().await;
    let tree: Vec<(Link, Vec<Link>)> = {
        let world = visit.shop.app.shelf.read();
        let link = |c| views::category_link(c, visit.texts);
        let below = |id| {
            views::children(&world, Some(id))
                .into_iter()
                .map(link)
                .collect()
        };
        let top = views::children(&world, None).into_iter();
        top.map(|c| (link(c), below(c.id))).collect()
    };
    Ok(visit.ok(&frame, &pages::home::categories(&frame, &tree)))
}

/// A category.
pub async fn category(visit: Visit, Path(path): Path<String>) -> Answer {
    let frame = visit.frame().await;
    let planned = {
        let world = visit.shop.app.shelf.read();
        let reader = visit.reader(&world);
        views::category_at(&world, path.trim_end_matches('/')).map(|category| {
            let below: Vec<Link> = views::children(&world, Some(category.id))
                .into_iter()
                .map(|c| views::category_link(c, visit.texts))
                .collect();
            let trail = views::trail(&world, Some(category.id), visit.texts);
            // A category's page is no search.
            let filter = Filter {
                query: String::new(),
                ..Filter::read(&visit.query)
            };
            (trail, below, Plan::new(&reader, Some(category.id), filter))
        })
    };
    let found = planned.map(|(trail, below, plan)| {
        let found = plan.find(&visit.shop.app.search);
        let world = visit.shop.app.shelf.read();
        (trail, below, listing(&visit.reader(&world), plan, found))
    });
    let Some((trail, below, list)) = found else {
        return Err(visit.not_found().await);
    };
    let page = pages::listing::category(&frame, &trail, &below, &list);
    Ok(visit.ok(&frame, &page))
}

/// A product.
pub async fn product(visit: Visit, Path(handle): Path<String>) -> Answer {
    let frame = visit.frame().await;
    let sku = visit
        .query
        .iter()
        .find(|(n, _)| n == "v")
        .map(|(_, v)| v.as_str());
    let id = {
        let world = visit.shop.app.shelf.read();
        world
            .id_of_code(RecordKind::Product, &handle)
            .map(ProductId)
    };
    let Some(id) = id else {
        return Err(visit.not_found().await);
    };
    let choice = Choice::default();
    let page = reviews::read(&visit, id, &choice, BELOW_PRODUCT).await;
    let partners = visit.partners(&[id]);
    let view = {
        let world = visit.shop.app.shelf.read();
        let reader = visit.reader(&world);
        let product = world.product(id);
        let view = product.and_then(|p| product_view(&reader, &visit.shop.app.search, p, sku));
        let said = product.map(|p| reviews_view(&reader, p, choice, page));
        view.zip(said)
            .map(|both| (both, row(&reader, &partners, &[])))
    };
    let Some(((view, reviews), together)) = view else {
        return Err(visit.not_found().await);
    };
    let page = pages::product::product(&frame, &view, &reviews, &together);
    Ok(visit.ok(&frame, &page))
}

/// A sale event.
pub async fn event(visit: Visit, Path(code): Path<String>) -> Answer {
    let frame = visit.frame().await;
    let member = visit.member().await?;
    let view = {
        let world = visit.shop.app.shelf.read();
        views::sale::event_page(&visit.reader(&world), &code, member.as_ref())
    };
    let Some(view) = view else {
        return Err(visit.not_found().await);
    };
    let key = visit.shop.app.ids.next().to_string();
    Ok(visit.ok(&frame, &pages::event::event(&frame, &view, &key)))
}

/// A search.
pub async fn search(visit: Visit) -> Answer {
    let frame = visit.frame().await;
    let mut filter = Filter::read(&visit.query);
    filter.query = filter.query.trim().to_string();
    let index = &visit.shop.app.search;
    let asked = !filter.query.is_empty();
    let plan = {
        let world = visit.shop.app.shelf.read();
        Plan::new(&visit.reader(&world), None, filter)
    };
    let found = if asked {
        plan.find(index)
    } else {
        search::Page::default()
    };
    let (list, instead) = {
        let world = visit.shop.app.shelf.read();
        let reader = visit.reader(&world);
        let instead = if found.matched == Match::None {
            first_of_each_shelf(&reader, index, INSTEAD)
        } else {
            Vec::new()
        };
        let cards: Vec<Card> = instead.into_iter().map(|(_, card)| card).collect();
        (listing(&reader, plan, found), cards)
    };
    let page = pages::listing::search(&frame, &list, &instead);
    Ok(visit.ok(&frame, &page))
}

/// A choice of currency.
pub async fn preferences(visit: Visit, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let mut response: Response = visit.go(visit.own_path(fields.get("back"), "/"));
    let chosen = Currency::parse(fields.get("currency")).filter(|c| {
        let world = visit.shop.app.shelf.read();
        world.shop().is_some_and(|s| s.tax_display(*c).is_some())
    });
    if let Some(currency) = chosen {
        visit.keep_currency(&mut response, currency);
    }
    Ok(response)
}

/// An address with nothing behind it.
pub async fn not_found(visit: Visit) -> Answer {
    Err(visit.not_found().await)
}

/// What phones show when there is no connection.
pub async fn offline(visit: Visit) -> Answer {
    let frame = visit.frame().await;
    let page = pages::error::offline(&frame);
    Ok(visit.ok(&frame, &page))
}
