/*
 * What is made of the sources and kept beside the package: bundles of the program, of its workers and of the page, each
 * under a name that ends in a key of its sources, and what Node compiled. Every edit makes new ones, so what may stay is
 * bounded by age, number and size. What a process that lives has said to use is never removed.
 */
import * as fs from 'node:fs'
import { join } from 'node:path'

const BUILD = /^(?:cli|web|[a-z]+-worker)-([0-9a-f]{16})(?:\.[cm]js)?(?:\.(\d+)\.part)?$/
const MARKS = 'in-use'
const COMPILED = 'compiled'
const MOST = { ageMs: 7 * 24 * 3_600_000, keys: 8, bytes: 100 << 20, compiledBytes: 64 << 20 }
/** A process that has just begun may not have said yet what it uses. */
const YOUNG_MS = 10 * 60_000

/** Says that this process uses the builds of a key, as long as it lives. @param build the one that it uses now, '' where it is still to be made */
export function markInUse(kept, key, build = '') {
  const mark = join(kept, MARKS, `${process.pid}.${key}`)
  const now = new Date()
  try {
    fs.mkdirSync(join(kept, MARKS), { recursive: true })
    fs.writeFileSync(mark, '')
    process.on('exit', () => fs.rmSync(mark, { force: true }))
    if (build !== '') fs.utimesSync(build, now, now)
  } catch {
    // Where one may not write, nobody removes anything, and a build that is not there yet is dated when it is made.
  }
}

/** Removes builds beyond what may stay, those first that were not used for the longest time. @param now milliseconds since 1970 */
export function removeOldBuilds(kept, now = Date.now(), most = MOST) {
  const used = keysInUse(kept)
  const builds = [...buildsByKey(kept)].sort(([, one], [, other]) => other.usedAt - one.usedAt)
  let bytes = 0
  for (const [place, [key, build]] of builds.entries()) {
    bytes += build.bytes
    const isOver = now - build.usedAt > most.ageMs || place >= most.keys || bytes > most.bytes
    if (!isOver || used.has(key) || now - build.usedAt < YOUNG_MS) continue
    bytes -= build.bytes
    for (const path of build.paths) fs.rmSync(path, { recursive: true, force: true })
  }
  trimCompiled(join(kept, COMPILED), most.compiledBytes)
}

/** Keys that processes which live have marked; marks of others go. */
function keysInUse(kept) {
  const keys = new Set()
  for (const name of namesIn(join(kept, MARKS))) {
    const [pid, key] = name.split('.')
    if (isAlive(Number(pid))) keys.add(key)
    else fs.rmSync(join(kept, MARKS, name), { force: true })
  }
  return keys
}

function buildsByKey(kept) {
  const builds = new Map()
  for (const name of namesIn(kept)) {
    const [isBuild, key, pid] = BUILD.exec(name) ?? []
    const path = join(kept, name)
    if (isBuild === undefined) continue
    if (pid !== undefined) {
      // Begun and never finished.
      if (!isAlive(Number(pid))) fs.rmSync(path, { recursive: true, force: true })
      continue
    }
    const build = builds.get(key) ?? { paths: [], usedAt: 0, bytes: 0 }
    build.paths.push(path)
    build.usedAt = Math.max(build.usedAt, statOf(path).mtimeMs)
    for (const file of filesBelow(path)) build.bytes += statOf(file).size
    builds.set(key, build)
  }
  return builds
}

/** Node finds again what is missing here, so any of it may go at any time. */
function trimCompiled(folder, mostBytes) {
  const files = filesBelow(folder).map((path) => ({ path, ...statOf(path) })).sort((one, other) => other.mtimeMs - one.mtimeMs)
  let bytes = 0
  for (const { path, size } of files) if ((bytes += size) > mostBytes) fs.rmSync(path, { force: true })
}

function filesBelow(path) {
  const names = namesIn(path, { recursive: true })
  return names.length === 0 ? [path] : names.map((name) => join(path, name)).filter((file) => statOf(file).isFile)
}

/** Other processes clear the same folder: what is gone by now is no error. */
function namesIn(folder, options = {}) {
  try {
    return fs.readdirSync(folder, { encoding: 'utf8', ...options })
  } catch {
    return []
  }
}

function statOf(path) {
  const found = fs.statSync(path, { throwIfNoEntry: false })
  return { size: found?.size ?? 0, mtimeMs: found?.mtimeMs ?? 0, isFile: found?.isFile() ?? false }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}
