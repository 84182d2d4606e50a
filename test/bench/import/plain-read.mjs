/*
 * The limit: a bare loop over the bytes of one known form of CSV, on one thread. Every number is parsed; nothing is checked, sorted or kept
 * but the rows and the sum of their closes.
 *   node plain-read.mjs BARS.csv
 */
import { closeSync, openSync, readSync } from 'node:fs'

const [file] = process.argv.slice(2)
const fd = openSync(file, 'r')
const buffer = Buffer.alloc(1 << 20)
const CLOSE = 5
let [rows, closes] = [-1, 0]
let [field, whole, fraction, scale, isFraction] = [0, 0, 0, 1, false]
for (let length = readSync(fd, buffer); length > 0; length = readSync(fd, buffer)) {
  for (let at = 0; at < length; at++) {
    const byte = buffer[at]
    if (byte === 44 || byte === 10) {
      const value = whole + fraction / scale
      if (field === CLOSE && rows >= 0) closes += value
      field = byte === 44 ? field + 1 : 0
      if (byte === 10) rows++
      whole = fraction = 0
      scale = 1
      isFraction = false
    } else if (byte === 46) isFraction = true
    else if (isFraction) {
      fraction = fraction * 10 + byte - 48
      scale *= 10
    } else whole = whole * 10 + byte - 48
  }
}
closeSync(fd)
process.stdout.write(JSON.stringify({ rows, closes: Math.round(closes * 100) / 100 }))
