import { posix } from 'node:path'

/** A limit and the file that states it. */
export interface Limit {
  value: number
  file: string
}

export interface CgroupLimits {
  /** Cores, may be fractional. */
  cores: Limit | null
  /** Bytes. */
  memory: Limit | null
}

interface Mount {
  /** The path within the hierarchy that is mounted. */
  root: string
  point: string
  type: string
  /** Controllers of a version 1 hierarchy. */
  options: string[]
}

type ReadText = (path: string) => string | null

/**
 * The tightest CPU quota and memory limit of this process's control groups, from the group itself up to the root that
 * is mounted, in version 2 (`cpu.max`, `memory.max`) and version 1 (`cpu.cfs_quota_us`, `memory.limit_in_bytes`).
 * Null where nothing limits, or where the system has no control groups. Source: cgroups(7), proc(5).
 */
export function cgroupLimits(readText: ReadText): CgroupLimits {
  const mounts = parseMounts(readText('/proc/self/mountinfo') ?? '')
  const groups = parseGroups(readText('/proc/self/cgroup') ?? '')
  const cores: Limit[] = []
  const memory: Limit[] = []

  for (const mount of mounts) {
    if (mount.type === 'cgroup2') {
      for (const folder of foldersUpward(mount, groups.get('') ?? '/')) {
        keep(cores, `${folder}/cpu.max`, quotaOfV2(readText(`${folder}/cpu.max`)))
        keep(memory, `${folder}/memory.max`, bytes(readText(`${folder}/memory.max`)))
      }
      continue
    }
    if (mount.options.includes('cpu')) {
      for (const folder of foldersUpward(mount, groups.get('cpu') ?? '/')) {
        const file = `${folder}/cpu.cfs_quota_us`
        keep(cores, file, quota(readText(file), readText(`${folder}/cpu.cfs_period_us`)))
      }
    }
    if (mount.options.includes('memory')) {
      for (const folder of foldersUpward(mount, groups.get('memory') ?? '/')) {
        keep(memory, `${folder}/memory.limit_in_bytes`, bytes(readText(`${folder}/memory.limit_in_bytes`)))
      }
    }
  }
  return { cores: tightest(cores), memory: tightest(memory) }
}

/** Lines of mountinfo: `36 35 0:24 /root /point rw - cgroup2 cgroup2 rw`; spaces in paths are written `\040`. */
function parseMounts(text: string): Mount[] {
  const mounts: Mount[] = []
  for (const line of text.split('\n')) {
    const [before, after] = line.split(' - ')
    const [type, , options] = (after ?? '').split(' ')
    const [, , , root, point] = (before ?? '').split(' ').map(unescapeOctal)
    if ((type === 'cgroup' || type === 'cgroup2') && root !== undefined && point !== undefined) {
      mounts.push({ root, point, type, options: type === 'cgroup' ? (options ?? '').split(',') : [] })
    }
  }
  return mounts
}

function unescapeOctal(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** Lines of /proc/self/cgroup, `4:cpu,cpuacct:/path`, by controller; the version 2 group has the empty name. */
function parseGroups(text: string): Map<string, string> {
  const groups = new Map<string, string>()
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(\/.*)$/.exec(line)
    if (!match) continue
    for (const controller of match[1]!.split(',')) groups.set(controller, match[2]!)
  }
  return groups
}

/** Folders from the group up to the mount point; limits of every parent hold too. */
function foldersUpward(mount: Mount, group: string): string[] {
  const inside =
    mount.root === '/' ? group : group === mount.root || group.startsWith(`${mount.root}/`) ? group.slice(mount.root.length) : '/'
  // A group outside this namespace shows as `/../..`: what is mounted is then all that can be seen.
  let path = inside.split('/').includes('..') ? '/' : posix.normalize(`/${inside}`)
  const folders = []
  for (; path !== '/'; path = posix.dirname(path)) folders.push(mount.point + path.replace(/\/$/, ''))
  folders.push(mount.point)
  return folders
}

function quotaOfV2(text: string | null): number | null {
  const [granted, period] = (text ?? '').trim().split(/\s+/)
  return quota(granted ?? null, period ?? null)
}

/** `max` and -1 mean no limit. */
function quota(granted: string | null, period: string | null): number | null {
  const cores = Number(granted ?? Number.NaN) / Number(period ?? Number.NaN)
  return Number.isFinite(cores) && cores > 0 ? cores : null
}

function bytes(text: string | null): number | null {
  const value = Number((text ?? '').trim() || Number.NaN)
  return Number.isFinite(value) && value > 0 ? value : null
}

function keep(limits: Limit[], file: string, value: number | null): void {
  if (value !== null) limits.push({ value, file })
}

function tightest(limits: Limit[]): Limit | null {
  return limits.reduce<Limit | null>((least, limit) => (least === null || limit.value < least.value ? limit : least), null)
}
