import { basename } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'

import { hosted, inPlainNode, scriptsIn } from './support/compared.ts'
import { openTestHost, type TestHost } from './support/hosting.ts'
import { barsOf } from './support/market-bars.ts'
import { startVendorServer, type VendorServer } from './support/vendor-server.ts'

let test: TestHost
let vendors: VendorServer
beforeAll(async () => {
  test = await openTestHost()
  vendors = await startVendorServer(await barsOf(test))
})
afterAll(async () => {
  await vendors.close()
  await test.close()
})

it.each(scriptsIn('quick').map((path) => [basename(path), path]))('%s says and writes what it does in plain Node', async (_, path) => {
  expect(await hosted(test, path)).toEqual(await inPlainNode(vendors.port, path))
})

it('a code of exit other than 0 that is only set is told beside the hits', async () => {
  const { run: result, rows } = await test.run("const SYMBOLS = ['AAPL']\nconst hits = []\nfor (const symbol of SYMBOLS) hits.push({ symbol })\nprocess.exitCode = 3\n")
  expect(rows.map(({ status }) => status)).toEqual(['hit'])
  expect(result.warnings.find(({ code }) => code === 'exit_code')?.message).toContain('to 3')
})
