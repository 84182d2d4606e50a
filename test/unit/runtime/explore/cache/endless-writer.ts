/** Writes entries until it is killed, or for half a minute where whoever started it is gone: see disk-tier.test.ts. */
import { DiskTier } from '../../../../../runtime/explore/cache/disk-tier.ts'
import { encodeEntry } from '../../../../../runtime/explore/cache/entry.ts'
import { chainOf } from '../fetch/fake-provider.ts'

const tier = new DiskTier({ folder: process.argv[2]!, maxBytes: 1e9, usable: () => [0, Infinity], warn: (message) => process.stderr.write(message) })
const end = performance.now() + 30_000
for (let at = 0; performance.now() < end; at++) {
  const ticker = `T${at % 50}`
  tier.write(encodeEntry({ key: { identity: 'fake:1', kind: 'chain', ticker, expiration: '2026-12-18' }, fetchedAt: Date.now(), value: chainOf(ticker, '2026-12-18', 100, at) })!)
  if (at % 3 === 0) tier.flush()
  if (at === 10) process.stdout.write('writing\n')
}
