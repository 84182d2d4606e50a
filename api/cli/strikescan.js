#!/usr/bin/env node
// Plain JavaScript that any Node since 18 runs: finds a Node that is new enough for the rest and hands over to it.
import { existsSync } from 'node:fs'
import * as nodeModule from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { handOver, isNodeNewEnough } from './node-finder.js'

const here = fileURLToPath(import.meta.url)

if (isNodeNewEnough()) {
  // Compiled code is kept beside the package, not in the machine's shared temporary folder: cached code is code.
  nodeModule.enableCompileCache?.(join(dirname(here), '../../node_modules/.cache/strikescan/compiled'))
  // The published package holds built JavaScript, the repository TypeScript.
  const built = join(dirname(here), 'main.js')
  const { main } = await import(existsSync(built) ? './main.js' : './main.ts')
  await main()
} else {
  handOver(here)
}
