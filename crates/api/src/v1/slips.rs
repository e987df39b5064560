//! What a browser prints: the packing slip, and the address for a parcel that is sent without a waybill (100 × 150 mm).
//! Plain pages with print styles and no script; the styles are named by their hash to the content security policy.

use super::V1;
use super::carriers::weight_grams;
use super::request::parse_id;
use super::show::orders::person;
use crate::auth::guard::Staff;
use crate::error::ApiError;
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use commerce::id::FulfillmentId;
use commerce::order::{Fulfillment, Group, Method};
use commerce::settings::Address;
use commerce::text::Language;
use commerce::{Refusal, World};
use label::Code128;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use std::fmt::Write;
use std::sync::Arc;

const LABEL_CSS: &str = "@page{size:100mm 150mm;margin:0}*{box-sizing:border-box}body{margin:0;\
    background:#fff;color:#000;font:4mm/1.35 system-ui,'Noto Sans SC',sans-serif}main{width:100mm;\
    height:150mm;padding:6mm;display:flex;flex-direction:column;gap:4mm}header{display:flex;\
    justify-content:space-between;font-size:3.2mm;border-bottom:.4mm solid #000;padding-bottom:3mm}\
    .to{font-size:6mm;flex:1;overflow:hidden;overflow-wrap:anywhere}.to small{display:block;\
    font-size:3.2mm}.code{text-align:center;font:3.6mm ui-monospace,monospace}.code svg{width:100%;\
    height:22mm;display:block}.facts{display:flex;justify-content:space-between;border-top:.4mm solid \
    #000;padding-top:3mm;font-size:3.4mm}@media screen{body{background:#f6f1e8}main{background:#fff;\
    margin:6mm auto;box-shadow:0 1px 6px #0003}}";

const SLIP_CSS: &str = "@page{size:A4;margin:18mm}*{box-sizing:border-box}body{margin:0;background:\
    #fff;color:#000;font:11pt/1.45 system-ui,'Noto Sans SC',sans-serif}main{max-width:174mm;margin:0 \
    auto}header{display:flex;justify-content:space-between;gap:10mm;align-items:flex-start}h1{font-size:\
    20pt;margin:0 0 2mm}table{width:100%;border-collapse:collapse;margin:8mm 0}th,td{text-align:left;\
    padding:2mm 2mm 2mm 0;border-bottom:.2mm solid #999;vertical-align:top}td:last-child,th:last-child\
    {text-align:right;font-variant-numeric:tabular-nums}.box{width:5mm;height:5mm;border:.3mm solid \
    #000}.code svg{width:70mm;height:14mm;display:block}address{font-style:normal}small{color:#444}\
    @media screen{main{padding:12mm;margin:6mm auto}body{background:#f6f1e8}main{background:#fff}}";

/// The address for a parcel without a waybill
///
/// An HTML page of 100 × 150 mm: sender, receiver, order number and barcode. A parcel with a waybill has a label
/// (`POST /labels`), and is refused here with `waybill_exists`.
#[utoipa::path(get, path = "/fulfillments/{id}/label", tag = "fulfillments",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, body = String, content_type = "text/html"),
        (status = 409, description = "It has a waybill.", body = super::wire::ErrorBody)))]
pub async fn label(
    State(v1): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let (group, id) = load(&v1, &id).await?;
    if let Some(parcel) = group.parcel(id) {
        let number = parcel.number.clone();
        return Err(Refusal::WaybillExists { number }.into());
    }
    let world = v1.app.shelf.read();
    let words = Words::of(Language::En);
    let page = of(&group, id).map(|f| page(&world, &group, f, &words, LABEL_CSS, label_body));
    page.ok_or_else(|| ApiError::not_found("fulfillment"))
}

/// A parcel's packing slip to be printed
///
/// An HTML page in the shopper's language: what is in the parcel.
#[utoipa::path(get, path = "/fulfillments/{id}/packing-slip", tag = "fulfillments",
    params(("id" = String, Path, description = "The fulfillment's id.")),
    responses((status = 200, body = String, content_type = "text/html")))]
pub async fn packing_slip(
    State(v1): State<V1>,
    _staff: Staff,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let (group, id) = load(&v1, &id).await?;
    let world = v1.app.shelf.read();
    let words = Words::of(group.language);
    let page = of(&group, id).map(|f| page(&world, &group, f, &words, SLIP_CSS, slip_body));
    page.ok_or_else(|| ApiError::not_found("fulfillment"))
}

async fn load(v1: &V1, id: &str) -> Result<(Arc<Group>, FulfillmentId), ApiError> {
    let id = parse_id!(FulfillmentId, id, "fulfillment")?;
    let group = v1.app.group(id.parent()).await?;
    let group = group.ok_or_else(|| ApiError::not_found("fulfillment"))?;
    Ok((group, id))
}

fn of(group: &Group, id: FulfillmentId) -> Option<&Fulfillment> {
    group.fulfillments.iter().find(|f| f.id == id)
}

/// The few words on paper.
struct Words {
    language: Language,
    from: &'static str,
    order: &'static str,
    pieces: &'static str,
    weight: &'static str,
    pickup_at: &'static str,
    packing_slip: &'static str,
    article: &'static str,
}

impl Words {
    fn of(language: Language) -> Self {
        let [
            from,
            order,
            pieces,
            weight,
            pickup_at,
            packing_slip,
            article,
        ] = match language {
            Language::En => [
                "From",
                "Order",
                "Pieces",
                "Weight",
                "Collection at",
                "Packing slip",
                "Article",
            ],
            Language::De => [
                "Von",
                "Bestellung",
                "Stück",
                "Gewicht",
                "Abholung in",
                "Lieferschein",
                "Artikel",
            ],
            Language::Zh => [
                "寄件人",
                "订单",
                "件数",
                "重量",
                "自提地点",
                "装箱单",
                "商品",
            ],
        };
        Self {
            language,
            from,
            order,
            pieces,
            weight,
            pickup_at,
            packing_slip,
            article,
        }
    }
}

type Body = fn(&World, &Group, &Fulfillment, &Words) -> Markup;

fn page(
    world: &World,
    group: &Group,
    fulfillment: &Fulfillment,
    words: &Words,
    css: &str,
    body: Body,
) -> Response {
    let markup = html! {
        (DOCTYPE)
        html lang=(words.language.tag()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (words.order) " " (fulfillment.order) }
                style { (PreEscaped(css)) }
            }
            body { main { (body(world, group, fulfillment, words)) } }
        }
    };
    // Nothing but its own style may run or load; a name with markup in it stays text.
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (headers, markup.into_string()).into_response()
}

fn label_body(world: &World, group: &Group, of: &Fulfillment, words: &Words) -> Markup {
    let location = world.location(of.location);
    let number = of.order.to_string();
    let code = match of.tracking_number.as_str() {
        "" => number.trim_start_matches("order_").to_uppercase(),
        number => number.to_owned(),
    };
    html! {
        header {
            div {
                b { (world.shop().map(|s| s.name.as_str()).unwrap_or("")) } br;
                @if let Some(l) = location { (l.name) br; (one_line(&l.address)) }
            }
            div { b { (of.carrier) } }
        }
        div class="to" {
            @match (&group.destination, of.method) {
                (Some(address), Method::Ship) => (postal(address)),
                _ => {
                    small { (words.pickup_at) " " (location.map(|l| l.name.as_str()).unwrap_or("")) }
                    (person(&group.buyer.first_name, &group.buyer.last_name)) br;
                    (group.buyer.email)
                }
            }
        }
        (barcode(&code))
        div class="facts" {
            span { (words.order) " " (number) }
            span { (words.pieces) " " (pieces(of)) }
            @if let Some(grams) = weight_grams(world, group, of) {
                span { (words.weight) " " (grams) " g" }
            }
        }
    }
}

fn slip_body(world: &World, group: &Group, of: &Fulfillment, words: &Words) -> Markup {
    let number = of.order.to_string();
    let location = world.location(of.location);
    html! {
        header {
            div {
                h1 { (words.packing_slip) }
                div { (words.order) " " (number) }
                small { (words.from) " " (world.shop().map(|s| s.name.as_str()).unwrap_or(""))
                    @if let Some(l) = location { ", " (l.name) } }
            }
            (barcode(&number.trim_start_matches("order_").to_uppercase()))
        }
        address {
            @match &group.destination {
                Some(address) => (postal(address)),
                None => (person(&group.buyer.first_name, &group.buyer.last_name)),
            }
        }
        table {
            thead { tr { th {} th { (words.article) } th { "SKU" } th { (words.pieces) } } }
            tbody {
                @for &(line_number, quantity) in &of.lines {
                    @if let Some(line) = group.lines().find(|l| l.number == line_number) {
                        tr {
                            td { div class="box" {} }
                            td { (line.title) @if !line.options.is_empty() { br; small { (line.options) } } }
                            td { (line.sku) }
                            td { (quantity) }
                        }
                    }
                }
            }
        }
    }
}

fn barcode(text: &str) -> Markup {
    html! {
        div class="code" {
            @if let Some(code) = Code128::new(text) {
                svg viewBox={ "0 0 " (code.modules() + 2 * Code128::QUIET_MODULES) " 1" } preserveAspectRatio="none"
                    role="img" aria-label=(text) shape-rendering="crispEdges" { path d=(path(&code)) {} }
            }
            (text)
        }
    }
}

/// Bars as the `d` of an SVG path, in modules, behind their quiet zone.
fn path(code: &Code128) -> String {
    let mut d = String::new();
    for (at, width) in code.bars() {
        let x = at + Code128::QUIET_MODULES;
        // Writing to a string cannot fail.
        let _ = write!(d, "M{x} 0h{width}v1h-{width}z");
    }
    d
}

fn postal(address: &Address) -> Markup {
    html! {
        (person(&address.first_name, &address.last_name)) br;
        (address.street) br;
        @if !address.street_2.is_empty() { (address.street_2) br; }
        (address.postal_code) " " (address.city) br;
        @if !address.region.is_empty() { (address.region) " " }
        @if let Some(country) = address.country { (country) }
        @if !address.phone.is_empty() { small { (address.phone) } }
    }
}

fn one_line(address: &Address) -> String {
    format!(
        "{}, {} {}",
        address.street, address.postal_code, address.city
    )
}

fn pieces(of: &Fulfillment) -> u32 {
    of.lines.iter().map(|&(_, pieces)| pieces).sum()
}
