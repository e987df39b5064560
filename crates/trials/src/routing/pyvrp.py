"""Solves one problem with PyVRP for `sesame-trials bench routing_…`.

Reads a JSON object from standard input: matrix (rows), capacity, vehicles, horizon, and for each customer demand, open,
close and service; seconds of processor time and seed. Writes the routes (customers from 1 on) and PyVRP's version as JSON.
"""

import json
import sys
import time
from importlib.metadata import version

import numpy
from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve



class ProcessorTime:
    """Says to stop when this process has used so many seconds since it was asked first."""

    def __init__(self, seconds):
        self.seconds = seconds
        self.begin = None

    def __call__(self, best_cost):
        now = time.process_time()
        if self.begin is None:
            self.begin = now
        return now - self.begin >= self.seconds


given = json.load(sys.stdin)
matrix = numpy.array(given["matrix"], dtype=numpy.int64)
data = ProblemData(
    locations=[Location(0, 0) for _ in range(len(matrix))],
    clients=[
        Client(
            location=place,
            delivery=[one["demand"]],
            service_duration=one["service"],
            tw_early=one["open"],
            tw_late=one["close"],
        )
        for place, one in enumerate(given["customers"], start=1)
    ],
    depots=[Depot(location=0, tw_early=0, tw_late=given["horizon"])],
    vehicle_types=[
        VehicleType(
            num_available=given["vehicles"],
            capacity=[given["capacity"]],
            tw_early=0,
            tw_late=given["horizon"],
        )
    ],
    distance_matrices=[matrix],
    duration_matrices=[matrix],
)
result = solve(
    data,
    ProcessorTime(given["seconds"]),
    seed=given["seed"],
    collect_stats=False,
    display=False,
)
if not result.is_feasible():
    sys.exit("PyVRP found no plan that can be driven")
routes = [
    [activity.idx + 1 for activity in route if activity.is_client()]
    for route in result.best.routes()
]
json.dump({"version": version("pyvrp"), "routes": routes}, sys.stdout)
