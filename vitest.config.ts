import { availableParallelism } from 'node:os'

import { defineConfig } from 'vitest/config'

// `test/run.js --long` sets it.
const withLong = process.env.TEST_LONG === '1'

/** One folder of tests. Folders of one group run at once; those of the next wait for them. */
function project(name: string, group: number, maxWorkers: number, timeoutMs: number, isolate = true) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      exclude: withLong ? [] : ['**/*.long.test.ts'],
      pool: 'forks' as const,
      isolate,
      // isolated-vm needs it; see its README.
      execArgv: ['--no-node-snapshot'],
      testTimeout: withLong ? 10 * timeoutMs : timeoutMs,
      hookTimeout: withLong ? 10 * timeoutMs : timeoutMs,
      maxWorkers,
      sequence: { groupOrder: group },
    },
  }
}

const cores = availableParallelism()
/** Files at once where each fills several cores. */
const alone = Math.max(1, Math.floor(cores / 2))

export default defineConfig({
  test: {
    projects: [
      // Files of these share processes, one after the other: a quarter of their time is the loading of what they have in common.
      project('tidy', 0, cores, 60_000, false),
      project('unit', 0, cores, 30_000, false),
      project('simulation', 0, cores, 60_000, false),
      // Each starts worker processes of its own, one per core; long ones measure as well.
      project('integration', 1, withLong ? alone : cores, 120_000),
      // These watch clocks and count memory: no other file runs beside them.
      project('timing', 2, alone, 120_000),
      project('hostile', 2, alone, 120_000),
      // A browser and a server at a time, beside the processes that the others wait for.
      project('web', 3, 1, 60_000),
    ],
  },
})
