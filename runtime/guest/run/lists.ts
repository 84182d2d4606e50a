import { dayOf } from '../hits/identity.ts'
import { isArray, mapForEach, objectKeys, setForEach, sizeOfMap, sizeOfSet, timeOf } from '../language/kinds.ts'

/** The shape of a symbol or date list as its value shows it, in the words of the injection plan. */
export interface ReadList {
  form: 'array' | 'set' | 'map' | 'object' | 'groups' | 'objects' | 'instants' | 'string' | 'single' | 'file' | 'unknown'
  field: string | null
  values: string[]
}

const SYMBOL_FIELDS = ['symbol', 'ticker', 'Symbol', 'Ticker', 'SYMBOL', 'TICKER', 'sym', 'date', 'Date']
const MAX_VALUES = 1_000_000

/** What a declared list holds once its statement has run; values that are no text are left out. */
export function readList(value: unknown, separator: string | null): ReadList {
  if (typeof value === 'string') return readText(value, separator)
  if (typeof value !== 'object' || value === null) return { form: 'unknown', field: null, values: [] }
  if (isArray(value)) return readArray(value)
  if (sizeOfSet(value) !== undefined) {
    const values: string[] = []
    setForEach(value, (entry) => addText(values, entry))
    return { form: 'set', field: null, values }
  }
  if (sizeOfMap(value) !== undefined) {
    const values: string[] = []
    mapForEach(value, (_, key) => addText(values, key))
    return { form: 'map', field: null, values }
  }
  return readObject(value as Record<string, unknown>)
}

function readText(text: string, separator: string | null): ReadList {
  const values: string[] = []
  let word = ''
  const cut = separator ?? ','
  for (let i = 0; i <= text.length; i++) {
    const character = i < text.length ? text[i]! : cut[0]!
    if (character === cut[0] || character === '\n' || character === ' ' || character === '\t' || character === '\r') {
      if (word !== '') addText(values, word)
      word = ''
    } else word += character
  }
  return { form: values.length > 1 || separator !== null ? 'string' : 'single', field: null, values }
}

function readArray(list: unknown[]): ReadList {
  const values: string[] = []
  const field = fieldOf(list[0])
  for (let i = 0; i < list.length; i++) {
    const entry = list[i]
    addText(values, field === null ? entry : entry !== null && typeof entry === 'object' ? (entry as Record<string, unknown>)[field] : undefined)
  }
  return { form: isInstant(list[0]) ? 'instants' : field === null ? 'array' : 'objects', field, values }
}

function fieldOf(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null) return null
  for (let i = 0; i < SYMBOL_FIELDS.length; i++) {
    if (typeof (entry as Record<string, unknown>)[SYMBOL_FIELDS[i]!] === 'string') return SYMBOL_FIELDS[i]!
  }
  return null
}

function readObject(value: Record<string, unknown>): ReadList {
  const keys = objectKeys(value)
  const values: string[] = []
  let areGroups = keys.length > 0
  for (let i = 0; i < keys.length; i++) areGroups &&= isArray(value[keys[i]!])
  for (let i = 0; i < keys.length; i++) {
    if (!areGroups) {
      addText(values, keys[i])
      continue
    }
    const group = value[keys[i]!] as unknown[]
    for (let j = 0; j < group.length; j++) addText(values, group[j])
  }
  return { form: areGroups ? 'groups' : 'object', field: null, values }
}

/** Texts, and days of Date objects; anything else is left out. */
function addText(values: string[], entry: unknown): void {
  const text = isInstant(entry) ? dayOf(entry) : entry
  if (typeof text === 'string' && values.length < MAX_VALUES) values[values.length] = text
}

const isInstant = (entry: unknown): boolean => typeof entry === 'object' && entry !== null && timeOf(entry) !== undefined
