import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { accessSync, constants, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'

/** A finding of the TypeScript compiler; `file` is absolute, null where the finding is about the project. */
export interface TypeProblem {
  file: string | null
  line: number
  column: number
  code: string
  message: string
}

export interface TypeChecker {
  version: string
  /** All findings of the file's project; null where the check was broken off. */
  check(signal: AbortSignal): Promise<TypeProblem[] | null>
}

/**
 * The TypeScript that the scanner's own project has installed, or why there is none, in one sentence. Types are a help while
 * writing and no condition for running, so Strikescan brings no compiler of its own. The compiler is started anew each time:
 * version 7 takes a tenth of a second for a project, which is less than its watch mode takes to notice a change. What it
 * found in files that are as they were is kept beside the project's packages, since a linked package may be large.
 */
export function findTypeChecker(file: string): TypeChecker | { missing: string } {
  const project = findUp(dirname(file), 'tsconfig.json')
  const isTypeScript = /\.[cm]?tsx?$/.test(file)
  if (!isTypeScript && project === null) return { missing: 'Types are not checked: this is JavaScript without a tsconfig.json.' }
  let manifest: string
  try {
    manifest = createRequire(file).resolve('typescript/package.json')
  } catch {
    return { missing: 'Types are not checked: TypeScript is not installed here. "npm install --save-dev typescript" adds it.' }
  }
  const { version, bin } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string; bin: { tsc: string } }
  const compiler = join(dirname(manifest), bin.tsc)
  const args = project === null ? ['--noEmit', '--strict', '--target', 'esnext', '--module', 'nodenext', '--skipLibCheck', file] : ['--project', project, '--noEmit']
  const cwd = project === null ? dirname(file) : dirname(project)
  const kept = keptFindings(file, project)
  const incremental = kept === null ? [] : ['--incremental', '--tsBuildInfoFile', kept]
  return { version, check: (signal) => runCompiler([compiler, ...args, ...incremental, '--pretty', 'false'], cwd, signal) }
}

/** Where the compiler keeps what it found in a project, or null where it may not write there. */
function keptFindings(file: string, project: string | null): string | null {
  const packages = findUp(dirname(file), 'node_modules')
  if (packages === null) return null
  const folder = join(packages, '.cache/strikescan')
  const name = createHash('sha256').update(project ?? file).digest('hex').slice(0, 16)
  try {
    mkdirSync(folder, { recursive: true })
    accessSync(folder, constants.W_OK)
    return join(folder, `types-${name}.tsbuildinfo`)
  } catch {
    return null
  }
}

function runCompiler(args: string[], cwd: string, signal: AbortSignal): Promise<TypeProblem[] | null> {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, { cwd, signal, stdio: ['ignore', 'pipe', 'ignore'] })
    let text = ''
    child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece))
    child.on('error', () => done(null))
    child.on('close', (code) => {
      if (signal.aborted) return done(null)
      const problems = parseFindings(text, cwd)
      if (problems.length === 0 && code !== 0) problems.push({ file: null, line: 0, column: 0, code: 'tsc', message: `the compiler ended with code ${code}` })
      done(problems)
    })
  })
}

const FINDING = /^(?:(.+?)\((\d+),(\d+)\): )?error (TS\d+): (.*)$/

/** Findings as `--pretty false` prints them: one line each, what explains it indented below. */
export function parseFindings(text: string, cwd: string): TypeProblem[] {
  const problems: TypeProblem[] = []
  for (const line of text.split(/\r?\n/)) {
    const found = FINDING.exec(line)
    if (found !== null) {
      const [, file, row, column, code, message] = found
      problems.push({ file: file === undefined ? null : resolve(cwd, file), line: Number(row ?? 0), column: Number(column ?? 0), code: code!, message: message! })
    } else if (/^\s+\S/.test(line) && problems.length > 0) problems.at(-1)!.message += `\n${line.trimEnd()}`
  }
  return problems
}

function findUp(folder: string, name: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (existsSync(join(at, name))) return join(at, name)
    if (dirname(at) === at) return null
  }
}
