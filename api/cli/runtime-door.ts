import type { Runtime } from './host-types.ts'

/** Loads the runtime; kept apart so that help and usage errors need not wait for it. */
export function loadRuntime(): Promise<Runtime> {
  return import('../../runtime/host.ts')
}
