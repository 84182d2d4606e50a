import { listsOf } from '../intake/lists/list-shares.ts'
import type { InjectionPlan } from '../intake/plan.ts'

/** A top-level name whose value may be a script's list of hits. */
export interface HitPlace {
  name: string
  /** Its name says so: `results`, `hits`. A list of symbols alone counts then. */
  isNamed: boolean
  /** The text adds to it, so that an empty list there means that there are no hits. */
  isGathered: boolean
  /** The text empties it to fill it again: what it held before, the script has shown. */
  isReused: boolean
  /** Its name says that it holds nothing but hits; `results` may as well be all that was looked at. */
  saysHits: boolean
  /** The script prints tables of what went wrong, so that an empty one says nothing of hits. */
  showsProblems: boolean
}

const HIT_NAMES = new Set(['hits', 'results', 'matches', 'signals', 'alerts', 'candidates', 'picks', 'found', 'winners', 'output'])
const HIT_ENDING = /(hits|results|matches|signals|alerts|candidates|picks|winners|setups)$/i
const SAYS_HITS = /(hits|matches|signals|alerts|picks|winners|setups)$/i
/** Members under which an object holds its list of hits. */
const NESTED = 'hits|results|matches|signals|alerts|candidates|picks'
/** What scripts gather besides: problems, work to do, data kept for later. */
const OTHER_LISTS = /(err|fail|skip|reject|ignor|cache|queue|log|missing|todo|pending|histor|bars|quotes|config|settings|watch|universe|exclude)/i

const PROBLEM_TABLE = new RegExp(`\\bconsole\\s*\\.\\s*table\\s*\\(\\s*[\\w$.]*${OTHER_LISTS.source}`, 'i')

/** Where to look for hits that a script does not return: lists whose name or use says so, best first, and last whatever else it made. */
export function hitPlaces(plan: InjectionPlan): { likely: HitPlace[]; others: HitPlace[] } {
  const { code, lexicalNames, varNames } = plan
  const read = new Set(listsOf(plan).map(({ name }) => name))
  const names = [...lexicalNames, ...varNames].filter((name) => !read.has(name))
  const showsProblems = PROBLEM_TABLE.test(code)
  const places = names.map((name) => ({ name, isNamed: HIT_NAMES.has(name.toLowerCase()) || HIT_ENDING.test(name), isGathered: isGathered(code, name), isReused: isReused(code, name), saysHits: SAYS_HITS.test(name), showsProblems }))
  const isOther = ({ name }: HitPlace): boolean => OTHER_LISTS.test(name)
  const likely = [...places.filter(({ isNamed }) => isNamed), ...places.filter((place) => !place.isNamed && place.isGathered && !isOther(place))]
  const others = places.filter((place) => !likely.includes(place) && !isOther(place) && !startsAsLiteral(code, place.name))
  return { likely, others }
}

function isGathered(code: string, name: string): boolean {
  // An object may hold the list, as `state.alerts.push(…)`.
  const self = `(?<![\\w$.])${escaped(name)}(\\s*\\.\\s*(${NESTED}))?`
  return new RegExp(`${self}\\s*(\\.\\s*(push|unshift|set|add|splice)\\s*\\(|\\[[^\\]\\n]*\\]\\s*(\\.\\s*push\\s*\\(|=[^=])|=\\s*\\[\\s*\\.\\.\\.|=\\s*${escaped(name)}\\s*\\.\\s*concat\\b)`).test(code)
}

function isReused(code: string, name: string): boolean {
  const self = `(?<![\\w$.])${escaped(name)}`
  if (new RegExp(`${self}\\s*(\\.\\s*length\\s*=\\s*0\\b|\\.\\s*splice\\s*\\(\\s*0\\s*[,)]|\\.\\s*clear\\s*\\()`).test(code)) return true
  const emptied = new RegExp(`${self}\\s*=\\s*(\\[\\s*\\]|new\\s+(Map|Set)\\s*\\(\\s*\\))`, 'g')
  return (code.match(emptied)?.length ?? 0) > 1
}

/** A list written out by its author is what the script reads, not what it finds. */
function startsAsLiteral(code: string, name: string): boolean {
  return new RegExp(`\\b(const|let|var)\\s+${escaped(name)}\\s*=\\s*(\\[|\\{|new\\s+(Map|Set)\\s*\\(\\s*\\[)\\s*[^\\]\\s}.]`).test(code)
}

function escaped(name: string): string {
  return name.replace(/\$/g, '\\$')
}
