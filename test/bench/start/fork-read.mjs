/*
 * The limit of a start: a Node that reads all of one symbol's bars and says so.
 *   node fork-read.mjs SNAPSHOT
 */
import { openSync, readFileSync, readSync, writeSync } from 'node:fs'

const snapshot = process.argv[2]
const { counts } = JSON.parse(readFileSync(`${snapshot}/index.json`, 'utf8'))
const bytes = Buffer.allocUnsafe(Math.ceil(counts[0] / 2) * 8 + 40 * counts[0])
readSync(openSync(`${snapshot}/bars.bin`, 'r'), bytes, 0, bytes.byteLength, 0)
writeSync(1, `${bytes.readDoubleLE(bytes.byteLength - 8)}\n`)
