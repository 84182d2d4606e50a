import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'

import { analyzeText, codesOf } from './support.ts'

const router = readFileSync(new URL('../../../runtime/guest/fetch/router.ts', import.meta.url), 'utf8')
const hosts = [...router.matchAll(/case '([\w.-]+\.\w+)':/g)].map(([, host]) => host!)

it('warns of no host that the isolate answers for', () => {
  expect(hosts.length).toBeGreaterThan(8)
  const warned = (host: string): boolean => codesOf(analyzeText(`export async function scan(symbol) { return fetch('https://${host}/x?symbol=' + symbol) }`)).includes('unknown_host')
  expect(hosts.filter(warned)).toEqual([])
  expect(warned('api.example.com')).toBe(true)
})
