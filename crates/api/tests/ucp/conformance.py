"""Runs the official conformance suite, version 2026-01-11, against a shop that has the suite's goods.

usage: conformance.py SHOP_URL SIMULATION_SECRET SUITE_FOLDER

The suite is a checkout of its repository; it starts an agent and a receiver of webhooks on ports of this machine. Every
test must pass but those in `EXPECTED`, which need what a machine may not have.
"""

import pathlib
import re
import socket
import subprocess
import sys

EXPECTED = {("protocol_test.py", "test_discovery_urls"): "it fetches the protocol's pages from the internet"}
FILE_SECONDS = 180
RAN = re.compile(r"^Ran (\d+) tests? in ", re.MULTILINE)
SKIPPED = re.compile(r"\(.*skipped=(\d+)")
ENDED_BADLY = re.compile(r"^(?:FAIL|ERROR): (\w+)", re.MULTILINE)


def free_ports():
    """Two ports that nobody listens on."""
    with socket.socket() as one, socket.socket() as other:
        one.bind(("127.0.0.1", 0))
        other.bind(("127.0.0.1", 0))
        return one.getsockname()[1], other.getsockname()[1]


def run_file(file, shop, secret):
    """Runs one file of tests; gives how many ran to their end, which ended badly, and what was printed."""
    webhook_port, agent_port = free_ports()
    arguments = [
        f"--server_url={shop}/ucp/2026-01-11",
        f"--simulation_secret={secret}",
        f"--mock_webhook_port={webhook_port}",
        f"--mock_agent_port={agent_port}",
    ]
    command = [sys.executable, "-B", file.name, *arguments]
    try:
        result = subprocess.run(command, cwd=file.parent, capture_output=True, text=True, check=False, timeout=FILE_SECONDS)
    except subprocess.TimeoutExpired:
        return 0, [], f"stopped after {FILE_SECONDS} s"
    output = result.stdout + result.stderr
    ran, skipped = RAN.search(output), SKIPPED.search(output)
    return (int(ran[1]) if ran else 0) - (int(skipped[1]) if skipped else 0), ENDED_BADLY.findall(output), output


def main(shop, secret, folder):
    """The whole suite; gives the exit status."""
    files = sorted(pathlib.Path(folder).glob("*_test.py"))
    passed, failed = 0, 0
    for file in files:
        ran, bad, output = run_file(file, shop, secret)
        unexpected = [name for name in bad if (file.name, name) not in EXPECTED]
        for name in bad:
            print(f"{file.name} {name}: {EXPECTED.get((file.name, name), 'FAILED')}")
        if unexpected or not ran:
            print(output)
        print(f"{file.name}: {ran} ran, {len(bad)} ended badly, {len(unexpected)} of them unexpectedly")
        passed += ran - len(bad)
        failed += len(unexpected) + (0 if ran else 1)
    if not files:
        print(f"{folder} has no tests: name the checkout of the suite")
        failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1].rstrip("/"), sys.argv[2], sys.argv[3]))
