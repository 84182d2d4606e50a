import { execFileSync, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** A running Python with QuantLib that answers one request at a time. */
export interface QuantLibPeer {
  readonly version: string
  ask(line: string): Promise<{ ms: number; sum: number }>
  end(): void
}

/** The peer, or null where no Python here has QuantLib. */
export function startQuantLib(): QuantLibPeer | null {
  const found = findQuantLib()
  if (found === null) return null
  const child = spawn(found.python, [fileURLToPath(new URL('quantlib.py', import.meta.url))], { stdio: ['pipe', 'pipe', 'inherit'] })
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  const ended = new Promise<never>((_, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => reject(new Error(`QuantLib's process ended with code ${code}`)))
  })
  // Only a request that is waiting needs to hear of it.
  ended.catch(() => {})
  child.stdin.on('error', () => {})
  return {
    version: found.version,
    async ask(line) {
      child.stdin.write(line)
      const { value, done } = await Promise.race([answers.next(), ended])
      if (done) throw new Error("QuantLib's process gave no answer")
      return JSON.parse(value) as { ms: number; sum: number }
    },
    end: () => child.stdin.end(),
  }
}

function findQuantLib(): { python: string; version: string } | null {
  for (const python of ['/usr/bin/python3', 'python3']) {
    try {
      const version = execFileSync(python, ['-c', 'import QuantLib; print(QuantLib.__version__)'], { stdio: ['ignore', 'pipe', 'ignore'], timeout: 20_000, encoding: 'utf8' })
      return { python, version: version.trim() }
    } catch {
      // Not this one.
    }
  }
  return null
}
