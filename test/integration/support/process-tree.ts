import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What a process and all that it started hold, as Linux tells it. */
export interface Footprint {
  processes: number
  /** Open descriptors and resident megabytes of the first process alone: those of workers come and go with them. */
  descriptors: number
  residentMb: number
  /** Resident megabytes of all of them. */
  treeMb: number
}

const MEBIBYTE = 2 ** 20
const PAGE_BYTES = 4_096

/** Ids of a process and of all below it. */
export function processTree(root: number): number[] {
  const children = new Map<number, number[]>()
  for (const name of readdirSync('/proc')) {
    const pid = Number(name)
    if (!Number.isInteger(pid)) continue
    const parent = parentOf(pid)
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const found = [root]
  for (let at = 0; at < found.length; at++) found.push(...(children.get(found[at]!) ?? []))
  return found
}

export function footprint(root: number): Footprint {
  const tree = processTree(root)
  return { processes: tree.length, descriptors: openFiles(root).length, residentMb: residentMb(root), treeMb: tree.reduce((sum, pid) => sum + residentMb(pid), 0) }
}

/** What the open descriptors of a process lead to. */
export function openFiles(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/${pid}/fd/${fd}`)]
    } catch {
      // Closed since.
      return []
    }
  })
}

function parentOf(pid: number): number | null {
  const stat = textOf(`/proc/${pid}/stat`)
  return stat === null ? null : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

function residentMb(pid: number): number {
  return Math.round((Number(textOf(`/proc/${pid}/statm`)?.split(' ')[1] ?? 0) * PAGE_BYTES) / MEBIBYTE)
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return null
  }
}
