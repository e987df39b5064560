//! Reading, writing and marking reviews.

use super::order::load;
use super::{Posted, fields};
use crate::pages::order::path as order_path;
use crate::pages::reviews::{self as pages, FormView};
use crate::views::reviews::{Choice, OF_PAGE, ReviewsView, reviews_view, zone};
use crate::views::{self};
use crate::visit::{Answer, Fault, Fields, Visit};
use api::DoorError;
use api::optional::Optional;
use api::photos::{self, Kept, PhotoForm};
use api::reviews::{album, photos_of, settle_photos};
use axum::extract::{Path, Request};
use axum::http::{HeaderValue, StatusCode, header};
use commerce::catalog::Product;
use commerce::id::{ProductId, ReviewId};
use commerce::order::Group;
use commerce::review::{
    self, Mark, MarkKind, Moderation, Review, ReviewStep, SaveReview, clean, clean_line, has_got,
    id_of,
};
use commerce::switch::Work;
use commerce::world::RecordKind;
use commerce::{Command, Refusal, text};
use media::{Hash, PhotoSize};
use std::sync::Arc;
use store::ReviewPage;

/// Orders of a member that are looked through for an article.
const ORDERS_MAX: usize = 100;

/// Reads reviews of a product, unless they are not shown now. A page without them is better than no page.
pub async fn read(
    visit: &Visit,
    product: ProductId,
    choice: &Choice,
    limit: usize,
) -> Option<ReviewPage> {
    if !visit.shop.app.shows(Optional::Reviews) {
        return None;
    }
    let has_some = visit.shop.app.shelf.read().rating(product).count() > 0;
    if !has_some {
        return Some(ReviewPage {
            rows: Vec::new(),
            next: None,
        });
    }
    let filter = choice.filter(product, limit);
    let page = visit.shop.app.read(move |q| q.review_list(&filter)).await;
    if let Err(error) = &page {
        tracing::warn!(%error, "reviews could not be read");
    }
    page.ok()
}

/// A product that is on sale, by its handle.
async fn product(visit: &Visit, handle: &str) -> Result<Product, Fault> {
    let found = {
        let world = visit.shop.app.shelf.read();
        let id = world.id_of_code(RecordKind::Product, handle);
        id.and_then(|id| world.product(ProductId(id))).cloned()
    };
    match found {
        Some(product) => Ok(product),
        None => Err(visit.not_found().await),
    }
}

/// A page with a product's reviews.
pub async fn all(visit: Visit, Path(handle): Path<String>) -> Answer {
    let product = product(&visit, &handle).await?;
    let choice = Choice::read(&visit.query);
    let page = read(&visit, product.id, &choice, OF_PAGE).await;
    let view: ReviewsView = {
        let world = visit.shop.app.shelf.read();
        reviews_view(&visit.reader(&world), &product, choice, page)
    };
    let frame = visit.frame().await;
    let done = visit.query.iter().find(|(n, _)| n == "done");
    let said = done.and_then(|(_, key)| match key.as_str() {
        "helpful" => Some(visit.texts.t("reviews.thanks_helpful")),
        "report" => Some(visit.texts.t("reviews.thanks_report")),
        "often" => Some(visit.texts.t("reviews.too_often")),
        _ => None,
    });
    Ok(visit.ok(&frame, &pages::all(&frame, &view, said)))
}

/// How reviews are checked.
pub async fn how(visit: Visit) -> Answer {
    let frame = visit.frame().await;
    let at_once = visit.shop.app.config.reviews == Moderation::PhotosBefore;
    Ok(visit.ok(&frame, &pages::how(&frame, at_once)))
}

/// Leads a member to the order with which they bought a product, and others to where they find theirs.
pub async fn begin(visit: Visit, Path(handle): Path<String>) -> Answer {
    let product = product(&visit, &handle).await?;
    if let Some(member) = visit.member().await? {
        let lines = super::account::orders::of(&visit, &member, ORDERS_MAX).await?;
        let now = api::app::now_ms();
        let bought = lines.iter().find(|l| has_got(&l.group, product.id, now));
        if let Some(line) = bought {
            let to = pages::form_path(&order_path(&line.group), &handle);
            return Ok(visit.go(&to));
        }
    }
    let frame = visit.frame().await;
    let title = product.title.get(visit.texts.language()).to_string();
    let page = pages::not_yet(&frame, &title, &views::product_href(&product));
    Ok(visit.ok(&frame, &page))
}

/// An order with a product that its buyer has got, and the review that there is of it.
struct Bought {
    group: Arc<Group>,
    product: Product,
    review: Option<Review>,
}

type Place = Path<(String, String, String)>;

async fn bought(
    visit: &Visit,
    (order, key, handle): (String, String, String),
) -> Result<Bought, Fault> {
    let group = load(visit, &(order, key)).await?;
    let product = product(visit, &handle).await?;
    if !has_got(&group, product.id, api::app::now_ms()) {
        let frame = visit.frame().await;
        let title = product.title.get(visit.texts.language()).to_string();
        let page = pages::not_yet(&frame, &title, &views::product_href(&product));
        return Err(visit.page(StatusCode::CONFLICT, &frame, &page).into());
    }
    let id = id_of(product.id, &group.buyer.email);
    let review = visit.shop.app.read(move |q| q.review(id)).await;
    let review = review.map_err(|e| visit.broken(&e))?;
    Ok(Bought {
        group,
        product,
        review,
    })
}

impl Bought {
    fn id(&self) -> ReviewId {
        id_of(self.product.id, &self.group.buyer.email)
    }

    /// The form as it is before anything was typed.
    fn view(&self, visit: &Visit) -> FormView {
        let order = order_path(&self.group);
        let buyer = &self.group.buyer;
        let review = self.review.as_ref();
        FormView {
            title_of_product: self.product.title.get(visit.texts.language()).to_string(),
            action: pages::form_path(&order, &self.product.handle),
            back: order,
            stars: review.map(|r| r.stars),
            title: review.map_or_else(String::new, |r| r.title.clone()),
            text: review.map_or_else(String::new, |r| r.text.clone()),
            name: review.map_or_else(String::new, |r| r.name.clone()),
            names: names_of(&buyer.first_name, &buyer.last_name),
            photos: review.map_or_else(Vec::new, photos_of),
            state: review.map(|r| r.state.word()),
            reason: review.map_or_else(String::new, |r| r.reason.clone()),
            paused: paused(visit),
            ..FormView::default()
        }
    }
}

/// Whether writing is shed now, and until when, in the visitor's words.
fn paused(visit: &Visit) -> Option<Option<String>> {
    let shed = visit.shop.app.sheds(Work::Reviews, api::app::now_ms())?;
    let zone = zone(&visit.shop.app.shelf.read());
    Some(shed.until.map(|at| visit.texts.moment_in(at, &zone)))
}

/// What a buyer may be called: the first name, the first name with an initial, initials.
fn names_of(first: &str, last: &str) -> Vec<String> {
    let initial = |name: &str| name.chars().next().map(|c| format!("{c}."));
    let (first_initial, last_initial) = (initial(first), initial(last));
    let mut names = Vec::new();
    if !first.is_empty() {
        names.push(first.to_string());
    }
    if let Some(last) = &last_initial {
        if !first.is_empty() {
            names.push(format!("{first} {last}"));
        }
        if let Some(first) = first_initial {
            names.push(format!("{first} {last}"));
        }
    }
    names
}

/// The form.
pub async fn form(visit: Visit, Path(place): Place) -> Answer {
    let bought = bought(&visit, place).await?;
    let frame = visit.frame().await;
    let mut view = bought.view(&visit);
    view.saved = visit.query.iter().any(|(n, v)| n == "done" && v == "saved");
    Ok(visit.ok(&frame, &pages::form(&frame, &view)))
}

/// Saves what a buyer says. What is wrong is told beside all that was typed.
pub async fn save(visit: Visit, Path(place): Place, request: Request) -> Answer {
    let mut sent = PhotoForm::open(request).await;
    let typed = Fields(sent.fields.clone());
    visit.check_form(&typed).await?;
    let bought = bought(&visit, place).await?;
    let id = bought.id();
    // While it is shed nothing is stored, photos neither; what was typed is there to be sent later.
    let shed = visit.shop.app.admit(Work::Reviews).err();
    let kept = match &shed {
        None => sent.keep_photos(&visit.shop.app, &album(id)).await,
        Some(_) => Kept {
            photos: sent.kept_before(&visit.shop.app, &album(id)).await,
            problems: Vec::new(),
        },
    };
    let save = SaveReview {
        product: bought.product.id,
        group: bought.group.id,
        name: clean_line(typed.get("name")),
        stars: typed.get("stars").parse().unwrap_or(0),
        title: clean_line(typed.get("title")),
        text: clean(typed.get("text")),
        language: visit.texts.language(),
        photos: kept.photos.iter().map(Hash::to_string).collect(),
        moderation: visit.shop.app.config.reviews,
    };
    let mut wrong = Vec::new();
    if let Err(Refusal::FieldInvalid { field }) = save.check() {
        wrong.push(match field {
            "stars" => "reviews.wrong_stars",
            "name" => "reviews.wrong_name",
            _ => "reviews.wrong_long",
        });
    }
    if shed.is_none() && wrong.is_empty() && kept.problems.is_empty() {
        match visit.submit(Command::SaveReview(save)).await {
            Ok(_) => {}
            Err(error) => return Err(visit.refused(error).await),
        }
        let before = bought.review.as_ref().map_or_else(Vec::new, photos_of);
        settle_photos(&visit.shop.app, id, &kept.photos, &before).await;
        let to = pages::form_path(&order_path(&bought.group), &bought.product.handle);
        return Ok(visit.go(&format!("{to}?done=saved")));
    }
    let frame = visit.frame().await;
    let view = FormView {
        stars: Some(save.stars),
        title: save.title,
        text: save.text,
        name: save.name,
        photos: kept.photos,
        wrong,
        problems: kept.problems,
        ..bought.view(&visit)
    };
    let page = pages::form(&frame, &view);
    let Some(shed) = shed else {
        return Ok(visit.page(StatusCode::UNPROCESSABLE_ENTITY, &frame, &page));
    };
    let mut answer = visit.page(shed.status, &frame, &page);
    if let Some(seconds) = shed.retry_after_s {
        let headers = answer.headers_mut();
        headers.insert(header::RETRY_AFTER, seconds.into());
    }
    Ok(answer)
}

/// Takes a review back.
pub async fn withdraw(visit: Visit, Path(place): Place, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let bought = bought(&visit, place).await?;
    let to = pages::form_path(&order_path(&bought.group), &bought.product.handle);
    let Some(review) = &bought.review else {
        return Ok(visit.go(&to));
    };
    let step = Command::MoveReview(review.id, None, ReviewStep::Withdraw);
    match visit.submit(step).await {
        Ok(_) | Err(DoorError::Refused(Refusal::WrongState { .. })) => {}
        Err(error) => return Err(visit.refused(error).await),
    }
    settle_photos(&visit.shop.app, review.id, &[], &photos_of(review)).await;
    Ok(visit.go(&to))
}

/// The word of a size in addresses.
fn size(word: &str) -> Option<PhotoSize> {
    match word {
        "whole" => Some(PhotoSize::Whole),
        "small" => Some(PhotoSize::Small),
        _ => None,
    }
}

/// A photo for the author of its review, whether it is shown or not, or not saved yet.
pub async fn own_photo(
    visit: Visit,
    Path((order, key, handle, photo, word)): Path<(String, String, String, String, String)>,
) -> Answer {
    let bought = bought(&visit, (order, key, handle)).await?;
    let (Some(photo), Some(size)) = (Hash::parse(&photo), size(&word)) else {
        return Err(visit.not_found().await);
    };
    match photos::show(&visit.shop.app, &album(bought.id()), photo, size).await {
        Some(response) => Ok(response),
        None => Err(visit.not_found().await),
    }
}

/// A photo of a review that everybody sees.
pub async fn photo(visit: Visit, Path((id, name, word)): Path<(String, String, String)>) -> Answer {
    let asked = (ReviewId::parse(&id), Hash::parse(&name), size(&word));
    let (Some(id), Some(photo), Some(size)) = asked else {
        return Err(visit.not_found().await);
    };
    let review = visit.shop.app.read(move |q| q.review(id)).await;
    let review = review.map_err(|e| visit.broken(&e))?;
    let is_shown = |r: &Review| r.is_shown() && r.photos.contains(&name);
    if !review.as_ref().is_some_and(is_shown) {
        return Err(visit.not_found().await);
    }
    let shown = photos::show(&visit.shop.app, &album(id), photo, size).await;
    let Some(mut response) = shown else {
        return Err(visit.not_found().await);
    };
    // It may be taken back: a browser asks again after a while, and no proxy keeps it for others.
    let headers = response.headers_mut();
    headers.insert(
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'"),
    );
    Ok(response)
}

/// A review helped.
pub async fn helpful(visit: Visit, Path(id): Path<String>, posted: Posted) -> Answer {
    mark(visit, &id, posted, MarkKind::Helpful).await
}

/// A review does not belong here.
pub async fn report(visit: Visit, Path(id): Path<String>, posted: Posted) -> Answer {
    mark(visit, &id, posted, MarkKind::Report).await
}

async fn mark(visit: Visit, id: &str, posted: Posted, kind: MarkKind) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let Some(id) = ReviewId::parse(id) else {
        return Err(visit.not_found().await);
    };
    // The cart tells visitors apart: a member is one on all their devices.
    let visitor = visit.cart_id().await?.to_string();
    let review = visit.shop.app.read(move |q| q.review(id)).await;
    let review = review.map_err(|e| visit.broken(&e))?;
    let Some(review) = review.filter(Review::is_shown) else {
        return Err(visit.not_found().await);
    };
    let (word, limiter) = match kind {
        MarkKind::Helpful => ("helpful", &visit.shop.helpful_limiter),
        MarkKind::Report => ("report", &visit.shop.report_limiter),
    };
    let mut said = word;
    if limiter.attempt(&visitor, api::app::now_ms()).is_err() {
        said = "often";
    } else {
        let mark = Mark {
            review: id,
            kind,
            visitor: text::key(&visitor),
        };
        if let Err(error) = visit.submit(Command::MarkReview(mark)).await {
            return Err(visit.refused(error).await);
        }
    }
    let handle = {
        let world = visit.shop.app.shelf.read();
        world.product(review.product).map(|p| p.handle.clone())
    };
    let Some(handle) = handle else {
        return Err(visit.not_found().await);
    };
    let list = Choice::default().href(&handle);
    Ok(visit.go(&format!("{list}?done={said}{}", pages::anchor(id))))
}

/// Where the reviews of an order's articles stand: products that its buyer has got, with a word of the review's state.
pub async fn of_order(
    visit: &Visit,
    group: &Group,
) -> Result<Vec<(ProductId, Option<&'static str>)>, Fault> {
    let now = api::app::now_ms();
    let mut products: Vec<ProductId> = group.lines().map(|l| l.variant.parent()).collect();
    products.sort_unstable();
    products.dedup();
    products.retain(|product| has_got(group, *product, now));
    if products.is_empty() || group.buyer.email.is_empty() {
        return Ok(Vec::new());
    }
    let email = group.buyer.email.clone();
    let found = visit.shop.app.read(move |q| {
        let state = |product: &ProductId| {
            let review = q.review(review::id_of(*product, &email))?;
            Ok((*product, review.map(|r| r.state.word())))
        };
        products.iter().map(state).collect()
    });
    found.await.map_err(|e| visit.broken(&e))
}
