//! Asking to send goods back, with photos; thinking better of it; and the photos, for whoever may see the order.

use super::checkout::Where;
use super::order::load;
use super::{Posted, fields};
use crate::pages;
use crate::pages::order::path;
use crate::pages::returns::{Choice, Chosen, FormView, ReturnsView};
use crate::promise;
use crate::visit::{Answer, Fields, Visit};
use api::DoorError;
use api::app::now_ms;
use api::photos::{self, PhotoForm};
use axum::extract::{Path, Request};
use axum::http::StatusCode;
use commerce::command::{AnswerReturn, RequestReturn, ReturnAnswer};
use commerce::id::{OrderId, ReturnId};
use commerce::limits::RETURN_NOTE_CHARS_MAX;
use commerce::order::{Group, Line, Order};
use commerce::returns::{ReturnReason, ReturnTerms};
use commerce::switch::Work;
use commerce::{Command, Refusal, World};
use media::{Hash, PhotoSize};
use sha2::{Digest, Sha256};

/// Lines and pieces and why, of one order.
type Wanted = Vec<(u16, u32, ReturnReason)>;

fn terms(world: &World) -> ReturnTerms {
    world
        .shop()
        .map_or_else(ReturnTerms::default, |s| s.returns)
}

/// Lines that may be returned now, with how many pieces.
fn choices<'g>(world: &World, group: &'g Group) -> Vec<Choice<'g>> {
    let (terms, now) = (terms(world), now_ms());
    let in_time = |line: u16| {
        let until = group.returnable_until(line, terms);
        until.is_none_or(|until| now <= until)
    };
    let lines = group.lines().filter(|l| in_time(l.number));
    let choice = |line| Choice {
        line,
        most: group.returnable(line),
        chosen: Chosen::default(),
    };
    lines.map(choice).filter(|c| c.most > 0).collect()
}

/// What the order page needs for its returns.
pub fn view(visit: &Visit, world: &World, group: &Group) -> ReturnsView {
    let t = visit.texts;
    let terms = terms(world);
    let able = choices(world, group);
    let ends = able
        .iter()
        .filter_map(|c| group.returnable_until(c.line.number, terms));
    let first = group
        .fulfillments
        .first()
        .and_then(|f| world.location(f.location));
    let zone = first.map_or(jiff::tz::TimeZone::UTC, promise::zone_of);
    let day = |at: i64| match first {
        Some(location) => t.day(promise::local(location, at).date()),
        None => String::new(),
    };
    let places = group.returns.iter().filter_map(|r| {
        let location = world.location(r.location?)?;
        let a = &location.address;
        let city = format!("{} {}", a.postal_code, a.city);
        let lines = [&location.name, &a.street, &a.street_2, &city];
        let lines = lines.into_iter().filter(|l| !l.trim().is_empty());
        Some((r.id, lines.map(|l| l.trim().to_string()).collect()))
    });
    let asked = group.returns.iter();
    ReturnsView {
        until: (!able.is_empty()).then(|| ends.max().map_or_else(String::new, day)),
        places: places.collect(),
        asked: asked
            .map(|r| (r.id, t.moment_in(r.requested_at, &zone)))
            .collect(),
    }
}

/// Why nothing is taken now, if operators put returns off, and when it is again.
fn paused(visit: &Visit) -> Option<String> {
    let app = &visit.shop.app;
    let shed = app.sheds(Work::Refunds, now_ms())?;
    let zone = api::screen::zone_of(&app.shelf.read());
    let t = visit.texts;
    Some(match shed.until {
        Some(at) => t.with("return.paused_until", &[("when", &t.moment_in(at, &zone))]),
        None => t.t("return.paused").to_string(),
    })
}

/// The form.
pub async fn form(visit: Visit, Path(place): Where) -> Answer {
    let group = load(&visit, &place).await?;
    let frame = visit.frame().await;
    let mut choices = choices(&visit.shop.app.shelf.read(), &group);
    // Where there is one thing to choose, it is chosen.
    if let [only] = choices.as_mut_slice() {
        only.chosen.is_taken = true;
    }
    let view = FormView {
        choices,
        key: visit.shop.app.access_key(),
        errors: paused(&visit).into_iter().collect(),
        ..FormView::default()
    };
    Ok(visit.ok(&frame, &pages::returns::form(&frame, &group, &view)))
}

/// What was filled in of a line.
fn chosen(fields: &Fields, line: u16) -> Chosen {
    let of = |what: &str| fields.get(&format!("{what}_{line}"));
    Chosen {
        is_taken: of("take") == "1",
        pieces: of("pieces").parse().unwrap_or(1),
        reason: ReturnReason::parse(of("reason")),
    }
}

/// What is to be returned, by order: of all lines, also of those of which nothing is left, so that a form that is sent
/// again says what it said before.
fn wanted(group: &Group, fields: &Fields) -> Vec<(OrderId, Wanted)> {
    let of_line = |line: &Line| {
        let chosen = chosen(fields, line.number);
        let reason = chosen.reason.filter(|_| chosen.is_taken)?;
        Some((line.number, chosen.pieces, reason))
    };
    let of_order = |order: &Order| {
        let lines: Wanted = order.lines.iter().filter_map(of_line).collect();
        (order.id, lines)
    };
    let all = group.orders.iter().map(of_order);
    all.filter(|(_, lines)| !lines.is_empty()).collect()
}

/// Takes what was filled in over into the form, and notes what is wrong with it.
fn take_over(visit: &Visit, group: &Group, fields: &Fields, view: &mut FormView<'_>) {
    let t = visit.texts;
    for choice in &mut view.choices {
        choice.chosen = chosen(fields, choice.line.number);
    }
    view.note = fields.get("note").trim().replace("\r\n", "\n");
    if view.note.chars().count() > RETURN_NOTE_CHARS_MAX {
        view.errors.push(t.t("return.note_long").to_string());
    }
    let lines = group.lines().map(|line| chosen(fields, line.number));
    let taken: Vec<Chosen> = lines.filter(|c| c.is_taken).collect();
    if taken.is_empty() {
        view.errors.push(t.t("return.choose_one").to_string());
    }
    if taken.iter().any(|c| c.reason.is_none()) {
        view.errors.push(t.t("return.choose_reason").to_string());
    }
}

/// What stands for a form with what it says: sent again as it is, it is the same return.
fn key_of(fields: &Fields, order: OrderId, wanted: &Wanted, note: &str) -> u64 {
    let said = format!("{}\n{order}\n{wanted:?}\n{note}", fields.get("key"));
    let digest = Sha256::digest(said);
    let number = digest
        .iter()
        .take(8)
        .fold(0, |n: u64, b| n << 8 | u64::from(*b));
    // It fits a signed column, and is none of those that mean nothing.
    (number >> 1).max(1)
}

/// The shopper wants to send something back.
pub async fn ask(visit: Visit, Path(place): Where, request: Request) -> Answer {
    let mut sent = PhotoForm::open(request).await;
    let fields = Fields(sent.fields.clone());
    visit.check_form(&fields).await?;
    let group = load(&visit, &place).await?;
    let app = &visit.shop.app;
    let album = photos::of_returns(group.id);
    let kept = sent.keep_photos(app, &album).await;
    let mut view = FormView {
        choices: choices(&app.shelf.read(), &group),
        photos: kept.photos,
        problems: kept.problems,
        key: u64::from_str_radix(fields.get("key"), 16).unwrap_or_else(|_| app.access_key()),
        ..FormView::default()
    };
    take_over(&visit, &group, &fields, &mut view);
    let wanted = wanted(&group, &fields);
    // The form may have been sent before: then it is done.
    let is_done = |(order, wanted): &(OrderId, Wanted)| {
        let key = key_of(&fields, *order, wanted, &view.note);
        group.returns.iter().any(|r| r.key == key)
    };
    if !wanted.is_empty() && wanted.iter().all(is_done) {
        return Ok(visit.go(&format!("{}?returned=1#returns", path(&group))));
    }
    if let Some(why) = paused(&visit) {
        view.errors.push(why);
        return form_again(&visit, &group, &view, StatusCode::SERVICE_UNAVAILABLE).await;
    }
    if !(view.errors.is_empty() && view.problems.is_empty()) {
        return form_again(&visit, &group, &view, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    for (order, lines) in wanted {
        let command = RequestReturn {
            order,
            key: key_of(&fields, order, &lines, &view.note),
            lines,
            note: view.note.clone(),
            photos: view.photos.iter().map(|p| p.number()).collect(),
            overlook_window: false,
        };
        match visit.submit(Command::RequestReturn(command)).await {
            Ok(_) => {}
            Err(DoorError::Refused(refusal)) if !matches!(refusal, Refusal::NotFound { .. }) => {
                view.errors.push(visit.refusal_text(&refusal));
                return form_again(&visit, &group, &view, StatusCode::CONFLICT).await;
            }
            Err(error) => return Err(visit.refused(error).await),
        }
    }
    photos::keep(app, &album, view.photos).await;
    Ok(visit.go(&format!("{}?returned=1#returns", path(&group))))
}

/// The form with what is wrong with it, and all that was typed.
async fn form_again(
    visit: &Visit,
    group: &Group,
    view: &FormView<'_>,
    status: StatusCode,
) -> Answer {
    let frame = visit.frame().await;
    let page = pages::returns::form(&frame, group, view);
    Ok(visit.page(status, &frame, &page))
}

/// The shopper keeps the goods after all.
pub async fn withdraw(visit: Visit, Path(place): Where, posted: Posted) -> Answer {
    let fields = fields(posted);
    visit.check_form(&fields).await?;
    let group = load(&visit, &place).await?;
    let here = path(&group);
    let id = ReturnId::parse(fields.get("return"));
    let Some(id) = id.filter(|id| group.return_of(*id).is_some()) else {
        return Err(visit.not_found().await);
    };
    let command = Command::AnswerReturn(AnswerReturn {
        r#return: id,
        answer: ReturnAnswer::Withdraw,
    });
    match visit.submit(command).await {
        Ok(_) => Ok(visit.go(&format!("{here}#returns"))),
        Err(DoorError::Refused(refusal)) => {
            Ok(visit.go(&format!("{here}?refused=return_{}", refusal.code())))
        }
        Err(error) => Err(visit.refused(error).await),
    }
}

/// One of the order's photos, also before its return was asked for.
pub async fn photo(visit: Visit, Path((id, key, photo)): Path<(String, String, String)>) -> Answer {
    let group = load(&visit, &(id, key)).await?;
    let size = match visit.query.iter().any(|(n, v)| n == "size" && v == "small") {
        true => PhotoSize::Small,
        false => PhotoSize::Whole,
    };
    let shown = match Hash::parse(&photo) {
        Some(photo) => {
            let album = photos::of_returns(group.id);
            photos::show(&visit.shop.app, &album, photo, size).await
        }
        None => None,
    };
    match shown {
        Some(response) => Ok(response),
        None => Err(visit.not_found().await),
    }
}
