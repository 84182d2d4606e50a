import { ownNamespaces } from '../sandbox/namespaces.ts'
import { filtersOf, sealObstacle } from '../sandbox/offer.ts'
import { spawnWorker } from './spawn.ts'

const MEMORY_MB = 1_024
const LOOK_MS = 20
/** A start takes a tenth of a second; longer on a machine that has much to do. */
const GIVE_UP_MS = 10_000

/** What the kernel refuses the processes that are started here. */
export interface KernelConfinement {
  /** Whether workers are sealed by a filter of system calls. */
  sealed: boolean
  /** Why not, in a few words; null where they are. */
  obstacle: string | null
  /** Whether processes that can not seal themselves have no network. */
  withoutNetwork: boolean
}

/** Starts a worker as scans have it and looks at it from outside. Never rejects. */
export async function checkConfinement(): Promise<KernelConfinement> {
  const withoutNetwork = ownNamespaces().length > 0
  const obstacle = sealObstacle() ?? ((await isSealed()) ? null : 'this kernel takes no filter from a process')
  return { sealed: obstacle === null, obstacle, withoutNetwork }
}

async function isSealed(): Promise<boolean> {
  // Those around this process, as a container may have one, are the worker's as well.
  const outer = filtersOf('self')
  const child = spawnWorker({ entry: 'intake', dataLimitMb: MEMORY_MB, descriptors: [] })
  let isThere = child.pid !== undefined
  child.on('error', () => (isThere = false)).once('exit', () => (isThere = false))
  child.stderr?.resume()
  for (let waited = 0; isThere && waited < GIVE_UP_MS; waited += LOOK_MS) {
    if (filtersOf(child.pid!) > outer) break
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS))
  }
  const sealed = isThere && filtersOf(child.pid!) > outer
  child.kill('SIGKILL')
  return sealed
}
