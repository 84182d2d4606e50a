import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'

import { findOptionPlugin, openSimulatedOptions } from '../../../runtime/market/option-providers.ts'

const folder = mkdtempSync(join(tmpdir(), 'strikescan-option-providers-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('option providers', () => {
  it('are found by their place', async () => {
    expect(await findOptionPlugin('tradier')).toMatchObject({ kind: 'option-provider', name: 'tradier' })
    mkdirSync(join(folder, 'other'))
    writeFileSync(join(folder, 'other', 'plugin.ts'), 'export default 1')
    expect(await findOptionPlugin('other', folder)).toBe(null)
    writeFileSync(join(folder, 'other', 'option-plugin.js'), 'export default { kind: "option-provider", name: "other" }')
    expect(await findOptionPlugin('other', folder)).toMatchObject({ name: 'other' })
    for (const name of ['', '.', '..', '../providers/tradier', 'nowhere', 'a/b']) expect(await findOptionPlugin(name)).toBe(null)
  })

  it('the simulated one comes with its bars and its present', async () => {
    const { options, asOf, bars } = await openSimulatedOptions({ seed: 1, symbols: 30 })
    expect(options).toMatchObject({ simulated: true, remote: false })
    const spy = bars('SPY')!
    // 16:00 in New York of the last session.
    expect(asOf).toBe(spy.day.at(-1)! * 86_400_000 + 21 * 3_600_000)
    expect(bars('NOSUCH')).toBe(null)
  })

  it('options out of range are told as the settings that give them', async () => {
    await expect(openSimulatedOptions({ seed: 1, symbols: 50_000 })).rejects.toMatchObject({ code: 'simulate_option_invalid', fault: 'user', message: 'The simulated market cannot be made: Setting market.simulatedSymbols is 50000.' })
  })
})
