"""Every kind of message of version 2026-04-08, made by a running shop and held against the published models.

usage: messages.py SHOP_URL SKU

The shop must run with the testing flag, so that it does not ask for this script's profile. With UCP_SCHEMAS (the
`source/schemas` folder of the specification) and UCP_SCHEMA_BIN (the official validator) in the environment, each
message is also validated against the schemas themselves.
"""

import json
import os
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
import uuid

from ucp_sdk.models.schemas.shopping import cart, catalog_lookup, catalog_search, checkout, order
from ucp_sdk.models.schemas.shopping.types import error_response

ADDRESS = {
    "id": "home",
    "street_address": "Unter den Linden 1",
    "address_locality": "Berlin",
    "postal_code": "10117",
    "address_country": "DE",
}
BUYER = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com", "consent": {"marketing": False}}

passed, failed = 0, 0


def count(what, error):
    """Counts a check."""
    global passed, failed
    if error:
        failed += 1
        print(f"FAILED: {what}: {error}")
    else:
        passed += 1


class Shop:
    """The shop's endpoint."""

    def __init__(self, url):
        self.endpoint = f"{url}/ucp/2026-04-08"

    def call(self, method, path, body=None, key=None):
        """Sends a request; gives status and message."""
        headers = {
            "UCP-Agent": 'profile="https://agent.invalid/profile"',
            "Content-Type": "application/json",
            "Idempotency-Key": key or str(uuid.uuid4()),
            "Request-Id": str(uuid.uuid4()),
        }
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.endpoint + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)


def fits(what, message, model, schema, operation, definition=None):
    """Checks a message against its model, and against its schema where that is at hand."""
    try:
        model.model_validate(message)
        count(what, None)
    except ValueError as error:
        count(what, error)
    folder, binary = os.environ.get("UCP_SCHEMAS"), os.environ.get("UCP_SCHEMA_BIN")
    if not folder or not binary:
        return
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(message, file)
        file.flush()
        command = [binary, "validate", file.name, "--schema", os.path.join(folder, schema), "--response"]
        command += ["--op", operation] + (["--def", definition] if definition else [])
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        count(f"{what} against {schema}", None if result.returncode == 0 else result.stdout + result.stderr)


def expect(what, condition, message):
    """Checks something that no schema says."""
    count(what, None if condition else json.dumps(message)[:800])


def catalog(shop, sku):
    """Search, lookup, detail, and nothing found."""
    _, page = shop.call("POST", "/catalog/search", {"query": "*", "pagination": {"limit": 3}})
    fits("search", page, catalog_search.SearchResponse, "shopping/catalog_search.json", "search")
    _, found = shop.call("POST", "/catalog/lookup", {"ids": [sku, "no-such-thing"]})
    fits("lookup", found, catalog_lookup.LookupResponse, "shopping/catalog_lookup.json", "lookup")
    product = found["products"][0]
    _, detail = shop.call("POST", "/catalog/product", {"id": product["id"]})
    fits("product", detail, catalog_lookup.GetProductResponse, "shopping/catalog_lookup.json", "get_product")
    _, nothing = shop.call("POST", "/catalog/product", {"id": "no-such-thing"})
    fits("no product", nothing, error_response.ErrorResponse, "shopping/types/error_response.json", "read")
    return product["variants"][0]["id"]


def whole_cart(shop, variant):
    """A cart from its making to its end."""
    lines = [{"item": {"id": variant}, "quantity": 1}]
    status, made = shop.call("POST", "/carts", {"line_items": lines, "discounts": {"codes": ["NO-SUCH-CODE"]}})
    expect("a cart is made", status == 201, made)
    fits("cart", made, cart.Cart, "shopping/cart.json", "create")
    expect("an unknown code is reported", made["messages"][0]["code"] == "discount_code_invalid", made)
    _, shown = shop.call("POST", f"/carts/{made['id']}/cancel")
    fits("canceled cart", shown, cart.Cart, "shopping/cart.json", "read")
    _, gone = shop.call("GET", f"/carts/{made['id']}")
    fits("no cart", gone, error_response.ErrorResponse, "shopping/types/error_response.json", "read")


def checkout_fits(what, message, operation):
    """A checkout with each of its extensions."""
    fits(what, message, checkout.Checkout, "shopping/checkout.json", operation)
    for extension in ["fulfillment", "discount", "buyer_consent"]:
        fits(f"{what} with {extension}", message, checkout.Checkout, f"shopping/{extension}.json", operation, "dev.ucp.shopping.checkout")


def whole_checkout(shop, variant):
    """A checkout from its opening over a declined card to the order."""
    body = {"line_items": [{"item": {"id": variant}, "quantity": 2}]}
    status, session = shop.call("POST", "/checkout-sessions", body)
    expect("a checkout is opened", status == 201 and session["status"] == "incomplete", session)
    checkout_fits("opened checkout", session, "create")
    method = {"type": "shipping", "destinations": [ADDRESS], "selected_destination_id": "home"}
    body |= {"buyer": BUYER, "fulfillment": {"methods": [method]}}
    path = f"/checkout-sessions/{session['id']}"
    _, session = shop.call("PUT", path, body)
    checkout_fits("addressed checkout", session, "update")
    method["groups"] = [{"selected_option_id": session["fulfillment"]["methods"][0]["groups"][0]["options"][0]["id"]}]
    _, session = shop.call("PUT", path, body)
    expect("everything is there", session["status"] == "ready_for_complete", session)
    amounts = {total["type"]: total["amount"] for total in session["totals"]}
    expect("the sums add up", amounts["total"] == sum(a for t, a in amounts.items() if t != "total"), session)

    def pay(token):
        instrument = {"id": "card_1", "handler_id": "test", "type": "card", "selected": True}
        return {"payment": {"instruments": [instrument | {"credential": {"type": "token", "token": token}}]}}

    _, session = shop.call("POST", f"{path}/complete", pay("tok_declined"))
    expect("a declined card is said", session["messages"][0]["code"] == "payment_failed", session)
    checkout_fits("declined checkout", session, "complete")
    _, session = shop.call("POST", f"{path}/complete", pay("tok_success"))
    expect("the order is placed", session["status"] == "completed", session)
    checkout_fits("completed checkout", session, "complete")
    _, bought = shop.call("GET", f"/orders/{session['order']['id']}")
    fits("order", bought, order.Order, "shopping/order.json", "read")
    status, refused = shop.call("POST", f"{path}/cancel")
    expect("what is bought cannot be canceled", status == 409, refused)
    status, refused = shop.call("POST", "/checkout-sessions", {})
    expect("lines must be there", status == 400 and refused["code"] == "invalid_request", refused)
    _, nothing = shop.call("POST", "/checkout-sessions", {"line_items": [{"item": {"id": "no-such-thing"}, "quantity": 1}]})
    fits("nothing to buy", nothing, error_response.ErrorResponse, "shopping/types/error_response.json", "create")
    _, another = shop.call("POST", "/checkout-sessions", {"line_items": [{"item": {"id": variant}, "quantity": 1}]})
    _, another = shop.call("POST", f"/checkout-sessions/{another['id']}/cancel")
    expect("an open checkout can be canceled", another["status"] == "canceled", another)
    checkout_fits("canceled checkout", another, "cancel")


if __name__ == "__main__":
    running = Shop(sys.argv[1].rstrip("/"))
    bought_variant = catalog(running, sys.argv[2])
    whole_cart(running, bought_variant)
    whole_checkout(running, bought_variant)
    print(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)
