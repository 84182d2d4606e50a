import type { WorkerEnd } from '../pool/worker-process.ts'
import type { ScriptFault } from '../worker/protocol.ts'

/** What the end of a worker says of the script that it was loading; null where it may have been chance. */
export function faultOfEnd(end: WorkerEnd): ScriptFault | null {
  const plain = { code: 'script_threw', name: '', stack: '' }
  if (end.kind === 'broke') return { ...plain, message: `the script tampers with the runtime around it (${end.problem})` }
  if (end.kind === 'out_of_memory' || (end.kind === 'killed' && end.cause === 'memory')) return { ...plain, code: 'script_out_of_memory', message: 'its top level passed the memory limit' }
  return end.kind === 'killed' && end.cause === 'timeout' ? { ...plain, code: 'load_timeout', message: 'the top level of the script does not end' } : null
}

/** The end of a worker in a few words, for who watches it. */
export function noteOfEnd(end: WorkerEnd): string {
  if (end.kind === 'killed') return end.cause === 'timeout' ? 'killed: past the deadline of its symbol' : end.cause === 'memory' ? 'killed: past the memory limit' : 'stopped'
  return `lost: ${detailOf(end)}`
}

export function detailOf(end: WorkerEnd): string {
  if (end.kind === 'killed') return end.cause
  return end.kind === 'broke' ? end.problem : end.kind === 'exited' ? end.detail : 'out of memory'
}
