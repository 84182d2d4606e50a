import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { command, FakeHost } from '../cli/fake-terminal.ts'
import { testServer } from './support.ts'

const folder = mkdtempSync(join(tmpdir(), 'strikescan-same-'))
writeFileSync(join(folder, 'gap.js'), 'export const scan = () => 1')

/** A message without the name of the flag or field, and without the quotes that a number has as text. */
const plain = (message: string): string => message.replaceAll(/--[\w-]+|(?<=^| and )[\w.[\]]+(?=:| and | exclude)|"/g, '…').replaceAll('…', '')

describe('the same mistake by command line and by request', () => {
  it.each<[string[], object]>([
    [['--dates', '2026-02-30'], { dates: ['2026-02-30'] }],
    [['--from', 'yesterday'], { from: 'yesterday' }],
    [['--as-of', '2026-13-01'], { asOf: '2026-13-01' }],
    [['--min-volume', '-1'], { prefilter: { minVolume: -1 } }],
    [['--limit', '0'], { prefilter: { limit: 0 } }],
    [['--memory-mb', '1'], { limits: { memoryMb: 1 } }],
    [['--workers', '0'], { limits: { workers: 0 } }],
    [['--dates', '2026-11-20', '--from', '2026-11-19'], { dates: ['2026-11-20'], from: '2026-11-19' }],
  ])('%s reads the same', async (flags, fields) => {
    const { err, code } = await command(['run', 'gap.js', ...flags], new FakeHost(), { cwd: folder })
    const { post } = await testServer()
    const answer = await post('/api/runs', { scannerId: 'scanner-1', ...fields })
    const { message } = answer.json<{ error: { message: string } }>().error
    expect([code, answer.statusCode]).toEqual([2, 400])
    expect(plain(err.replace(/^error \[\w+\]: /, ''))).toContain(plain(message))
  })
})
