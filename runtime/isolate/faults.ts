import type ivm from 'isolated-vm'

import type { ScriptFault } from '../worker/protocol.ts'

/** The isolate's heap went over its limit: the isolate is gone, the process lives. */
export class IsolateOutOfMemory extends Error {}

/** True where an error from isolated-vm says that the isolate ran out of heap. The only place that matches its texts. */
export function isOutOfMemory(error: unknown, isolate: ivm.Isolate): boolean {
  return isolate.isDisposed || (error instanceof Error && /disposed during execution|memory limit|Isolate is disposed/i.test(error.message))
}

/** A fault from an error that isolated-vm brought over from the script. */
export function faultFromHostError(error: unknown): ScriptFault {
  if (!(error instanceof Error)) return { code: 'script_threw', name: '', message: String(error).slice(0, 2_000), stack: '' }
  return {
    code: 'script_threw',
    name: String(error.name).slice(0, 100),
    message: String(error.message).slice(0, 2_000),
    stack: String(error.stack ?? '').slice(0, 8_000),
  }
}
