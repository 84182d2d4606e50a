import { setTimeout as sleep } from 'node:timers/promises'

const KEY = process.env.POLYGON_API_KEY
const DAY = 24 * 3600 * 1000

export async function getDailyBars(symbol, date, days) {
  const from = new Date(Date.parse(date) - days * DAY).toISOString().slice(0, 10)
  const response = await fetch(`https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/${from}/${date}?adjusted=true&sort=asc&apiKey=${KEY}`)
  if (!response.ok) throw new Error(`${symbol}: Polygon answered ${response.status}`)
  await sleep(200)
  const { results = [] } = await response.json()
  return results.map(({ t, o, h, l, c, v }) => ({ date: new Date(t).toISOString().slice(0, 10), open: o, high: h, low: l, close: c, volume: v }))
}
