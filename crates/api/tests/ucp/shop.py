"""What the scripts beside it share: a platform in small that calls a shop, and checks that count themselves.

Messages are held against the published models and, with the official validator, against the published schemas in the
folder `schemas`. A script is called as `SCRIPT SHOP_URL SKU VALIDATOR`.
"""

import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

SCHEMAS = pathlib.Path(__file__).parent / "schemas"
ADDRESS = {
    "id": "home",
    "street_address": "Unter den Linden 1",
    "address_locality": "Berlin",
    "postal_code": "10117",
    "address_country": "DE",
}
BUYER = {"first_name": "Ada", "last_name": "Lovelace", "email": "ada@example.com"}
WAIT_SECONDS = 20
# A destination is published as one of an address and a shop. Whatever is a shop with an id is an address too, whose
# members are all optional, so no shop can be exactly one of them. Later versions of the protocol tell them apart.
KNOWN_DEFECT = re.compile(
    r"\n  /fulfillment/methods/\d+/destinations/\d+: .* is valid under more than one of the schemas listed in the 'oneOf' keyword"
)


class Checks:
    """Counts checks, and goes on after one that fails."""

    def __init__(self):
        self.passed = 0
        self.failed = 0

    def count(self, what, error):
        """Counts a check; `error` is empty or says what is wrong."""
        if error:
            self.failed += 1
            print(f"FAILED: {what}: {error}")
        else:
            self.passed += 1

    def expect(self, what, condition, message):
        """Checks something that no schema says."""
        self.count(what, None if condition else json.dumps(message)[:1500])

    def end(self):
        """Prints the sum and leaves with the status that fits it."""
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)


class Shop:
    """A shop as one version of the protocol shows it."""

    def __init__(self, url, version, validator, checks):
        self.url = url.rstrip("/")
        self.version = version
        self.validator = validator
        self.checks = checks
        self.profile = "https://agent.invalid/profile"

    def call(self, method, path, body=None, headers=None):
        """Sends a request to the version's endpoint; gives status and message."""
        return self.send(method, f"/ucp/{self.version}{path}", body, headers)

    def send(self, method, path, body=None, headers=None):
        """Sends a request to the shop; gives status and message."""
        headers = {
            "UCP-Agent": f'profile="{self.profile}"',
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
            "Request-Id": str(uuid.uuid4()),
        } | (headers or {})
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data=data, headers=headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def fits(self, what, message, schema, operation, definition=None, model=None):
        """Checks a message against its schema, and against its model if there is one."""
        complaint = None
        if model:
            try:
                model.model_validate(message)
            except ValueError as error:
                complaint = error
            self.checks.count(f"{what} and its model", complaint)
        file = SCHEMAS / self.version / schema
        self.checks.count(f"{what} against {file.name}", validate(self.validator, message, file, operation, definition))

    def later(self, path, done):
        """Asks for a message until `done` says so; gives the last one."""
        end = time.monotonic() + WAIT_SECONDS
        while True:
            _, message = self.call("GET", path)
            if done(message) or time.monotonic() > end:
                return message
            time.sleep(0.2)


class Listener:
    """A platform that can be reached: it shows its profile, and takes news of orders."""

    def __init__(self, profile):
        self.news = []
        listener = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                self.answer(json.dumps(profile(listener.url)).encode())

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                listener.news.append((self.headers, json.loads(body)))
                self.answer(b"{}")

            def answer(self, body):
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()

    def wait(self, wanted):
        """The first news that is wanted, with its headers; `(None, None)` if none comes."""
        end = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < end:
            for headers, message in list(self.news):
                if wanted(message):
                    return headers, message
            time.sleep(0.1)
        return None, None


def validate(validator, message, file, operation, definition):
    """What the validator has against a message, but for the known defect of the schemas; `None` if nothing."""
    with tempfile.NamedTemporaryFile("w", suffix=".json") as payload:
        json.dump(message, payload)
        payload.flush()
        command = [validator, "validate", payload.name, "--schema", file, "--response", "--op", operation]
        command += ["--def", definition] if definition else []
        result = subprocess.run(command, capture_output=True, text=True, check=False)
    complaint = KNOWN_DEFECT.sub("", result.stdout + result.stderr).strip()
    return None if result.returncode == 0 or complaint == "Validation failed:" else complaint


def judges_well(shop, message, schema, operation):
    """Checks that the validator refuses a message without its id: one that accepts anything proves nothing."""
    broken = {name: value for name, value in message.items() if name != "id"}
    complaint = validate(shop.validator, broken, SCHEMAS / shop.version / schema, operation, None)
    shop.checks.expect(f"the validator misses the id in {schema}", complaint and "id" in complaint, broken)


def answer_challenge(url, decision):
    """What the buyer's bank asks at the provider's page, answered; gives the address where the buyer ends up."""
    page = urllib.request.urlopen(url, timeout=30)
    assert page.status == 200, url
    data = urllib.parse.urlencode({"decision": decision}).encode()
    with urllib.request.urlopen(page.url, data=data, timeout=30) as after:
        return after.url, after.status
