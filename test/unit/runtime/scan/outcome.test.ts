import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { BadOutcome, failedOutcome, hostOutcome, outOfMemoryOutcome, readOutcome, rowError } from '../../../../runtime/scan/outcome.ts'

const nowhere = () => null
const read = (value: unknown) => readOutcome(JSON.stringify(value), nowhere)
const hit = { status: 'hit', score: 1.5, direction: 'bullish', data: { gap: 0.04 }, strategies: ['Long Call'], reason: null }
const fault = { code: 'script_threw', name: 'TypeError', message: 'x is not a function', stack: 'at scan (gap.js:3:5)' }

describe('an honest row', () => {
  it('of no text is a miss', () => {
    expect(readOutcome('', nowhere)).toMatchObject({ status: 'miss', score: null, direction: null, data: null, strategies: [], error: null })
  })

  it('of a hit keeps its fields', () => {
    expect(read(hit)).toEqual({ ...hit, reason: 'the scanner matched', error: null })
    expect(read({ ...hit, reason: 'gap of 4%' }).reason).toBe('gap of 4%')
    expect(read({ ...hit, data: undefined }).data).toBeNull()
  })

  it('of a failure tells its place', () => {
    const place = { line: 3, column: 5, frame: '> 3 | x()' }
    expect(readOutcome(JSON.stringify({ status: 'failed', error: fault }), () => place)).toMatchObject({
      status: 'failed',
      reason: 'TypeError: x is not a function',
      error: { code: 'script_threw', message: 'TypeError: x is not a function', ...place },
    })
  })

  it('of a used up heap is out_of_memory, however it is told', () => {
    for (const outcome of [read({ status: 'out_of_memory' }), failedOutcome({ ...fault, code: 'script_out_of_memory' }, nowhere), outOfMemoryOutcome()]) {
      expect(outcome).toMatchObject({ status: 'out_of_memory', error: { code: 'script_out_of_memory' } })
    }
  })

  it('of several hits becomes one with all data', () => {
    const outcome = read({ status: 'many', outcomes: [hit, { ...hit, score: 9, data: 2 }] })
    expect(outcome).toMatchObject({ status: 'hit', score: 1.5, data: [{ gap: 0.04 }, 2] })
    expect(outcome.reason).toContain('2 times')
  })

  it('of several hits, one of which failed, is that failure', () => {
    expect(read({ status: 'many', outcomes: [hit, { status: 'failed', error: fault }] }).status).toBe('failed')
  })
})

describe('a row that no honest worker sends', () => {
  it.each<[string, string]>([
    ['no JSON', '{'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a number', '7'],
    ['no status', '{}'],
    ['a status of the host alone', '{"status":"timed_out"}'],
    ['a score that is text', JSON.stringify({ ...hit, score: '1' })],
    ['a score beyond all numbers', JSON.stringify(hit).replace('1.5', '1e999')],
    ['an unknown direction', JSON.stringify({ ...hit, direction: 'up' })],
    ['strategies that are no list', JSON.stringify({ ...hit, strategies: 'Long Call' })],
    ['strategies that are no names', JSON.stringify({ ...hit, strategies: [{}] })],
    ['too many strategies', JSON.stringify({ ...hit, strategies: Array.from({ length: 65 }, () => 'x') })],
    ['several hits that are none', '{"status":"many","outcomes":[]}'],
    ['several hits within several hits', JSON.stringify({ status: 'many', outcomes: [{ status: 'many', outcomes: [hit] }] })],
    ['a failure without an error', '{"status":"failed"}'],
    ['a failure with parts missing', '{"status":"failed","error":{"code":"script_threw","name":"","message":""}}'],
  ])('is refused: %s', (_, text) => {
    expect(() => readOutcome(text, nowhere)).toThrow(BadOutcome)
  })

  it('never gives anything but an outcome or a BadOutcome', () => {
    const status = fc.constantFrom('hit', 'miss', 'many', 'failed', 'out_of_memory', '__proto__')
    const value = fc.oneof(fc.jsonValue(), fc.record({ status, error: fc.jsonValue(), outcomes: fc.jsonValue(), score: fc.jsonValue(), direction: fc.jsonValue(), strategies: fc.jsonValue() }))
    fc.assert(
      fc.property(fc.oneof(fc.string(), value.map((each) => JSON.stringify(each))), (text) => {
        try {
          expect(['hit', 'miss', 'failed', 'out_of_memory']).toContain(readOutcome(text, nowhere).status)
        } catch (error) {
          expect(error).toBeInstanceOf(BadOutcome)
        }
      }),
    )
  })
})

describe('errors of rows', () => {
  it('take the author for a stranger: a code of the host alone becomes a plain failure', () => {
    for (const code of ['journal_unusable', 'constructor', '__proto__', 'no_such_code', '']) expect(rowError({ ...fault, code }, nowhere).code).toBe('script_threw')
  })

  it('do not name the error twice', () => {
    expect(rowError({ ...fault, message: 'TypeError: x' }, nowhere).message).toBe('TypeError: x')
    expect(rowError({ ...fault, name: '' }, nowhere).message).toBe('x is not a function')
  })

  it('look for a place only in a stack', () => {
    expect(rowError({ ...fault, stack: '' }, () => ({ line: 1, column: 1, frame: '' })).line).toBeNull()
  })

  it('of the host fill in their values', () => {
    expect(hostOutcome('timed_out', 'symbol_timeout', { seconds: 5 })).toMatchObject({ status: 'timed_out', error: { code: 'symbol_timeout', line: null } })
    expect(hostOutcome('timed_out', 'symbol_timeout', { seconds: 5 }).reason).toContain('5 s')
  })

  it('cut endless text', () => {
    const long = 'x'.repeat(100_000)
    const outcome = read({ status: 'failed', error: { code: long, name: long, message: long, stack: long } })
    expect(outcome.reason.length).toBeLessThan(3_000)
    expect(read({ ...hit, reason: long }).reason.length).toBeLessThan(3_000)
  })
})
