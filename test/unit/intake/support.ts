import { analyze, type Analysis } from '../../../runtime/intake/analyze.ts'
import type { ModuleTable } from '../../../runtime/intake/modules.ts'
import type { InjectionPlan } from '../../../runtime/intake/plan.ts'

export const MODULES: ModuleTable = { strikescan: 'sdk', technicalindicators: 'bundled', axios: 'standin', 'node-fetch': 'standin', fs: 'standin', path: 'standin', events: 'standin', dotenv: 'standin' }

export function analyzeText(source: string, filename = 'scan.js'): Analysis {
  return analyze({ bytes: new TextEncoder().encode(source), filename, modules: MODULES })
}

export function planOf(source: string, filename?: string): InjectionPlan {
  const { plan, diagnostics } = analyzeText(source, filename)
  if (!plan) throw new Error(diagnostics.map((entry) => `${entry.code}: ${entry.message}`).join('; '))
  return plan
}

export function codesOf(analysis: Analysis): string[] {
  return analysis.diagnostics.map((entry) => entry.code)
}
