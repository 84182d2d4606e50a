import { spawn } from 'node:child_process'
import { rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { StrikescanError } from '../errors/strikescan-error.ts'
import { checkConfinement, type KernelConfinement } from '../pool/confinement-check.ts'
import { checkJournal, checkMarket, type DataCheck } from './doctor-data.ts'
import { detectHardware, type Hardware } from './hardware.ts'
import { prepareHome } from './home.ts'
import { loadConfig, readSettingsFile, type Config, type ConfigSources } from './load.ts'

export interface Check {
  name: string
  status: 'ok' | 'warn' | 'fail'
  /** What was found, in one sentence. */
  detail: string
  /** What to do about it; empty where nothing is to be done. */
  hint: string
}

export interface CommandResult {
  /** Exit code, or null where the command did not start, was killed or ran out of time. */
  code: number | null
  stdout: string
  stderr: string
}

/** What the checks touch; replaced in tests. */
export interface DoctorTools {
  nodeVersion: string
  platform: string
  /** Path of the Node that runs the children. */
  execPath: string
  run(command: string, args: string[]): Promise<CommandResult>
  /** What the kernel refuses a worker process; looked at on one. */
  confinement(): Promise<KernelConfinement>
  hardware(home: string): Hardware
  prepareHome(home: string): void
  /** Journal mode that a SQLite database in the folder ends up in; throws where it cannot be used. */
  journalMode(home: string): Promise<string>
  /** Whether the journal, and the snapshots of the market, are as they were written. */
  journal(home: string): Promise<DataCheck>
  market(home: string): Promise<DataCheck>
  now(): number
  /** The disk's idea of now in milliseconds: the time stamped on a file that was just written in the folder. */
  diskTime(home: string): number
}

const OLDEST_NODE = 26
/** As long as a command may take. */
const LONGEST_CHECK_MS = 20_000
const LOW_DISK = 1_073_741_824
const NO_DISK = 104_857_600
/** A clock before the release or a lifetime after it is wrong. */
const EARLIEST = Date.UTC(2026, 0, 1)
const LATEST = Date.UTC(2100, 0, 1)

/** Every check of this machine, in order; none of them throws, none changes anything that stays. */
export async function runDoctor(options: {
  home: string
  env: Record<string, string | undefined>
  overrides: Record<string, unknown>
  set?: Record<string, string>
  tools?: DoctorTools
}): Promise<Check[]> {
  const { home, tools = nodeTools } = options
  const hardware = tools.hardware(home)
  const folder = checkFolder(home, tools)
  const usable = folder.status === 'ok'
  return [
    checkNode(tools),
    await checkIsolates(tools),
    await checkCompiler(tools),
    folder,
    usable ? await checkDatabase(home, tools) : skipped('SQLite'),
    ...(usable ? [dataCheck('journal', await tools.journal(home)), dataCheck('snapshots', await tools.market(home))] : []),
    checkDisk(hardware),
    checkHardware(hardware),
    ...checkSettings(options, hardware),
    await checkContainment(tools),
    usable ? checkClock(home, tools) : skipped('clock'),
  ]
}

function checkNode({ nodeVersion, execPath }: DoctorTools): Check {
  const detail = `Node ${nodeVersion} at ${execPath}`
  if (Number.parseInt(nodeVersion, 10) >= OLDEST_NODE) return ok('Node', detail)
  return fail(
    'Node',
    detail,
    `Install Node ${OLDEST_NODE} or newer, or run npm install without --omit=optional so that one is brought along.`,
  )
}

const ISOLATE_PROGRAM =
  "import ivm from 'isolated-vm';" +
  'const isolate = new ivm.Isolate({ memoryLimit: 32 });' +
  "console.log(isolate.createContextSync().evalSync('6 * 7')); isolate.dispose()"

async function checkIsolates(tools: DoctorTools): Promise<Check> {
  const result = await tools.run(tools.execPath, ['--input-type=module', '-e', ISOLATE_PROGRAM])
  if (result.code === 0 && result.stdout.trim() === '42') return ok('isolates', 'isolated-vm loads and runs in a child process')
  return fail(
    'isolates',
    `isolated-vm does not run in a child process${because(result)}`,
    'Run npm install again with Node 26 on this machine: the addon is prebuilt for each platform.',
  )
}

const COMPILER_PROGRAM =
  "import { transform } from 'esbuild';" +
  "const { code } = await transform('let answer: number = 42', { loader: 'ts' }); console.log(code)"

async function checkCompiler(tools: DoctorTools): Promise<Check> {
  const result = await tools.run(tools.execPath, ['--input-type=module', '-e', COMPILER_PROGRAM])
  if (result.code === 0 && result.stdout.includes('let answer = 42')) return ok('compiler', 'esbuild compiles TypeScript')
  return fail(
    'compiler',
    `esbuild does not run${because(result)}`,
    'Run npm install again without --omit=optional: the binary comes as an optional package for each platform.',
  )
}

function checkFolder(home: string, tools: DoctorTools): Check {
  try {
    tools.prepareHome(home)
    return ok('state folder', `${home} can be written`)
  } catch (error) {
    return failed('state folder', error)
  }
}

async function checkDatabase(home: string, tools: DoctorTools): Promise<Check> {
  try {
    const mode = await tools.journalMode(home)
    if (mode === 'wal') return ok('SQLite', 'write-ahead logging works in the state folder')
    return fail(
      'SQLite',
      `write-ahead logging is refused in ${home} (journal mode ${mode})`,
      'Keep the state folder on a local disk: network file systems cannot share its memory.',
    )
  } catch (error) {
    return fail(
      'SQLite',
      `no database can be used in ${home} (${(error as Error).message})`,
      'Keep the state folder on a local disk with free space.',
    )
  }
}

function dataCheck(name: string, { found, problem }: DataCheck): Check {
  return problem === null ? ok(name, found) : failed(name, problem)
}

function checkDisk({ disk }: Hardware): Check {
  if (!disk) return warn('disk', 'free space cannot be told on this system', 'Keep at least 1 GB free.')
  const detail = `${gigabytes(disk.freeBytes)} free at ${disk.path}`
  if (disk.freeBytes < NO_DISK) return fail('disk', detail, 'Free some space or name a folder on another disk with --home.')
  if (disk.freeBytes < LOW_DISK) return warn('disk', detail, 'Runs over the whole market and imports need 1 GB or more.')
  return ok('disk', detail)
}

function checkHardware({ cores, memory }: Hardware): Check {
  const detail = `${cores.count} ${cores.count === 1 ? 'core' : 'cores'} (${cores.from}), ${gigabytes(memory.bytes)} of memory (${memory.from})`
  if (memory.bytes < LOW_DISK) return warn('hardware', detail, 'Scans over the whole market want 1 GB of memory or more.')
  return ok('hardware', detail)
}

function checkSettings(options: Omit<ConfigSources, 'file' | 'hardware'> & { home: string }, hardware: Hardware): Check[] {
  let config: Config
  try {
    config = loadConfig({
      file: readSettingsFile(options.home),
      env: options.env,
      set: options.set,
      overrides: options.overrides,
      hardware,
    })
  } catch (error) {
    return [failed('settings', error)]
  }
  const { values, preset } = config
  const chosen = `${values['workers.count']} workers, ${values['memory.softMb']} MB for all, ${values['limits.memoryMb']} MB for one. ${preset.why}`
  const memoryMb = hardware.memory.bytes / 1_048_576
  if (values['memory.softMb'] > memoryMb) {
    return [warn('settings', chosen, 'memory.softMb is more than this process may use: lower it, or the system may kill workers.')]
  }
  return [ok('settings', chosen)]
}

async function checkContainment(tools: DoctorTools): Promise<Check> {
  if (tools.platform !== 'linux') {
    return warn('containment', 'setpriv and ulimit are Linux tools', 'Scripts of people you do not know belong on Linux.')
  }
  const [setpriv, ulimit] = await Promise.all([tools.run('setpriv', ['--version']), tools.run('sh', ['-c', 'ulimit -d 1500000'])])
  const missing = [...(setpriv.code === 0 ? [] : ['setpriv']), ...(ulimit.code === 0 ? [] : ['ulimit -d'])]
  if (missing.length > 0) {
    return warn(
      'containment',
      `${missing.join(' and ')} cannot be used here`,
      'Install util-linux; without it workers do not die with the server and are held less tightly.',
    )
  }
  const { sealed, obstacle, withoutNetwork } = await tools.confinement()
  const others = `the compiler of TypeScript ${withoutNetwork ? 'has no network' : 'is held by limits alone, as unshare is not allowed here'}`
  if (sealed) return ok('containment', `the kernel refuses workers every file, socket, program and other process; ${others}`)
  return warn(
    'containment',
    `workers are held by limits${withoutNetwork ? ', without network,' : ''} and Node's permissions, not by a filter of system calls: ${obstacle}`,
    'Use Linux on x64 with the Node that npm install brings, in a container that allows seccomp; else give uploads of people you do not know a container of their own, see SECURITY.md.',
  )
}

function checkClock(home: string, tools: DoctorTools): Check {
  const now = tools.now()
  const shown = new Date(now).toISOString()
  if (now < EARLIEST || now > LATEST) return fail('clock', `the clock says ${shown}`, 'Set the clock: dates of runs come from it.')
  const apart = Math.abs(tools.diskTime(home) - now)
  if (apart > 5_000) {
    return warn(
      'clock',
      `the disk's clock is ${Math.round(apart / 1_000)} s away from this machine's ${shown}`,
      'Synchronise the clocks of this machine and its file server.',
    )
  }
  return ok('clock', shown)
}

const ok = (name: string, detail: string): Check => ({ name, status: 'ok', detail, hint: '' })
const warn = (name: string, detail: string, hint: string): Check => ({ name, status: 'warn', detail, hint })
const fail = (name: string, detail: string, hint: string): Check => ({ name, status: 'fail', detail, hint })
const skipped = (name: string): Check => warn(name, 'not checked: the state folder cannot be used', 'Mend the state folder first.')

function failed(name: string, error: unknown): Check {
  return fail(name, (error as Error).message, error instanceof StrikescanError ? error.hint : '')
}

/** The telling line of what a child wrote to standard error. */
function because({ code, stderr }: CommandResult): string {
  const lines = stderr
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  const line = lines.find((candidate) => /^\w*Error\b/.test(candidate)) ?? lines[0]
  return line ? ` (${line.slice(0, 200)})` : code === null ? ' (it was killed or took too long)' : ` (exit code ${code})`
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1_073_741_824).toFixed(1)} GB`
}

const packageFolder = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

export const nodeTools: DoctorTools = {
  nodeVersion: process.versions.node,
  platform: process.platform,
  execPath: process.execPath,
  run: runCommand,
  confinement: checkConfinement,
  hardware: detectHardware,
  prepareHome,
  journalMode,
  journal: (home) => checkJournal(home, process.execPath, runCommand),
  market: (home) => checkMarket(home, LONGEST_CHECK_MS),
  now: Date.now,
  diskTime(home) {
    const file = join(home, `.probe-clock-${process.pid}`)
    try {
      writeFileSync(file, '')
      return statSync(file).mtimeMs
    } finally {
      rmSync(file, { force: true })
    }
  },
}

/** Runs a command in the package's folder, so that its dependencies are found; killed after 20 seconds. Never rejects. */
function runCommand(command: string, args: string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: packageFolder, stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000, killSignal: 'SIGKILL' })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk) => (stdout += chunk))
    child.stderr.on('data', (chunk) => (stderr += chunk))
    child.on('error', (error) => resolve({ code: null, stdout, stderr: `${stderr}${error.message}` }))
    child.on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Writes through a database of its own in the folder and removes it again. */
async function journalMode(home: string): Promise<string> {
  const { DatabaseSync } = await import('node:sqlite')
  const file = join(home, `.probe-${process.pid}.db`)
  try {
    const database = new DatabaseSync(file)
    try {
      const row = database.prepare('PRAGMA journal_mode = WAL').get() as { journal_mode: string }
      database.exec('CREATE TABLE probe (value INTEGER); INSERT INTO probe VALUES (42)')
      return row.journal_mode
    } finally {
      database.close()
    }
  } finally {
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  }
}
