import type { OwnPackage } from './own-package.ts'
import { titleOf } from './project-name.ts'

/**
 * The files of a new project by name: a scanner, a test of it that passes as it is, what the compiler and npm need, and a
 * page that says what to do with them.
 * @param own how the project comes by Strikescan
 */
export function projectFiles(name: string, own: OwnPackage): Record<string, string> {
  return {
    'scanner.ts': scanner(titleOf(name)),
    'scanner.test.ts': TEST,
    'package.json': `${JSON.stringify(manifest(name, own), null, 2)}\n`,
    'tsconfig.json': `${JSON.stringify(TSCONFIG, null, 2)}\n`,
    'README.md': readme(titleOf(name)),
    '.npmrc': '# Strikescan needs no install script: its native parts come as prebuilt files, and an older Node would compile them for itself.\nignore-scripts=true\n',
    '.gitignore': 'node_modules/\n.strikescan/\n',
  }
}

const scanner = (title: string): string => `import { defineScanner, splitAdjusted } from 'strikescan'

/** A gap that holds: the stock opens above yesterday's close and never trades back down to it. */
export default defineScanner({
  name: '${title}',
  description: 'Opens at least minGap above the previous close and never trades back down to it.',
  params: {
    minGap: { default: 0.03, min: 0.005, max: 0.5, help: 'open over the previous close, as a decimal' },
    maxRsi: { default: 85, min: 1, max: 100, help: 'RSI above which the move counts as exhausted' },
  },
  // What the prefilter keeps of the market: shares a day, dollars, and how many symbols at most.
  universe: { minVolume: 1_000_000, minPrice: 1, maxPrice: 500, limit: 300 },
  // Sessions of history that the scan needs.
  lookback: 60,

  // Called for every symbol and date. Columns, oldest first: the last bar is the bar of the date.
  scan({ bars, ta, params, log }) {
    const { open, low, close } = splitAdjusted(bars)
    const last = close.length - 1
    const gap = open[last] / close[last - 1] - 1
    // Written so that a missing number is a miss: every comparison with NaN is false.
    if (!(gap >= params.minGap && low[last] > close[last - 1])) return null

    const rsi = ta.rsi(close, 14)[last]
    if (!(rsi <= params.maxRsi)) {
      log.debug('gapped, but RSI is', rsi)
      return null
    }
    return {
      score: gap,
      direction: 'bullish',
      data: { gap, rsi, entry: close[last], stop: low[last] },
      strategies: ['Long Call', 'Call Debit Spread'],
    }
  },
})
`

const TEST = `import assert from 'node:assert/strict'
import { test } from 'node:test'
import { makeBars, runScanner } from 'strikescan/testing'
import scanner from './scanner.ts'

const gapped = makeBars('gap', { gap: { size: 0.08 } })

test('reports a gap that holds', async () => {
  const { hits } = await runScanner(scanner, { bars: gapped })
  assert.equal(hits.length, 1)
  assert.equal(hits[0].direction, 'bullish')
  assert.ok(Math.abs(hits[0].score! - 0.08) < 0.001)
})

test('takes a gap by the size that is asked for', async () => {
  const { hits } = await runScanner(scanner, { bars: gapped, params: { minGap: 0.1 } })
  assert.deepEqual(hits, [])
})

test('reports no quiet stock, and takes no reverse split for a gap', async () => {
  const { rows } = await runScanner(scanner, { market: { QUIET: 'flat', SPLIT: { shape: 'split', split: { at: -1, ratio: 0.1 } } } })
  assert.deepEqual(rows.map(({ symbol, status }) => [symbol, status]), [['QUIET', 'miss'], ['SPLIT', 'miss']])
})

test('gives the same rows in the isolate of a worker, as on a server', async () => {
  const market = { GAP: gapped, TREND: makeBars('trend'), HALTED: makeBars('halt') }
  const hosted = await runScanner(\`\${import.meta.dirname}/scanner.ts\`, { market })
  const here = await runScanner(scanner, { market })
  assert.deepEqual(hosted.rows, here.rows)
})
`

const manifest = (name: string, { dependency, optionalDependencies }: OwnPackage) => ({
  name,
  version: '0.1.0',
  private: true,
  type: 'module',
  scripts: {
    dev: 'strikescan dev scanner.ts',
    test: 'node --test scanner.test.ts',
    check: 'tsc && strikescan check scanner.ts',
    push: 'strikescan push scanner.ts --universe all',
  },
  devDependencies: { '@types/node': '^26.6.6', strikescan: dependency, typescript: '^7.0.2' },
  ...(optionalDependencies && { optionalDependencies }),
})

const TSCONFIG = {
  compilerOptions: {
    target: 'esnext',
    lib: ['esnext'],
    module: 'nodenext',
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
  },
  include: ['*.ts'],
}

const readme = (title: string): string => `# ${title}

A market scanner for [Strikescan](https://www.npmjs.com/package/strikescan), in \`scanner.ts\`, and a test of it.

\`\`\`sh
npm install
npm test             # runs the test, in this process and in an isolate as on a server
npm run dev          # runs the scanner over 50 symbols whenever it is saved; Ctrl-C ends
npm run check        # checks types, and says what Strikescan makes of the file
npx strikescan run scanner.ts --universe all
npm run push         # on a server: strikescan serve, or --server URL
\`\`\`

Without imported data the market is a simulated one, and every screen says so. Real daily bars: \`npx strikescan import
bars prices.csv\`. What a scanner is given and what it may return stands in \`node_modules/strikescan/sdk/REFERENCE.md\`, what
it may do in \`node_modules/strikescan/sdk/ISOLATE.md\`. The scanners that ship are models to start from: \`npx strikescan scanners\`.
`
