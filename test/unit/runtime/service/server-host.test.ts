import { expect, it } from 'vitest'

import type { ServerHost } from '../../../../api/server/server-host.ts'
import { Host } from '../../../../runtime/host.ts'

/** Checked by the compiler: what the server takes from the runtime, the runtime's only door has. */
const isDoor = (host: Host): ServerHost => host

it('the host is what the server takes', () => {
  expect(isDoor(Object.create(Host.prototype) as Host)).toBeInstanceOf(Host)
})
