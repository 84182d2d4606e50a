"""The rule by pandas' group-by over columns of a snapshot."""

import json

import numpy
import pandas

COLUMNS = ["symbol", "direction", "average", "strength", "upper", "lower", "gap"]


def read_current(snapshot):
    """The symbols that have a bar in the last session: name, place of its first value in the file and number of bars of each."""
    with open(f"{snapshot}/index.json") as file:
        index = json.load(file)
    counts = numpy.array(index["counts"])
    # Days take half a double each, padded to a whole one; then five columns of doubles.
    starts = numpy.concatenate(([0], numpy.cumsum((counts + 1) // 2 + 5 * counts)[:-1])) + (counts + 1) // 2
    return [
        (symbol, int(start), int(count))
        for symbol, start, count, last in zip(index["symbols"], starts, counts, index["lastDays"])
        if last == index["sessions"][-1]
    ]


def wilder(moves, symbol, place, period):
    """Wilder's average: the mean of the first `period` moves, then exponential with 1 / period."""
    seed = moves.groupby(symbol, sort=False).rolling(period).mean().reset_index(level=0, drop=True)
    seeded = moves.where(place > period, seed.where(place == period))
    return seeded.groupby(symbol, sort=False).ewm(alpha=1 / period, adjust=False, ignore_na=True).mean().reset_index(level=0, drop=True)


def find_hits(data, current):
    """The hits among symbols, as a frame of COLUMNS. `data` is the file of bars as doubles."""
    lengths = [count for _, _, count in current]
    frame = pandas.DataFrame(
        {
            "symbol": numpy.repeat(numpy.arange(len(current)), lengths),
            "open": numpy.concatenate([data[start : start + count] for _, start, count in current]),
            "close": numpy.concatenate([data[start + 3 * count : start + 4 * count] for _, start, count in current]),
        }
    )
    groups = frame.groupby("symbol", sort=False)
    place = groups.cumcount()
    previous = groups["close"].shift(1)
    change = frame["close"] - previous
    rolling = groups["close"].rolling(20)
    average = rolling.mean().reset_index(level=0, drop=True)
    width = 2 * rolling.std(ddof=0).reset_index(level=0, drop=True)
    gain = wilder(change.clip(lower=0), frame["symbol"], place, 14)
    loss = wilder((-change).clip(lower=0), frame["symbol"], place, 14)
    frame["average"] = average
    frame["strength"] = 100 * gain / (gain + loss)
    frame["upper"] = average + width
    frame["lower"] = average - width
    frame["gap"] = frame["open"] / previous - 1
    frame["place"] = place

    last = frame.groupby("symbol", sort=False).tail(1)
    last = last[last["place"] >= 20]
    stretched = (last["close"] > last["upper"]) | (last["close"] < last["lower"]) | (last["strength"] >= 60) | (last["strength"] <= 40)
    hits = last[(last["gap"].abs() >= 0.01) & stretched].copy()
    hits["direction"] = numpy.where(hits["gap"] > 0, "bullish", "bearish")
    hits["symbol"] = [current[number][0] for number in hits["symbol"]]
    return hits[COLUMNS]
