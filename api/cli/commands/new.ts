import type { Command } from 'commander'
import { closeSync, openSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { shownPath, systemProblem } from '../../../runtime/errors/system-problem.ts'
import { examples, type CommandContext } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { Runtime } from '../host-types.ts'
import { ownPackage } from '../new/own-package.ts'
import { projectName } from '../new/project-name.ts'
import { projectFiles } from '../new/template.ts'

export function define(command: Command, context: CommandContext): void {
  command
    .argument('<dir>', 'the folder to make; its name becomes the name of the project')
    .addHelpText('after', () => examples('new my-scanner', 'new scanners/gap-and-hold'))
    .action(async (dir: string) => {
      const { terminal } = context
      if (dir.trim() === '') throw new StrikescanError('project_name_missing', {})
      const folder = resolve(terminal.cwd, dir)
      const files = projectFiles(projectName(folder), ownPackage(folder))
      const below = relative(terminal.cwd, folder)
      const shown = below.startsWith('..') ? folder : below || '.'
      writeProject(await terminal.runtime(), folder, shown, files)
      terminal.out.write([`${shown} has ${Object.keys(files).join(', ')}`, '', `  cd ${shown}`, '  npm install', '  npm test', '  npx strikescan dev scanner.ts', ''].join('\n'))
      context.exitCode = EXIT.done
    })
}

/** Writes a file where there is none, and notes it, half-written ones too. */
function writeNew(path: string, text: string, written: string[]): void {
  const descriptor = openSync(path, 'wx')
  written.push(path)
  try {
    writeFileSync(descriptor, text)
  } finally {
    closeSync(descriptor)
  }
}

/**
 * Makes the folder with its files. Nothing that is there is ever written over: a folder that holds anything is refused, and a file
 * that appears meanwhile too; where one cannot be written, those before it are taken back, so that the next attempt finds it empty.
 * @throws project_not_empty, project_not_writable
 */
function writeProject(runtime: Runtime, folder: string, shown: string, files: Record<string, string>): void {
  const written: string[] = []
  try {
    runtime.makeFolder(folder)
    const found = readdirSync(folder).filter((name) => name !== '.git')
    if (found.length > 0) throw new StrikescanError('project_not_empty', { folder: shown, found: found.sort().slice(0, 3).join(', ') + (found.length > 3 ? ', …' : '') })
    for (const [name, text] of Object.entries(files)) writeNew(join(folder, name), text, written)
  } catch (cause) {
    if (cause instanceof StrikescanError) throw cause
    for (const path of written) rmSync(path, { force: true })
    throw new StrikescanError('project_not_writable', { folder: shownPath(shown), problem: systemProblem(cause, { EEXIST: 'a file of that name is in the way', ENOENT: 'the system lets no folder be made there' }) }, { cause })
  }
}
