import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Analysis } from '../intake/analyze.ts'

const MOST_KEPT = 256
const MOST_BYTES = 8 * 2 ** 20
const ENDING = '.json'

/**
 * What intake made of scripts, kept on disk between processes: reading a script takes a process of its own, and most runs
 * are of a script that was read before. A file that is damaged, or that another version of the program wrote, is not found.
 */
export class KeptAnalyses {
  readonly #folder: string

  /** @param folder made when the first analysis is kept */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** @param key all that the analysis depends on */
  read(key: string): Analysis | null {
    try {
      const text = readFileSync(this.#file(key), 'utf8')
      const end = text.indexOf('\n')
      const body = text.slice(end + 1)
      return text.slice(0, end) === digest(key + body) ? (JSON.parse(body) as Analysis) : null
    } catch {
      return null
    }
  }

  /** Keeps an analysis, and lets the oldest go. A folder that cannot be written costs time at the next run, nothing else. */
  write(key: string, analysis: Analysis): void {
    const body = JSON.stringify(analysis)
    if (body.length > MOST_BYTES) return
    const file = this.#file(key)
    const partial = `${file}.${process.pid}.part`
    try {
      mkdirSync(this.#folder, { recursive: true })
      this.#makeRoom()
      writeFileSync(partial, `${digest(key + body)}\n${body}`)
      renameSync(partial, file)
    } catch {
      removeQuietly(partial)
    }
  }

  #makeRoom(): void {
    const names = readdirSync(this.#folder)
    if (names.length < MOST_KEPT) return
    const byAge = names.map((name) => ({ name, at: statSync(join(this.#folder, name)).mtimeMs })).sort((a, b) => a.at - b.at)
    for (const { name } of byAge.slice(0, names.length - MOST_KEPT / 2)) rmSync(join(this.#folder, name), { force: true })
  }

  #file(key: string): string {
    return join(this.#folder, digest(key).slice(0, 32) + ENDING)
  }
}

function removeQuietly(file: string): void {
  try {
    rmSync(file, { force: true })
  } catch {
    // Below something that is no folder, where nothing was written either.
  }
}

const digest = (text: string): string => createHash('sha256').update(text).digest('hex')
