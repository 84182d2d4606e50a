import { afterAll, beforeAll, expect, it } from 'vitest'

import { GROUPED } from './support/grouped-lists.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'
import { gatheredInNode, hitsOf } from './support/several-lists.ts'

let test: TestHost
beforeAll(async () => {
  test = await openTestHost()
})
afterAll(() => test.close())

it.each(Object.entries(GROUPED))('%s: all lists are the run\'s, and its hits are those of plain Node, however it is divided', async (_, source) => {
  const expected = gatheredInNode(source).map((hit) => JSON.stringify(hit)).toSorted()
  for (const split of ['auto', 'never'] as const) {
    const hosted = await test.run(source, { split })
    expect(hosted.run.error).toBeNull()
    expect(hosted.run.warnings.filter(({ code }) => code !== 'hits_repeated')).toEqual([])
    expect(hitsOf(hosted)).toEqual(expected)
  }
})
