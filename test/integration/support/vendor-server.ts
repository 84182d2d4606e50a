import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { completeMarket } from '../../../runtime/guest/fetch/market.ts'
import { parseRequest } from '../../../runtime/guest/fetch/request.ts'
import { handlerOf } from '../../../runtime/guest/fetch/router.ts'
import type { GuestBars } from '../../../runtime/guest/fetch/types.ts'
import { textOf } from '../../../runtime/guest/web/body.ts'

export interface VendorServer {
  readonly port: number
  /** Requests answered so far. */
  requests(): number
  close(): Promise<void>
}

/** The market-data vendors over real HTTP: `/HOST/PATH` is answered as HOST would, from these bars. `latencyMs` before each answer. */
export async function startVendorServer(bars: ReadonlyMap<string, GuestBars>, latencyMs = 0): Promise<VendorServer> {
  const days = [...new Set([...bars.values()].flatMap(({ day }) => [...day]))].sort((a, b) => a - b)
  const sessions = Int32Array.from(days)
  const market = completeMarket({ bars: (symbol) => bars.get(symbol) ?? null, symbols: () => [...bars.keys()], asOfDay: days.at(-1)!, sessions: () => sessions, note: () => {} })
  let requests = 0
  const server = createServer((request, response) => {
    requests++
    const [, host, rest] = /^\/([^/?]+)(.*)$/.exec(request.url!) ?? []
    const handler = handlerOf(host ?? '')
    const parsed = handler && parseRequest(request.method!, `https://${host}${rest}`, '', days.at(-1)! * 86_400_000 + 21 * 3_600_000)
    const answer = parsed && handler(parsed, market)
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
