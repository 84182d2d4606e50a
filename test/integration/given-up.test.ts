import { expect, it } from 'vitest'

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
