"""A peer: the same rule by pandas' group-by over the same columns, all symbols at once.

python3 pandas_scan.py SNAPSHOT OUT.csv
"""

import sys

import numpy

from pandas_rule import find_hits, read_current

snapshot, out = sys.argv[1:3]
find_hits(numpy.fromfile(f"{snapshot}/bars.bin", dtype="<f8"), read_current(snapshot)).to_csv(out, index=False)
