"""Every kind of message of version 2026-04-08, made by a running shop: does it say what the protocol says?

usage: messages_2026_04_08.py SHOP_URL SKU VALIDATOR SIMULATION_SECRET OPERATOR_PASSWORD

The shop must run with the testing flag, so that it believes a platform whose profile is not behind https.
"""

import json
import re
import sys
import urllib.error
import urllib.request

from shop import ADDRESS, BUYER, Checks, Listener, Shop, answer_challenge, judges_well
from ucp_sdk.models.schemas.shopping import cart, catalog_lookup, catalog_search, checkout, order
from ucp_sdk.models.schemas.shopping.types import error_response

SHOPPING = "schemas/shopping"
# How the web shop's pages say when goods arrive or can be collected.
ARRIVAL = re.compile(r"Arrives \w+|Collect at \w+")
NOTHING = {"schema": f"{SHOPPING}/types/error_response.json", "model": error_response.ErrorResponse}


def profile_and_catalog(shop, sku):
    """The profile, search, lookup, detail, and nothing found; gives the variant's id."""
    _, profile = shop.send("GET", "/.well-known/ucp")
    shop.fits("profile", profile, "discovery/profile_schema.json", "read", "business_profile")
    _, page = shop.call("POST", "/catalog/search", {"query": "*", "pagination": {"limit": 3}})
    shop.fits("search", page, f"{SHOPPING}/catalog_search.json", "search", "search_response", catalog_search.SearchResponse)
    lookup = f"{SHOPPING}/catalog_lookup.json"
    _, found = shop.call("POST", "/catalog/lookup", {"ids": [sku, "no-such-thing"]})
    shop.fits("lookup", found, lookup, "lookup", "lookup_response", catalog_lookup.LookupResponse)
    product = found["products"][0]
    _, detail = shop.call("POST", "/catalog/product", {"id": product["id"]})
    shop.fits("product", detail, lookup, "get_product", "get_product_response", catalog_lookup.GetProductResponse)
    _, nothing = shop.call("POST", "/catalog/product", {"id": "no-such-thing"})
    shop.fits("no product", nothing, operation="read", **NOTHING)
    return product["variants"][0]["id"]


def whole_cart(shop, variant):
    """A cart from its making to its end."""
    schema = f"{SHOPPING}/cart.json"
    lines = [{"item": {"id": variant}, "quantity": 1}]
    status, made = shop.call("POST", "/carts", {"line_items": lines, "discounts": {"codes": ["NO-SUCH-CODE"]}})
    shop.checks.expect("a cart is made", status == 201, made)
    shop.fits("cart", made, schema, "create", model=cart.Cart)
    shop.fits("cart with discounts", made, f"{SHOPPING}/discount.json", "create", "dev.ucp.shopping.cart")
    shop.checks.expect("an unknown code is reported", made["messages"][0]["code"] == "discount_code_invalid", made)
    _, shown = shop.call("POST", f"/carts/{made['id']}/cancel")
    shop.fits("canceled cart", shown, schema, "read", model=cart.Cart)
    _, gone = shop.call("GET", f"/carts/{made['id']}")
    shop.fits("no cart", gone, operation="read", **NOTHING)


def checkout_fits(shop, what, message, operation):
    """A checkout alone and with each of its extensions."""
    shop.fits(what, message, f"{SHOPPING}/checkout.json", operation, model=checkout.Checkout)
    for extension in ["fulfillment", "discount", "buyer_consent"]:
        schema = f"{SHOPPING}/{extension}.json"
        shop.fits(f"{what} with {extension}", message, schema, operation, "dev.ucp.shopping.checkout")


def sums_add_up(shop, what, message):
    """The total is the sum of the other amounts."""
    amounts = {total["type"]: total["amount"] for total in message["totals"]}
    rest = sum(amount for name, amount in amounts.items() if name != "total")
    shop.checks.expect(f"the sums of {what} add up", amounts["total"] == rest, message)


def card(token):
    """A card as a wallet would hand it over: a token of the test provider."""
    instrument = {"id": "card_1", "handler_id": "test", "type": "card", "selected": True}
    return {"payment": {"instruments": [instrument | {"credential": {"type": "token", "token": token}}]}}


def ready_to_ship(shop, variant):
    """A checkout that can be completed, step by step; gives its path."""
    body = {"line_items": [{"item": {"id": variant}, "quantity": 2}]}
    status, session = shop.call("POST", "/checkout-sessions", body)
    shop.checks.expect("a checkout is opened", status == 201 and session["status"] == "incomplete", session)
    checkout_fits(shop, "opened checkout", session, "create")
    judges_well(shop, session, f"{SHOPPING}/checkout.json", "create")
    method = {"type": "shipping", "destinations": [ADDRESS], "selected_destination_id": "home"}
    body |= {"buyer": BUYER | {"consent": {"marketing": False}}, "fulfillment": {"methods": [method]}}
    path = f"/checkout-sessions/{session['id']}"
    _, session = shop.call("PUT", path, body)
    checkout_fits(shop, "addressed checkout", session, "update")
    options = session["fulfillment"]["methods"][0]["groups"][0]["options"]
    arrivals = [(option.get("earliest_fulfillment_time", ""), option.get("latest_fulfillment_time", "")) for option in options]
    shop.checks.expect("each option says when", all("" < first < last for first, last in arrivals), options)
    method["groups"] = [{"selected_option_id": options[0]["id"]}]
    _, session = shop.call("PUT", path, body)
    shop.checks.expect("everything is there", session["status"] == "ready_for_complete", session)
    sums_add_up(shop, "a checkout", session)
    return path


def order_of(shop, session):
    """The order of a completed checkout."""
    checkout_fits(shop, "completed checkout", session, "complete")
    _, bought = shop.call("GET", f"/orders/{session['order']['id']}")
    shop.fits("order", bought, f"{SHOPPING}/order.json", "read", model=order.Order)
    sums_add_up(shop, "an order", bought)
    page = urllib.request.Request(bought["permalink_url"], headers={"Accept-Language": "en"})
    with urllib.request.urlopen(page, timeout=30) as shown:
        text = shown.read().decode()
    shop.checks.expect("its page says what was promised", ARRIVAL.search(text), bought)
    return bought


def shipped(shop, variant):
    """Bought after a declined card."""
    path = ready_to_ship(shop, variant)
    _, session = shop.call("POST", f"{path}/complete", card("tok_declined"))
    shop.checks.expect("a declined card is said", session["messages"][0]["code"] == "payment_failed", session)
    checkout_fits(shop, "declined checkout", session, "complete")
    _, session = shop.call("POST", f"{path}/complete", card("tok_success"))
    shop.checks.expect("the order is placed", session["status"] == "completed", session)
    bought = order_of(shop, session)
    where = bought["fulfillment"]["expectations"][0]
    street = where["destination"]["street_address"]
    shop.checks.expect("it goes where it should", street == ADDRESS["street_address"], where)
    status, refused = shop.call("POST", f"{path}/cancel")
    shop.checks.expect("what is bought cannot be canceled", status == 409, refused)


def escalated(shop, variant):
    """The buyer's bank asks: first it is refused, then confirmed."""
    path = ready_to_ship(shop, variant)
    _, session = shop.call("POST", f"{path}/complete", card("tok_3ds"))
    checkout_fits(shop, "escalated checkout", session, "complete")
    shop.checks.expect("the buyer must act", session["status"] == "requires_escalation", session)
    severities = [message.get("severity") for message in session["messages"]]
    shop.checks.expect("a message says so", "requires_buyer_input" in severities, session)
    _, shown = shop.call("GET", path)
    shop.checks.expect("it is shown the same", shown == session, shown)
    _, status = answer_challenge(session["continue_url"], "fail")
    shop.checks.expect("the buyer comes back to the shop", status == 200, session)
    session = shop.later(path, lambda shown: shown["status"] != "requires_escalation")
    shop.checks.expect("a refusal leaves it open", session["status"] == "ready_for_complete", session)
    shop.checks.expect("the refusal is said", session["messages"][0]["code"] == "payment_failed", session)
    _, session = shop.call("POST", f"{path}/complete", card("tok_3ds"))
    shop.checks.expect("the buyer must act again", session["status"] == "requires_escalation", session)
    answer_challenge(session["continue_url"], "approve")
    session = shop.later(path, lambda shown: shown["status"] == "completed")
    shop.checks.expect("the confirmed order is placed", session["status"] == "completed", session)
    order_of(shop, session)


def left_at_the_challenge(shop, variant):
    """The buyer never answers the bank: another card works, and an answer that comes too late changes nothing."""
    path = ready_to_ship(shop, variant)
    _, asked = shop.call("POST", f"{path}/complete", card("tok_3ds"))
    _, session = shop.call("POST", f"{path}/complete", card("tok_success"))
    shop.checks.expect("another card works", session["status"] == "completed", session)
    bought = order_of(shop, session)
    try:
        answer_challenge(asked["continue_url"], "approve")
    except urllib.error.HTTPError:
        pass  # The provider may have closed its page by now.
    _, session = shop.call("GET", path)
    shop.checks.expect("it is still the same order", session["order"]["id"] == bought["id"], session)


def collected(shop, variant):
    """Bought to be collected at a shop."""
    body = {"line_items": [{"item": {"id": variant}, "quantity": 1}], "buyer": BUYER}
    method = {"type": "pickup"}
    body |= {"fulfillment": {"methods": [method]}}
    _, session = shop.call("POST", "/checkout-sessions", body)
    checkout_fits(shop, "checkout with shops", session, "create")
    shop.checks.expect("a shop must be chosen", session["messages"][0]["code"] == "missing", session)
    place = session["fulfillment"]["methods"][0]["destinations"][0]
    shop.fits("shop", place, f"{SHOPPING}/types/retail_location.json", "read")
    path = f"/checkout-sessions/{session['id']}"
    method["selected_destination_id"] = "no-such-shop"
    _, session = shop.call("PUT", path, body)
    shop.checks.expect("only our shops can be chosen", session["status"] == "incomplete", session)
    checkout_fits(shop, "checkout at no shop", session, "update")
    method["selected_destination_id"] = place["id"]
    _, session = shop.call("PUT", path, body)
    checkout_fits(shop, "checkout at a shop", session, "update")
    shop.checks.expect("a shop is enough to collect", session["status"] == "ready_for_complete", session)
    sums_add_up(shop, "a collection", session)
    group = session["fulfillment"]["methods"][0]["groups"][0]
    option = group["options"][0]
    shop.checks.expect("collecting costs nothing", option["totals"][-1]["amount"] == 0, option)
    shop.checks.expect("it is said when it is ready", option.get("earliest_fulfillment_time"), option)
    shop.checks.expect("the one option is chosen", group["selected_option_id"] == option["id"], group)
    _, session = shop.call("POST", f"{path}/complete", card("tok_success"))
    shop.checks.expect("the collection is ordered", session["status"] == "completed", session)
    bought = order_of(shop, session)
    promise = bought["fulfillment"]["expectations"][0]
    shop.checks.expect("it is to be collected", promise["method_type"] == "pickup", promise)
    shop.checks.expect("at the chosen shop", promise["destination"] == place["address"], promise)
    shop.checks.expect("as it was sold", promise["description"] == option["title"], promise)


def platform_profile(url):
    """What a platform says of itself: it knows everything that is needed, and wants to hear of its orders."""
    version = [{"version": "2026-04-08"}]
    names = ["checkout", "fulfillment", "discount", "buyer_consent"]
    capabilities = {f"dev.ucp.shopping.{name}": version for name in names}
    capabilities["dev.ucp.shopping.order"] = [version[0] | {"config": {"webhook_url": f"{url}/orders"}}]
    return {"ucp": {"version": "2026-04-08", "services": {}, "capabilities": capabilities, "payment_handlers": {}}}


def operator(shop, password):
    """The headers of a signed-in operator."""
    console = {"X-Sesame-Console": "1", "Content-Type": "application/json"}
    body = json.dumps({"email": "owner@shop.local", "password": password}).encode()
    request = urllib.request.Request(f"{shop.url}/api/v1/session", data=body, headers=console)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return console | {"Cookie": answer.headers["Set-Cookie"].split(";")[0]}


def followed(shop, variant, secret, password):
    """The platform hears of its order when it is placed, shipped and partly paid back."""
    platform = Listener(platform_profile)
    shop.profile = f"{platform.url}/profile"
    path = ready_to_ship(shop, variant)
    _, session = shop.call("POST", f"{path}/complete", card("tok_success"))
    number = session["order"]["id"]

    def told(what, wanted):
        headers, message = platform.wait(lambda news: news.get("id") == number and wanted(news))
        shop.checks.expect(f"the platform hears that it is {what}", message and headers["Webhook-Id"], platform.news and platform.news[-1][1])
        shop.fits(f"news that it is {what}", message or {}, f"{SHOPPING}/order.json", "read", model=order.Order)
        return message or {}

    told("placed", lambda news: not news["fulfillment"]["events"])
    status, shipped = shop.call("POST", f"/testing/simulate-shipping/{number}", headers={"Simulation-Secret": secret})
    shop.checks.expect("it is shipped", status == 200, shipped)
    told("shipped", lambda news: "shipped" in [event["type"] for event in news["fulfillment"]["events"]])
    refund = {"lines": [{"number": 1, "quantity": 1}], "note": "One was broken."}
    refunds = f"/api/v1/orders/{session['order']['label']}/refunds"
    status, answer = shop.send("POST", refunds, refund, operator(shop, password))
    shop.checks.expect("one piece is paid back", status in (200, 201), answer)
    message = told("paid back", lambda news: "completed" in [given["status"] for given in news["adjustments"]])
    lines = [line["quantity"] for given in message.get("adjustments", []) for line in given["line_items"]]
    shop.checks.expect("it is said what came back", lines == [-1], message)


def refused_requests(shop, variant):
    """What cannot be had, and a checkout that is given up."""
    status, refused = shop.call("POST", "/checkout-sessions", {})
    shop.checks.expect("lines must be there", status == 400 and refused["code"] == "invalid_request", refused)
    unknown = {"line_items": [{"item": {"id": "no-such-thing"}, "quantity": 1}]}
    _, nothing = shop.call("POST", "/checkout-sessions", unknown)
    shop.fits("nothing to buy", nothing, operation="create", **NOTHING)
    _, session = shop.call("POST", "/checkout-sessions", {"line_items": [{"item": {"id": variant}, "quantity": 1}]})
    _, session = shop.call("POST", f"/checkout-sessions/{session['id']}/cancel")
    shop.checks.expect("an open checkout can be canceled", session["status"] == "canceled", session)
    checkout_fits(shop, "canceled checkout", session, "cancel")


if __name__ == "__main__":
    url, article, program, simulation_secret, operator_password = sys.argv[1:]
    running = Shop(url, "2026-04-08", program, Checks())
    article = profile_and_catalog(running, article)
    whole_cart(running, article)
    shipped(running, article)
    refused_requests(running, article)
    escalated(running, article)
    left_at_the_challenge(running, article)
    collected(running, article)
    followed(running, article, simulation_secret, operator_password)
    running.checks.end()
