"""QuantLib's share of the greeks benchmark: reads one JSON line per request from standard input and answers each with one line.

{"right": [...], "spot": [...], "strike": [...], "years": [...], "vol": [...], "rate": r, "dividendYield": q, "price": [...], "american": [...], "work": name}
work: greeks | impliedVol | american. Answers {"ms": time of the loop alone, "sum": of its first results}.
The European values are BlackCalculator's, as quick as QuantLib is from Python; the loop over the calls is Python's.
"""
import json
import math
import sys
import time

import QuantLib as ql

CALL, PUT = ql.Option.Call, ql.Option.Put
TODAY = ql.Date(20, 11, 2026)
COUNT = ql.Actual365Fixed()
DAYS = 36500
ql.Settings.instance().evaluationDate = TODAY


def greeks(book):
    total, r, q = 0.0, book["rate"], book["dividendYield"]
    for right, s, k, t, v in zip(book["right"], book["spot"], book["strike"], book["years"], book["vol"]):
        discount = math.exp(-r * t)
        one = ql.BlackCalculator(ql.PlainVanillaPayoff(CALL if right == "call" else PUT, k), s * math.exp((r - q) * t), v * math.sqrt(t), discount)
        one.delta(s), one.gamma(s), one.theta(s, t), one.vega(t), one.rho(t)
        total += one.value()
    return total


def implied_vol(book):
    total, r, q = 0.0, book["rate"], book["dividendYield"]
    for right, s, k, t, p in zip(book["right"], book["spot"], book["strike"], book["years"], book["price"]):
        discount = math.exp(-r * t)
        deviation = ql.blackFormulaImpliedStdDev(CALL if right == "call" else PUT, k, s * math.exp((r - q) * t), p, discount)
        total += deviation / math.sqrt(t)
    return total


def american(book):
    total, end = 0.0, TODAY + DAYS
    for right, s, k, t, v in zip(book["right"], book["spot"], book["strike"], book["years"], book["vol"]):
        factor = t / (DAYS / 365)
        flat = lambda x: ql.YieldTermStructureHandle(ql.FlatForward(TODAY, x * factor, COUNT))
        surface = ql.BlackVolTermStructureHandle(ql.BlackConstantVol(TODAY, ql.NullCalendar(), v * math.sqrt(factor), COUNT))
        process = ql.BlackScholesMertonProcess(ql.QuoteHandle(ql.SimpleQuote(s)), flat(book["dividendYield"]), flat(book["rate"]), surface)
        option = ql.VanillaOption(ql.PlainVanillaPayoff(CALL if right == "call" else PUT, k), ql.AmericanExercise(TODAY, end))
        option.setPricingEngine(ql.QdFpAmericanEngine(process, ql.QdFpAmericanEngine.fastScheme()))
        total += option.NPV()
    return total


WORK = {"greeks": greeks, "impliedVol": implied_vol, "american": american}

for line in sys.stdin:
    book = json.loads(line)
    started = time.perf_counter()
    total = WORK[book["work"]](book)
    print(json.dumps({"ms": (time.perf_counter() - started) * 1000, "sum": total}), flush=True)
