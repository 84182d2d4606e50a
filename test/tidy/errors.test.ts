import type { CallExpression, Expression, Node, ObjectExpression } from 'acorn'
import { describe, expect, it } from 'vitest'

import { registry, type ErrorCode } from '../../runtime/errors/registry.ts'
import { allSources, filesBelow, read, type Source } from './support/sources.ts'
import { walk } from './support/walk.ts'

const CODES = Object.keys(registry) as ErrorCode[]
const product = allSources().filter(({ path }) => !path.startsWith('test/'))

/** Where a code and its values stand in a call that makes an error. */
const MAKERS: Record<string, { code: number; values: number }> = {
  StrikescanError: { code: 0, values: 1 },
  describeError: { code: 0, values: 1 },
  hostOutcome: { code: 1, values: 2 },
  diagnostic: { code: 1, values: 2 },
}

interface Use {
  at: string
  code: string
  /** Names of the values given; null where they are not written out at this place. */
  given: string[] | null
}

const uses = product.flatMap(usesOf)

describe('the registry of errors', () => {
  it('has each code in one file only', () => {
    const texts = filesBelow('runtime/errors/codes').map(read).join('\n')
    const defined = [...texts.matchAll(/^ {2}(\w+): \{/gm)].map(([, code]) => code!)
    expect(defined.toSorted()).toEqual(CODES.toSorted())
  })

  it('uses every code that it defines', () => {
    const texts = product.filter(({ path }) => !path.startsWith('runtime/errors/')).map(({ code }) => code)
    expect(CODES.filter((code) => !texts.some((text) => new RegExp(`['"\`]${code}['"\`]`).test(text)))).toEqual([])
  })

  it('knows every code that is used', () => {
    expect(uses.length).toBeGreaterThan(100)
    expect(uses.filter(({ code }) => !Object.hasOwn(registry, code)).map(({ at, code }) => `${at} ${code}`)).toEqual([])
  })

  it('gets a value for every placeholder of a template', () => {
    const missing = uses.flatMap(({ at, code, given }) => {
      const definition = registry[code as ErrorCode]
      if (given === null || definition === undefined) return []
      const wanted = [...`${definition.message} ${definition.hint}`.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!)
      return wanted.filter((name) => !given.includes(name)).map((name) => `${at} ${code} without {${name}}`)
    })
    expect(missing).toEqual([])
  })

  it('is given no value that no template shows', () => {
    const idle = uses.flatMap(({ at, code, given }) => {
      const definition = registry[code as ErrorCode]
      if (given === null || definition === undefined) return []
      return given.filter((name) => !`${definition.message} ${definition.hint}`.includes(`{${name}}`)).map((name) => `${at} ${code} with ${name}`)
    })
    expect(idle).toEqual([])
  })

  it.each(CODES)('%s says what and what to do', (code) => {
    const { message, hint, status, fault } = registry[code]
    expect(code).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)+$/)
    expect(message.trim()).not.toBe('')
    expect(hint.trim()).not.toBe('')
    expect(`${message}${hint}`).not.toMatch(/[\r\n]|\s\s/)
    // A fault of the machine or of ours is never shown as the client's, and the other way round.
    const allowed = { user: [400, 599], script: [422, 422], system: [500, 507] }[fault]
    expect(status).toBeGreaterThanOrEqual(allowed[0]!)
    expect(status).toBeLessThanOrEqual(allowed[1]!)
  })
})

function usesOf(source: Source): Use[] {
  const found: Use[] = []
  walk(source.program, (node: Node) => {
    if (node.type !== 'CallExpression' && node.type !== 'NewExpression') return
    const { callee, arguments: args } = node as CallExpression
    const maker = callee.type === 'Identifier' ? MAKERS[callee.name] : undefined
    const code = maker === undefined ? undefined : args[maker.code]
    if (maker === undefined || code?.type !== 'Literal' || typeof code.value !== 'string') return
    found.push({ at: `${source.path}:${node.loc!.start.line}`, code: code.value, given: namesOf(args[maker.values] as Expression | undefined) })
  })
  return found
}

function namesOf(values: Expression | undefined): string[] | null {
  if (values === undefined) return []
  if (values.type !== 'ObjectExpression') return null
  const { properties } = values as ObjectExpression
  const names = properties.map((property) => (property.type === 'Property' && property.key.type === 'Identifier' ? property.key.name : null))
  return names.includes(null) ? null : (names as string[])
}
