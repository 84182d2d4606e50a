import type { IsolateHost } from './guest-context.ts'

/** Lines that are kept of statements that run to show the script's lists. */
const MOST_HELD = 10_000

/** A host that keeps what a script says until it is released: statements that run once more for their run would say it twice. */
export function heldBack(host: IsolateHost): { host: IsolateHost; release(): void } {
  const held: (() => void)[] = []
  const later = <Args extends unknown[]>(say: (...args: Args) => void) => (...args: Args): void => void (held.length < MOST_HELD && held.push(() => say(...args)))
  const logLater = later((level: string, text: string) => host.log(level, text))
  const log = (level: string, text: string): void => {
    host.holds(level, text)
    logLater(level, text)
  }
  const quiet: IsolateHost = { ...host, log, note: later((code, text) => host.note(code, text)), files: () => {} }
  return { host: quiet, release: () => held.forEach((say) => say()) }
}
