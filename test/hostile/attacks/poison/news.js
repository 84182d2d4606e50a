/* {"tries": "Changes what the runtime's question about news would be written with, so that the host would be asked something else, or nothing that can be read.", "log": {"lacks": "REACHED"}} */
const honest = (bars) => ({ score: bars.at(-1).close, data: { n: bars.length, mean: bars.reduce((sum, bar) => sum + bar.close, 0) / bars.length } })
const values = Array.prototype[Symbol.iterator]
export async function scan(symbol, bars) {
  if (symbol !== 'NVDA') return honest(bars)
  const asked = ['https://api.polygon.io/v2/reference/news?ticker.gte=A&ticker.lt=N&limit=3', 'https://data.alpaca.markets/v1beta1/news?symbols=NVDA&start=2020-01-01&end=2030-01-01']
  Object.prototype.toJSON = Array.prototype.toJSON = function () { return undefined }
  Array.prototype[Symbol.iterator] = function () { if (!asked.includes(this[0])) console.error('REACHED'); return values.call(this) }
  const statuses = []
  try {
    for (let i = 0; i < asked.length; i++) statuses[i] = (await fetch(asked[i])).status
  } finally {
    Array.prototype[Symbol.iterator] = values
    delete Object.prototype.toJSON
    delete Array.prototype.toJSON
  }
  if (statuses[0] !== 200 || statuses[1] !== 200) throw new Error(`REACHED ${statuses}`)
  return honest(bars)
}
