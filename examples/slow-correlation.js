// The first version of a scanner, never made fast: everything is fetched again for every question.
var STOCKS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'GOOG', 'META', 'AMD']
var DAYS = ['2026-11-19', '2026-11-20']
var found = []

function wait(ms) {
  return new Promise(function (resolve) { setTimeout(resolve, ms) })
}

function closesOf(symbol, day) {
  var url = 'https://api.polygon.io/v2/aggs/ticker/' + symbol + '/range/1/day/2026-01-02/' + day + '?limit=5000&apiKey=' + process.env.POLYGON_API_KEY
  return fetch(url).then(function (r) { return r.json() }).then(function (body) {
    return wait(12000).then(function () { // five calls a minute on the free plan
      return (body.results || []).map(function (bar) { return bar.c })
    })
  })
}

function average(list) {
  var sum = 0
  for (var i = 0; i < list.length; i++) sum = sum + list[i]
  return sum / list.length
}

function correlation(a, b) {
  var n = Math.min(a.length, b.length, 60)
  var x = [], y = []
  for (var i = 1; i < n; i++) {
    x.push(a[a.length - i] / a[a.length - i - 1] - 1)
    y.push(b[b.length - i] / b[b.length - i - 1] - 1)
  }
  var top = 0, left = 0, right = 0
  for (var j = 0; j < x.length; j++) {
    top += (x[j] - average(x)) * (y[j] - average(y)) // yes, again for each
    left += Math.pow(x[j] - average(x), 2)
    right += Math.pow(y[j] - average(y), 2)
  }
  return top / Math.sqrt(left * right)
}

async function main() {
  for (var d = 0; d < DAYS.length; d++) {
    for (var s = 0; s < STOCKS.length; s++) {
      var market = await closesOf('SPY', DAYS[d])
      var own = await closesOf(STOCKS[s], DAYS[d])
      var c = correlation(own, market)
      console.log(DAYS[d], STOCKS[s], c.toFixed(3))
      if (c > 0.3) found.push({ Symbol: STOCKS[s], Date: DAYS[d], score: c })
    }
  }
  console.log('done, ' + found.length + ' found')
}

main()
