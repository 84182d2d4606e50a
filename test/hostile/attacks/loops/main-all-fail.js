/* {"tries": "Needs all its symbols at once and loops at one: all are lost with it, and the suspect is named.", "rows": {"status": "timed_out", "code": "whole_timeout", "says": "it was at NVDA"}} */
const hits = []
export async function main(symbols) {
  const all = []
  for (const symbol of symbols) {
    const { results } = await (await fetch(`https://api.polygon.io/v2/aggs/ticker/${symbol}/range/1/day/2026-10-01/2026-11-20?apiKey=k`)).json()
    if (symbol === 'NVDA') for (;;) {}
    all.push({ symbol, close: results.at(-1).c })
  }
  return all.sort((a, b) => b.close - a.close).slice(0, 3)
}
