import { execFileSync } from 'node:child_process'

import type { Hosted } from './hosting.ts'

/** What a script has in its top-level list `hits` once plain Node has run it to its end. */
export function gatheredInNode(source: string): unknown[] {
  const told = `${source}\nprocess.on('exit', () => process.stdout.write(JSON.stringify(hits)))`
  return JSON.parse(execFileSync(process.execPath, [`--input-type=${/^await /m.test(source) ? 'module' : 'commonjs'}`, '--eval', told], { encoding: 'utf8' })) as unknown[]
}

/** The hits that a run's rows show, each as text, in the order of that; a row of several shows all. */
export function hitsOf({ rows }: Hosted): string[] {
  const shown = rows.flatMap(({ symbol, status, data }) => (status !== 'hit' ? [] : (Array.isArray(data) ? data : [data]).map((hit) => JSON.stringify({ symbol, ...(hit as object) }))))
  return shown.toSorted()
}
