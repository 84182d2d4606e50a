// The pure compute of the script: its requests are answered from memory at once, its pauses are none. Prints the milliseconds.
// BENCH_ANSWERS says what an answer is: `text`, JSON that the script's own `response.json()` parses, as in every answer that it
// gets; `own`, new objects for each request, as if nothing had to be parsed; `shared`, the objects in memory, the same for every
// request, which a script could not be given, since what it changes in one answer would be in the next.
import { readFileSync } from 'node:fs'

const history = new Map(JSON.parse(readFileSync(process.env.BENCH_BARS, 'utf8')))
const bodies = {
  shared: (results) => () => ({ results }),
  own: (results) => () => ({ results: results.map(({ v, o, c, h, l, t }) => ({ v, o, c, h, l, t })) }),
  text: (results) => {
    const text = JSON.stringify({ results })
    return () => JSON.parse(text)
  },
}
const bodyOf = bodies[process.env.BENCH_ANSWERS]
let writingMs = 0
globalThis.fetch = async (address) => {
  const [, , , , , , symbol, , , , , to] = address.split(/[/?]/)
  const last = Date.parse(to) + 86_400_000
  const asked = history.get(symbol).filter((bar) => bar.t < last)
  const from = performance.now()
  const json = bodyOf(asked)
  // Whoever answers writes the text, not the script.
  writingMs += performance.now() - from
  return { ok: true, json: async () => json() }
}
globalThis.setTimeout = (callback) => queueMicrotask(callback)
const started = performance.now()
process.on('exit', () => process.stdout.write(`COMPUTE ${performance.now() - started - writingMs}\n`))
