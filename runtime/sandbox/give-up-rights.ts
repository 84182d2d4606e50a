interface Permission {
  has(scope: string, reference?: string): boolean
  drop?(scope: string): void
}

/** What Node's permission model can grant; a process that waits for requests needs none of it. */
const SCOPES = ['fs.read', 'fs.write', 'addon', 'child', 'worker', 'net', 'inspector', 'wasi', 'ffi']

/**
 * Gives up for good all that was granted for loading this process's own code. Throws where anything is left, so that no script is
 * ever run by a process that may do more than it should.
 */
export function giveUpRights(): void {
  const permission = (process as unknown as { permission?: Permission }).permission
  if (permission === undefined) return
  for (const scope of SCOPES) attempt(() => permission.drop?.(scope))
  const ownCode = process.argv[1]!
  const kept = SCOPES.filter(
    (scope) => attempt(() => permission.has(scope)) === true || attempt(() => permission.has(scope, ownCode)) === true,
  )
  if (kept.length > 0) throw new Error(`this process still holds the rights ${kept.join(', ')}`)
}

/** A scope that this Node does not know is one that it does not grant. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
