import { onTestFinished } from 'vitest'

type Work = () => unknown

const ofFile: Work[] = []

/**
 * Has `work` done when the test that calls this is over; called from outside of a test, when its file is. For modules that
 * tests share: a hook of theirs would be set for the first file that loads them, and not for others in the same process.
 */
export function atEnd(work: Work): void {
  try {
    onTestFinished(() => void work())
  } catch {
    atEndOfFile(work)
  }
}

/** Has `work` done when the file that calls this is over. */
export function atEndOfFile(work: Work): void {
  ofFile.push(work)
}

/** Does what is due at the end of a file, the last first. */
export async function endFile(): Promise<void> {
  for (const work of ofFile.splice(0).reverse()) await work()
}
