import type { Runtime } from './host-types.ts'

/** What names a state folder: `--home`, the environment, the current folder. */
export interface HomeNames {
  flag: string | undefined
  env: Record<string, string | undefined>
  cwd: string
}

/**
 * Loads the runtime; kept apart so that help and usage errors need not wait for it.
 * @param runIn the state folder where a run is to follow: workers for it start meanwhile
 */
export async function loadRuntime(runIn?: HomeNames): Promise<Runtime> {
  if (runIn !== undefined) (await import('../../runtime/ahead.ts')).startAhead(runIn)
  return import('../../runtime/host.ts')
}
