import { parseFaults } from '../../../../api/simulate/faults.ts'
import { serveSimulated, type ListenOptions, type SimulatedServer } from '../../../../api/simulate/server.ts'
import tradier from '../../../../plugins/providers/tradier/option-plugin.ts'
import type { OptionProvider } from '../../../../sdk/option-provider.ts'
import { atEndOfFile } from '../../../at-end.ts'
import { fakeMarket } from './fake-market.ts'

/** The fake market on a free port, with the real client of it. */
export async function serve({ faults = '', ...options }: Partial<Omit<ListenOptions, 'faults'>> & { faults?: string } = {}): Promise<{ url: string; client: OptionProvider; server: SimulatedServer }> {
  const server = await serveSimulated(fakeMarket(), { host: '127.0.0.1', port: 0, token: null, latencyMs: 0, rate: null, seed: 1, ...options, faults: parseFaults(faults) })
  atEndOfFile(() => server.close())
  return { url: server.url, server, client: tradier.open({ baseUrl: server.url, token: 'any' }) }
}

/** One plain request. */
export const ask = (url: string, init: RequestInit & { headers?: Record<string, string> } = {}): Promise<Response> =>
  fetch(url, { ...init, headers: { authorization: 'Bearer any', accept: 'application/json', ...init.headers } })
