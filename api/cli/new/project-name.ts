import { basename } from 'node:path'

import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'

const MAX_LENGTH = 60
/** Names that npm or Node keep for themselves, or that would shadow what the project imports. */
const TAKEN = new Set(['node_modules', 'favicon.ico', 'strikescan', 'typescript', 'test'])
/** Names that Windows keeps for devices. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d)$/

/**
 * The name of a project from its folder: what npm accepts, and what can be typed on every system.
 * @throws project_name_invalid
 */
export function projectName(folder: string): string {
  const name = basename(folder)
  if (name.length <= MAX_LENGTH && /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) && !TAKEN.has(name) && !DEVICE.test(name)) return name
  throw new StrikescanError('project_name_invalid', { name: name.slice(0, 100) })
}

/** `gap-and-hold` as people write it: `Gap and hold`. */
export function titleOf(name: string): string {
  const words = name.replaceAll('-', ' ')
  return words[0]!.toUpperCase() + words.slice(1)
}
