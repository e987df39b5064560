//! The business profile: what this shop offers to platforms, and where.

use serde_json::{Map, Value, json};

use super::v2026_01_11::Handler;
use super::version::{Capability, Version};
use super::view;

/// The service that all our capabilities belong to.
const SERVICE: &str = "dev.ucp.shopping";

/// The address of the endpoint of a version, below the shop's public address.
#[must_use]
pub fn endpoint(public_url: &str, version: Version) -> String {
    format!(
        "{}/ucp/{}",
        public_url.trim_end_matches('/'),
        version.as_str()
    )
}

/// The profile of one version. The current one also names where the older ones are.
#[must_use]
pub fn profile(public_url: &str, version: Version, handlers: &[view::PaymentHandler]) -> Value {
    match version {
        Version::V2026_01_11 => profile_2026_01_11(public_url, handlers),
        Version::V2026_04_08 => profile_2026_04_08(public_url, handlers),
    }
}

fn profile_2026_04_08(public_url: &str, handlers: &[view::PaymentHandler]) -> Value {
    let version = Version::V2026_04_08;
    let name = version.as_str();
    let site = format!("https://ucp.dev/{name}");
    let capability = |capability: &Capability| {
        let mut entry = json!({
            "version": name,
            "spec": format!("{site}/specification/{}", capability.page),
            "schema": format!("{site}/schemas/shopping/{}", capability.schema),
        });
        if !capability.extends.is_empty() {
            entry["extends"] = json!(capability.extends);
        }
        (capability.name.to_owned(), json!([entry]))
    };
    let mut payment_handlers = Map::new();
    for handler in handlers {
        let instruments: Vec<Value> = handler
            .instrument_types
            .iter()
            .map(|kind| json!({"type": kind}))
            .collect();
        let mut entry = json!({
            "id": handler.id,
            "version": handler.version,
            "spec": handler.spec,
            "schema": handler.config_schema,
            "config": handler.config,
        });
        if !instruments.is_empty() {
            entry["available_instruments"] = Value::Array(instruments);
        }
        if let Value::Array(list) = payment_handlers
            .entry(handler.name.as_str())
            .or_insert_with(|| json!([]))
        {
            list.push(entry);
        }
    }
    let older: Map<String, Value> = Version::ALL
        .into_iter()
        .filter(|older| *older != Version::CURRENT)
        .map(|older| {
            let address = format!("{}/.well-known/ucp", endpoint(public_url, older));
            (older.as_str().to_owned(), Value::String(address))
        })
        .collect();
    json!({
        "ucp": {
            "version": name,
            "supported_versions": older,
            "services": {
                SERVICE: [{
                    "version": name,
                    "transport": "rest",
                    "endpoint": endpoint(public_url, version),
                    "spec": format!("{site}/specification/overview"),
                    "schema": format!("{site}/services/shopping/rest.openapi.json"),
                }]
            },
            "capabilities": version.capabilities().iter().map(capability).collect::<Map<_, _>>(),
            "payment_handlers": payment_handlers,
        }
    })
}

fn profile_2026_01_11(public_url: &str, handlers: &[view::PaymentHandler]) -> Value {
    let version = Version::V2026_01_11;
    let name = version.as_str();
    let site = "https://ucp.dev";
    let capability = |capability: &Capability| {
        let mut entry = json!({
            "name": capability.name,
            "version": name,
            "spec": format!("{site}/specification/{}", capability.page),
            "schema": format!("{site}/schemas/shopping/{}", capability.schema),
        });
        if let Some(parent) = capability.extends.first() {
            entry["extends"] = json!(parent);
        }
        entry
    };
    json!({
        "ucp": {
            "version": name,
            "services": {
                SERVICE: {
                    "version": name,
                    "spec": format!("{site}/specification/overview"),
                    "rest": {
                        "schema": format!("{site}/services/shopping/rest.openapi.json"),
                        "endpoint": endpoint(public_url, version),
                    }
                }
            },
            "capabilities": version.capabilities().iter().map(capability).collect::<Vec<_>>(),
        },
        "payment": {
            "handlers": handlers.iter().map(Handler::from).collect::<Vec<_>>(),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_current_profile_names_the_others() {
        let current = profile("https://shop.example/", Version::CURRENT, &[]);
        assert_eq!(
            current["ucp"]["supported_versions"],
            json!({"2026-01-11": "https://shop.example/ucp/2026-01-11/.well-known/ucp"})
        );
        assert_eq!(
            current["ucp"]["services"][SERVICE][0]["endpoint"],
            "https://shop.example/ucp/2026-04-08"
        );
        let old = profile("https://shop.example", Version::V2026_01_11, &[]);
        assert!(old["ucp"].get("supported_versions").is_none());
        assert_eq!(old["ucp"]["capabilities"].as_array().map(Vec::len), Some(5));
    }
}
