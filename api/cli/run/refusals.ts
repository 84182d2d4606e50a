import { errorLine } from '../errors.ts'
import type { Host } from '../host-types.ts'
import { counted } from '../text.ts'

const MOST = 20

/** Lines on what a script is refused for besides the first error, which its run states. */
export async function furtherRefusals(host: Host, { filename, source }: { filename: string; source: Uint8Array }): Promise<string[]> {
  const { diagnostics } = await host.inspect({ filename, source })
  const further = diagnostics.filter(({ severity }) => severity === 'error').slice(1)
  const lines = further.slice(0, MOST).map(({ message, hint, line, column }) => {
    const place = line === null ? '' : `${filename}:${line}:${column} `
    return errorLine({ code: 'script_refused', message: `${place}${message}`, hint })
  })
  const rest = further.length - lines.length
  return rest > 0 ? [...lines, `… and ${counted(rest, 'more error')}; strikescan check lists them all`] : lines
}
