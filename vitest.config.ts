import { availableParallelism } from 'node:os'

import { defineConfig } from 'vitest/config'
import { BaseSequencer, type TestSpecification } from 'vitest/node'

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
      // A second, as it is otherwise, is short on a machine that does something else as well.
      expect: { poll: { timeout: 10_000 } },
      maxWorkers,
      setupFiles: ['test/temporary-folder.ts'],
      sequence: { groupOrder: group },
    },
  }
}

/** Files that take longest though they are short, longest first: one of these that begins last keeps a core idle to the end. */
const LONG_FILES = ['hostile/attacks', 'web/page', 'integration/patterns', 'integration/faults', 'integration/authoring', 'integration/package', 'integration/market-run', 'integration/equality', 'integration/rank']

/** The order of a group where no earlier run is there to tell how long each file takes: the long ones, then by size. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG_FILES.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`))
      return at < 0 ? LONG_FILES.length : at
    }
    const groupOf = ({ project }: TestSpecification): number => project.config.sequence.groupOrder
    return (await super.sort(files)).sort((one, other) => groupOf(one) - groupOf(other) || rank(one) - rank(other))
  }
}

const cores = availableParallelism()
/** Files at once where each fills several cores, and long ones measure as well. */
const alone = withLong ? Math.max(1, Math.floor(cores / 2)) : cores

export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    globalSetup: ['test/temporary-root.ts'],
    projects: [
      // Files of these share processes, one after the other: a quarter of their time is the loading of what they have in common.
      project('tidy', 0, cores, 60_000, false),
      project('unit', 0, cores, 30_000, false),
      project('simulation', 0, cores, 60_000, false),
      // Each starts processes of its own and waits for them: they are all in one group, since at the end of each a core is idle. What a
      // file costs before its first test, about 0.7 s of a core, is paid once for those that share a process; the long ones measure it.
      project('integration', 1, alone, 120_000, withLong),
      project('hostile', 1, alone, 120_000),
      // The long ones watch frames and memory of a browser.
      withLong ? project('web', 2, 1, 60_000) : project('web', 1, alone, 60_000),
    ],
  },
})
