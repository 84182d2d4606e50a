import { expect, it } from 'vitest'

import { openHost } from '../../runtime/host.ts'
import { openTestHost } from './support/hosting.ts'

it('a run that is given up before its turn has a row for each symbol and date that it names', async () => {
  const test = await openTestHost({ 'queue.maxRunning': 1, 'workers.count': 1 })
  try {
    const { scanner } = await test.host.saveScanner({ filename: 'scan.mjs', source: new TextEncoder().encode('export const scan = () => { for (;;); }') })
    const [first, second, third] = [{ symbols: ['KO'] }, { symbols: ['aapl', 'MSFT'], dates: ['2026-11-19', '2026-11-20'] }, { symbols: ['AAPL'] }].map((wishes) => test.host.submitRun({ scannerId: scanner!.id, prefilter: false, ...wishes }))
    for (const { id } of [second!, third!, first!]) test.host.cancel(id)
    const ended = async (id: string): Promise<void> => new Promise((resolve) => {
      const look = (): void => void (test.host.run(id).status === 'cancelled' ? resolve() : setTimeout(look, 10))
      look()
    })
    for (const { id } of [first!, second!, third!]) await ended(id)
    expect([...test.host.rows(second!.id)].map(({ symbol, date, status }) => `${symbol} ${date} ${status}`)).toEqual(['AAPL', 'MSFT'].flatMap((symbol) => ['2026-11-19', '2026-11-20'].map((date) => `${symbol} ${date} cancelled`)))
    expect(test.host.run(second!.id).ledger).toMatchObject({ detected: 4, cancelled: 4 })
    // Which date the others meant hangs on a market that nobody looked at.
    expect(test.host.run(third!.id).ledger.detected).toBe(0)
  } finally {
    await test.close()
  }
})

it.each(['cancel', 'pause'] as const)('a run that is told to %s while its process ends, and waits for its batches, does as it is told', async (wish) => {
  const test = await openTestHost({ 'workers.count': 1, 'market.simulatedSymbols': 4 })
  try {
    const { scanner } = await test.host.saveScanner({ filename: 'scan.mjs', source: new TextEncoder().encode('export const scan = () => { for (;;); }') })
    const { id } = test.host.submitRun({ scannerId: scanner!.id, prefilter: false, split: 'always', limits: { symbolTimeoutMs: 60_000 } })
    await expect.poll(() => test.host.run(id).stage, { timeout: 60_000 }).toBe('executing')
    const drained = test.host.drain(30_000)
    await expect.poll(() => test.host.state().draining).toBe(true)
    test.host[wish](id)
    await drained
    const again = await openHost({ home: test.home, env: {}, overrides: {} })
    const { status, ledger } = again.run(id)
    await again.close()
    expect(status).toBe(wish === 'cancel' ? 'cancelled' : 'paused')
    expect(ledger.cancelled).toBe(wish === 'cancel' ? 4 : 0)
  } finally {
    await test.close()
  }
})
