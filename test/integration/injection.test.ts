import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { inPairs, openTestHost, type Hosted, type TestHost } from './support/hosting.ts'
import { runInNode, type PlainOutcome } from './support/plain-node.ts'

/** Files as authors write them mean in an isolate what they mean in plain Node. */

const folder = fileURLToPath(new URL('../fixtures/injection/', import.meta.url))
const files = readdirSync(folder).sort()

let host: TestHost
beforeAll(async () => {
  host = await openTestHost({ 'workers.count': 1, 'row.maxBytes': 1_000_000 })
})
afterAll(() => host.close())

describe('what plain Node makes of a file, the isolate makes of it', () => {
  const outcomes = new Map<string, { hosted: Hosted; plain: PlainOutcome }>()
  beforeAll(async () => {
    await inPairs(files, async (name) => {
      const source = readFileSync(folder + name)
      const [plain, hosted] = await Promise.all([runInNode(name, source), host.run(source, { filename: name, symbols: ['AAPL'] })])
      outcomes.set(name, { hosted, plain })
    })
  }, 60_000)

  it.each(files)('%s', (name) => {
    const { hosted, plain } = outcomes.get(name)!
    expect(hosted.run.error).toBeNull()
    expect(hosted.rows[0]!.error).toBeNull()
    expect({ data: hosted.rows[0]!.data }).toEqual(plain)
  })
})
