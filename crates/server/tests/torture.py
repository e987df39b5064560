#!/usr/bin/env python3
"""Mistreats the server in the middle of a festival, again and again, and lets the festival judge.

`sesame festival` buys in one call and on the web shop's pages; its shoppers ask again until the shop is back. Meanwhile
the server is killed, its disk fills up, turns read-only, fails or is slow, it is frozen, its clock jumps. After each kill
the database is audited as it was left. A festival fails if an acknowledged order is missing, doubled or changed, if goods
or money do not balance, or if the payment provider charged anybody twice. At the end there is a table.

The seed is printed; a run of the same seed mistreats after the same pauses. What a torture needs beyond a kill (root, a
program) is said when it is not there, and that torture is not run.

    torture.py BINARY [--engine sqlite|postgres] [--kills 20] [--seed N] [--only kills,full_disk,...] [--table FILE]
        [--shoppers N] [--per-second N]

With `--engine postgres` every festival has a PostgreSQL of its own, durable and on the loopback alone, and PostgreSQL is
killed too. The torture `servers` there has two servers on one PostgreSQL, both loaded by the same festival, and kills one
or the other; `--shoppers` and `--per-second` say how many come to them.
"""

import argparse
import base64
import contextlib
import json
import os
import pathlib
import pwd
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

START_SECONDS = 90
FESTIVAL_SECONDS = 600
AUDIT_SECONDS = 300
# Of the server's life between start and kill.
LIFE_SECONDS = (0.3, 1.5)
# Shoppers come over this time; each kill costs about two seconds beside the server's life.
SECONDS_PER_KILL = 3
SHOPPERS_PER_SECOND = 80
# Kills within one festival: what came of its orders is looked at after so many.
KILLS_PER_FESTIVAL = 25
# Kills of one of two servers, per kill of the only one.
SERVERS_SHARE = 0.2
# How long an order that came last may take.
LEAVE_SECONDS = 300
TMPFS_MIB = 192
IMAGE_MIB = 384
# How long a slow disk takes to make anything durable.
SLOW_SECONDS = 0.15
# How long a failure of the disk may be away: the busier the shop, the sooner.
FAIL_SECONDS = 10
FAKETIME = pathlib.Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1")


class Skip(Exception):
    """A torture that cannot be run here, with the reason."""


class Broken(Exception):
    """A promise was broken, or the torture itself failed."""


def say(text):
    print(text, flush=True)


def run(*command, check=True, timeout=60):
    """Runs a program to its end; gives its output."""
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    if check and done.returncode != 0:
        raise Broken(f"{' '.join(map(str, command))}: {done.stdout}{done.stderr}")
    return done.stdout


def need_program(name, package):
    if not shutil.which(name):
        raise Skip(f"{name} is missing (Debian: apt-get install {package})")


def need_root():
    if os.geteuid() != 0:
        raise Skip("mounting needs root")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Shop:
    """A shop over a data folder; the server is started, killed and started again."""

    def __init__(self, binary, data, wrapper=(), environment=None):
        self.binary = binary
        self.data = pathlib.Path(data)
        self.wrapper = list(wrapper)
        self.environment = {**os.environ, "SESAME_LOG_LEVEL": "error", **(environment or {})}
        self.url = f"http://127.0.0.1:{free_port()}"
        self.database = None
        self.process = None
        self.log = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.audits = 0
        self.ended_by_itself = 0

    def start(self):
        """Starts the server; it answers when this returns."""
        listen = self.url.removeprefix("http://")
        command = [*self.wrapper, self.binary, "serve", "--demo", "--data", str(self.data), "--listen", listen]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.environment)
        watchdog = threading.Timer(START_SECONDS, self.process.kill)
        watchdog.start()
        opened = any(re.search(r"sesame is open at http://\S+", line) for line in self.process.stdout)
        watchdog.cancel()
        if not opened:
            self.log.seek(0)
            raise Broken(f"the server did not start:\n{self.log.read()[-2000:]}")
        # What it says further on is read, so that it never waits for us.
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def pid(self):
        """The server's own process id, also below a wrapper."""
        return json.loads((self.data / "run.json").read_text())["pid"]

    def signal(self, number):
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid() if self.wrapper else self.process.pid, number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def keep_open(self):
        """Starts the server again if it has ended by itself, as a supervisor would."""
        if self.process.poll() is not None:
            self.ended_by_itself += 1
            self.start()

    def stop(self):
        self.signal(signal.SIGTERM)
        if self.process.wait(timeout=60) != 0:
            raise Broken("the last server did not stop in order")

    def end(self):
        """Ends it in any case."""
        if self.process and self.process.poll() is None:
            with contextlib.suppress(OSError, ValueError, subprocess.TimeoutExpired):
                self.signal(signal.SIGCONT)
                self.kill()
            if self.process.poll() is None:
                self.process.kill()
                self.process.wait()

    def audit(self):
        """All invariants of the database, as it lies there."""
        command = [self.binary, "audit", "--data", str(self.data)]
        result = subprocess.run(command, capture_output=True, text=True, timeout=AUDIT_SECONDS, env=self.environment)
        if result.returncode != 0:
            raise Broken(f"the audit found something:\n{result.stdout}{result.stderr}")
        self.audits += 1


class Postgres:
    """A PostgreSQL on a cluster of its own. It does not run as root: then it belongs to an unprivileged user."""

    SETTINGS = (
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "fsync=on",
        "synchronous_commit=on",
        "full_page_writes=on",
        "max_connections=200",
        "log_min_messages=fatal",
    )

    def __init__(self):
        self.programs = self.find()
        self.user = next((name for name in ("postgres", "nobody") if is_user(name)), None) if os.geteuid() == 0 else None
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="sesame-torture-postgres-"))
        if self.user:
            shutil.chown(self.folder, self.user)
        self.data = self.folder / "data"
        self.port = free_port()
        self.url = f"postgres://sesame@127.0.0.1:{self.port}/postgres"
        self.process = None
        run(*self.command("initdb", "-D", self.data, "-U", "sesame", "-A", "trust", "-E", "UTF8", "--locale=C"))

    @staticmethod
    def find():
        """The folder of the newest version's programs."""
        folders = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name))
        on_path = shutil.which("initdb")
        if not folders and not on_path:
            raise Skip("PostgreSQL 15 or newer is missing (Debian: apt-get install postgresql)")
        return folders[-1] if folders else pathlib.Path(on_path).parent

    def command(self, program, *arguments):
        """A command of PostgreSQL's as the user who may run it."""
        path = str(self.programs / program)
        prefix = ["setpriv", f"--reuid={self.user}", f"--regid={self.user}", "--clear-groups", "--"] if self.user else []
        return [*prefix, path, *map(str, arguments)]

    def start(self):
        """Starts the server; it takes connections when this returns."""
        settings = [word for setting in self.SETTINGS for word in ("-c", setting)]
        command = self.command("postgres", "-D", self.data, "-p", self.port, *settings)
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")
            while self.process.poll() is None:
                with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
                    return
                time.sleep(0.1)
            # The children of one that was killed may still be leaving.
            time.sleep(0.3)
        raise Broken("PostgreSQL did not start")

    def kill(self):
        """SIGKILL to the first of its processes: the others leave when they notice."""
        self.process.kill()
        self.process.wait()

    def end(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def is_user(name):
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


class Provider:
    """The test payment provider in a process of its own, which two servers share."""

    def __init__(self, binary, folder):
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        key, secret = secrets.token_hex(16), "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
        # What the servers need to know of it.
        self.environment = {
            "SESAME_PAYMENTS_TEST_URL": self.url,
            "SESAME_PAYMENTS_TEST_API_KEY": key,
            "SESAME_PAYMENTS_TEST_WEBHOOK_SECRET": secret,
        }
        command = [binary, "test-provider", "--port", str(self.port), "--base-url", f"{self.url}/test-payments"]
        command += ["--journal", os.path.join(folder, "payments.journal")]
        names = {"SESAME_TEST_PROVIDER_API_KEY": key, "SESAME_TEST_PROVIDER_WEBHOOK_SECRET": secret}
        environment = {**os.environ, **names, "SESAME_LOG_LEVEL": "error"}
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)

    def end(self):
        self.process.kill()
        self.process.wait()


class Festival:
    """Shoppers who buy while the shop is mistreated."""

    def __init__(self, shop, seconds, seed, further=(), shoppers=None):
        self.limit = max(FESTIVAL_SECONDS, 2 * seconds + LEAVE_SECONDS)
        self.folder = tempfile.mkdtemp(prefix="sesame-torture-report-")
        self.report = pathlib.Path(self.folder, "report.json")
        self.errors = open(pathlib.Path(self.folder, "errors.txt"), "w+", encoding="utf-8")
        command = [shop.binary, "festival", "--data", str(shop.data), "--url", shop.url, "--seed", str(seed)]
        command += ["--orders", str(shoppers or int(seconds * SHOPPERS_PER_SECOND)), "--day", str(int(seconds))]
        command += ["--limit", str(int(self.limit)), "--report", str(self.report), *further]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=self.errors, text=True, env=shop.environment)

    def expect_running(self, when):
        if self.process.poll() is not None:
            self.errors.seek(0)
            raise Broken(f"the festival was over before {when}:\n{self.process.stdout.read()}{self.errors.read()[-2000:]}")

    def judge(self):
        """Waits for the end; gives the report."""
        output, _ = self.process.communicate(timeout=self.limit + LEAVE_SECONDS)
        if not self.report.exists():
            self.errors.seek(0)
            raise Broken(f"the festival gave no report:\n{output}{self.errors.read()[-2000:]}")
        report = json.loads(self.report.read_text())
        if self.process.returncode != 0:
            say(output)
        return report, self.process.returncode

    def end(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.errors.close()
        shutil.rmtree(self.folder, ignore_errors=True)


PROMISES = ("lost", "doubled", "changed", "oversold", "charged_twice", "failed")


class Row:
    """One line of the table."""

    def __init__(self, name):
        self.name = name
        self.faults = 0
        self.acknowledged = 0
        self.audits = 0
        self.broken = dict.fromkeys(PROMISES, 0)
        self.remark = ""

    def add(self, report, status):
        self.acknowledged += report["orders"]
        for promise, count in report["broken_by_promise"].items():
            self.broken[promise] += count
        if status != 0 and report["broken"] == 0:
            self.broken["failed"] += 1

    def is_clean(self):
        return not any(self.broken.values())


class Torture:
    """What all tortures share."""

    def __init__(self, arguments):
        self.binary = os.path.abspath(arguments.binary)
        self.engine = arguments.engine
        self.kills = arguments.kills
        self.seed = arguments.seed
        self.dice = random.Random(arguments.seed)
        self.shoppers = arguments.shoppers
        self.per_second = arguments.per_second

    @contextlib.contextmanager
    def festival(self, row, seconds, data=None, wrapper=(), environment=None, further=()):
        """A running shop and a festival in it; afterwards both are judged."""
        folder = None if data else tempfile.mkdtemp(prefix="sesame-torture-")
        database = Postgres() if self.engine == "postgres" else None
        environment = {**(environment or {}), **({"SESAME_DATABASE": database.url} if database else {})}
        shop = Shop(self.binary, data or os.path.join(folder, "data"), wrapper, environment)
        shop.database = database
        day = None
        try:
            if database:
                database.start()
            shop.start()
            day = Festival(shop, seconds, self.dice.randrange(1 << 32), further)
            yield shop, day
            shop.keep_open()
            report, status = day.judge()
            row.add(report, status)
            shop.stop()
            shop.audit()
            row.audits += shop.audits
            if shop.ended_by_itself:
                row.remark = f"ended by itself and was started again: {shop.ended_by_itself} times"
        finally:
            if day:
                day.end()
            shop.end()
            if database:
                database.end()
            if folder:
                shutil.rmtree(folder, ignore_errors=True)

    def killed(self):
        """SIGKILL at random moments."""
        row = Row("kill -9 of the server")
        left = self.kills
        while left > 0:
            now = min(left, KILLS_PER_FESTIVAL)
            left -= now
            with self.festival(row, now * SECONDS_PER_KILL) as (shop, day):
                for _ in range(now):
                    time.sleep(self.dice.uniform(*LIFE_SECONDS))
                    day.expect_running(f"kill {row.faults + 1}")
                    shop.kill()
                    shop.audit()
                    shop.start()
                    row.faults += 1
                    say(f"kill {row.faults}: the database is whole, the shop is open again")
        return row

    def database_killed(self):
        """SIGKILL of PostgreSQL at random moments; the shop finds it again by itself."""
        row = Row("kill -9 of PostgreSQL")
        left = self.kills
        while left > 0:
            now = min(left, KILLS_PER_FESTIVAL)
            left -= now
            with self.festival(row, now * SECONDS_PER_KILL) as (shop, day):
                for _ in range(now):
                    time.sleep(self.dice.uniform(*LIFE_SECONDS))
                    day.expect_running(f"kill {row.faults + 1}")
                    shop.database.kill()
                    time.sleep(self.dice.uniform(0.0, 0.5))
                    shop.database.start()
                    shop.keep_open()
                    row.faults += 1
                    say(f"kill of PostgreSQL {row.faults}: it is there again")
        return row

    def servers(self):
        """Two servers of one shop, both loaded; SIGKILL of one of them at random moments, and another start of it."""
        row = Row("kill -9 of one of two servers on one PostgreSQL")
        kills = max(2, int(self.kills * SERVERS_SHARE))
        shoppers = self.shoppers or kills * SECONDS_PER_KILL * SHOPPERS_PER_SECOND
        seconds = shoppers / self.per_second
        folder = tempfile.mkdtemp(prefix="sesame-torture-servers-")
        ends = contextlib.ExitStack()
        try:
            database = Postgres()
            ends.callback(database.end)
            database.start()
            provider = Provider(self.binary, folder)
            ends.callback(provider.end)
            environment = {"SESAME_DATABASE": database.url, **provider.environment}
            pair = [Shop(self.binary, os.path.join(folder, name), (), environment) for name in ("a", "b")]
            for shop in pair:
                ends.callback(shop.end)
                shop.start()
            further = ["--url", pair[1].url, "--payments", provider.url]
            day = Festival(pair[0], seconds, self.dice.randrange(1 << 32), further, shoppers)
            ends.callback(day.end)
            for _ in range(kills):
                time.sleep(self.dice.uniform(0.3, 0.8) * seconds / kills)
                day.expect_running(f"kill {row.faults + 1}")
                victim = self.dice.choice(pair)
                victim.kill()
                victim.audit()
                victim.start()
                row.faults += 1
                say(f"kill {row.faults} of one of two servers: the other sold on, the database is whole")
            row.add(*day.judge())
            for shop in pair:
                shop.stop()
            pair[0].audit()
            row.audits += sum(shop.audits for shop in pair)
        finally:
            ends.close()
            shutil.rmtree(folder, ignore_errors=True)
        return row

    def frozen(self):
        """SIGSTOP, and SIGCONT a little later: as when a machine is paused, or swaps."""
        row = Row("frozen (SIGSTOP) for 0.2 to 2 s")
        with self.festival(row, 30) as (shop, day):
            for _ in range(10):
                time.sleep(self.dice.uniform(0.5, 1.5))
                day.expect_running("the last pause")
                shop.signal(signal.SIGSTOP)
                time.sleep(self.dice.uniform(0.2, 2.0))
                shop.signal(signal.SIGCONT)
                row.faults += 1
        return row

    def full_disk(self):
        """A small file system in memory that is full from time to time."""
        need_root()
        row = Row("disk full (tmpfs), then space again and a start")
        with mounted("-t", "tmpfs", "-o", f"size={TMPFS_MIB}m", "sesame-torture") as place:
            with self.festival(row, 30, data=place / "data") as (shop, day):
                for _ in range(4):
                    time.sleep(self.dice.uniform(1.0, 2.0))
                    day.expect_running("the disk was full for the last time")
                    ballast = place / "ballast"
                    fill(ballast)
                    time.sleep(self.dice.uniform(1.0, 3.0))
                    ballast.unlink()
                    # The built-in payment provider takes payments again after a start.
                    shop.end()
                    shop.audit()
                    shop.start()
                    row.faults += 1
                    say(f"full disk {row.faults}: the database is whole, the shop is open again")
        return row

    def read_only(self):
        """A file system that turns read-only below the running server, as ext4 does after an error of its disk."""
        need_root()
        need_program("mkfs.ext4", "e2fsprogs")
        row = Row("file system turns read-only (ext4), repaired, started again")
        with tempfile.TemporaryDirectory(prefix="sesame-torture-image-") as folder:
            image = pathlib.Path(folder, "disk.img")
            with open(image, "wb") as file:
                file.truncate(IMAGE_MIB << 20)
            run("mkfs.ext4", "-q", str(image))
            with mounted("-o", "loop,errors=remount-ro", str(image)) as place:
                with self.festival(row, 30, data=place / "data") as (shop, day):
                    for _ in range(3):
                        time.sleep(self.dice.uniform(2.0, 4.0))
                        day.expect_running("the last error of the disk")
                        device = os.path.basename(run("findmnt", "-n", "-o", "SOURCE", str(place)).strip())
                        trigger = pathlib.Path(f"/sys/fs/ext4/{device}/trigger_fs_error")
                        if not trigger.exists():
                            raise Skip("this kernel cannot simulate an error of ext4")
                        trigger.write_text("torture")
                        time.sleep(self.dice.uniform(1.0, 2.0))
                        shop.end()
                        run("umount", str(place))
                        # 1 and 2: errors were corrected.
                        subprocess.run(["fsck.ext4", "-fy", str(image)], capture_output=True, check=False)
                        run("mount", "-o", "loop,errors=remount-ro", str(image), str(place))
                        shop.audit()
                        shop.start()
                        row.faults += 1
                        say(f"read-only {row.faults}: repaired, the database is whole, the shop is open again")
        return row

    def slow_disk(self):
        """Whatever is made durable takes long, and the server is killed meanwhile."""
        need_program("strace", "strace")
        delay = int(SLOW_SECONDS * 1e6)
        row = Row(f"slow disk ({int(SLOW_SECONDS * 1000)} ms per fsync) with kill -9")
        with self.festival(row, 30, wrapper=injected(f"delay_enter={delay}")) as (shop, day):
            for _ in range(5):
                time.sleep(self.dice.uniform(2.0, 4.0))
                day.expect_running("the last kill")
                shop.kill()
                shop.audit()
                shop.start()
                row.faults += 1
                say(f"slow disk {row.faults}: the database is whole, the shop is open again")
        return row

    def failing_disk(self):
        """Once in the server's life the disk says that something could not be made durable."""
        need_program("strace", "strace")
        row = Row("an fsync fails (EIO) in mid-load, then kill -9")
        with tempfile.TemporaryDirectory(prefix="sesame-torture-calls-") as folder:
            log = pathlib.Path(folder, "calls")
            with self.festival(row, 30, wrapper=self.failing(log)) as (shop, day):
                for left in range(5, -1, -1):
                    end = time.monotonic() + FAIL_SECONDS
                    while "(INJECTED)" not in log.read_text() and time.monotonic() < end:
                        time.sleep(0.1)
                        day.expect_running("the last failure of the disk")
                    row.faults += log.read_text().count("(INJECTED)")
                    time.sleep(self.dice.uniform(0.3, 1.0))
                    shop.end()
                    shop.audit()
                    log.unlink()
                    shop.wrapper = self.failing(log) if left else []
                    shop.start()
                    say(f"failing disk, {row.faults} failures: the database is whole, the shop is open again")
        return row

    def failing(self, log):
        """The wrapper that has one of the next calls fail."""
        return injected(f"error=EIO:when={self.dice.randrange(40, 200)}", log)

    def clock(self):
        """The clock jumps forward and back."""
        if not FAKETIME.exists():
            raise Skip("libfaketime is missing (Debian: apt-get install faketime)")
        row = Row("clock jumps by up to an hour, forward and back")
        with tempfile.TemporaryDirectory(prefix="sesame-torture-clock-") as folder:
            offset = pathlib.Path(folder, "offset")
            offset.write_text("+0")
            environment = {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME_TIMESTAMP_FILE": str(offset),
                "FAKETIME_NO_CACHE": "1",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
                "DONT_FAKE_MONOTONIC": "1",
            }
            further = ("--clock-behind", "7200")
            with self.festival(row, 30, environment=environment, further=further) as (shop, day):
                for jump in ("+300", "-300", "+5", "-3600", "+3600", "-60", "+0"):
                    time.sleep(self.dice.uniform(1.0, 2.0))
                    day.expect_running(f"the clock jumped by {jump} s")
                    offset.write_text(jump)
                    row.faults += 1
                shop.keep_open()
        return row


def injected(fault, log="/dev/null"):
    """The command that has the system calls which make data durable fail or wait; `log` tells of each."""
    calls = "fsync,fdatasync"
    command = ["strace", "-f", "--seccomp-bpf", "-qq", "-A", "-o", str(log)]
    return [*command, "-e", f"trace={calls}", "-e", f"inject={calls}:{fault}"]


@contextlib.contextmanager
def mounted(*arguments):
    """A file system, mounted for a while."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="sesame-torture-mount-"))
    done = subprocess.run(["mount", *arguments, str(place)], capture_output=True, text=True)
    if done.returncode != 0:
        place.rmdir()
        raise Skip(f"mounting is not permitted: {done.stderr.strip()}")
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], capture_output=True, check=False)
        place.rmdir()


def fill(path):
    """Writes until the disk is full."""
    piece = bytes(1 << 20)
    with open(path, "wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            while piece and file.write(piece) == len(piece):
                pass
            piece = piece[: len(piece) // 2]
            if not piece:
                break


TORTURES = {
    "kills": Torture.killed,
    "frozen": Torture.frozen,
    "full_disk": Torture.full_disk,
    "read_only": Torture.read_only,
    "slow_disk": Torture.slow_disk,
    "failing_disk": Torture.failing_disk,
    "clock": Torture.clock,
}
# What makes sense when the data is not in the shop's folder.
ON_POSTGRES = {
    "kills": Torture.killed,
    "database_kills": Torture.database_killed,
    "servers": Torture.servers,
    "frozen": Torture.frozen,
    "clock": Torture.clock,
}


def table(rows):
    """The rows as the table that documents show."""
    heads = ["torture", "faults", "orders acknowledged", "lost", "doubled", "changed", "oversold", "charged twice", "clean audits"]
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1)]
    for row in rows:
        broken = [row.broken[promise] for promise in PROMISES[:-1]]
        cells = [row.name, row.faults, f"{row.acknowledged:,}", *broken, row.audits]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32))
    parser.add_argument("--only")
    parser.add_argument("--shoppers", type=int)
    parser.add_argument("--per-second", type=float, default=SHOPPERS_PER_SECOND)
    parser.add_argument("--table", type=pathlib.Path)
    arguments = parser.parse_args()
    tortures = ON_POSTGRES if arguments.engine == "postgres" else TORTURES
    names = arguments.only.split(",") if arguments.only else list(tortures)
    unknown = [name for name in names if name not in tortures]
    if unknown:
        sys.exit(f"there is no torture {unknown[0]} here; there are: {', '.join(tortures)}")
    say(f"seed {arguments.seed}")
    torture = Torture(arguments)
    rows, failures = [], []
    for name in names:
        say(f"{name} …")
        try:
            row = tortures[name](torture)
            rows.append(row)
            if not row.is_clean():
                failures.append(f"{name}: {row.broken}")
            if row.remark:
                say(f"{name}: the server {row.remark}")
        except Skip as reason:
            say(f"{name}: not run: {reason}")
        except (Broken, subprocess.TimeoutExpired) as error:
            say(f"{name}: {error}")
            failures.append(f"{name}: {str(error).splitlines()[0]}")
    result = table(rows)
    say(result)
    if arguments.table:
        arguments.table.write_text(result)
    if failures:
        sys.exit("\n".join(failures))
    orders = sum(row.acknowledged for row in rows)
    say(f"{sum(row.faults for row in rows)} faults, {orders:,} acknowledged orders: none lost, none doubled, nothing oversold")


if __name__ == "__main__":
    main()
