import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { completeMarket } from '../../../runtime/guest/fetch/market.ts'
import { parseRequest } from '../../../runtime/guest/fetch/request.ts'
import { handlerOf } from '../../../runtime/guest/fetch/router.ts'
import type { GuestBars } from '../../../runtime/guest/fetch/types.ts'
import { textOf } from '../../../runtime/guest/web/body.ts'
import { closingInstantMs } from '../../../runtime/market/session-close.ts'
import type { NewsWish } from '../../../runtime/worker/news-ask.ts'
import type { NewsSource } from '../../../sdk/news.ts'

export interface VendorServer {
  readonly port: number
  /** Requests answered so far. */
  requests(): number
  close(): Promise<void>
}

/** The market-data vendors over real HTTP: `/HOST/PATH` is answered as HOST would, from these bars and this news. `latencyMs` before each answer. */
export async function startVendorServer(bars: ReadonlyMap<string, GuestBars>, latencyMs = 0, news: NewsSource | null = null): Promise<VendorServer> {
  const days = [...new Set([...bars.values()].flatMap(({ day }) => [...day]))].sort((a, b) => a - b)
  const sessions = Int32Array.from(days)
  const told = new ToldNews(news, closingInstantMs(days.at(-1)!))
  const market = completeMarket({ askNews: (wish) => told.answer(wish), bars: (symbol) => bars.get(symbol) ?? null, symbols: () => [...bars.keys()], asOfDay: days.at(-1)!, sessions: () => sessions, note: () => {} })
  let requests = 0
  const server = createServer(async (request, response) => {
    requests++
    const [, host, rest] = /^\/([^/?]+)(.*)$/.exec(request.url!) ?? []
    const handler = handlerOf(host ?? '')
    const parsed = handler && parseRequest(request.method!, `https://${host}${rest}`, '', days.at(-1)! * 86_400_000 + 21 * 3_600_000)
    let answer = parsed && handler(parsed, market)
    if (await told.find()) answer = parsed && handler(parsed, market)
    if (!answer) return void response.writeHead(502).end('no such host')
    setTimeout(() => {
      response.writeHead(answer.status, { 'content-type': answer.type })
      response.end(textOf(answer.content))
    }, latencyMs)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    requests: () => requests,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Answers of a source that takes its time, for handlers that do not wait: asked in vain, they are asked again once the answer is there. */
class ToldNews {
  readonly #source: NewsSource | null
  readonly #close: number
  readonly #answers = new Map<string, string>()
  #wanted: NewsWish | null = null

  constructor(source: NewsSource | null, close: number) {
    this.#source = source
    this.#close = close
  }

  answer(wish: NewsWish): string {
    const known = this.#answers.get(JSON.stringify(wish))
    if (known === undefined) this.#wanted = wish
    return known ?? '{"kind":"none","reason":"no_source","message":"not yet"}'
  }

  /** Finds what was asked for in vain; false where nothing was. */
  async find(): Promise<boolean> {
    const wish = this.#wanted
    this.#wanted = null
    if (wish === null || this.#source === null) return false
    const { articles, next } = await this.#source.find({ ...wish, from: wish.from ?? -Infinity, to: Math.min(wish.to ?? Infinity, this.#close) })
    this.#answers.set(JSON.stringify(wish), `{"kind":"news","simulated":${this.#source.simulated},"next":${JSON.stringify(next)},"articles":[${articles.join(',')}]}`)
    return true
  }
}
