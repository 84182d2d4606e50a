// The test command: `node test/run.js [--long] [files…]`. Plain JavaScript, so that an older Node can hand over to the
// one that came with the dependencies. The types are checked first, then vitest runs; the last line gives the counts.
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { handOver, isNodeNewEnough } from '../api/cli/node-finder.js'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

if (isNodeNewEnough()) process.exitCode = main(process.argv.slice(2))
else handOver(fileURLToPath(import.meta.url))

/** Runs everything and gives the exit code. */
function main(args) {
  const isLong = args.includes('--long')
  const filters = args.filter((arg) => arg !== '--long')
  tellOfData()
  const types = filters.length > 0 ? { passed: 0, failed: 0, skipped: 0 } : checkTypes()
  const tests = runVitest(filters, isLong)
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

/** The checks of the types, each counted as one test: all that runs in Node, and the page, which knows a browser's types. */
function checkTypes() {
  console.log('Checking types (tsc --noEmit)')
  const statuses = ['tsconfig.json', 'api/web/page/tsconfig.json'].map((project) => run(['node_modules/typescript/bin/tsc', '--noEmit', '--project', project]).status)
  const passed = statuses.filter((status) => status === 0).length
  return { passed, failed: statuses.length - passed, skipped: 0 }
}

function runVitest(filters, isLong) {
  const folder = mkdtempSync(join(tmpdir(), 'strikescan-test-'))
  const report = join(folder, 'report.json')
  try {
    const { status } = run(['node_modules/vitest/vitest.mjs', 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${report}`, ...filters], {
      ...(isLong && { TEST_LONG: '1' }),
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

function run(args, env = {}) {
  return spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit', env: { ...process.env, ...env } })
}
