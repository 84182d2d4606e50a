import { execFileSync } from 'node:child_process'

/** What a script has in its top-level list `hits` once plain Node has run it to its end. */
export function gatheredInNode(source: string): unknown[] {
  const told = `${source}\nprocess.on('exit', () => process.stdout.write(JSON.stringify(hits)))`
  return JSON.parse(execFileSync(process.execPath, [`--input-type=${/^await /m.test(source) ? 'module' : 'commonjs'}`, '--eval', told], { encoding: 'utf8' })) as unknown[]
}
