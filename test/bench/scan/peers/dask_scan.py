"""A peer: the same rule by pandas' group-by, a hundred symbols a task, over the processes of a local Dask cluster.

python3 dask_scan.py SNAPSHOT OUT.csv
"""

import os
import sys

import numpy
import pandas
from dask.distributed import Client, LocalCluster

from pandas_rule import find_hits, read_current

SYMBOLS_A_TASK = 100


def scan(snapshot, part):
    return find_hits(numpy.memmap(f"{snapshot}/bars.bin", dtype="<f8", mode="r"), part)


if __name__ == "__main__":
    snapshot, out = sys.argv[1:3]
    current = read_current(snapshot)
    parts = [current[place : place + SYMBOLS_A_TASK] for place in range(0, len(current), SYMBOLS_A_TASK)]
    cores = len(os.sched_getaffinity(0))
    with LocalCluster(n_workers=cores, threads_per_worker=1, host="127.0.0.1", dashboard_address=None) as cluster, Client(cluster) as client:
        found = client.gather(client.map(scan, [snapshot] * len(parts), parts))
    pandas.concat(found).to_csv(out, index=False)
