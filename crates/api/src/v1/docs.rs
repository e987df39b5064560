//! `/api/docs`: the OpenAPI document as one page to read. Rendered once, without any script.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::Value;
use utoipa::openapi::OpenApi;

const CSS: &str = ":root{color-scheme:light dark;--text:light-dark(#1d1a16,#f3ede3);--quiet:\
    light-dark(#655e54,#b0a799);--line:light-dark(#e2dacd,#3a342d);--ground:light-dark(#fffcf7,#171411);\
    --raised:light-dark(#fff,#221e1a);--accent:light-dark(#bc2e17,#ff8a72)}*{box-sizing:border-box}\
    body{margin:0;background:var(--ground);color:var(--text);font:16px/1.5 system-ui,sans-serif}\
    main{max-width:960px;margin:0 auto;padding:24px 16px 64px}p{max-width:72ch}code,pre{font-family:\
    ui-monospace,monospace;font-size:14px}nav a{display:inline-block;padding:12px 12px 12px 0}a{color:\
    var(--accent)}details{background:var(--raised);border:1px solid var(--line);border-radius:8px;\
    margin:8px 0}summary{padding:12px 16px;cursor:pointer;overflow-wrap:anywhere}details>div{padding:0 \
    16px 16px;overflow-x:auto}.m{display:inline-block;min-width:64px;font-weight:600}.q{color:\
    var(--quiet)}table{border-collapse:collapse;width:100%}th,td{text-align:left;vertical-align:top;\
    padding:6px 12px 6px 0;border-bottom:1px solid var(--line)}";

/// The page with its headers.
pub fn page(document: &OpenApi) -> impl axum::response::IntoResponse + Clone + use<> {
    let json = serde_json::to_value(document).unwrap_or_default();
    let policy = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'";
    let headers = [
        (axum::http::header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (axum::http::header::CONTENT_SECURITY_POLICY, policy),
    ];
    (headers, render(&json).into_string())
}

fn render(document: &Value) -> Markup {
    let operations = operations(document);
    let mut tags: Vec<&str> = operations.iter().map(|o| o.tag()).collect();
    tags.dedup();
    let schemas = document["components"]["schemas"].as_object();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Sesame: /api/v1" }
                style { (PreEscaped(CSS)) }
            }
            body { main {
                h1 { "/api/v1" }
                p { (text(&document["info"]["description"])) }
                p { a href="/api/v1/openapi.json" { "openapi.json" } }
                nav {
                    @for tag in &tags { a href={ "#" (tag) } { (tag) } }
                    a href="#shapes" { "shapes" }
                }
                @for tag in &tags {
                    h2 id=(tag) { (tag) }
                    @for operation in operations.iter().filter(|o| o.tag() == *tag) {
                        (operation.render())
                    }
                }
                h2 id="shapes" { "shapes" }
                @for (name, schema) in schemas.into_iter().flatten() { (shape(name, schema)) }
            } }
        }
    }
}

struct Operation<'d> {
    method: &'d str,
    path: &'d str,
    body: &'d Value,
}

/// All operations, by tag in the order in which they are declared.
fn operations(document: &Value) -> Vec<Operation<'_>> {
    let paths = document["paths"].as_object().into_iter().flatten();
    let mut all: Vec<Operation<'_>> = paths
        .flat_map(|(path, item)| {
            let methods = item.as_object().into_iter().flatten();
            methods.map(move |(method, body)| Operation { method, path, body })
        })
        .collect();
    all.sort_by_key(|o| o.tag().to_owned());
    all
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("")
}

impl Operation<'_> {
    fn tag(&self) -> &str {
        text(&self.body["tags"][0])
    }

    fn render(&self) -> Markup {
        let parameters = self.body["parameters"].as_array();
        let request = &self.body["requestBody"]["content"]["application/json"]["schema"];
        let responses = self.body["responses"].as_object();
        html! {
            details {
                summary {
                    span class="m" { (self.method.to_uppercase()) } " "
                    code { (self.path) } " " span class="q" { (text(&self.body["summary"])) }
                }
                div {
                    p { (text(&self.body["description"])) }
                    @if !request.is_null() { p { "Body: " (type_of(request)) } }
                    table { tbody {
                        @for p in parameters.into_iter().flatten() {
                            tr {
                                td { code { (text(&p["name"])) } }
                                td class="q" { (text(&p["in"])) }
                                td { (type_of(&p["schema"])) }
                                td { (text(&p["description"])) }
                            }
                        }
                        @for (status, response) in responses.into_iter().flatten() {
                            tr {
                                td { code { (status) } }
                                td class="q" { "answer" }
                                td {
                                    @for (kind, content) in response["content"].as_object().into_iter().flatten() {
                                        (type_of(&content["schema"]))
                                        @if kind != "application/json" { " " (kind) }
                                    }
                                }
                                td { (text(&response["description"])) }
                            }
                        }
                    } }
                }
            }
        }
    }
}

fn shape(name: &str, schema: &Value) -> Markup {
    let properties = schema["properties"].as_object();
    html! {
        details id=(name) {
            summary { code { (name) } " " span class="q" { (text(&schema["description"])) } }
            div {
                @if properties.is_none() { p { (type_of(schema)) } }
                table { tbody {
                    @for (field, schema) in properties.into_iter().flatten() {
                        tr {
                            td { code { (field) } }
                            td { (type_of(schema)) }
                            td { (text(&schema["description"])) }
                        }
                    }
                } }
            }
        }
    }
}

/// A schema in few words, with links to the shapes it names.
fn type_of(schema: &Value) -> Markup {
    if let Some(name) = text(&schema["$ref"])
        .rsplit('/')
        .next()
        .filter(|n| !n.is_empty())
    {
        return html! { a href={ "#" (name) } { (name) } };
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<&str> = words.iter().map(text).collect();
        return html! { code { (words.join(" | ")) } };
    }
    if let Some(either) = schema["oneOf"].as_array() {
        return html! {
            @for (i, one) in either.iter().enumerate() { @if i > 0 { " or " } (type_of(one)) }
        };
    }
    if schema["type"] == "array" {
        return html! { "list of " (type_of(&schema["items"])) };
    }
    match schema["type"].as_array() {
        Some(types) => {
            let types: Vec<&str> = types.iter().map(text).collect();
            html! { (types.join(" or ")) }
        }
        None => html! { (text(&schema["type"])) },
    }
}
