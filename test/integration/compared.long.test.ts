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

it.each(scriptsIn('long').map((path) => [basename(path), path]))('%s says and writes what it does in plain Node', async (_, path) => {
  expect(await hosted(test, path)).toEqual(await inPlainNode(vendors.port, path))
})
