import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { basename, dirname, join, relative, resolve, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What a new project's manifest says so that it gets the Strikescan that made it. */
export interface OwnPackage {
  /** A version of the registry, or the folder or packed file that this copy came from. */
  dependency: string
  /** The Node that comes with the package; npm installs nothing that a linked folder depends on, so its user names it. */
  optionalDependencies: Record<string, string> | null
}

const ROOT = realpathSync(fileURLToPath(new URL('../../../', import.meta.url)))

/**
 * A copy that lies outside any `node_modules`, such as a clone, is linked to; one that npm installed from a packed file is
 * installed from that again, where it is still there; else the registry has it.
 * @param project folder of the new project, absolute
 */
export function ownPackage(project: string, root = ROOT): OwnPackage {
  const { version, optionalDependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string; optionalDependencies: Record<string, string> }
  const modules = dirname(root)
  if (basename(modules) !== 'node_modules') return { dependency: fileDependency(project, root), optionalDependencies }
  const packed = packedFile(modules)
  return { dependency: packed === null ? `^${version}` : fileDependency(project, packed), optionalDependencies: null }
}

const fileDependency = (from: string, to: string): string => `file:${relative(realFolder(from), to).split(sep).join('/')}`

/** The folder without links above it, since npm reads relative paths from there; what is still to be made is added as it is. */
function realFolder(path: string): string {
  return existsSync(path) ? realpathSync(path) : join(realFolder(dirname(path)), basename(path))
}

/** The file that npm unpacked the package from, as its hidden lockfile has it. */
function packedFile(modules: string): string | null {
  try {
    const { packages } = JSON.parse(readFileSync(join(modules, '.package-lock.json'), 'utf8')) as { packages: Record<string, { resolved?: string }> }
    const resolved = packages['node_modules/strikescan']?.resolved ?? ''
    const path = resolved.startsWith('file:') ? resolve(dirname(modules), resolved.slice('file:'.length)) : null
    return path !== null && existsSync(path) ? path : null
  } catch {
    return null
  }
}
