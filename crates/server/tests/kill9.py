#!/usr/bin/env python3
"""Kills the server with SIGKILL in the middle of a festival, again and again, and lets the festival judge.

`sesame festival` buys in one call and on the web shop's pages; its shoppers ask again until the shop is back. After
each kill the database is audited as it was left, and the server starts on the same data and address. The festival
fails if an acknowledged order is missing, doubled or changed, if goods or money do not balance, or if the payment
provider charged anybody twice. The seed is printed; a run of the same seed kills after the same pauses.

    kill9.py BINARY [--kills 20] [--seed N]
"""

import argparse
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

START_SECONDS = 60
FESTIVAL_SECONDS = 420
# Of the server's life between start and kill.
LIFE_SECONDS = (0.3, 1.5)
# Shoppers come over this time; each kill costs about two seconds beside the server's life.
SECONDS_PER_KILL = 3
SHOPPERS_PER_KILL = 250


class Server:
    """A running server; it answers when this returns."""

    def __init__(self, binary, data, port):
        command = [binary, "serve", "--demo", "--data", data, "--listen", f"127.0.0.1:{port}"]
        environment = {**os.environ, "SESAME_LOG_LEVEL": "error"}
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        opened = any(re.search(r"sesame is open at http://\S+", line) for line in self.process.stdout)
        watchdog.cancel()
        if not opened:
            sys.exit("the server did not start")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=30)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def audit(binary, data):
    result = subprocess.run([binary, "audit", "--data", data], capture_output=True, text=True)
    if result.returncode != 0:
        sys.exit(f"the audit found something:\n{result.stdout}{result.stderr}")


def festival(binary, data, port, kills, seed):
    command = [binary, "festival", "--data", data, "--url", f"http://127.0.0.1:{port}", "--seed", str(seed)]
    command += ["--orders", str(kills * SHOPPERS_PER_KILL), "--day", str(kills * SECONDS_PER_KILL)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    arguments = parser.parse_args()
    binary = arguments.binary
    print(f"seed {arguments.seed}", flush=True)
    dice = random.Random(arguments.seed)
    folder = tempfile.mkdtemp(prefix="sesame-kill9-")
    data, port = os.path.join(folder, "data"), free_port()
    server = Server(binary, data, port)
    day = festival(binary, data, port, arguments.kills, arguments.seed)
    try:
        for number in range(1, arguments.kills + 1):
            time.sleep(dice.uniform(*LIFE_SECONDS))
            if day.poll() is not None:
                sys.exit(f"the festival was over before kill {number}:\n{day.stdout.read()}")
            server.kill()
            audit(binary, data)
            server = Server(binary, data, port)
            print(f"kill {number}: the database is whole, the shop is open again", flush=True)
        report, _ = day.communicate(timeout=FESTIVAL_SECONDS)
        print(report, end="")
        if day.returncode != 0:
            sys.exit("the festival was not clean")
        if server.stop() != 0:
            sys.exit("the last server did not stop in order")
        audit(binary, data)
        print(f"{arguments.kills} kills in the middle of a festival: no acknowledged order lost, audit clean")
    finally:
        if day.poll() is None:
            day.kill()
        if server.process.poll() is None:
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
