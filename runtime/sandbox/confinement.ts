import { existsSync } from 'node:fs'

import { holdsCapability, ownNamespaces } from './namespaces.ts'

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => process.platform === 'linux' && existsSync(path))
/** Bit of the right to give rights up for good, in the sets of `/proc/self/status`. */
const CAP_SETPCAP = 8n
/** Blocks of 512 bytes: room for the progress cell, which is all that a worker ever writes to a file. */
const LARGEST_FILE = 1
const OPEN_FILES = 64

/**
 * The command, started through a shell that lowers its limits, hard and soft: no core dumps, no file of more than half a kilobyte, few
 * open files, private memory. On Linux it dies with its parent as well, can gain no rights by starting a program, and
 * keeps none of the administrator's but to read its own code. One that does not seal itself has no network either, where the system
 * allows that. Each program of the chain becomes the next, so the process keeps its number. Elsewhere than on POSIX systems the
 * command is given back as it is.
 */
export function confined(command: string[], dataLimitMb: number, { sealsItself = false }: { sealsItself?: boolean } = {}): string[] {
  if (process.platform === 'win32') return command
  const limits = `ulimit -c 0; ulimit -f ${LARGEST_FILE}; ulimit -n ${OPEN_FILES}; ulimit -d ${Math.round(dataLimitMb * 1024)} 2>/dev/null; exec "$@"`
  // Namespaces first: to make them takes rights that are given up then, and what ties the process to its parent must come after.
  return [
    '/bin/sh',
    '-c',
    limits,
    'sh',
    ...(sealsItself ? [] : ownNamespaces()),
    ...(SETPRIV === undefined ? [] : [SETPRIV, ...PRIVILEGES]),
    ...command,
  ]
}

const PRIVILEGES = [
  '--pdeathsig',
  'KILL',
  '--no-new-privs',
  ...(holdsCapability(CAP_SETPCAP) ? ['--bounding-set', '-all,+dac_read_search', '--inh-caps', '-all'] : []),
]
