import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { afterAll } from 'vitest'

import tradier from '../../../../../plugins/providers/tradier/option-plugin.ts'
import { ProviderCallError, type OptionProvider, type ProviderCall, type RateWindow } from '../../../../../sdk/option-provider.ts'

export const TOKEN = 'SecretToken123abc'
/** 11:51 in New York on a Friday, a few seconds after the quotes of the recorded chain. */
export const NOW = Date.parse('2024-06-28T15:51:00Z')

type Handler = (request: IncomingMessage, response: ServerResponse) => void

/** A server of this file's tests, on a free port; `handle` may be exchanged between requests. */
export async function server(handle: Handler) {
  const sockets = new Set<Socket>()
  const state = { handle, requests: [] as IncomingMessage[], url: '' }
  const http = createServer((request, response) => {
    state.requests.push(request)
    response.sendDate = false
    state.handle(request, response)
  })
  http.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  state.url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`
  afterAll(() => {
    for (const socket of sockets) socket.destroy()
    http.close()
  })
  return state
}

/** Answers everything with one body. */
export const saying = (body: string | Buffer, status = 200, headers: Record<string, string> = {}): Handler => (_, response) => void response.writeHead(status, headers).end(body)

export function open(url: string, clock: () => number = () => NOW): OptionProvider {
  return tradier.open({ baseUrl: url, token: TOKEN, clock })
}

export function callOf(signal: AbortSignal = AbortSignal.timeout(10_000)): ProviderCall & { rates: RateWindow[] } {
  const rates: RateWindow[] = []
  return { signal, rates, onRate: (rate) => void rates.push(rate) }
}

/** What a call failed with; anything but a ProviderCallError of one clean sentence without the token fails the test. */
export async function failure(call: Promise<unknown>): Promise<ProviderCallError> {
  const error: unknown = await call.then(() => new Error('it gave an answer'), (reason: unknown) => reason)
  if (!(error instanceof ProviderCallError)) throw error
  const { message } = error
  if (/[\r\n\u0000-\u001f]/.test(message) || message.length > 500 || message === '') throw new Error(`no clean sentence: ${JSON.stringify(message)}`)
  if (JSON.stringify([message, error.stack, String(error.cause)]).includes(TOKEN)) throw new Error('the token is in the error')
  return error
}

/** An entry of a chain as Tradier sends it. */
export const entry = (values: Record<string, unknown> = {}): Record<string, unknown> => ({
  symbol: 'PLTR260618C00015000', description: 'PLTR Jun 18 2026 $15.00 Call', exch: 'Z', type: 'option', last: 13.66, volume: 5, bid: 13.55, ask: 15.6,
  underlying: 'PLTR', strike: 15, bidsize: 39, bid_date: 1_719_589_804_000, asksize: 324, ask_date: 1_719_589_841_000, open_interest: 7, contract_size: 100,
  expiration_date: '2026-06-18', expiration_type: 'weeklys', option_type: 'call', root_symbol: 'PLTR', ...values,
})
