// The test command: `node test/run.js [--long] [files…]`. Plain JavaScript, so that an older Node can hand over to the
// one that came with the dependencies. The types are checked while vitest runs; the last line gives the counts.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { handOver, isNodeNewEnough } from '../api/cli/node-finder.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PASSED_ON = ['SIGTERM', 'SIGHUP']

if (isNodeNewEnough()) process.exitCode = await main(process.argv.slice(2))
else handOver(fileURLToPath(import.meta.url))

/** Runs everything and gives the exit code. */
async function main(args) {
  const isLong = args.includes('--long')
  const filters = args.filter((arg) => arg !== '--long')
  tellOfData()
  const [types, tests] = await Promise.all([filters.length > 0 ? { passed: 0, failed: 0, skipped: 0, said: '' } : checkTypes(), runVitest(filters, isLong)])
  process.stdout.write(types.said)
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map((count) => types[count] + tests[count])
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
  return failed === 0 ? 0 : 1
}

function tellOfData() {
  const isThere = existsSync(join(ROOT, '..', 'shared', 'data'))
  console.log(
    isThere
      ? 'Recorded market data: found in ../shared/data; the tests that read it run.'
      : 'Recorded market data: there is no ../shared/data; the tests that read it are skipped.',
  )
}

/**
 * The checks of the types, each counted as one test: all that runs in Node, and the page, which knows a browser's types. What they say
 * is kept, since vitest writes meanwhile. One checker each: several go over the same types again, for two thirds more of the processors.
 */
async function checkTypes() {
  const checks = ['tsconfig.json', 'api/web/page/tsconfig.json'].map(async (project) => {
    const { status, out } = await run(['node_modules/typescript/bin/tsc', '--noEmit', '--checkers', '1', '--project', project], { stdio: ['ignore', 'pipe', 'inherit'] })
    return { isRight: status === 0, said: status === 0 ? '' : `The types of ${project} do not hold:\n${out}\n` }
  })
  const results = await Promise.all(checks)
  const passed = results.filter(({ isRight }) => isRight).length
  return { passed, failed: results.length - passed, skipped: 0, said: results.map(({ said }) => said).join('') }
}

async function runVitest(filters, isLong) {
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-test-'))
  const report = join(folder, 'report.json')
  try {
    const { status } = await run(['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters], {
      env: { ...process.env, ...(isLong && { TEST_LONG: '1' }) },
    })
    return countTests(report, status)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** Counts from vitest's report. What fails outside any test (a file that does not load, a stray rejection) counts as a failure too. */
function countTests(report, status) {
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 }
  const { numPassedTests: passed, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(readFileSync(report, 'utf8'))
  const brokenFiles = testResults.filter((file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed')).length
  const failed = numFailedTests + brokenFiles
  return { passed, failed: failed === 0 && status !== 0 ? 1 : failed, skipped: numPendingTests + numTodoTests }
}

/** Runs a program of Node to its end: its exit code, null where a signal ended it, and what it wrote where that is not passed on. */
function run(args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: 'inherit', ...options })
    let out = ''
    child.stdout?.setEncoding('utf8').on('data', (text) => (out += text))
    child.on('error', reject)
    // A terminal tells all of them; who ends this process alone means them as well.
    const pass = (signal) => child.kill(signal)
    for (const signal of PASSED_ON) process.on(signal, pass)
    child.on('close', (status) => {
      for (const signal of PASSED_ON) process.off(signal, pass)
      resolve({ status, out })
    })
  })
}
