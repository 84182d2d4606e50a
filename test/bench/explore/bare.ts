/*
 * bare.ts URL TOKEN REQUESTS_PER_SECOND TICKERS.json
 * The least that a program in Node does to ask the same: each ticker's expirations and one chain at the same pace, unpacked and
 * parsed, and thrown away. What it takes of the processor is the floor under any engine: started in groups, as the engine does, the same calls
 * take half of what they take one by one, since the process need not wake for each with its caches cold.
 */
import { readFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { gunzipSync } from 'node:zlib'

const [url, token, requestsPerSecond, file] = process.argv.slice(2) as [string, string, string, string]
const tickers = JSON.parse(readFileSync(file, 'utf8')) as string[]
/** Middle of the horizon MEDIUM. */
const TARGET_DAYS = 52
const DAY_MS = 86_400_000
/** Calls that start together. */
const GROUP = 5
const agent = new Agent({ keepAlive: true })
const started = performance.now()
let calls = 0

async function ask(path: string): Promise<unknown> {
  const group = Math.floor(calls++ / GROUP)
  const early = started + (group * GROUP * 1_000) / Number(requestsPerSecond) - performance.now()
  if (early > 0) await sleep(early)
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${token}`, accept: 'application/json', 'accept-encoding': 'gzip' }
    get(`${url}/v1/markets/options/${path}`, { agent, headers }, (answer) => {
      const pieces: Buffer[] = []
      answer.on('data', (piece: Buffer) => pieces.push(piece))
      answer.on('end', () => {
        const body = Buffer.concat(pieces)
        resolve(JSON.parse((answer.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body).toString()))
      })
    }).on('error', reject)
  })
}

async function explore(ticker: string): Promise<void> {
  const { expirations } = (await ask(`expirations?symbol=${ticker}&includeAllRoots=true`)) as { expirations: { date: string[] } }
  const target = Date.now() + TARGET_DAYS * DAY_MS
  const nearest = expirations.date.toSorted((one, other) => Math.abs(Date.parse(one) - target) - Math.abs(Date.parse(other) - target))[0]!
  await ask(`chains?symbol=${ticker}&expiration=${nearest}&greeks=true`)
}

// Several at once, as the engine does, so that latency does not hold back the pace.
const queue = [...tickers]
await Promise.all(
  Array.from({ length: 8 }, async () => {
    for (let ticker = queue.shift(); ticker !== undefined; ticker = queue.shift()) await explore(ticker)
  }),
)
