#!/usr/bin/env python3
"""Two servers on one PostgreSQL under a festival; servers and PostgreSQL are killed meanwhile, and the festival judges.

A small balancer stands before the servers as a retailer's would, and asks another server when one is gone. Payments go
to a test provider in a process of its own, which both servers share. After each kill of a server the database is audited
as it was left. The festival fails if an acknowledged order is missing, doubled or changed, if more was sold than was
there, if goods or money do not balance, or if the provider charged anybody twice.

    servers.py BINARY --database URL [--kills 6] [--database-kills 2] [--seed N] -- COMMAND THAT RUNS POSTGRESQL
"""

import argparse
import asyncio
import base64
import itertools
import os
import random
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

START_SECONDS = 90
FESTIVAL_SECONDS = 420
AUDIT_SECONDS = 120
# Of calm between two kills.
CALM_SECONDS = (1.0, 2.5)
SECONDS_PER_KILL = 6
SHOPPERS_PER_KILL = 200
# How long PostgreSQL stays away.
AWAY_SECONDS = 1.0
HEAD_BYTES = 65_536


def say(text):
    print(text, flush=True)


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def until_listening(port, process, what):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            return False
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        except OSError:
            time.sleep(0.05)
    sys.exit(f"{what} did not start")


class Database:
    """PostgreSQL in the foreground; killed with all it has in memory, and started again."""

    def __init__(self, command, url):
        self.command = command
        self.port = urllib.parse.urlsplit(url).port
        self.process = None
        self.start()

    def start(self):
        # After a kill its children need a moment to notice, and until then it does not start.
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.process = subprocess.Popen(self.command, cwd="/", stdin=subprocess.DEVNULL, start_new_session=True)
            if until_listening(self.port, self.process, "PostgreSQL"):
                return
            time.sleep(0.3)
        sys.exit("PostgreSQL did not start")

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=60)


class Server:
    """One of the servers; it answers when this returns."""

    def __init__(self, binary, name, folder, environment):
        self.name, self.binary, self.environment = name, binary, environment
        self.data, self.port = os.path.join(folder, name), free_port()
        self.process = None
        self.log = open(os.path.join(folder, f"{name}.log"), "a", encoding="utf-8")
        self.start()

    def start(self):
        command = [self.binary, "serve", "--demo", "--data", self.data, "--listen", f"127.0.0.1:{self.port}"]
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            self.process = subprocess.Popen(
                command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.environment
            )
            if any(re.search(r"sesame is open at http://\S+", line) for line in self.process.stdout):
                return
            # The database may be away just now.
            self.process.wait()
            time.sleep(0.3)
        sys.exit(f"server {self.name} did not start:\n{self.said()}")

    def said(self):
        self.log.flush()
        with open(self.log.name, encoding="utf-8") as log:
            return "".join(log.readlines()[-20:])

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.process.terminate()
        return self.process.wait(timeout=60)


class Balancer:
    """Passes each request to one of the servers; payment pages to the provider, operators to the first server."""

    def __init__(self, servers, provider_port):
        self.servers, self.provider_port = servers, provider_port
        self.port = free_port()
        # The loop keeps no strong hold on its tasks.
        self.tasks = set()
        self.turns = itertools.count()
        self.served = [0] * len(servers)
        ready = threading.Event()
        threading.Thread(target=lambda: asyncio.run(self.serve(ready)), daemon=True).start()
        ready.wait()

    async def serve(self, ready):
        server = await asyncio.start_server(self.client, "127.0.0.1", self.port, limit=HEAD_BYTES)
        ready.set()
        async with server:
            await server.serve_forever()

    async def client(self, reader, writer):
        task = asyncio.current_task()
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        ways = {}
        preferred = next(self.turns)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                body = await body_of(reader, head)
                await self.one(ways, preferred, head, body, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
            pass
        finally:
            for _, way in [*ways.values(), (None, writer)]:
                way.close()

    async def one(self, ways, preferred, head, body, writer):
        method, path, _ = head.split(b" ", 2)
        if path.startswith(b"/test-payments/"):
            head = head.replace(b"/test-payments/", b"/", 1)
            order = [("provider", self.provider_port)]
        elif b"\r\nauthorization: bearer" in head.lower():
            order = [(0, self.servers[0].port)]
        else:
            count = len(self.servers)
            indices = [(preferred + i) % count for i in range(count)]
            order = [(i, self.servers[i].port) for i in indices]
        for name, port in order:
            try:
                if name not in ways:
                    ways[name] = await asyncio.open_connection("127.0.0.1", port, limit=HEAD_BYTES)
            except OSError:
                continue
            there, back = ways[name][1], ways[name][0]
            try:
                there.write(head + body)
                await there.drain()
                answer = await back.readuntil(b"\r\n\r\n")
                whole = answer + await body_of(back, answer, method == b"HEAD")
            except (OSError, asyncio.IncompleteReadError):
                ways.pop(name)[1].close()
                raise
            if isinstance(name, int):
                self.served[name] += 1
            writer.write(whole)
            await writer.drain()
            return
        raise OSError("nobody is there")


async def body_of(reader, head, is_head=False):
    lower = head.lower()
    if b"\r\ntransfer-encoding: chunked" in lower:
        out = b""
        while True:
            line = await reader.readuntil(b"\r\n")
            size = int(line.split(b";")[0], 16)
            out += line + await reader.readexactly(size + 2)
            if size == 0:
                return out
    length = re.search(rb"\r\ncontent-length: *(\d+)", lower)
    return b"" if is_head or not length else await reader.readexactly(int(length[1]))


def audit(binary, data, environment, patience=0.0):
    deadline = time.monotonic() + patience
    while True:
        command = [binary, "audit", "--data", data]
        result = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=AUDIT_SECONDS)
        if result.returncode == 0:
            return
        if result.returncode == 1 or time.monotonic() > deadline:
            sys.exit(f"the audit found something:\n{result.stdout}{result.stderr}")
        time.sleep(0.5)


def arguments_of():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--database", required=True)
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--database-kills", type=int, default=2)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


def provider(binary, folder, port, balancer_url, environment):
    command = [binary, "test-provider", "--port", str(port), "--base-url", f"{balancer_url}/test-payments"]
    command += ["--journal", os.path.join(folder, "payments.journal")]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment)
    if not until_listening(port, process, "the provider"):
        sys.exit("the provider ended")
    return process


def mistreat(arguments, dice, servers, database, festival, environment):
    """Kills in a random order, with calm between."""
    day, complaints = festival
    deeds = ["server"] * arguments.kills + ["database"] * arguments.database_kills
    dice.shuffle(deeds)
    for number, deed in enumerate(deeds, 1):
        time.sleep(dice.uniform(*CALM_SECONDS))
        if day.poll() is not None:
            complaints.seek(0)
            sys.exit(f"the festival was over before kill {number}:\n{day.stdout.read()}{complaints.read()[-2000:]}")
        if deed == "server":
            victim = dice.choice(servers)
            victim.kill()
            audit(arguments.binary, victim.data, environment)
            victim.start()
            say(f"kill {number}: server {victim.name}; the other one sold on, the database is whole")
        else:
            database.kill()
            time.sleep(AWAY_SECONDS)
            database.start()
            audit(arguments.binary, servers[0].data, environment, patience=START_SECONDS)
            for server in servers:
                if server.process.poll() is not None:
                    sys.exit(f"server {server.name} did not outlive PostgreSQL:\n{server.said()}")
            say(f"kill {number}: PostgreSQL; it is back, the database is whole, both servers live")


def main():
    arguments = arguments_of()
    say(f"seed {arguments.seed}")
    dice = random.Random(arguments.seed)
    folder = tempfile.mkdtemp(prefix="sesame-servers-")
    processes = []
    try:
        database = Database(arguments.command, arguments.database)
        processes.append(database)
        hook = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        key, provider_port = secrets.token_hex(16), free_port()
        names = {"SESAME_TEST_PROVIDER_API_KEY": key, "SESAME_TEST_PROVIDER_WEBHOOK_SECRET": hook}
        environment = {
            **os.environ,
            "SESAME_LOG_LEVEL": "warn",
            "SESAME_DATABASE": arguments.database,
            "SESAME_PAYMENTS_TEST_URL": f"http://127.0.0.1:{provider_port}",
            "SESAME_PAYMENTS_TEST_API_KEY": key,
            "SESAME_PAYMENTS_TEST_WEBHOOK_SECRET": hook,
        }
        servers = []
        balancer = Balancer(servers, provider_port)
        url = f"http://127.0.0.1:{balancer.port}"
        environment["SESAME_PUBLIC_URL"] = url
        bank = provider(arguments.binary, folder, provider_port, url, {**os.environ, **names})
        for name in ("a", "b"):
            server = Server(arguments.binary, name, folder, environment)
            processes.append(server)
            servers.append(server)
            balancer.served.append(0)
        kills = arguments.kills + arguments.database_kills
        command = [arguments.binary, "festival", "--data", servers[0].data, "--url", url, "--seed", str(arguments.seed)]
        command += ["--orders", str(kills * SHOPPERS_PER_KILL), "--day", str(kills * SECONDS_PER_KILL)]
        complaints = open(os.path.join(folder, "festival.log"), "w+", encoding="utf-8")
        day = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=complaints, text=True, env=environment)
        try:
            mistreat(arguments, dice, servers, database, (day, complaints), environment)
            report, _ = day.communicate(timeout=FESTIVAL_SECONDS)
        finally:
            if day.poll() is None:
                day.kill()
        say(report)
        if day.returncode != 0:
            sys.exit(f"the festival was not clean\n{servers[0].said()}\n{servers[1].said()}")
        if any(server.stop() != 0 for server in servers):
            sys.exit("a server did not stop in order")
        audit(arguments.binary, servers[0].data, environment)
        say(f"requests answered by server a: {balancer.served[0]}, by server b: {balancer.served[1]}")
        say(f"{arguments.kills} kills of servers and {arguments.database_kills} of PostgreSQL: audit clean, nothing lost")
    finally:
        for process in reversed(processes):
            if process.process.poll() is None:
                process.kill()
        if "bank" in locals():
            bank.kill()
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
