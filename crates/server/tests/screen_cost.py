"""What big screens cost the writer: pairs of festivals on fresh shops, one without and one with so many screens.

    python3 crates/server/tests/screen_cost.py target/release/sesame [PAIRS] [SCREENS] [ORDERS] [SECONDS]
    python3 crates/server/tests/screen_cost.py --capacity target/release/sesame [PAIRS] [SCREENS]

With --capacity it finds the orders per second that the shop acknowledges in a closed loop: what screens cost the writer
when there is nothing left to give. Otherwise, per run it takes the processor time of the threads that decide and write batches, per order, as the kernel counts it
(/proc/PID/task/*/schedstat, in nanoseconds), and of the whole server. Pairs alternate which of the two comes first.
"""

import json
import pathlib
import selectors
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time

WRITING = ("writer", "store")


def threads(pid):
    """Nanoseconds of processor time by the thread's name."""
    used = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        try:
            name = (task / "comm").read_text().strip()
            spent = int((task / "schedstat").read_text().split()[0])
        except (FileNotFoundError, ProcessLookupError):
            continue
        used[name] = used.get(name, 0) + spent
    return used


class Screens:
    """So many screens that read what they are sent."""

    def __init__(self, address, token, count):
        self.bytes = 0
        self.open = True
        self.select = selectors.DefaultSelector()
        host, port = address.rsplit(":", 1)
        for _ in range(count):
            one = socket.create_connection((host, int(port)))
            head = f"GET /api/v1/screen/stream HTTP/1.1\r\nhost: shop\r\nauthorization: Bearer {token}\r\n\r\n"
            one.sendall(head.encode())
            one.setblocking(False)
            self.select.register(one, selectors.EVENT_READ)
        self.thread = threading.Thread(target=self.read, daemon=True)
        self.thread.start()

    def read(self):
        while self.open:
            for key, _ in self.select.select(timeout=0.2):
                read = key.fileobj.recv(1 << 16)
                if not read:
                    self.select.unregister(key.fileobj)
                self.bytes += len(read)

    def close(self):
        self.open = False
        self.thread.join()
        for key in list(self.select.get_map().values()):
            key.fileobj.close()
        return self.bytes


def with_shop(binary, screens, measure):
    """Opens a fresh shop with so many screens; gives what `measure` found, and the megabytes that screens were sent."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sesame-screen-cost-"))
    data = folder / "data"
    log = (folder / "log").open("w")
    command = [binary, "serve", "--data", data, "--demo", "--listen", "127.0.0.1:0", "--log-level", "warn"]
    server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    try:
        while not (data / "run.json").exists():
            time.sleep(0.1)
        time.sleep(1)
        running = json.loads((data / "run.json").read_text())
        watching = Screens(running["address"], running["token"], screens)
        time.sleep(2)
        festival = [binary, "festival", "--url", f"http://{running['address']}", "--token", running["token"]]
        found = measure(server.pid, festival, folder)
        return found, watching.close() / 1e6
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder)


def work(orders, seconds):
    """Measures processor time per order, in microseconds: of the writing threads, of the whole server; and the orders."""

    def measure(pid, festival, folder):
        before = threads(pid)
        festival += ["--orders", str(orders), "--day", str(seconds), "--hot-pieces", "0", "--hands", "2"]
        done = subprocess.run(festival + ["--report", folder / "report.json"], capture_output=True, text=True)
        after = threads(pid)
        report = json.loads((folder / "report.json").read_text())
        assert done.returncode == 0, done.stdout + done.stderr
        spent = {name: after[name] - before.get(name, 0) for name in after}
        writing = sum(spent[name] for name in spent if name in WRITING)
        return writing / report["orders"] / 1e3, sum(spent.values()) / report["orders"] / 1e3, report["orders"]

    return measure


def capacity(_, festival, folder):
    """Measures orders per second in a closed loop. The loads above it are kept short: they are not looked at."""
    festival += ["--overload-only", "--overload-seconds", "3", "--report", folder / "report.json"]
    subprocess.run(festival, capture_output=True, text=True, check=False)
    return json.loads((folder / "report.json").read_text())["capacity_per_s"]


def in_turn(pair, screens, measure):
    """Both runs of a pair, the one without screens first in every other pair: `{screens: (found, megabytes)}`."""
    counts = (0, screens) if pair % 2 == 0 else (screens, 0)
    return {count: measure(count) for count in counts}


def compare_capacity(binary, pairs, screens):
    lost = []
    for pair in range(pairs):
        found = in_turn(pair, screens, lambda count: with_shop(binary, count, capacity))
        (without, _), (with_, sent) = found[0], found[screens]
        lost.append(100 * (1 - with_ / without))
        print(
            f"pair {pair + 1}: {without:.0f} orders/s without, {with_:.0f} with {screens} screens ({sent:.0f} MB sent),"
            f" {lost[-1]:+.1f} % lost",
            flush=True,
        )
    print(f"lost: median {statistics.median(lost):+.1f} %, from {min(lost):+.1f} to {max(lost):+.1f} %")


def main():
    if sys.argv[1] == "--capacity":
        binary, *numbers = sys.argv[2:]
        return compare_capacity(binary, *(int(a) for a in numbers + ["6", "50"][len(numbers):]))
    binary = sys.argv[1]
    pairs, screens, orders, seconds = (int(a) for a in sys.argv[2:] + ["5", "50", "4000", "20"][len(sys.argv) - 2:])
    writer, whole = [], []
    for pair in range(pairs):
        found = in_turn(pair, screens, lambda count: with_shop(binary, count, work(orders, seconds)))
        ((without, all_without, n0), _), ((with_, all_with, n1), sent) = found[0], found[screens]
        writer.append(100 * (with_ / without - 1))
        whole.append(100 * (all_with / all_without - 1))
        print(
            f"pair {pair + 1}: writing {without:.1f} us/order without ({n0} orders), {with_:.1f} with {screens} screens"
            f" ({n1} orders, {sent:.0f} MB sent), {writer[-1]:+.1f} %; whole server {all_without:.0f} -> {all_with:.0f}"
            f" us/order, {whole[-1]:+.1f} %",
            flush=True,
        )
    print(f"writing: median {statistics.median(writer):+.1f} %, from {min(writer):+.1f} to {max(writer):+.1f} %")
    print(f"whole server: median {statistics.median(whole):+.1f} %, from {min(whole):+.1f} to {max(whole):+.1f} %")


main()
