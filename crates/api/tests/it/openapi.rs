//! The OpenAPI document is committed, so that a change of the interface is seen in review and the
//! console's types are made from it.

use std::path::Path;

/// `SESAME_UPDATE=1 cargo test -p api` writes the document anew.
#[test]
fn the_committed_document_is_the_one_of_the_handlers() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/openapi.json");
    let made = api::v1::document().to_pretty_json().expect("JSON") + "\n";
    if std::env::var_os("SESAME_UPDATE").is_some() {
        std::fs::write(&path, &made).expect("the docs folder can be written");
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == made,
        "docs/openapi.json is old: run `SESAME_UPDATE=1 cargo test -p api`, then `npm run api-types` in ui/"
    );
}

#[test]
fn every_reference_leads_to_a_shape() {
    let document = api::v1::document().to_json().expect("JSON");
    let shapes = serde_json::to_value(api::v1::document()).expect("JSON");
    let shapes = shapes["components"]["schemas"].as_object().expect("shapes");
    for part in document.split("#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap_or("");
        assert!(shapes.contains_key(name), "there is no shape {name}");
    }
}
