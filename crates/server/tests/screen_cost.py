"""What big screens cost the writer: one shop under an even load, by turns with and without so many screens connected.

    python3 crates/server/tests/screen_cost.py target/release/sesame [ROUNDS] [SCREENS] [ORDERS_PER_S]

A round is four windows of WINDOW_S seconds: without screens, with them, with them, without (every other round the other
way about), so that what drifts evenly, such as the load or the size of the database, weighs on both alike. Per window it
takes the processor time of the threads that decide and write batches, as the kernel counts it
(/proc/PID/task/*/schedstat, in nanoseconds), and the orders placed meanwhile; all rounds run against the same process.
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
import urllib.request

WRITING = ("writer", "store")
# Seconds of a window, and before it, in which screens are sent their first whole picture.
WINDOW_S = 5
SETTLE_S = 1


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


def orders(address):
    """Orders placed since the server began."""
    with urllib.request.urlopen(f"http://{address}/metrics") as answer:
        lines = answer.read().decode().splitlines()
    placed = [line.split()[1] for line in lines if line.startswith("sesame_orders_placed_total")]
    return float(placed[0]) if placed else 0.0


def window(server, running, screens):
    """A window with so many screens: microseconds an order of the writing threads and of the whole server."""
    watching = Screens(running["address"], running["token"], screens)
    time.sleep(SETTLE_S)
    before, placed = threads(server.pid), orders(running["address"])
    time.sleep(WINDOW_S)
    after, count = threads(server.pid), orders(running["address"]) - placed
    sent = watching.close()
    assert count > 0, "no orders: the load has ended, or the shop stands still"
    assert screens == 0 or sent > 0, "the screens were sent nothing"
    spent = {name: after[name] - before.get(name, 0) for name in after}
    writing = sum(spent[name] for name in spent if name in WRITING)
    return {"writing": writing / count / 1e3, "whole": sum(spent.values()) / count / 1e3, "orders": count, "sent": sent}


def compare(server, running, rounds, screens):
    """Prints each round and what all say together: the mean of the rounds' differences with its standard error."""
    differences = {"writing": [], "whole": []}
    for number in range(1, rounds + 1):
        turns = (0, screens, screens, 0) if number % 2 else (screens, 0, 0, screens)
        found = [(count, window(server, running, count)) for count in turns]
        line = f"round {number}:"
        for name, every in differences.items():
            without, with_ = (
                statistics.mean(one[name] for count, one in found if (count > 0) == watched) for watched in (False, True)
            )
            every.append(100 * (with_ / without - 1))
            line += f" {name} {without:.0f} -> {with_:.0f} us/order ({every[-1]:+.1f} %);"
        pace = sum(one["orders"] for _, one in found) / (4 * WINDOW_S)
        sent = sum(one["sent"] for _, one in found) / 1e6
        print(f"{line} {pace:.0f} orders/s, {sent:.0f} MB sent to {screens} screens", flush=True)
    for name, every in differences.items():
        error = statistics.stdev(every) / len(every) ** 0.5
        print(
            f"{name}: mean {statistics.mean(every):+.2f} % (standard error {error:.2f}), median"
            f" {statistics.median(every):+.2f} %, from {min(every):+.1f} to {max(every):+.1f} %"
        )


def main():
    binary = sys.argv[1]
    rounds, screens, pace = (int(a) for a in sys.argv[2:] + ["20", "50", "250"][len(sys.argv) - 2:])
    folder = pathlib.Path(tempfile.mkdtemp(prefix="sesame-screen-cost-"))
    data, log = folder / "data", (folder / "log").open("w")
    command = [binary, "serve", "--data", data, "--demo", "--listen", "127.0.0.1:0", "--log-level", "warn"]
    server = subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
    load = None
    try:
        while not (data / "run.json").exists():
            time.sleep(0.1)
        time.sleep(1)
        running = json.loads((data / "run.json").read_text())
        # The hours in which the day's curve is flat, and longer than the windows take.
        day = int(rounds * 4 * (WINDOW_S + SETTLE_S + 1)) + 60
        festival = [binary, "festival", "--url", f"http://{running['address']}", "--token", running["token"]]
        festival += ["--orders", str(pace * day), "--day", str(day), "--hours", "14-19", "--hot-pieces", "0", "--hands", "2"]
        load = subprocess.Popen(festival, stdout=log, stderr=log, stdin=subprocess.DEVNULL)
        time.sleep(20)
        compare(server, running, rounds, screens)
    finally:
        for process in filter(None, (load, server)):
            process.terminate()
            process.wait()
        shutil.rmtree(folder)


main()
