//! The OpenAPI document: what the handlers say of themselves, and what holds of all of them.

use super::wire::ErrorBody;
use super::wire::screen::ScreenTick;
use super::wire::stock::StockOnly;
use crate::auth::COOKIE;
use crate::auth::guard::CONSOLE_HEADER;
use utoipa::openapi::header::HeaderBuilder;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{ContentBuilder, InfoBuilder, OpenApi, Ref, Required};
use utoipa::{PartialSchema, ToSchema};

const DESCRIPTION: &str = "What the operator's console and integrators use. Money is an integer of \
    minor units with its currency; ids carry a prefix; times are UTC milliseconds. A write may carry \
    an `Idempotency-Key`: the same key with the same request is done once and answered with \
    `Idempotent-Replayed: true`; with another request it is refused. Errors have a stable `code`, each \
    with a page in the documentation. Sign in with `POST /api/v1/session`.";

/// Writes for shoppers: they need no session, and so a key of their own.
const FOR_SHOPPERS: [&str; 1] = ["/api/v1/buy-now"];
/// Questions of shoppers that have a body: they change nothing.
const QUESTIONS: [&str; 1] = ["/api/v1/promise"];

/// Completes the document that the routes made.
pub fn complete(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Sesame")
        .version("1")
        .description(Some(DESCRIPTION))
        .build();
    document.servers = None;
    let components = document.components.get_or_insert_default();
    let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(COOKIE)));
    components.add_security_scheme("session", cookie);
    let (name, schema) = (ErrorBody::name().into_owned(), ErrorBody::schema());
    components.schemas.insert(name, schema);
    let (name, schema) = (StockOnly::name().into_owned(), StockOnly::schema());
    components.schemas.insert(name, schema);
    // What goes over a stream is no answer of an operation.
    let (name, schema) = (ScreenTick::name().into_owned(), ScreenTick::schema());
    components.schemas.insert(name, schema);
    let mut nested = Vec::new();
    ErrorBody::schemas(&mut nested);
    components.schemas.extend(nested);
    for (path, item) in &mut document.paths.paths {
        let reads = [&mut item.get];
        for operation in reads.into_iter().flatten() {
            complete_operation(operation, path);
        }
        let writes = [
            &mut item.post,
            &mut item.put,
            &mut item.patch,
            &mut item.delete,
        ];
        for operation in writes.into_iter().flatten() {
            complete_operation(operation, path);
            complete_write(operation, path);
        }
    }
    document
}

fn complete_operation(operation: &mut Operation, path: &str) {
    if operation.security.is_none() {
        let session = SecurityRequirement::new("session", Vec::<String>::new());
        operation.security = Some(vec![session]);
        refuse(operation, "401", "There is no session, or it has ended.");
    }
    if path.contains('{') {
        refuse(operation, "404", "There is no such thing.");
    }
    if operation.parameters.is_some() {
        refuse(operation, "400", "A parameter is malformed.");
    }
    if ["/stock", "/settings", "/tickets", "/members"]
        .iter()
        .any(|end| path.ends_with(end))
    {
        refuse(operation, "404", "There is no such thing.");
    }
    if path.contains("/operators") {
        refuse(operation, "403", "Only an owner may do this.");
    }
    refuse(
        operation,
        "503",
        "The shop cannot do this now; see `Retry-After`.",
    );
}

fn complete_write(operation: &mut Operation, path: &str) {
    let for_shoppers = FOR_SHOPPERS.contains(&path);
    let needed = |needed| {
        if needed {
            Required::True
        } else {
            Required::False
        }
    };
    let string = || ObjectBuilder::new().schema_type(Type::String);
    let key = ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(needed(for_shoppers))
        .description(Some("The same key and request are done once."))
        .schema(Some(
            string()
                .min_length(Some(1))
                .max_length(Some(255))
                .pattern(Some("^[!-~]+$"))
                .build(),
        ))
        .build();
    let header = ParameterBuilder::new()
        .name(CONSOLE_HEADER)
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some(
            "Shows that the request comes from no other site's page.",
        ))
        .schema(Some(string().enum_values(Some(["1"])).build()))
        .build();
    let asks = QUESTIONS.contains(&path);
    let parameters = operation.parameters.get_or_insert_default();
    if !asks {
        parameters.push(key.into());
    }
    if !for_shoppers && !asks {
        parameters.push(header.into());
    }
    for (status, description) in [
        ("400", "The body or a parameter is malformed."),
        (
            "401",
            "There is no session, it has ended, or the password is wrong.",
        ),
        (
            "403",
            "The header is missing, or only an owner may do this.",
        ),
        ("404", "There is no such thing."),
        (
            "409",
            "It was changed meanwhile, or its state does not allow this.",
        ),
        ("413", "The body is too large."),
        ("415", "The body is not JSON."),
        ("422", "The request is understood and refused."),
        ("429", "Too many attempts; see `Retry-After`."),
    ] {
        refuse(operation, status, description);
    }
}

/// Adds an error answer, unless the operation describes its own.
fn refuse(operation: &mut Operation, status: &str, description: &str) {
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("ErrorBody")))
        .build();
    let mut response = ResponseBuilder::new()
        .description(description)
        .content("application/json", content);
    if matches!(status, "429" | "503") {
        let seconds = ObjectBuilder::new().schema_type(Type::Integer).build();
        response = response.header(
            "Retry-After",
            HeaderBuilder::new().schema(Some(seconds)).build(),
        );
    }
    let responses = &mut operation.responses.responses;
    responses
        .entry(status.to_owned())
        .or_insert_with(|| response.build().into());
}
