import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'

import type { ListDeclaration, ListForm } from '../../../../runtime/intake/plan.ts'
import { frozenListOf, listFill, listValue } from '../../../../runtime/isolate/list-injection.ts'

const NASTY = ['BRK.B', "O'X", 'a"b', '\\', '${x}', '</script>', '\u2028', '__PROTO__', 'constructor']

const list = (form: ListForm, values: Partial<ListDeclaration> = {}): ListDeclaration => ({
  name: 'SYMBOLS', role: 'symbols', form, field: null, separator: null, injection: 'inPlace', declaredWith: 'const', pieceIndex: 0, initializerStart: 0, initializerEnd: 0, staticValue: null, line: 1, column: 0, ...values,
})

/** What a script sees in its list after another one was put in place; `look` is code of the script. */
function seen(declaration: string, statement: string, look: string): unknown {
  // As text, so that nothing of the other context leaks into the comparison.
  return JSON.parse(runInNewContext(`'use strict';${declaration};${statement};JSON.stringify(${look})`) as string)
}

const fill = (form: ListForm, declaration: string, look: string, values = ['B', 'C'], more: Partial<ListDeclaration> = {}): unknown => seen(declaration, listFill(list(form, more), values), look)
const value = (form: ListForm, look: string, values = ['B', 'C'], more: Partial<ListDeclaration> = {}): unknown => seen(`const SYMBOLS = ${listValue(list(form, more), values)}`, '', look)

describe('a list changed in place', () => {
  it.each<[string, ListForm, string, string, unknown]>([
    ['an array', 'array', "const SYMBOLS = ['A', 'B', 'D']", 'SYMBOLS', ['B', 'C']],
    ['a longer array', 'array', 'const SYMBOLS = []', 'SYMBOLS', ['B', 'C']],
    ['a list of unknown shape, as an array', 'unknown', "const SYMBOLS = ['A'].concat([])", 'SYMBOLS', ['B', 'C']],
    ['a set', 'set', "const SYMBOLS = new Set(['A', 'B'])", '[...SYMBOLS]', ['B', 'C']],
    ['a map, with what stands beside symbols that stay', 'map', "const SYMBOLS = new Map([['A', 1], ['B', 2]])", '[...SYMBOLS]', [['B', 2], ['C', {}]]],
    ['an object, with what stands beside symbols that stay', 'object', "const SYMBOLS = { A: { w: 1 }, B: { w: 2 } }", 'SYMBOLS', { B: { w: 2 }, C: {} }],
    ['groups, where symbols that stay keep theirs', 'groups', "const SYMBOLS = { tech: ['A'], banks: ['B'] }", 'SYMBOLS', { tech: ['C'], banks: ['B'] }],
    ['groups that were none', 'groups', 'const SYMBOLS = {}', 'SYMBOLS', { all: ['B', 'C'] }],
    ['objects, with their other fields', 'objects', "const SYMBOLS = [{ symbol: 'A', w: 1 }, { symbol: 'B', w: 2 }]", 'SYMBOLS', [{ symbol: 'B', w: 2 }, { symbol: 'C' }]],
  ])('%s', (_, form, declaration, look, expected) => {
    expect(fill(form, declaration, look)).toEqual(expected)
  })

  it('stays the same object, for code that holds on to it', () => {
    expect(fill('array', "const SYMBOLS = ['A']; const held = SYMBOLS", 'held')).toEqual(['B', 'C'])
    expect(fill('set', "const SYMBOLS = new Set(['A']); const held = SYMBOLS", '[...held]')).toEqual(['B', 'C'])
  })

  it('takes the field that the author uses', () => {
    expect(fill('objects', "const SYMBOLS = [{ ticker: 'A' }, { ticker: 'C', w: 3 }]", 'SYMBOLS', ['B', 'C'], { field: 'ticker' })).toEqual([{ ticker: 'B' }, { ticker: 'C', w: 3 }])
  })

  it('leaves no name behind', () => {
    expect(fill('map', "const SYMBOLS = new Map([['A', 1]])", '[typeof l, typeof v, typeof o]')).toEqual(['undefined', 'undefined', 'undefined'])
  })

  it.each(['l', 'v', 'o', 'w', 'f', 'k', 'i', 'e', 's'])('may be called %s', (name) => {
    expect(seen(`const ${name} = { x: ['A'] }`, listFill(list('groups', { name }), ['B']), name)).toEqual({ x: ['B'] })
    expect(seen(`const ${name} = ['A']`, listFill(list('array', { name }), ['B']), name)).toEqual(['B'])
    expect(seen(`const ${name} = new Map()`, listFill(list('map', { name }), ['B']), `[...${name}.keys()]`)).toEqual(['B'])
  })

  it.each<[ListForm, string]>([['array', "Object.freeze(['A'])"], ['object', 'Object.freeze({ A: 1 })']])('that is frozen says so: %s', (form, value) => {
    let message = ''
    try {
      fill(form, `const SYMBOLS = ${value}`, 'SYMBOLS')
    } catch (error) {
      message = (error as Error).message
    }
    expect(frozenListOf(message)).toBe('symbols')
    expect(frozenListOf(`${message}!`)).toBeNull()
  })

  it('may become empty', () => {
    expect(fill('array', "const SYMBOLS = ['A']", 'SYMBOLS', [])).toEqual([])
    expect(fill('groups', "const SYMBOLS = { a: ['A'] }", 'SYMBOLS', [])).toEqual({ a: [] })
  })
})

describe('a list made anew', () => {
  it.each<[ListForm, string, unknown, Partial<ListDeclaration>]>([
    ['array', 'SYMBOLS', ['B', 'C'], {}],
    ['unknown', 'SYMBOLS', ['B', 'C'], {}],
    ['set', '[...SYMBOLS]', ['B', 'C'], {}],
    ['map', '[...SYMBOLS.keys()]', ['B', 'C'], {}],
    ['object', 'Object.keys(SYMBOLS)', ['B', 'C'], {}],
    ['groups', 'Object.values(SYMBOLS).flat()', ['B', 'C'], {}],
    ['objects', 'SYMBOLS', [{ ticker: 'B' }, { ticker: 'C' }], { field: 'ticker' }],
    ['objects', 'SYMBOLS', [{ symbol: 'B' }, { symbol: 'C' }], {}],
    ['string', 'SYMBOLS', 'B;C', { separator: ';' }],
    ['string', 'SYMBOLS', 'B,C', {}],
    ['single', 'SYMBOLS', 'B', {}],
  ])('%s', (form, look, expected, more) => {
    expect(value(form, look, ['B', 'C'], more)).toEqual(expected)
  })

  it('of nothing', () => {
    expect(value('single', 'SYMBOLS', [])).toBe('')
    expect(value('string', 'SYMBOLS', [])).toBe('')
    expect(value('array', 'SYMBOLS', [])).toEqual([])
  })
})

describe('symbols are data, never code', () => {
  it.each<[ListForm, string, string]>([
    ['array', 'const SYMBOLS = []', 'SYMBOLS'],
    ['set', 'const SYMBOLS = new Set()', '[...SYMBOLS]'],
    ['map', 'const SYMBOLS = new Map()', '[...SYMBOLS.keys()]'],
    ['objects', 'const SYMBOLS = []', 'SYMBOLS.map(({ symbol }) => symbol)'],
    ['groups', 'const SYMBOLS = {}', 'Object.values(SYMBOLS).flat()'],
    ['object', 'const SYMBOLS = {}', 'Object.keys(SYMBOLS)'],
  ])('in %s', (form, declaration, look) => {
    expect(fill(form, declaration, look, NASTY)).toEqual(NASTY)
    expect(value(form, look, NASTY)).toEqual(NASTY)
  })
})
