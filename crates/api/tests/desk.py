"""What scripts against a running shop share: checks that are counted, and an operator who is signed in.

Reads SESAME_URL and SESAME_OPERATOR_PASSWORD.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ["SESAME_URL"]
WAIT_SECONDS = 20
checks = {"passed": 0, "failed": 0}
cookie = ""


def check(what, condition, found=""):
    """Counts a check, and goes on after one that fails."""
    checks["passed" if condition else "failed"] += 1
    if not condition:
        print(f"FAILED: {what}: {str(found)[:1500]}")


def ask(method, path, body=None, key=None):
    """Status, headers and bytes of an answer; a write has a key of its own unless one is given."""
    headers = {"X-Sesame-Console": "1", "Cookie": cookie, "Idempotency-Key": key or str(uuid.uuid4())}
    data = None if body is None else json.dumps(body).encode()
    if data is not None:
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(f"{URL}/api/v1{path}", data=data, headers=headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def done(method, path, body=None):
    """The JSON of an answer that must be good."""
    status, _, text = ask(method, path, body)
    assert status in (200, 201), (method, path, status, text[:500])
    return json.loads(text)


def code(answer):
    """The error's code."""
    return json.loads(answer[2])["error"]["code"]


def sign_in():
    """Signs in as the first operator."""
    global cookie
    body = {"email": "owner@shop.local", "password": os.environ["SESAME_OPERATOR_PASSWORD"]}
    status, headers, _ = ask("POST", "/session", body)
    assert status == 200
    cookie = headers["Set-Cookie"].split(";")[0]


def goods(most):
    """Lines of at most so many articles, of which there are enough in a place that ships."""
    ships = {place["id"] for place in done("GET", "/locations")["items"] if place["ships"]}
    lines = []
    for product in done("GET", "/products?status=active&limit=200")["items"]:
        variant = done("GET", f"/products/{product['id']}")["variants"][0]
        levels = done("GET", f"/stock/{variant['id']}")["items"]
        if any(level["location"]["id"] in ships and level["available"] > 20 for level in levels):
            lines.append({"sku": variant["sku"], "quantity": 1 + len(lines) % 3})
        if len(lines) == most:
            break
    return lines


def buy(settings, lines, name, payment, **further):
    """Places an order, with further fields of its address, and gives it as the operator sees it."""
    rate = next(r for r in settings["shipping_rates"] if (r["country"] or "DE") == "DE" and any(p["currency"] == "EUR" for p in r["prices"]))
    person = {"first_name": "", "last_name": name}
    address = {**person, "street": "Invalidenstraße 1", "postal_code": "10115", "city": "Berlin", "country": "DE", **further}
    body = {
        "lines": lines, "buyer": {**person, "email": "ada@example.com"}, "destination": address,
        "delivery": {"ship": rate["code"]}, "payment": payment, "currency": "EUR", "device": "phone",
    }
    return done("GET", f"/orders/{done('POST', '/buy-now', body)['orders'][0]['id']}")


def booked(fulfillment, body):
    """Books a waybill, as soon as the order is paid."""
    for _ in range(200):
        answer = ask("POST", f"/fulfillments/{fulfillment}/waybill", body)
        if answer[0] == 200:
            return json.loads(answer[2])
        assert code(answer) == "order_not_confirmed", answer[2]
    raise AssertionError("the order was not paid")


def until(what, order, condition):
    """Reads an order again until something holds of it."""
    for _ in range(WAIT_SECONDS * 10):
        order = done("GET", f"/orders/{order['id']}")
        if condition(order):
            return order
        time.sleep(0.1)
    raise AssertionError(f"{what}: {json.dumps(order)[:800]}")


def finish():
    """Prints what was counted, and ends."""
    print(f"{checks['passed']} passed, {checks['failed']} failed")
    sys.exit(1 if checks["failed"] else 0)
