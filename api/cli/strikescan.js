#!/usr/bin/env node
// Plain JavaScript that any Node since 18 runs: finds a Node that is new enough for the rest and hands over to it.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { handOver, isNodeNewEnough } from './node-finder.js'
import { endWithParent } from './parent-watch.js'

const here = fileURLToPath(import.meta.url)

if (isNodeNewEnough()) {
  // Compiled code is kept beside the package, not in the machine's shared temporary folder: cached code is code.
  nodeModule.enableCompileCache?.(join(dirname(here), '../../node_modules/.cache/strikescan/compiled'))
  // The repository holds TypeScript, the published package what was built of it.
  const isSource = existsSync(join(dirname(here), 'main.ts'))
  const { main } = await import(isSource ? await bundleOf('main.ts') : './main.js')
  // As an interrupt does it: what is running can be gone on with.
  const stopLooking = endWithParent(() => process.kill(process.pid, 'SIGTERM'))
  for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stopLooking)
  await main()
} else {
  handOver(here)
}

async function bundleOf(name) {
  // Loaded here, since an older Node could not.
  const { bundled } = await import('./bundle.js')
  return bundled(join(dirname(here), '../..'), join(dirname(here), name))
}
