import type { RunHandle } from '../host-types.ts'
import type { Terminal } from '../terminal.ts'
import { oneLine } from '../text.ts'

/** Goes on with a run and says which, where its whole id was not given. @param unread the file that was named besides, which is not read */
export function resumed(terminal: Terminal, given: string, unread: string | undefined, resume: () => RunHandle): RunHandle {
  const handle = resume()
  const { filename, createdAt, percent } = handle.run()
  if (given !== handle.id) terminal.err.write(`resuming ${handle.id}: ${oneLine(filename)}, begun ${createdAt.slice(0, 16).replace('T', ' ')} UTC, at ${Math.floor(percent)}%\n`)
  if (unread !== undefined) terminal.err.write(`${oneLine(unread)} is not read: the run goes on with what it was started with\n`)
  return handle
}
