import type { KillCause, WorkerEnd } from '../pool/worker-process.ts'
import type { ScriptFault } from '../worker/protocol.ts'

/** What the end of a worker says of the script that it was loading; null where it may have been chance. */
export function faultOfEnd(end: WorkerEnd): ScriptFault | null {
  const plain = { code: 'script_threw', name: '', stack: '' }
  if (end.kind === 'broke') return { ...plain, message: `the script tampers with the runtime around it (${end.problem})` }
  if (end.kind === 'out_of_memory' || (end.kind === 'killed' && end.cause === 'memory')) {
    return { ...plain, code: 'script_out_of_memory', message: 'its top level passed the memory limit' }
  }
  if (end.kind !== 'killed' || end.cause !== 'timeout') return null
  return { ...plain, code: 'load_timeout', message: 'the top level of the script does not end' }
}

const KILLED: Readonly<Record<KillCause, string>> = {
  timeout: 'killed: past the deadline of its symbol',
  memory: 'killed: past the memory limit',
  stopped: 'stopped',
}

/** The end of a worker in a few words, for who watches it. */
export function noteOfEnd(end: WorkerEnd): string {
  if (end.kind === 'killed') return KILLED[end.cause]
  return `lost: ${detailOf(end)}`
}

/** What is known of a worker's end beyond its kind, to be named in an error. */
export function detailOf(end: WorkerEnd): string {
  if (end.kind === 'killed') return end.cause
  return end.kind === 'broke' ? end.problem : end.kind === 'exited' ? end.detail : 'out of memory'
}
