import { closest } from './closest.ts'
import { ScannerDefinitionError, ScannerParameterError } from './errors.ts'

/** What a parameter can be. */
export type ParamValue = number | boolean | string

/** A number between `min` and `max`, both included; whole where `integer` is true. */
export interface NumberParam {
  readonly default: number
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
  readonly help?: string
}

/** True or false. */
export interface BooleanParam {
  readonly default: boolean
  readonly help?: string
}

/** Any text, or one of `options` where they are given. */
export interface StringParam {
  readonly default: string
  readonly options?: readonly string[]
  readonly help?: string
}

/** Parameters by name: a definition, or just the default value. */
export type ParamDefinitions = Readonly<Record<string, NumberParam | BooleanParam | StringParam | ParamValue>>

/**
 * Forbids what a parameter's definition does not take, such as a misspelt `minn`: of a type that is inferred from what is
 * given the compiler asks only what must be there. Same names as the check at run time.
 */
export type OnlyKnownKeys<Definitions> = { readonly [Name in keyof Definitions]: WithoutStrayKeys<Definitions[Name]> }

type WithoutStrayKeys<Definition> = Definition extends { readonly default: infer Value }
  ? { readonly [Key in Exclude<keyof Definition, KeyOf<Value>>]: never }
  : unknown

type KeyOf<Value> = Value extends number ? keyof NumberParam : Value extends boolean ? keyof BooleanParam : keyof StringParam

/** The values that a scan gets for its parameters. */
export type ParamsOf<Definitions> = { readonly [Name in keyof Definitions]: ValueOf<Definitions[Name]> }

type ValueOf<Definition> = Definition extends { readonly options: readonly (infer Option)[] }
  ? Option
  : Definition extends { readonly default: infer Value }
    ? Widened<Value>
    : Widened<Definition>

type Widened<Value> = Value extends number ? number : Value extends boolean ? boolean : Value extends string ? string : never

/** One parameter as reports and forms show it. */
export interface ParamDescription {
  readonly name: string
  readonly type: 'number' | 'boolean' | 'string' | 'enum'
  readonly default: ParamValue
  readonly min?: number
  readonly max?: number
  readonly integer?: boolean
  readonly options?: readonly string[]
  readonly help?: string
}

const KEYS = ['default', 'min', 'max', 'integer', 'options', 'help']
const KEYS_BY_TYPE: Record<'number' | 'boolean' | 'string', readonly string[]> = {
  number: ['default', 'min', 'max', 'integer', 'help'],
  boolean: ['default', 'help'],
  string: ['default', 'options', 'help'],
}
/** Names that one message lists. */
const MOST_LISTED = 20

/** The parameters in the order of their definition. Throws ScannerDefinitionError for a definition that cannot stand. */
export function describeDefinitions(definitions: unknown): readonly ParamDescription[] {
  if (definitions === undefined) return []
  if (!isPlainObject(definitions)) {
    throw new ScannerDefinitionError(
      'params',
      'params must be an object of parameters by name, such as { minGap: { default: 0.03, min: 0, max: 1 } }.',
    )
  }
  return Object.freeze(Object.keys(definitions).map((name) => describeOne(name, definitions[name])))
}

/**
 * Every parameter's value: the one given, else the default. Text, as it comes from a command line, is read as the number or
 * boolean that the parameter is. Throws ScannerParameterError for an unknown name, a wrong type or a value out of range.
 */
export function resolveValues(
  descriptions: readonly ParamDescription[],
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, ParamValue>> {
  if (!isPlainObject(given)) {
    throw new ScannerParameterError(
      '',
      `Parameters are given as an object of values by name, such as { minGap: 0.05 }, not as ${describe(given)}.`,
    )
  }
  const names = descriptions.map(({ name }) => name)
  for (const name of Object.keys(given)) {
    if (!names.includes(name)) throw new ScannerParameterError(name, unknownParameter(name, names))
  }
  const values: Record<string, ParamValue> = {}
  for (const description of descriptions) {
    const value = Object.hasOwn(given, description.name) ? given[description.name] : undefined
    values[description.name] = value === undefined ? description.default : resolveOne(description, value)
  }
  return Object.freeze(values)
}

function describeOne(name: string, definition: unknown): ParamDescription {
  const path = `params.${name}`
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
    throw new ScannerDefinitionError(
      path,
      `The parameter name ${JSON.stringify(name)} cannot be used: start it with a letter and use only letters, digits and underscores.`,
    )
  }
  const settings: Record<string, unknown> = isPlainObject(definition) ? definition : { default: definition }
  const value = settings['default']
  const type = typeof value
  if (type !== 'number' && type !== 'boolean' && type !== 'string') {
    // A misspelt default is told as what it is.
    if (value === undefined && isPlainObject(definition)) checkKeys(path, settings, KEYS)
    throw new ScannerDefinitionError(
      isPlainObject(definition) && Object.hasOwn(definition, 'default') ? `${path}.default` : path,
      `${path} needs a default that is a number, a boolean or text, not ${describe(value)}: write for example ${name}: { default: 1 }.`,
    )
  }
  checkKeys(path, settings, KEYS)
  const stray = Object.keys(settings).find((key) => !KEYS_BY_TYPE[type].includes(key))
  if (stray !== undefined) {
    const [kind, advice] = {
      number: ['a number', 'quote the default and the options to choose from a list'],
      boolean: ['true or false', 'leave it out'],
      string: ['text', 'write the default as a number to give it a range'],
    }[type]
    throw new ScannerDefinitionError(`${path}.${stray}`, `${path}.${stray} cannot go with a default that is ${kind}: ${advice}.`)
  }
  const help = settings['help']
  if (help !== undefined && typeof help !== 'string') {
    throw new ScannerDefinitionError(`${path}.help`, `${path}.help must be text, not ${describe(help)}.`)
  }
  const shown = help === undefined ? {} : { help }
  if (typeof value === 'number') {
    return Object.freeze({ name, type: 'number', default: value, ...numberRange(path, value, settings), ...shown })
  }
  if (typeof value === 'string' && settings['options'] !== undefined) {
    return Object.freeze({ name, type: 'enum', default: value, options: optionsOf(path, value, settings['options']), ...shown })
  }
  return Object.freeze({ name, type: typeof value === 'boolean' ? 'boolean' : 'string', default: value as boolean | string, ...shown })
}

function numberRange(path: string, value: number, settings: Record<string, unknown>): { min?: number; max?: number; integer?: boolean } {
  const { min, max, integer } = settings
  const limits = { default: value, min, max }
  for (const key of ['default', 'min', 'max'] as const) {
    const limit = limits[key]
    if (limit !== undefined && !Number.isFinite(limit)) {
      throw new ScannerDefinitionError(`${path}.${key}`, `${path}.${key} must be a finite number, not ${describe(limit)}.`)
    }
  }
  if (integer !== undefined && typeof integer !== 'boolean') {
    throw new ScannerDefinitionError(`${path}.integer`, `${path}.integer must be true or false, not ${describe(integer)}.`)
  }
  const range: { min?: number; max?: number; integer?: boolean } = {}
  if (typeof min === 'number') range.min = min
  if (typeof max === 'number') range.max = max
  if (integer !== undefined) range.integer = integer
  if (range.min !== undefined && range.max !== undefined && range.min > range.max) {
    throw new ScannerDefinitionError(
      `${path}.min`,
      `${path}.min (${range.min}) is above ${path}.max (${range.max}): swap them or widen the range.`,
    )
  }
  if (!fits(value, range)) {
    throw new ScannerDefinitionError(
      `${path}.default`,
      `${path}.default is ${value}, but the parameter takes ${rangeText(range)}: change the default or the range.`,
    )
  }
  return range
}

function optionsOf(path: string, value: string, options: unknown): readonly string[] {
  if (!Array.isArray(options) || options.length === 0 || options.some((option) => typeof option !== 'string')) {
    throw new ScannerDefinitionError(`${path}.options`, `${path}.options must be a list of one text or more, not ${describe(options)}.`)
  }
  const copy: readonly string[] = Object.freeze([...options])
  if (new Set(copy).size !== copy.length) {
    throw new ScannerDefinitionError(`${path}.options`, `${path}.options names one option twice: remove the repetition.`)
  }
  if (!copy.includes(value)) {
    throw new ScannerDefinitionError(
      `${path}.default`,
      `${path}.default is ${JSON.stringify(value)}, which is not one of its options: ${listOf(copy)}.`,
    )
  }
  return copy
}

function resolveOne(description: ParamDescription, given: unknown): ParamValue {
  const { name, type } = description
  if (type === 'number') {
    const value = typeof given === 'string' ? numberFromText(given) : given
    if (typeof value !== 'number' || !Number.isFinite(value)) throw refusal(name, rangeText(description), given)
    if (!fits(value, description)) throw refusal(name, rangeText(description), given)
    return value
  }
  if (type === 'boolean') {
    if (typeof given === 'boolean') return given
    const text = typeof given === 'string' ? given.trim().toLowerCase() : ''
    if (text !== 'true' && text !== 'false') throw refusal(name, 'true or false', given)
    return text === 'true'
  }
  if (typeof given !== 'string') throw refusal(name, 'text', given)
  const options = description.options
  if (options === undefined || options.includes(given)) return given
  const meant = closest(given, options)
  throw refusal(name, `one of ${listOf(options)}`, given, meant === null ? '' : ` Did you mean ${JSON.stringify(meant)}?`)
}

function numberFromText(text: string): number {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN
}

function fits(value: number, range: { readonly min?: number; readonly max?: number; readonly integer?: boolean }): boolean {
  if (range.min !== undefined && value < range.min) return false
  if (range.max !== undefined && value > range.max) return false
  return range.integer !== true || Number.isInteger(value)
}

function rangeText(range: { readonly min?: number; readonly max?: number; readonly integer?: boolean }): string {
  const kind = range.integer === true ? 'a whole number' : 'a number'
  if (range.min !== undefined && range.max !== undefined) return `${kind} from ${range.min} to ${range.max}`
  if (range.min !== undefined) return `${kind} of ${range.min} or more`
  return range.max === undefined ? kind : `${kind} of ${range.max} or less`
}

function refusal(name: string, takes: string, given: unknown, advice = ''): ScannerParameterError {
  return new ScannerParameterError(name, `The parameter ${name} takes ${takes}, not ${describe(given)}.${advice}`)
}

function unknownParameter(name: string, names: readonly string[]): string {
  const shown = JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name)
  if (names.length === 0) return `There is no parameter ${shown}: this scanner takes none.`
  return `There is no parameter ${shown}${suggestion(name, names)} This scanner takes ${joined(names)}.`
}

/** Throws ScannerDefinitionError where `object` has a key outside `known`. */
export function checkKeys(path: string, object: object, known: readonly string[]): void {
  for (const key of Object.keys(object)) {
    if (known.includes(key)) continue
    const owner = path === '' ? 'The definition' : path
    throw new ScannerDefinitionError(
      path === '' ? key : `${path}.${key}`,
      `${owner} has an unknown key ${JSON.stringify(key)}${suggestion(key, known)} It takes ${known.join(', ')}.`,
    )
  }
}

function suggestion(name: string, candidates: readonly string[]): string {
  const meant = closest(name, candidates)
  return meant === null ? '.' : `; did you mean ${meant}?`
}

export function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A value as messages show it. */
export function describe(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}…` : value)
  if (value === undefined) return 'nothing'
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return String(value)
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`
}

function listOf(options: readonly string[]): string {
  return joined(options.map((option) => JSON.stringify(option)))
}

/** Names one after the other, of very many the first. */
function joined(names: readonly string[]): string {
  const more = names.length - MOST_LISTED
  return more > 0 ? `${names.slice(0, MOST_LISTED).join(', ')} and ${more} more` : names.join(', ')
}
