#!/usr/bin/env python3
"""Kills the server with SIGKILL in the middle of orders, again and again, and asks afterwards.

After each kill the server starts again on the same data. Every order that was acknowledged must be
answered with the same order group when it is asked for again with the same key; those whose answer
was lost are repeated as a shopper's phone would. In the end there is exactly one group per key, and
`sesame audit` finds nothing. The seed is printed; a run of the same seed kills at the same moments.

    kill9.py BINARY [--rounds 20] [--seed N]
"""

import argparse
import json
import os
import random
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request

SHOPPERS = 8
START_SECONDS = 60
ANSWER_SECONDS = 40
KILL_AFTER_SECONDS = (0.3, 1.5)


class Server:
    """A running server; its address is known when this returns."""

    def __init__(self, binary, data):
        command = [binary, "serve", "--demo", "--testing", "--data", data, "--listen", "127.0.0.1:0"]
        environment = {**os.environ, "SESAME_LOG_LEVEL": "error"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        for line in self.process.stdout:
            found = re.search(r"sesame is open at (http://\S+)", line)
            if found:
                self.address = found.group(1)
                watchdog.cancel()
                return
        sys.exit("the server did not start")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=30)


def buy(address, key, sku):
    """The group that a purchase made, and whether it is a repeated answer; None without an answer."""
    body = {
        "lines": [{"sku": sku, "quantity": 1}],
        "buyer": {"first_name": "Ada", "last_name": "Test", "email": "ada@example.com"},
        "destination": {"street": "Hauptstr. 1", "postal_code": "10115", "city": "Berlin", "country": "DE"},
        "delivery": {"ship": "standard-de"},
        "payment": {"on_account": {}},
    }
    headers = {"content-type": "application/json", "idempotency-key": key}
    request = urllib.request.Request(address + "/api/v1/buy-now", json.dumps(body).encode(), headers)
    try:
        with urllib.request.urlopen(request, timeout=ANSWER_SECONDS) as answer:
            group = json.load(answer)["group"]
            return group, answer.headers.get("idempotent-replayed") == "true"
    except urllib.error.HTTPError as error:
        reason = error.read().decode()
        if error.code < 500:
            sys.exit(f"a purchase was refused: {error.code} {reason}")
        return None
    except (OSError, ValueError):
        return None


class Load:
    """Shoppers that buy until they are told to stop, and what they were told."""

    def __init__(self, address, skus, round_number):
        self.acknowledged = {}
        self.unanswered = {}
        self.going = True
        self.guard = threading.Lock()
        shop = lambda number: self.shopper(address, skus, f"{round_number}-{number}")
        self.threads = [threading.Thread(target=shop, args=(n,), daemon=True) for n in range(SHOPPERS)]
        for thread in self.threads:
            thread.start()

    def shopper(self, address, skus, name):
        count = 0
        while self.going:
            key, sku = f"kill9-{name}-{count}", skus[count % len(skus)]
            count += 1
            answer = buy(address, key, sku)
            with self.guard:
                if answer is None:
                    self.unanswered[key] = sku
                    return
                self.acknowledged[key] = (sku, answer[0])

    def end(self):
        self.going = False
        for thread in self.threads:
            thread.join(ANSWER_SECONDS + 5)


def check_round(server, load, all_groups):
    """Asks for each purchase again: the acknowledged ones are there, once; the others are bought now."""
    for key, (sku, group) in load.acknowledged.items():
        answer = buy(server.address, key, sku)
        if answer != (group, True):
            sys.exit(f"LOST: {key} was acknowledged as {group}, and is now {answer}")
        all_groups[key] = group
    for key, sku in load.unanswered.items():
        answer = buy(server.address, key, sku)
        if answer is None:
            sys.exit(f"{key} got no answer after the restart")
        all_groups[key] = answer[0]
    if len(set(all_groups.values())) != len(all_groups):
        sys.exit("TWO PURCHASES IN ONE: two keys have the same group")


def audit(binary, data):
    result = subprocess.run([binary, "audit", "--data", data], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"the audit found something:\n{result.stdout}{result.stderr}")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--rounds", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    print(f"seed {arguments.seed}", flush=True)
    dice = random.Random(arguments.seed)
    stock = os.path.join(os.path.dirname(__file__), "../../../demo/stock.csv")
    with open(stock, encoding="utf-8-sig") as lines:
        rows = [line.split(",") for line in lines][1:]
    skus = sorted({row[0] for row in rows if int(row[2]) > 500})[:50]
    folder = tempfile.mkdtemp(prefix="sesame-kill9-")
    data, groups = os.path.join(folder, "data"), {}
    server = Server(arguments.binary, data)
    try:
        for number in range(arguments.rounds):
            load = Load(server.address, skus, number)
            time.sleep(dice.uniform(*KILL_AFTER_SECONDS))
            server.kill()
            load.end()
            audit(arguments.binary, data)
            server = Server(arguments.binary, data)
            check_round(server, load, groups)
            told, lost = len(load.acknowledged), len(load.unanswered)
            print(f"round {number + 1}: {told} acknowledged, {lost} without an answer: all there once", flush=True)
        if server.stop() != 0:
            sys.exit("the last server did not stop in order")
        audit(arguments.binary, data)
        database = sqlite3.connect(os.path.join(data, "sesame.db"))
        (count,) = database.execute("SELECT count(*) FROM order_groups").fetchone()
        if count != len(groups):
            sys.exit(f"TWICE: {len(groups)} purchases made {count} order groups")
        print(f"{arguments.rounds} kills, {count} orders, none lost, none twice; audit clean")
    finally:
        if server.process.poll() is None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
