import type { Command } from 'commander'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'

import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { examples, type CommandContext } from '../command.ts'
import { EXIT } from '../errors.ts'
import { ownPackage } from '../new/own-package.ts'
import { projectName } from '../new/project-name.ts'
import { projectFiles } from '../new/template.ts'

export function define(command: Command, context: CommandContext): void {
  command
    .argument('<dir>', 'the folder to make; its name becomes the name of the project')
    .addHelpText('after', () => examples('new my-scanner', 'new scanners/gap-and-hold'))
    .action((dir: string) => {
      const { terminal } = context
      if (dir.trim() === '') throw new StrikescanError('project_name_missing', {})
      const folder = resolve(terminal.cwd, dir)
      const files = projectFiles(projectName(folder), ownPackage(folder))
      const shown = relative(terminal.cwd, folder) || '.'
      writeProject(folder, shown, files)
      terminal.out.write([`${shown} has ${Object.keys(files).join(', ')}`, '', `  cd ${shown}`, '  npm install', '  npm test', '  npx strikescan dev scanner.ts', ''].join('\n'))
      context.exitCode = EXIT.done
    })
}

/**
 * Makes the folder with its files. Nothing that is there is ever written over: a folder that holds anything is refused, and a file
 * that appears meanwhile too.
 * @throws project_not_empty, project_not_writable
 */
function writeProject(folder: string, shown: string, files: Record<string, string>): void {
  try {
    mkdirSync(folder, { recursive: true })
    const found = readdirSync(folder).filter((name) => name !== '.git')
    if (found.length > 0) throw new StrikescanError('project_not_empty', { folder: shown, found: found.sort().slice(0, 3).join(', ') + (found.length > 3 ? ', …' : '') })
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { flag: 'wx' })
  } catch (cause) {
    if (cause instanceof StrikescanError) throw cause
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EEXIST' || code === 'ENOTDIR') throw new StrikescanError('project_not_writable', { folder: shown, problem: 'a file of that name is in the way' }, { cause })
    throw new StrikescanError('project_not_writable', { folder: shown, problem: code ?? String(cause) }, { cause })
  }
}
