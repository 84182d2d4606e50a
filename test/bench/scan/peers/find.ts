import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'

const LOOK_TIMEOUT_MS = 20_000
const HAS_MODULES = 'import importlib.util, sys; sys.exit(any(importlib.util.find_spec(name) is None for name in sys.argv[1:]))'

/** A Python on this machine that has the modules; null where there is none. The system's own is asked first: what Debian packages is there. */
export function findPython(...modules: string[]): string | null {
  for (const python of ['/usr/bin/python3', 'python3']) {
    try {
      execFileSync(python, ['-c', HAS_MODULES, ...modules], { stdio: 'ignore', timeout: LOOK_TIMEOUT_MS })
      return python
    } catch {
      // Not this one.
    }
  }
  return null
}

/** The main file of a npm package that may or may not be installed here, `NODE_PATH` included; null where it is not. */
export function findPackage(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch {
    return null
  }
}
