/**
 * Runs where a worker runs, with a worker's rights, and tries what a script would that has left its isolate. Says, on the descriptor for
 * replies, what came of each attempt.
 */
import { fork, spawnSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { mkdirSync, openSync, readdirSync, readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { open as openInspector } from 'node:inspector'
import { createServer, connect } from 'node:net'
import { createSocket } from 'node:dgram'
import { Worker } from 'node:worker_threads'

import { giveUpRights } from '../../../runtime/sandbox/give-up-rights.ts'

const [, self, native] = process.argv
giveUpRights()

/** Some of Node's own code throws where nobody can catch it. */
let uncaught = Promise.withResolvers<never>()
process.on('uncaughtException', (error) => uncaught.reject(error))

async function attempt(work: () => unknown): Promise<string> {
  uncaught = Promise.withResolvers<never>()
  uncaught.promise.catch(() => {})
  try {
    await Promise.race([work(), uncaught.promise])
    return 'done'
  } catch (error) {
    return String((error as { code?: unknown }).code ?? error)
  }
}

const connected = (): Promise<void> => new Promise((resolve, reject) => void connect(47113, '127.0.0.1').once('connect', resolve).once('error', reject))
const listening = (): Promise<void> => new Promise((resolve, reject) => void createServer().once('error', reject).listen(0, '127.0.0.1', resolve))
const bound = (): Promise<void> => new Promise((resolve, reject) => void createSocket('udp4').once('error', reject).bind(0, resolve))

const outcome = {
  readsSecrets: await attempt(() => readFileSync('/etc/passwd')),
  readsItself: await attempt(() => readFileSync(self!)),
  lists: await attempt(() => readdirSync('/')),
  writes: await attempt(() => writeFileSync('/var/tmp/strikescan-probe', 'x')),
  opensToWrite: await attempt(() => openSync('/var/tmp/strikescan-probe', 'w')),
  makesFolders: await attempt(() => mkdirSync('/var/tmp/strikescan-probe-folder')),
  links: await attempt(() => symlinkSync('/etc/passwd', '/var/tmp/strikescan-probe-link')),
  starts: await attempt(() => {
    const { error } = spawnSync('/bin/true')
    if (error) throw error
  }),
  forks: await attempt(() => fork(self!)),
  threads: await attempt(() => new Worker('0', { eval: true })),
  connects: await attempt(connected),
  listens: await attempt(listening),
  sendsPackets: await attempt(bound),
  resolvesNames: await attempt(() => lookup('localhost')),
  fetches: await attempt(() => fetch('http://127.0.0.1:47113/').catch((error: Error) => Promise.reject(error.cause ?? error))),
  inspects: await attempt(() => openInspector(0)),
  loadsNative: await attempt(() => process.dlopen({ exports: {} }, native!)),
  takesRightsBack: await attempt(() => {
    if ((process as unknown as { permission: { has(scope: string): boolean } }).permission.has('fs.read')) throw new Error('has')
    return Promise.reject(new Error('gone'))
  }),
  growsFiles: await attempt(() => writeSync(4, Buffer.alloc(4_096), 0, 4_096, 0) === 4_096 || Promise.reject(new Error('cut'))),
  environment: Object.keys(process.env).sort(),
}
writeSync(3, JSON.stringify(outcome))
setInterval(() => {}, 1_000)
