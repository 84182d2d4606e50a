import { StrikescanError } from '../../runtime/host.ts'

const TYPES = ['cancel', 'pause', 'resume'] as const
type ControlType = (typeof TYPES)[number]
const SPELLED = TYPES.join(', ')

/** The request in a watcher's message. @throws live_message_malformed, live_message_unknown */
export function readControl(text: string): ControlType {
  const message = parse(text)
  const { type, ...rest } = message
  const others = Object.keys(rest)
  if (others.length > 0) throw malformed(`with the unknown field ${shown(others[0]!)}`)
  if (type === undefined) throw malformed('without a type')
  if (typeof type !== 'string') throw malformed('with a type that is no string')
  const known = TYPES.find((one) => one === type)
  if (known === undefined) throw new StrikescanError('live_message_unknown', { type: shown(type), types: SPELLED })
  return known
}

/** What a watcher is told of an error: what it can mend in full, and of faults of the system the code. */
export function plainError(error: unknown): { error: { code: string; message: string; hint: string } } {
  if (!(error instanceof StrikescanError)) return { error: { code: 'internal_error', message: UNABLE, hint: ASK } }
  const { code, message, hint, fault } = error
  return { error: fault === 'user' ? { code, message, hint } : { code, message: UNABLE, hint: ASK } }
}

const UNABLE = 'The request could not be carried out.'
const ASK = 'The log of the server says why.'

function parse(text: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw malformed('not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('no object')
  return value as Record<string, unknown>
}

function malformed(problem: string): StrikescanError {
  return new StrikescanError('live_message_malformed', { problem, types: SPELLED })
}

function shown(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text)
}
