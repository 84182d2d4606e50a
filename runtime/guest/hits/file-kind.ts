import { stringIncludes, stringLastIndexOf, stringSlice, stringToLowerCase } from '../language/intrinsics.ts'

/** What a file is by its path, best first: one of hits, where a list of symbols alone counts; any; one of what scripts keep besides. */
export type FileKind = 'hits' | 'any' | 'besides'
export const FILE_KINDS: readonly FileKind[] = ['hits', 'any', 'besides']

const HIT_NAMES = ['hits', 'results', 'matches', 'signals', 'alerts', 'candidates', 'picks', 'winners']
const BESIDES = ['err', 'fail', 'skip', 'reject', 'cache', 'bars', 'quotes', 'config', 'universe']
/** Folders of what was asked for before: nothing in them is a result, whatever a symbol's file is called. */
const CACHE_FOLDER = 'cache/'

export function fileKind(path: string): FileKind {
  const lower = stringToLowerCase(path)
  if (stringIncludes(lower, CACHE_FOLDER)) return 'besides'
  const name = stringSlice(lower, stringLastIndexOf(lower, '/') + 1)
  for (let i = 0; i < HIT_NAMES.length; i++) if (stringSlice(name, 0, HIT_NAMES[i]!.length) === HIT_NAMES[i]) return 'hits'
  for (let i = 0; i < BESIDES.length; i++) if (stringIncludes(name, BESIDES[i]!)) return 'besides'
  return 'any'
}
