import { copyFileSync, mkdirSync, mkdtempSync, openSync, closeSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { openHost, runDoctor } from '../../runtime/host.ts'
import { command } from './support/command-line.ts'
import { openTestHost } from './support/hosting.ts'
import { startServer } from './support/server.ts'

const PAGE = 4_096

describe('a journal that is damaged', () => {
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-damaged-'))
  const script = join(folder, 'ok.js')
  let sound = Buffer.alloc(0)
  beforeAll(async () => {
    writeFileSync(script, 'export default () => true')
    const test = await openTestHost()
    await test.run('export default () => true', { symbols: ['AAPL'] })
    await test.host.close()
    sound = readFileSync(join(test.home, 'journal.db'))
    await test.close()
  })
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  /** A state folder whose journal has pages of something else in it, all behind the first or that as well. */
  const damaged = (name: string, firstPage: number): string => {
    const home = join(folder, name)
    mkdirSync(home)
    writeFileSync(join(home, 'journal.db'), sound)
    const file = openSync(join(home, 'journal.db'), 'r+')
    writeSync(file, Buffer.alloc(sound.length - firstPage * PAGE, 'no page of a database '), 0, undefined, firstPage * PAGE)
    closeSync(file)
    return home
  }

  it.each([['in its pages', 1], ['from its beginning', 0]])('%s is one sentence to whoever runs a scanner, with what to do', async (name, firstPage) => {
    const { code, out, err } = await command(['run', script, '--symbols', 'AAPL', '--home', damaged(`run ${name}`, firstPage), '--set', 'market.simulatedSymbols=60'])
    const lines = err.trim().split('\n').filter((line) => line.includes('error'))
    expect([code, out, lines]).toEqual([1, '', [expect.stringMatching(/^error \[journal_damaged\]: The journal .*journal\.db is damaged: .*\. Put a backup of journal\.db in its place, or move it away/)]])
    expect(err).not.toMatch(/unexpected|\.ts:/)
  })

  it('is found by the doctor, and a sound one or none is not', async () => {
    const journalOf = async (home: string) => (await runDoctor({ home, env: {}, overrides: {} })).find(({ name }) => name === 'journal')
    expect(await journalOf(damaged('doctor', 1))).toMatchObject({ status: 'fail', detail: expect.stringContaining('is damaged') as string, hint: expect.stringContaining('backup') as string })
    const home = join(folder, 'sound')
    expect(await journalOf(home)).toMatchObject({ status: 'ok', detail: 'there is none yet' })
    writeFileSync(join(home, 'journal.db'), sound)
    expect(await journalOf(home)).toMatchObject({ status: 'ok', detail: 'read to its end and sound' })
  })

  it('does not keep a server from answering, which says what is wrong', async () => {
    const server = await startServer(damaged('served', 1))
    try {
      const ready = await fetch(`${server.url}/readyz`)
      expect([ready.status, await ready.json()]).toEqual([503, expect.objectContaining({ ready: false, reason: expect.stringContaining('the journal is damaged') as string })])
      for (const path of ['/api/runs', '/api/scanners']) {
        const answer = await fetch(server.url + path)
        expect([answer.status, await answer.json()]).toEqual([503, { error: { code: 'journal_damaged', message: expect.stringMatching(/^The journal journal\.db is damaged: /) as string, hint: expect.stringContaining('backup') as string } }])
      }
      expect((await fetch(`${server.url}/api/market`)).status).toBe(200)
    } finally {
      server.child.kill('SIGTERM')
      await server.ended
    }
  })

  it('that is found to be so at work is not ready from then on', async () => {
    const home = join(folder, 'at work')
    mkdirSync(home)
    copyFileSync(join(damaged('source', 1), 'journal.db'), join(home, 'journal.db'))
    const host = await openHost({ home, env: {}, overrides: { 'market.simulatedSymbols': 60 } })
    try {
      expect(host.state()).toMatchObject({ ready: true, reason: null })
      let thrown: unknown
      try {
        host.runs({ limit: 10 })
      } catch (error) {
        thrown = host.explain(error)
      }
      expect(thrown).toMatchObject({ code: 'journal_damaged' })
      expect(host.state()).toMatchObject({ ready: false, reason: expect.stringContaining('damaged') as string })
      const other = new Error('of something else')
      expect(host.explain(other)).toBe(other)
    } finally {
      await host.close()
    }
  })
})
