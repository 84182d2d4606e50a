/** What the codes of a failed system call mean to whoever named the file. */
const WORDS: Record<string, string> = {
  EACCES: 'this user has no right to it',
  EBUSY: 'it is in use',
  EDQUOT: "this user's share of the disk is used up",
  EEXIST: 'a file of that name is in the way',
  EFBIG: 'it is larger than the system allows',
  EIO: 'the disk reports an error',
  EISDIR: 'it is a folder',
  ELOOP: 'its symbolic links lead in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its path is too long',
  ENFILE: 'too many files are open',
  ENOENT: 'there is no such file or folder',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is not a folder',
  ENXIO: 'it is a socket, or a device that is not there',
  EPERM: 'this user has no right to it',
  EROFS: 'it lies on a read-only file system',
  ETXTBSY: 'it is a program that is running',
}

/**
 * Why a system call failed, in words and with its code: `the disk is full (ENOSPC)`.
 * @param own what stands in their place where the call was made
 */
export function systemProblem(cause: unknown, own: Record<string, string> = {}): string {
  const { code, message } = (cause ?? {}) as { code?: unknown; message?: unknown }
  if (typeof code !== 'string') return String(message ?? cause).replace(/\.$/, '')
  return own[code] ?? (code in WORDS ? `${WORDS[code]} (${code})` : code)
}

const LONGEST_PATH = 300

/** A path for a sentence: the middle of one that would fill the screen is left out. */
export function shownPath(path: string): string {
  return path.length <= LONGEST_PATH ? path : `${path.slice(0, 120)}…${path.slice(-60)} (${path.length} characters)`
}
