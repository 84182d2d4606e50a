import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** Bit of the right to make namespaces, among others, in the sets of `/proc/self/status`. */
const CAP_SYS_ADMIN = 21n
/** Where a system grants fewer, it is not for us to use them up: each process has one. */
const ENOUGH = 1_000
const TRY_MS = 2_000

let known: string[] | null = null

/**
 * What is put before a command so that it has a network without any interface and no memory or queues in common with other
 * processes; nothing where the system does not allow it. Tried when it is first asked for: a few milliseconds, once.
 */
export function ownNamespaces(): string[] {
  return (known ??= findNamespaces())
}

function findNamespaces(): string[] {
  const unshare = ['/usr/bin/unshare', '/bin/unshare'].find((path) => process.platform === 'linux' && existsSync(path))
  if (unshare === undefined) return []
  const rights = namespaceRights(holdsCapability(CAP_SYS_ADMIN), process.getuid!())
  if (rights === null || !isGranted('net') || !isGranted('ipc')) return []
  const command = [unshare, ...rights, '--net', '--ipc', '--']
  const { status } = spawnSync(command[0]!, [...command.slice(1), 'true'], {
    stdio: 'ignore',
    timeout: TRY_MS,
    env: { PATH: '/usr/bin:/bin' },
  })
  return status === 0 ? command : []
}

/**
 * The administrator makes them directly. Others within a user namespace, in which they stay who they are. Not so an administrator
 * without the right, as in most containers: all rights over a namespace of its own would be more than such a process has now.
 */
function namespaceRights(isAdministrator: boolean, uid: number): string[] | null {
  if (isAdministrator) return []
  return uid === 0 ? null : ['--user', '--map-current-user']
}

function isGranted(kind: string): boolean {
  try {
    return Number(readFileSync(`/proc/sys/user/max_${kind}_namespaces`, 'latin1')) >= ENOUGH
  } catch {
    return false
  }
}

/** Whether this process has the right of the administrator with that number. */
export function holdsCapability(bit: bigint): boolean {
  try {
    const [, held] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return held !== undefined && ((BigInt(`0x${held}`) >> bit) & 1n) === 1n
  } catch {
    return false
  }
}
