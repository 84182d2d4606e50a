import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What a command and every process below it took. */
export interface ProcessCost {
  wallMs: number
  /** User and system time of the whole tree; null where the system does not tell. */
  cpuMs: number | null
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

/**
 * Runs a command to its end. CPU time is the larger of what the shell counted of processes waited for, and of what was
 * seen in /proc: the one misses processes that nobody waited for, the other the last moments of each.
 * Rejects where the command fails, prints too much, or takes longer than `timeoutMs`; all of its tree is killed then.
 */
export async function measureProcess(command: readonly string[], { timeoutMs, env }: MeasureOptions): Promise<Measured> {
  const started = performance.now()
  const child = spawn('/bin/sh', ['-c', '"$@"; code=$?; times >&3; exit $code', 'sh', ...command], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
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
  const sampling = setInterval(() => tree.sample(), SAMPLE_MS)
  const deadline = setTimeout(() => stop(`it takes more than ${timeoutMs / 1000} s`), timeoutMs)
  try {
    const code = await new Promise<number | null>((resolve, reject) => child.on('error', reject).on('close', resolve))
    const wallMs = performance.now() - started
    if (problem === null && code !== 0) problem = `it ends with code ${code}: ${texts[1]!.trim().slice(-1000)}`
    if (problem !== null) throw new Error(`${command.join(' ')}: ${problem}`)
    const waitedFor = shellTimesMs(texts[2]!)
    const cpuMs = waitedFor === null ? tree.cpuMs : Math.max(waitedFor, tree.cpuMs ?? 0)
    return { wallMs, cpuMs, peakRssBytes: tree.peakRssBytes, stdout: texts[0]! }
  } finally {
    clearInterval(sampling)
    clearTimeout(deadline)
  }
}

/** Sum of the second line of the shell's `times`: `1m2.345s 0m0.678s`, user and system time of its children. */
export function shellTimesMs(text: string): number | null {
  const times = [...(text.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)]
  return times.length !== 2 ? null : times.reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1000, 0)
}

/** A process and all below it, as /proc shows them. */
class ProcessTree {
  readonly #root: number
  readonly #ticks = new Map<number, number>()
  #peakPages = 0

  constructor(root: number) {
    this.#root = root
  }

  get peakRssBytes(): number | null {
    return this.#peakPages === 0 ? null : this.#peakPages * PAGE_BYTES
  }

  get cpuMs(): number | null {
    return this.#ticks.size === 0 ? null : [...this.#ticks.values()].reduce((sum, ticks) => sum + ticks, 0) * CLOCK_TICK_MS
  }

  sample(): void {
    let pages = 0
    for (const pid of this.#members()) {
      const stat = read(pid, 'stat')
      if (stat === null) continue
      // The name, in parentheses, may hold anything; fields are counted from behind it.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      this.#ticks.set(pid, Number(fields[11]) + Number(fields[12]))
      pages += Number(fields[21])
    }
    this.#peakPages = Math.max(this.#peakPages, pages)
  }

  kill(): void {
    for (const pid of this.#members()) {
      try {
        process.kill(pid, 'SIGKILL')
      } catch {
        // Gone by itself.
      }
    }
  }

  #members(): number[] {
    const members = [this.#root]
    for (let place = 0; place < members.length && members.length < 1000; place++) {
      const pid = members[place]!
      members.push(...(read(pid, `task/${pid}/children`)?.trim().split(' ').filter(Boolean).map(Number) ?? []))
    }
    return members
  }
}

function read(pid: number, name: string): string | null {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return null
  }
}
