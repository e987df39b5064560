//! temporary
use api::v1::wire::*;
use utoipa::OpenApi;
#[derive(OpenApi)]
#[openapi(components(schemas(
    ErrorBody,
    people::SignIn,
    people::Me,
    people::PasswordChange,
    people::OperatorList,
    people::OperatorCreate,
    people::OperatorChange,
    orders::OrderList,
    orders::Order,
    orders::FulfillmentList,
    orders::Shipping,
    orders::Cancel,
    orders::RefundRequest,
    orders::RefundPreview,
    orders::NoteCreate,
    stock::StockList,
    stock::VariantStock,
    stock::StockAdjustment,
    stock::StockAdjusted,
    stock::MovementList,
    goods::ProductList,
    goods::Product,
    goods::ProductChange,
    settings::Settings,
    settings::LocationList,
    live::Tiles,
    live::Feed
)))]
struct Doc;
#[test]
fn emit() {
    std::fs::write(
        "../../docs/openapi.json",
        Doc::openapi().to_pretty_json().unwrap(),
    )
    .unwrap();
}
