const LF = 10
const CR = 13
/** Where the line end is looked for: it may not depend on the pieces in which a file comes. */
const SIGHT_BYTES = 1 << 16

/**
 * The byte that ends the lines of a file: LF, or CR where no LF is in sight and the CR cannot be the first half of a CRLF.
 * Null where more of the file is needed to tell.
 *
 * @param data the file from its beginning on, as far as it is there
 * @param complete true where that is all of it
 */
export function lineEndOf(data: Uint8Array, complete: boolean): number | null {
  const sight = data.subarray(0, SIGHT_BYTES)
  if (sight.includes(LF)) return LF
  if (!complete && data.length < SIGHT_BYTES) return null
  const at = sight.indexOf(CR)
  return at >= 0 && at < sight.length - 1 ? CR : LF
}

export function isLineEnd(byte: number): boolean {
  return byte === LF || byte === CR
}
