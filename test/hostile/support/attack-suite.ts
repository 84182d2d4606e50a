import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CULPRIT, type Attack } from './attack.ts'
import { AttackedHost, type Wave } from './attacked-host.ts'
import type { Upshot } from './host-process.ts'

/** Longest turn of the host's event loop, in milliseconds of processor time. Beside other files, which share caches and cores, a turn takes several times what it takes alone. */
const MOST_BUSY_MS = process.env.TEST_LONG === '1' ? 50 : 200
/** A stall that an attack causes is there whenever it runs; one that the machine causes is not. */
const MOST_TRIES = 3
/** Resident MB of the host, the workers of one attack and two honest runs, and the processes that stand by. */
const CEILING_MB = 1_600

/** What the bars of the simulated market bring about, whoever asks for them. */
const OF_THE_MARKET = ['adjusted_ignored']

const essence = ({ rows }: Upshot) => rows.map(({ symbol, date, status, score, direction, data, strategies }) => ({ symbol, date, status, score, direction, data, strategies }))

/**
 * Sends each attack to one host and demands what its file says: the row of the symbol at fault, all other rows, two honest
 * runs beside it as if it were not there, an event loop that is never kept waiting, memory below the ceiling.
 * @param together attacks that run at once
 */
export function describeAttacks(attacks: readonly Attack[], together: number): void {
  const host = new AttackedHost()
  const waves = new Map<string, Wave>()
  const upshots = new Map<string, Upshot>()
  beforeAll(() => host.ready())
  afterAll(() => host.close())

  const suffer = async (attack: Attack): Promise<{ wave: Wave; upshot: Upshot }> => {
    const at = attacks.indexOf(attack)
    const group = attacks.slice(at - (at % together), at - (at % together) + together)
    if (!waves.has(attack.name)) {
      const wave = await sufferCalmly(host, group)
      group.forEach(({ name }, place) => (waves.set(name, wave), upshots.set(name, wave.upshots[place]!)))
    }
    return { wave: waves.get(attack.name)!, upshot: upshots.get(attack.name)! }
  }

  describe('is contained', () => {
    it.each(attacks.map((attack) => [attack.name, attack] as const))('%s', async (_, attack) => {
      const { wave, upshot } = await suffer(attack)
      expectUpshot(attack, upshot, host.alone[0]!)
      expect(wave.honest.map(essence), 'the honest runs beside it').toEqual(host.alone.map(essence))
      expect(wave.busyMs, 'milliseconds for which the event loop stood still').toBeLessThan(MOST_BUSY_MS)
      expect(wave.peakMb ?? 0, 'MB of all processes').toBeLessThan(Math.max(...attacks.filter(({ name }) => waves.get(name) === wave).map(({ ceilingMb }) => ceilingMb ?? CEILING_MB)))
      expect(host.isAlive).toBe(true)
    })
  })

  it('the host serves as before', async () => {
    const { honest } = await host.suffer([])
    expect(honest.map(essence)).toEqual(host.alone.map(essence))
  })
}

/** Repeats a wave whose turns were too long for the event loop, and gives the calmest; a host that stands still for an attack's sake does so every time. */
async function sufferCalmly(host: AttackedHost, group: readonly Attack[]): Promise<Wave> {
  let calmest = await host.suffer(group)
  for (let tries = 1; tries < MOST_TRIES && calmest.busyMs >= MOST_BUSY_MS; tries++) {
    const wave = await host.suffer(group)
    if (wave.busyMs < calmest.busyMs) calmest = wave
  }
  return calmest
}

function expectUpshot(attack: Attack, upshot: Upshot, honest: Upshot): void {
  if (attack.refused !== undefined) return expect(upshot.refused).toEqual(attack.refused)
  expect(upshot.refused).toBeNull()
  const run = upshot.run!
  expectLog(attack, upshot)
  if (attack.run !== undefined) {
    expect({ status: run.status, code: run.error?.code, message: run.error?.message }).toMatchObject({ status: 'failed', code: attack.run.code })
    expectSays(run.error!, attack.run.says)
    return expect(upshot.rows.filter(({ status }) => status !== 'failed' && status !== 'cancelled')).toEqual([])
  }
  expect({ status: run.status, error: run.error }).toEqual({ status: 'completed', error: null })
  const warnings = run.warnings.map(({ code }) => code).filter((code) => ![...OF_THE_MARKET, ...(attack.mayWarn ?? [])].includes(code))
  expect(warnings.sort()).toEqual((attack.warnings ?? []).toSorted())
  if (attack.rows !== undefined) return upshot.rows.forEach((row) => expectRow(row, attack.rows!))
  const isFree = ({ symbol }: { symbol: string }): boolean => attack.row === undefined || symbol !== CULPRIT
  expect(essence(upshot).filter(isFree), 'the rows of the other symbols').toEqual(essence(honest).filter(isFree))
  if (attack.row !== undefined) expectRow(upshot.rows.find(({ symbol }) => symbol === CULPRIT)!, attack.row)
}

function expectRow(row: Upshot['rows'][number], expected: NonNullable<Attack['row']>): void {
  const { status, code, says, data, score } = expected
  expect({ status: row.status, code: row.error?.code, reason: row.reason }).toMatchObject({ status, ...(code !== undefined && { code }) })
  if (code === undefined) expect(row.error).toBeNull()
  else expectSays(row.error!, says)
  if (data !== undefined) expect(row.data).toEqual(data)
  if (score !== undefined) expect(row.score).toBe(score)
}

/** A reason is a sentence that names nothing of the machine it happened on; a hint says what to do. */
function expectSays({ message, hint }: { message: string; hint: string }, says: string | undefined): void {
  if (says !== undefined) expect(message).toMatch(new RegExp(says))
  expect(message.length).toBeGreaterThan(0)
  expect(hint).toMatch(/\w+ \w+/)
  expect(`${message} ${hint}`).not.toMatch(/isolated-vm|node_modules|\/runtime\/|file:\/\/|strikescan:guest|SIGKILL|derefInto|applySync/)
}

function expectLog({ log }: Attack, upshot: Upshot): void {
  const text = upshot.log.map((line) => line.text).join('\n')
  if (log?.has !== undefined) expect(text).toContain(log.has)
  if (log?.lacks !== undefined) expect(text).not.toContain(log.lacks)
  if (log?.lines !== undefined) expect(upshot.log.length).toBeLessThanOrEqual(log.lines)
}
