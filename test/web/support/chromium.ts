import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** Path of a Chromium of this machine: the one of CHROMIUM_PATH, else one on the path, else Debian's, installed where this user may. Null where there is none; what was done is said. */
export function findChromium(): string | null {
  const found = look()
  if (found !== null) return found
  const isRoot = process.getuid?.() === 0
  if (isRoot && existsSync('/usr/bin/apt-get')) {
    console.log('There is no Chromium: installing Debian\'s package chromium.')
    const { status } = spawnSync('apt-get', ['install', '-y', '--no-install-recommends', 'chromium'], { stdio: 'ignore', timeout: 300_000, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
    const installed = status === 0 ? look() : null
    console.log(installed === null ? 'It could not be installed: the tests in a browser are skipped.' : `Installed: ${installed}`)
    return installed
  }
  console.log('There is no Chromium, and this user can install none: the tests in a browser are skipped. Install the package chromium, or name one in CHROMIUM_PATH.')
  return null
}

function look(): string | null {
  const named = process.env['CHROMIUM_PATH']
  if (named !== undefined) return existsSync(named) ? named : null
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  return NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null
}
