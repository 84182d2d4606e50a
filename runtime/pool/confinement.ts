import { existsSync, readFileSync } from 'node:fs'

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'].find((path) => process.platform === 'linux' && existsSync(path))
/** Bit of the right to give rights up for good, in the sets of `/proc/self/status`. */
const CAP_SETPCAP = 8n
/** Blocks of 512 bytes: room for the progress cell, which is all that a worker ever writes to a file. */
const LARGEST_FILE = 1
const OPEN_FILES = 64

/**
 * The command, started through a shell that lowers its limits, hard and soft: no core dumps, no file of more than half a kilobyte, few
 * open files, private memory. On Linux it dies with its parent as well, can gain no rights by starting a program, and
 * keeps none of the administrator's but to read its own code. Elsewhere than on POSIX systems it is given back as it is.
 */
export function confined(command: string[], dataLimitMb: number): string[] {
  if (process.platform === 'win32') return command
  const limits = `ulimit -c 0; ulimit -f ${LARGEST_FILE}; ulimit -n ${OPEN_FILES}; ulimit -d ${Math.round(dataLimitMb * 1024)} 2>/dev/null; exec "$@"`
  return ['/bin/sh', '-c', limits, 'sh', ...(SETPRIV === undefined ? [] : [SETPRIV, ...PRIVILEGES]), ...command]
}

const PRIVILEGES = ['--pdeathsig', 'KILL', '--no-new-privs', ...(holdsCapability(CAP_SETPCAP) ? ['--bounding-set', '-all,+dac_read_search', '--inh-caps', '-all'] : [])]

function holdsCapability(bit: bigint): boolean {
  try {
    const [, held] = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
    return held !== undefined && ((BigInt(`0x${held}`) >> bit) & 1n) === 1n
  } catch {
    return false
  }
}
