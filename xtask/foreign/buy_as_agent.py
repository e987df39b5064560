#!/usr/bin/env python3
"""Buys an article over UCP 2026-01-11 with `ucp-client`, a client written by others, and checks what it was told.

Reads SESAME_URL. The catalog is searched over plain HTTP, since version 2026-01-11 has none.
"""

import asyncio
import json
import os
import urllib.request

from ucp_client.client import UCPClient, UCPClientError
from ucp_sdk.models.schemas.shopping.checkout_create_req import CheckoutCreateRequest
from ucp_sdk.models.schemas.shopping.checkout_update_req import CheckoutUpdateRequest

VERSION = "2026-01-11"
AGENT = 'profile="https://agent.example/profile"'
ADDRESS = {
    "street_address": "Torstraße 999",
    "address_locality": "Berlin",
    "address_region": "BE",
    "postal_code": "10119",
    "address_country": "DE",
}
BUYER = {"full_name": "Ada Agent", "email": "ada@agent.example"}


def find_article(url: str) -> str:
    headers = {"Content-Type": "application/json", "UCP-Agent": AGENT}
    body = json.dumps({"query": "heart"}).encode()
    request = urllib.request.Request(f"{url}/ucp/2026-04-08/catalog/search", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=30) as reply:
        products = json.load(reply)["products"]
    variants = [variant for product in products for variant in product["variants"]]
    return next(variant["id"] for variant in variants if variant["availability"]["available"])


def fulfillment(option: str | None) -> dict:
    destination = {"id": "home", "full_name": "Ada Agent", **ADDRESS}
    method = {"type": "shipping", "destinations": [destination], "selected_destination_id": "home"}
    if option:
        method["groups"] = [{"selected_option_id": option}]
    return {"methods": [method]}


def update(checkout, option: str | None) -> CheckoutUpdateRequest:
    lines = [{"id": line.id, "item": {"id": line.item.id}, "quantity": line.quantity} for line in checkout.line_items]
    return CheckoutUpdateRequest(
        id=checkout.id,
        currency=checkout.currency,
        line_items=lines,
        buyer=BUYER,
        payment={},
        fulfillment=fulfillment(option),
    )


async def buy(url: str) -> None:
    async with UCPClient(f"{url}/ucp/{VERSION}", ucp_agent_profile=AGENT) as client:
        profile = await client.get_merchant_profile()
        assert profile.ucp.version.root == VERSION, profile
        order = {"currency": "EUR", "line_items": [{"item": {"id": find_article(url)}, "quantity": 2}], "payment": {}}
        checkout = await client.create_checkout(CheckoutCreateRequest(**order))
        checkout = await client.update_checkout(checkout.id, update(checkout, None))
        options = checkout.fulfillment["methods"][0]["groups"][0]["options"]
        checkout = await client.update_checkout(checkout.id, update(checkout, options[0]["id"]))
        assert checkout.status == "ready_for_complete", checkout
        instrument = {
            "id": "card",
            "handler_id": "test",
            "type": "card",
            "brand": "visa",
            "last_digits": "4242",
            "credential": {"type": "token", "token": "tok_success"},
        }
        paid = await client.complete_checkout(checkout.id, instrument, idempotency_key="buy-as-agent-1")
        assert paid.status == "completed", paid
        again = await client.complete_checkout(checkout.id, instrument, idempotency_key="buy-as-agent-1")
        assert again.order.id == paid.order.id, "the same complete twice made another order"
        bought = await client.get_order(paid.order.id)
        assert [line["quantity"]["total"] for line in bought["line_items"]] == [2], bought
        try:
            await client.cancel_checkout(checkout.id)
        except UCPClientError as refused:
            assert refused.status_code == 409, refused
        else:
            raise AssertionError("a completed checkout was canceled")
        print(f"bought {bought['line_items'][0]['item']['title']} as order {paid.order.id}")


if __name__ == "__main__":
    asyncio.run(buy(os.environ["SESAME_URL"].rstrip("/")))
