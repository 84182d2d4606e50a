'use strict'
/*
 * Bollinger squeeze
 *
 * Bands at their narrowest of the last 120 sessions, then a close outside of them: up is bullish, down is bearish.
 * CommonJS, with its own arithmetic, as it was once written for plain Node:
 *
 *   const { scan } = require('./bollinger-squeeze.cjs')
 *   strikescan run examples/bollinger-squeeze.cjs --universe all
 */

var LENGTH = 20
var WIDTH = 2
var MEMORY = 120
var TIGHT = 0.1 // the lowest tenth of the widths remembered

function bands(closes, end) {
  var sum = 0
  for (var i = end - LENGTH + 1; i <= end; i++) sum += closes[i]
  var mean = sum / LENGTH
  var squares = 0
  for (var j = end - LENGTH + 1; j <= end; j++) squares += (closes[j] - mean) * (closes[j] - mean)
  var deviation = Math.sqrt(squares / LENGTH)
  return { middle: mean, upper: mean + WIDTH * deviation, lower: mean - WIDTH * deviation, width: (2 * WIDTH * deviation) / mean }
}

function scan(symbol, bars) {
  if (bars.length < LENGTH + MEMORY) return false
  var closes = bars.map(function (bar) { return bar.close })
  var last = closes.length - 1

  // The squeeze is judged on the day before: a breakout widens the bands by itself.
  var before = bands(closes, last - 1)
  var narrower = 0
  for (var i = last - MEMORY; i < last - 1; i++) {
    if (bands(closes, i).width < before.width) narrower++
  }
  var rank = narrower / (MEMORY - 1)
  if (rank > TIGHT) return false

  var price = closes[last]
  if (price <= before.upper && price >= before.lower) return false
  var isUp = price > before.upper
  return {
    score: (isUp ? price - before.upper : before.lower - price) / before.middle,
    direction: isUp ? 'bullish' : 'bearish',
    data: { width: before.width, rank: rank, upper: before.upper, lower: before.lower, close: price },
    strategies: isUp ? ['Long Call', 'Long Straddle'] : ['Long Put', 'Long Straddle'],
  }
}

module.exports = { scan: scan }
