import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'

const builds = (await import(new URL('../../../../api/cli/kept-builds.js', import.meta.url).href)) as {
  markInUse(kept: string, key: string): void
  removeOldBuilds(kept: string, now?: number, most?: object): void
}
const NOW = Date.parse('2026-11-20T12:00:00Z')
const HOUR = 3_600_000
const MOST = { ageMs: 7 * 24 * HOUR, keys: 3, bytes: 1_000_000, compiledBytes: 1_000 }
const keyOf = (number: number): string => String(number).padStart(16, '0')
/** A process that has ended. */
const gone = spawnSync(process.execPath, ['--version']).pid

let kept = ''
beforeEach(() => void (kept = mkdtempSync(join(tmpdir(), 'strikescan-kept-'))))

function write(name: string, hoursAgo: number, bytes = 10): void {
  const file = join(kept, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, Buffer.alloc(bytes))
  const at = new Date(NOW - hoursAgo * HOUR)
  for (const path of [file, dirname(file)]) if (path !== kept) utimesSync(path, at, at)
}
const left = (): string[] => readdirSync(kept).filter((name) => name !== 'in-use').sort()

describe('kept builds', () => {
  it('are bounded by number, those used last stay, and all of one key go together', () => {
    for (const number of [1, 2, 3, 4, 5]) {
      write(`cli-${keyOf(number)}/main.mjs`, number)
      write(`scan-worker-${keyOf(number)}.cjs`, number)
    }
    builds.removeOldBuilds(kept, NOW, MOST)
    expect(left()).toEqual([1, 2, 3].flatMap((number) => [`cli-${keyOf(number)}`, `scan-worker-${keyOf(number)}.cjs`]).sort())
  })

  it('are bounded by size and by age', () => {
    write(`cli-${keyOf(1)}/main.mjs`, 1, 600_000)
    write(`cli-${keyOf(2)}/main.mjs`, 2, 600_000)
    write(`web-${keyOf(3)}/index.html`, 3, 300_000)
    builds.removeOldBuilds(kept, NOW, MOST)
    expect(left()).toEqual([`cli-${keyOf(1)}`, `web-${keyOf(3)}`])
    builds.removeOldBuilds(kept, NOW + 8 * 24 * HOUR, MOST)
    expect(left()).toEqual([])
  })

  it('stay while a living process uses them, however old, and while they are young', () => {
    for (const number of [1, 2, 3, 4, 5, 6]) write(`cli-${keyOf(number)}/main.mjs`, number * 1_000)
    for (const number of [7, 8, 9, 10]) write(`cli-${keyOf(number)}/main.mjs`, 0.1)
    builds.markInUse(kept, keyOf(6))
    write(`in-use/${gone}.${keyOf(5)}`, 0)
    builds.removeOldBuilds(kept, NOW, MOST)
    expect(left()).toEqual([6, 7, 8, 9, 10].map((number) => `cli-${keyOf(number)}`).sort())
    expect(readdirSync(join(kept, 'in-use'))).toEqual([`${process.pid}.${keyOf(6)}`])
  })

  it('that were never finished go with their process; what is no build stays', () => {
    write(`web-${keyOf(1)}.${gone}.part/a`, 1)
    write(`web-${keyOf(1)}.${process.pid}.part/a`, 1)
    write('types-0123456789abcdef.tsbuildinfo', 10_000)
    builds.removeOldBuilds(kept, NOW, MOST)
    expect(left()).toEqual(['types-0123456789abcdef.tsbuildinfo', `web-${keyOf(1)}.${process.pid}.part`])
  })

  it('what Node compiled is trimmed, the oldest first', () => {
    for (const number of [1, 2, 3]) write(`compiled/v26/${number}`, number, 400)
    builds.removeOldBuilds(kept, NOW, MOST)
    expect(readdirSync(join(kept, 'compiled/v26'))).toEqual(['1', '2'])
    expect(existsSync(join(kept, 'compiled/v26/3'))).toBe(false)
  })
})
