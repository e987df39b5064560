"""Every kind of message of version 2026-01-11, made by a running shop: does it say what the protocol says?

usage: messages_2026_01_11.py SHOP_URL SKU VALIDATOR
"""

import sys

from shop import ADDRESS, BUYER, Checks, Shop, answer_challenge, judges_well
from ucp_sdk.models.schemas.shopping import buyer_consent_resp, checkout_resp, discount_resp, fulfillment_resp, order

SHOPPING = "schemas/shopping"
EXTENSIONS = {"fulfillment": fulfillment_resp, "discount": discount_resp, "buyer_consent": buyer_consent_resp}


def checkout_fits(shop, what, message, operation):
    """A checkout alone and with each of its extensions."""
    shop.fits(what, message, f"{SHOPPING}/checkout.json", operation, model=checkout_resp.CheckoutResponse)
    for extension, models in EXTENSIONS.items():
        schema = f"{SHOPPING}/{extension}.json"
        shop.fits(f"{what} with {extension}", message, schema, operation, "checkout", models.Checkout)


def card(token):
    """A card as a wallet would hand it over: a token of the test provider."""
    instrument = {"id": "card_1", "handler_id": "test", "type": "card", "brand": "visa", "last_digits": "4242"}
    return {"payment_data": instrument | {"credential": {"type": "token", "token": token}}, "risk_signals": {}}


def bought(shop, session, method_type):
    """The order of a completed checkout."""
    shop.checks.expect("the order is placed", session["status"] == "completed", session)
    checkout_fits(shop, "completed checkout", session, "update")
    _, message = shop.call("GET", f"/orders/{session['order']['id']}")
    shop.fits("order", message, f"{SHOPPING}/order.json", "read", model=order.Order)
    promise = message["fulfillment"]["expectations"][0]
    shop.checks.expect(f"it is for {method_type}", promise["method_type"] == method_type, message)


def shipped(shop, sku):
    """Bought to be shipped; the card is declined once, then the buyer's bank asks."""
    lines = [{"item": {"id": sku}, "quantity": 2}]
    request = {"currency": "EUR", "line_items": lines, "payment": {}, "discounts": {"codes": ["NO-SUCH-CODE"]}}
    status, session = shop.call("POST", "/checkout-sessions", request)
    shop.checks.expect("a checkout is opened", status == 201 and session["status"] == "incomplete", session)
    checkout_fits(shop, "opened checkout", session, "create")
    judges_well(shop, session, f"{SHOPPING}/checkout.json", "create")
    path = f"/checkout-sessions/{session['id']}"
    method = {"type": "shipping", "destinations": [ADDRESS], "selected_destination_id": ADDRESS["id"]}
    request |= {"buyer": BUYER | {"consent": {"marketing": False}}, "fulfillment": {"methods": [method]}}
    _, session = shop.call("PUT", path, request)
    checkout_fits(shop, "addressed checkout", session, "update")
    options = session["fulfillment"]["methods"][0]["groups"][0]["options"]
    method["groups"] = [{"selected_option_id": options[0]["id"]}]
    _, session = shop.call("PUT", path, request)
    shop.checks.expect("everything is there", session["status"] == "ready_for_complete", session)
    checkout_fits(shop, "ready checkout", session, "update")
    status, declined = shop.call("POST", f"{path}/complete", card("tok_declined"))
    shop.checks.expect("a declined card is refused", status == 402, declined)
    status, session = shop.call("POST", f"{path}/complete", card("tok_3ds"))
    shop.checks.expect("the buyer must act", session["status"] == "requires_escalation", session)
    checkout_fits(shop, "escalated checkout", session, "update")
    answer_challenge(session["continue_url"], "approve")
    bought(shop, shop.later(path, lambda shown: shown["status"] == "completed"), "shipping")


def collected(shop, sku):
    """Bought to be collected."""
    lines = [{"item": {"id": sku}, "quantity": 1}]
    method = {"type": "pickup"}
    request = {"currency": "EUR", "line_items": lines, "payment": {}, "buyer": BUYER, "fulfillment": {"methods": [method]}}
    _, session = shop.call("POST", "/checkout-sessions", request)
    checkout_fits(shop, "checkout with shops", session, "create")
    place = session["fulfillment"]["methods"][0]["destinations"][0]
    shop.fits("shop", place, f"{SHOPPING}/types/retail_location.json", "read")
    method["selected_destination_id"] = place["id"]
    path = f"/checkout-sessions/{session['id']}"
    _, session = shop.call("PUT", path, request)
    shop.checks.expect("a shop is enough to collect", session["status"] == "ready_for_complete", session)
    checkout_fits(shop, "checkout at a shop", session, "update")
    _, session = shop.call("POST", f"{path}/complete", card("tok_success"))
    bought(shop, session, "pickup")


def given_up(shop, sku):
    """A checkout that is canceled."""
    lines = [{"item": {"id": sku}, "quantity": 1}]
    _, session = shop.call("POST", "/checkout-sessions", {"currency": "EUR", "line_items": lines, "payment": {}})
    _, session = shop.call("POST", f"/checkout-sessions/{session['id']}/cancel")
    shop.checks.expect("an open checkout can be canceled", session["status"] == "canceled", session)
    checkout_fits(shop, "canceled checkout", session, "update")


if __name__ == "__main__":
    url, article, program = sys.argv[1:]
    running = Shop(url, "2026-01-11", program, Checks())
    _, profile = running.call("GET", "/.well-known/ucp")
    running.fits("profile", profile, "discovery/profile_schema.json", "read")
    shipped(running, article)
    collected(running, article)
    given_up(running, article)
    running.checks.end()
