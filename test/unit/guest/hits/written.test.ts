import { expect, test } from 'vitest'

import { Written } from '../../../../runtime/guest/hits/written.ts'

const setUp = () => {
  const notes: string[] = []
  const written = new Written((code) => notes.push(code))
  return { written, notes, paths: () => (JSON.parse(written.takeFiles() || '[]') as { path: string }[]).map(({ path }) => path) }
}

test('of many files, those of a cache go first, then the oldest, and those of hits stay', () => {
  const { written, notes, paths } = setUp()
  written.write('/hits.csv', 'symbol,score\nAAPL,1', false)
  written.write('/notes.txt', 'x', false)
  for (let i = 0; i < 70; i++) written.write(`/.cache/S${i}.json`, '{}', false)
  written.write('/top.json', '[]', false)
  expect(notes).toEqual(Array.from({ length: 9 }, () => 'artifacts_dropped'))
  const kept = paths()
  expect(kept).toHaveLength(64)
  expect(kept.slice(0, 3)).toEqual(['/hits.csv', '/notes.txt', '/.cache/S9.json'])
  expect(kept.slice(-2)).toEqual(['/.cache/S69.json', '/top.json'])
})

test('one file that is too much by itself drops no other, and is not kept', () => {
  const { written, notes, paths } = setUp()
  written.write('/a.json', '[]', false)
  written.write('/b.json', ' '.repeat(2 ** 22), false)
  expect([paths(), notes]).toEqual([['/a.json'], ['artifacts_dropped']])
})

test('a file of a cache takes no room from one of hits', () => {
  const { written, paths } = setUp()
  written.write('/hits.json', ' '.repeat(2 ** 21 - 10), false)
  written.write('/cache/a.json', ' '.repeat(100), false)
  expect(paths()).toEqual(['/hits.json'])
})
