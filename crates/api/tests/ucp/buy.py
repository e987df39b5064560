"""A client that others wrote buys an article: found, addressed, shipped by choice, paid, and followed as an order.

usage: buy.py SHOP_URL SKU

The shop runs as in production, without the testing flag. Exits non-zero at the first thing that is not as it should be.
"""

import asyncio
import sys

from ucp_client import UCPClient
from ucp_client.client import UCPClientError
from ucp_sdk.models.schemas.shopping import checkout_create_req, checkout_update_req, payment_create_req, payment_update_req
from ucp_sdk.models.schemas.shopping.types import (
    buyer,
    item_create_req,
    item_update_req,
    line_item_create_req,
    line_item_update_req,
)

VERSION = "2026-01-11"
ADDRESS = {
    "id": "home",
    "first_name": "Ada",
    "last_name": "Lovelace",
    "street_address": "Unter den Linden 1",
    "address_locality": "Berlin",
    "postal_code": "10117",
    "address_country": "DE",
}


def expect(condition, what):
    """Counts a check that holds; ends the run at one that does not."""
    if not condition:
        print(f"FAILED: {what}")
        sys.exit(1)
    expect.passed += 1


expect.passed = 0


def card(token):
    """A card as the client's wallet would hand it over: a token of the shop's test provider."""
    return {
        "id": "card_1",
        "handler_id": "test",
        "type": "card",
        "brand": "visa",
        "last_digits": "4242",
        "credential": {"type": "token", "token": token},
    }


def with_delivery(checkout, option):
    """An update that keeps the lines, names the buyer and the address, and chooses an option if one is given."""
    method = {"type": "shipping", "destinations": [ADDRESS], "selected_destination_id": ADDRESS["id"]}
    if option:
        method["groups"] = [{"selected_option_id": option}]
    lines = [
        line_item_update_req.LineItemUpdateRequest(
            id=line.id, item=item_update_req.ItemUpdateRequest(id=line.item.id, title=line.item.title), quantity=line.quantity
        )
        for line in checkout.line_items
    ]
    return checkout_update_req.CheckoutUpdateRequest(
        id=checkout.id,
        currency=checkout.currency,
        line_items=lines,
        payment=payment_update_req.PaymentUpdateRequest(instruments=[]),
        buyer=buyer.Buyer(first_name="Ada", last_name="Lovelace", email="ada@example.com"),
        fulfillment={"methods": [method]},
    )


async def refused(call, status, what):
    """Expects a call to be refused with this status."""
    try:
        await call
    except UCPClientError as error:
        expect(error.status_code == status, f"{what}: {error.status_code} instead of {status}")
        return
    expect(False, f"{what}: it was not refused")


async def main(shop, sku):
    """The whole way."""
    async with UCPClient(f"{shop}/ucp/{VERSION}", ucp_agent_profile='profile="https://agent.example/profile"') as client:
        profile = await client.get_merchant_profile()
        expect(profile.ucp.version.root == VERSION, "the profile has the version that was asked for")
        line = line_item_create_req.LineItemCreateRequest(
            item=item_create_req.ItemCreateRequest(id=sku, title="an article"), quantity=2
        )
        create = checkout_create_req.CheckoutCreateRequest(
            currency="EUR", line_items=[line], payment=payment_create_req.PaymentCreateRequest(instruments=[])
        )
        checkout = await client.create_checkout(create, idempotency_key="buy-1")
        again = await client.create_checkout(create, idempotency_key="buy-1")
        expect(again.id == checkout.id, "the same request gives the same checkout")
        expect(checkout.status == "incomplete", f"nothing is known of the buyer: {checkout.status}")
        await refused(client.complete_checkout(checkout.id, card("tok_success")), 400, "completing without an address")

        checkout = await client.update_checkout(checkout.id, with_delivery(checkout, None))
        options = checkout.model_dump()["fulfillment"]["methods"][0]["groups"][0]["options"]
        expect(options, "there are ways to ship to the address")
        checkout = await client.update_checkout(checkout.id, with_delivery(checkout, options[0]["id"]))
        expect(checkout.status == "ready_for_complete", f"everything is there: {checkout.status}")
        sums = {total.type: total.amount for total in checkout.totals}
        expect(sums["total"] == sum(a for t, a in sums.items() if t != "total"), f"the sums add up: {sums}")

        await refused(client.complete_checkout(checkout.id, card("tok_declined")), 402, "a declined card")
        checkout = await client.complete_checkout(checkout.id, card("tok_success"), idempotency_key="pay-1")
        expect(checkout.status == "completed" and checkout.order, f"the order is placed: {checkout.status}")
        again = await client.complete_checkout(checkout.id, card("tok_success"), idempotency_key="pay-1")
        expect(again.order.id == checkout.order.id, "the same payment gives the same order")
        await refused(client.complete_checkout(checkout.id, card("tok_success")), 409, "paying twice")
        await refused(client.cancel_checkout(checkout.id), 409, "canceling what is bought")

        order = await client.get_order(checkout.order.id)
        expect(order["checkout_id"] == checkout.id, "the order knows its checkout")
        expect(order["line_items"][0]["quantity"]["total"] == 2, "both pieces are in it")
        where = order["fulfillment"]["expectations"][0]["destination"]
        expect(where["street_address"] == ADDRESS["street_address"], "it goes where it should")
        forged = checkout.order.id[:-1] + ("1" if checkout.order.id.endswith("0") else "0")
        await refused(client.get_order(forged), 404, "an order behind another key")
        await refused(client._make_request("PUT", f"/orders/{order['id']}", order), 405, "editing an order as a platform")
        await refused(client.simulate_shipping(order["id"]), 404, "a test endpoint in production")
    print(f"{expect.passed} passed, 0 failed")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1].rstrip("/"), sys.argv[2]))
