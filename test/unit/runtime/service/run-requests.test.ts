import { describe, expect, it } from 'vitest'

import { settingsSchema, type Settings } from '../../../../runtime/config/schema.ts'
import type { IntakeReport, RunRequest } from '../../../../runtime/scan/run.ts'
import { checkRunRequest } from '../../../../runtime/service/run-requests.ts'

const settings = { ...settingsSchema.parse({}), 'workers.count': 2 } as Settings
const report = {
  filename: 'gap.js',
  pattern: 'defineScanner',
  symbols: { count: 0, sample: [], declaredAs: null },
  dates: { values: [], declaredAs: null },
  params: [{ name: 'gap', default: 0.03, min: 0, max: 1 }],
} as unknown as IntakeReport

const check = (request: Omit<RunRequest, 'filename' | 'source'>, of: Partial<IntakeReport> = {}, text = ''): void =>
  checkRunRequest({ request, report: { ...report, ...of }, text, settings, chosenPrefilter: {}, snapshot: null })
const codeOf = (...args: Parameters<typeof check>): string | null => {
  try {
    check(...args)
    return null
  } catch (error) {
    return (error as { code: string }).code
  }
}

describe('a request for a run', () => {
  it('passes where it could be carried out', () => {
    expect(codeOf({})).toBeNull()
    expect(codeOf({ symbols: ['AAPL'], from: '2026-01-01', to: '2026-02-01', params: { gap: 0.5 }, prefilter: { limit: 5 }, limits: { timeoutMs: 1_000, workers: 2 } })).toBeNull()
    expect(codeOf({ prefilter: false })).toBeNull()
  })

  it.each([
    [{ symbols: ['A'], universe: 'all' as const }, 'symbols_exclude'],
    [{ dates: ['2026-01-05'], from: '2026-01-01' }, 'dates_exclude'],
    [{ asOf: 'yesterday' }, 'dates_invalid'],
    [{ from: '2026-03-01', to: '2026-02-01' }, 'dates_inverted'],
    [{ params: { gap: 'wide' } }, 'param_invalid'],
    [{ params: { gap: 2 } }, 'param_invalid'],
    [{ params: { gpa: 0.1 } }, 'param_invalid'],
    [{ prefilter: { limit: 0 } }, 'prefilter_bad_value'],
    [{ limits: { memoryMb: 1 } }, 'limit_bad_value'],
    [{ limits: { workers: 1.5 } }, 'limit_bad_value'],
  ])('%j is refused as %s', (request, code) => {
    expect(codeOf(request)).toBe(code)
  })

  it('a self-running script takes no parameters', () => {
    expect(codeOf({ params: { gap: 1 } }, { pattern: 'script', params: [] })).toBe('params_not_declared')
  })

  it('names that the text does not show are left to the run', () => {
    expect(codeOf({ params: { other: 1 } }, {}, 'params: { ...shared, gap: 0.03 }')).toBeNull()
    expect(codeOf({ params: { other: 1 } }, { pattern: 'scan' })).toBeNull()
    expect(codeOf({ params: { gap: 2 } }, {}, 'params: { ...shared, gap: 0.03 }')).toBe('param_invalid')
  })

  it('the message of a limit says what it may be', () => {
    expect(() => check({ limits: { workers: 0 } })).toThrow('limits.workers is 0, but must be a whole number from 1 to 1024.')
  })
})
