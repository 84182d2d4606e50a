import { createHash, randomBytes } from 'node:crypto'
import { readdir, rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { basename, dirname, join } from 'node:path'

import { isProcessAlive, processToken } from '../journal/owner.ts'

/** Of a folder that machines share, each looks after its own drafts: the processes of another are unknown to it. */
const MACHINE = createHash('sha256').update(hostname()).digest('hex').slice(0, 8)
const WRITER = `${MACHINE}-${process.pid}-${processToken(process.pid) ?? ''}`
const NAME = /^([0-9a-f]{8})-(\d+)-(\d*)-[0-9a-f]{8}\.tmp$/

/** A new path beside a file, for its bytes until they are complete; its name says which process writes there. */
export function newDraft(target: string): string {
  return join(dirname(target), `${beginOf(target)}${WRITER}-${randomBytes(4).toString('hex')}.tmp`)
}

/** Removes what killed processes left half written of a file. Where that can not be done the drafts stay, and are in nobody's way. */
export async function removeOrphanedDrafts(target: string): Promise<void> {
  const begin = beginOf(target)
  const names = await readdir(dirname(target)).catch(() => [])
  for (const name of names.filter((name) => name.startsWith(begin))) {
    const [, machine, pid, token] = NAME.exec(name.slice(begin.length)) ?? []
    if (machine !== MACHINE || isProcessAlive(Number(pid), token || null)) continue
    await rm(join(dirname(target), name), { force: true }).catch(() => {})
  }
}

const beginOf = (target: string): string => `.${basename(target)}.`
