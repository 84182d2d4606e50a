import { readFileSync, watch } from 'node:fs'
import { dirname } from 'node:path'

/** Editors write a file in several steps: what follows within this time belongs to one save. */
const SETTLE_MS = 30
/** Where the system tells of no changes, as on some network drives, they are looked for, and where it does, now and then too. */
const POLL_MS = 400

export interface FileWatch {
  close(): void
}

export interface Watched {
  /** The file itself. */
  content: Uint8Array
  /** The file with all that it imports, as it is run. */
  script: Uint8Array
}

export interface WatchOptions {
  /** The script with what it imports, from the file's own content: a change in any of it is a change. */
  gather?: (content: Uint8Array) => Uint8Array
  /** Further files whose changes count, such as the test of a scanner; they need not be there. */
  beside?: readonly string[]
}

/**
 * Tells each new state of a file and of what goes with it, the first one at once, and null while it is not there. Saves that
 * change nothing tell nothing; so do writes in between that are overtaken. The folder is watched, since editors replace files by
 * others; files elsewhere are looked at now and then.
 */
export function watchFile(path: string, listener: (state: Watched | null) => void, { gather = (content) => content, beside = [] }: WatchOptions = {}): FileWatch {
  let last: Buffer | null | undefined
  let wasEmpty = false
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    const content = contentOf(path)
    const script = content === null ? null : gathered(gather, content)
    const seen = script === null ? null : Buffer.concat([script, ...beside.map((other) => contentOf(other) ?? Buffer.of(0))])
    if (last !== undefined && (seen === null ? last === null : last !== null && seen.equals(last))) return
    // An empty file is one that is being written: it is believed when it stays so.
    const isOvertaken = content?.length === 0 && last !== undefined && last !== null && !wasEmpty
    wasEmpty = content?.length === 0
    if (isOvertaken) return soon()
    last = seen
    listener(content === null ? null : { content, script: script! })
  }
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(look, SETTLE_MS)
  }
  const stop = watchFolder(dirname(path), soon)
  const poll = setInterval(look, POLL_MS)
  look()
  return {
    close() {
      clearTimeout(timer)
      clearInterval(poll)
      stop()
    },
  }
}

/** An import that is gone between two looks is told when the script is read; here the file stands alone. */
function gathered(gather: (content: Uint8Array) => Uint8Array, content: Uint8Array): Uint8Array {
  try {
    return gather(content)
  } catch {
    return content
  }
}

function watchFolder(folder: string, onChange: () => void): () => void {
  try {
    const watcher = watch(folder, { persistent: true }, onChange)
    watcher.on('error', () => watcher.close())
    return () => watcher.close()
  } catch {
    return () => {}
  }
}

function contentOf(path: string): Buffer | null {
  try {
    return readFileSync(path)
  } catch {
    return null
  }
}
