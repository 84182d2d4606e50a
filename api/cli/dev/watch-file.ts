import { readFileSync, watch } from 'node:fs'
import { basename, dirname } from 'node:path'

/** Editors write a file in several steps: what follows within this time belongs to one save. */
const SETTLE_MS = 30
/** Where the system tells of no changes, as on some network drives, they are looked for, and where it does, now and then too. */
const POLL_MS = 400

export interface FileWatch {
  close(): void
}

/**
 * Tells each new content of a file, the first one at once, and null while it is not there. Saves that change nothing tell
 * nothing; so do writes in between that are overtaken. The folder is watched, since editors replace files by others.
 */
export function watchFile(path: string, listener: (content: Uint8Array | null) => void): FileWatch {
  let last: Buffer | null | undefined
  let timer: NodeJS.Timeout | undefined
  const look = (): void => {
    const content = contentOf(path)
    if (last !== undefined && (content === null ? last === null : last !== null && content.equals(last))) return
    // An empty file is one that is being written: it is believed when it stays so.
    if (content !== null && content.length === 0 && last !== undefined && last !== null && last.length > 0) {
      last = content
      return soon()
    }
    last = content
    listener(content)
  }
  const soon = (): void => {
    clearTimeout(timer)
    timer = setTimeout(look, SETTLE_MS)
  }
  const stop = watchFolder(dirname(path), basename(path), soon)
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

function watchFolder(folder: string, name: string, onChange: () => void): () => void {
  try {
    const watcher = watch(folder, { persistent: true }, (_, changed) => {
      if (changed === null || changed === name) onChange()
    })
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
