import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** What a command and every process below it took. */
export interface ProcessCost {
  wallMs: number
  /** User and system time of the whole tree; null where the system does not tell. */
  cpuMs: number | null
  /** What of it the processes took that the command started, and those below them. */
  belowCpuMs: number | null
  /** Highest sum of resident bytes seen over the tree; pages that processes share count in each. Null where there is no /proc. */
  peakRssBytes: number | null
}

export interface Measured extends ProcessCost {
  stdout: string
}

export interface MeasureOptions {
  timeoutMs: number
  env?: Record<string, string>
}

const SAMPLE_MS = 15
const MAX_OUTPUT = 64 * 1024 * 1024
const CLOCK_TICK_MS = 10
const PAGE_BYTES = 4096
/** Samples after which the children of every thread are looked for. */
const EVERY_THREAD = 10

/**
 * Runs a command to its end. CPU time is the larger of what the shell counted of processes waited for, and of what was
 * seen in /proc: the one misses processes that nobody waited for, the other the last moments of each. Settings of Strikescan
 * that stand in the environment are not handed on: a benchmark is of what it says.
 * Rejects where the command fails, prints too much, or takes longer than `timeoutMs`; all of its tree is killed then.
 */
export async function measureProcess(command: readonly string[], { timeoutMs, env }: MeasureOptions): Promise<Measured> {
  const started = performance.now()
  const child = spawn('/bin/sh', ['-c', '"$@"; code=$?; times >&3; exit $code', 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('STRIKESCAN_'))), ...env },
  })
  const tree = new ProcessTree(child.pid!)
  const texts = ['', '', '']
  let problem: string | null = null
  const stop = (why: string): void => {
    problem ??= why
    tree.kill()
  }
  ;([child.stdout, child.stderr, child.stdio[3]] as NodeJS.ReadableStream[]).forEach((stream, place) => {
    stream.setEncoding('utf8')
    stream.on('data', (text: string) => {
      texts[place] += text
      if (texts[place]!.length > MAX_OUTPUT) stop('it prints too much')
    })
  })
  const leave = (): void => tree.kill()
  process.prependOnceListener('exit', leave)
  const sampling = setInterval(() => tree.sample(), SAMPLE_MS)
  const deadline = setTimeout(() => stop(`it takes more than ${timeoutMs / 1000} s`), timeoutMs)
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    const wallMs = performance.now() - started
    if (problem === null && code !== 0) problem = `it ends with code ${code}: ${texts[1]!.trim().slice(-1000)}`
    if (problem !== null) throw new Error(`${command.join(' ')}: ${problem}`)
    const waitedFor = shellTimesMs(texts[2]!)
    const cpuMs = waitedFor === null ? tree.cpuMs : Math.max(waitedFor, tree.cpuMs ?? 0)
    return { wallMs, cpuMs, belowCpuMs: tree.belowCpuMs, peakRssBytes: tree.peakRssBytes, stdout: texts[0]! }
  } finally {
    process.off('exit', leave)
    clearInterval(sampling)
    clearTimeout(deadline)
  }
}

/** Sum of the second line of the shell's `times`: `1m2.345s 0m0.678s`, user and system time of its children. */
export function shellTimesMs(text: string): number | null {
  const times = [...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  return times.length !== 2 ? null : times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0)
}

/** A shell, the command that it runs, and all below that, as /proc shows them. */
class ProcessTree {
  readonly #root: number
  readonly #ticks = new Map<number, number>()
  #command: number | null = null
  /** Of each process, when every thread was last asked. */
  readonly #children = new Map<number, number[]>()
  #samples = 0
  /** Of the processes that the command has waited for. */
  #reapedTicks = 0
  #peakPages = 0

  constructor(root: number) {
    this.#root = root
  }

  get peakRssBytes(): number | null {
    return this.#peakPages === 0 ? null : this.#peakPages * PAGE_BYTES
  }

  get cpuMs(): number | null {
    return this.#ticks.size === 0 ? null : this.#sum([...this.#ticks.keys()])
  }

  /** The larger of what was seen of the processes below the command, and of what the command has waited for, which lacks those still alive. */
  get belowCpuMs(): number | null {
    return this.#ticks.size === 0 ? null : Math.max(this.#reapedTicks * CLOCK_TICK_MS, this.#sum([...this.#ticks.keys()].filter((pid) => pid !== this.#root && pid !== this.#command)))
  }

  #sum(pids: number[]): number {
    return pids.reduce((sum, pid) => sum + this.#ticks.get(pid)!, 0) * CLOCK_TICK_MS
  }

  sample(): void {
    let pages = 0
    const members = this.#members(this.#samples++ % EVERY_THREAD === 0)
    this.#command ??= members[1] ?? null
    for (const pid of members) {
      const stat = read(pid, 'stat')
      if (stat === null) continue
      // The name, in parentheses, may hold anything; fields are counted from behind it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      this.#ticks.set(pid, Number(fields[11]) + Number(fields[12]))
      pages += Number(fields[21])
      if (pid === this.#command) this.#reapedTicks = Number(fields[13]) + Number(fields[14])
    }
    this.#peakPages = Math.max(this.#peakPages, pages)
  }

  kill(): void {
    for (const pid of this.#members(true)) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Gone by itself.
      }
    }
  }

  /** The root first, then all below it. The system lists children by the thread that started them: mostly the first, so the others are asked less often. */
  #members(ofEveryThread: boolean): number[] {
    const members = new Set([this.#root])
    for (const pid of members) {
      if (members.size > 1000) break
      const threads = ofEveryThread ? threadsOf(pid) : [pid]
      const children = threads.flatMap((thread) => read(pid, `task/${thread}/children`)?.trim().split(' ').filter(Boolean).map(Number) ?? [])
      if (ofEveryThread) this.#children.set(pid, children)
      for (const child of [...children, ...(this.#children.get(pid) ?? [])]) members.add(child)
    }
    return [...members]
  }
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function read(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}
