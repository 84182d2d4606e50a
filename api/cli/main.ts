import { readFileSync } from 'node:fs'
import { Command } from 'commander'
import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'
import { systemProblem } from '../../runtime/errors/system-problem.ts'
import { named, type CommandContext, type CommandModule } from './command.ts'
import { EXIT, reportError } from './errors.ts'
import { loadRuntime } from './runtime-door.ts'
import { nodeTerminal, type Terminal } from './terminal.ts'
import { tellsUnknownCommands } from './unknown-command.ts'

/** Every command; its file is loaded only when it is the one to run. */
const COMMANDS: { name: string; summary: string; load: () => Promise<CommandModule> }[] = [
  { name: 'serve', summary: 'serve the API, live streams and the web page over HTTP', load: () => import('./commands/serve.ts') },
  { name: 'start', summary: 'run an example scanner over the market', load: () => import('./commands/start.ts') },
  { name: 'run', summary: 'run a scanner over symbols and dates', load: () => import('./commands/run.ts') },
  { name: 'runs', summary: 'runs of this state folder, and their rows again', load: () => import('./commands/runs.ts') },
  { name: 'check', summary: 'say what a scanner is and whether it can run', load: () => import('./commands/check.ts') },
  { name: 'scanners', summary: 'the scanners that ship with Strikescan', load: () => import('./commands/scanners.ts') },
  { name: 'new', summary: 'make a folder with a scanner of your own and its test', load: () => import('./commands/new.ts') },
  { name: 'dev', summary: 'run a scanner again whenever it is saved', load: () => import('./commands/dev.ts') },
  { name: 'push', summary: 'run a scanner on a server and watch it', load: () => import('./commands/push.ts') },
  { name: 'import', summary: 'put real market data into the store', load: () => import('./commands/import.ts') },
  { name: 'market', summary: 'what market data is in the store', load: () => import('./commands/market.ts') },
  { name: 'explore', summary: 'look for option contracts for the strategies of a file', load: () => import('./commands/explore.ts') },
  { name: 'simulate', summary: 'serve the simulated market over HTTP, in the shapes of Tradier', load: () => import('./commands/simulate.ts') },
  { name: 'config', summary: 'settings in force and where each comes from', load: () => import('./commands/config.ts') },
  { name: 'doctor', summary: 'check this machine', load: () => import('./commands/doctor.ts') },
]

/** Runs one command line and gives its exit code; never throws. A result that could not be written out is a failure. */
export async function runCommandLine(args: string[], terminal: Terminal): Promise<number> {
  const code = await runCommand(args, terminal)
  await terminal.out.flushed()
  // A stream tells of its failure a turn after the write.
  await new Promise((resolve) => setImmediate(resolve))
  const { failure } = terminal.out
  if (failure == null) return code
  const reported = reportError(new StrikescanError('standard_output_failed', { problem: systemProblem(failure) }), terminal)
  return code === EXIT.done ? reported : code
}

async function runCommand(args: string[], terminal: Terminal): Promise<number> {
  const context: CommandContext = { terminal, exitCode: EXIT.done }
  try {
    const program = newProgram(terminal)
    const wanted = commandOf(args)
    if (args.includes('help') && wanted !== undefined && !COMMANDS.some(({ name }) => name === wanted)) program.error(`error: there is no command '${wanted}' to help with`)
    for (const { name, summary, load } of COMMANDS) {
      const command = program.command(name).description(summary)
      if (name === wanted) (await load()).define(command, context)
    }
    tellsUnknownCommands(program)
    await program.parseAsync(args, { from: 'user' })
    return context.exitCode
  } catch (error) {
    return reportError(error, terminal)
  }
}

function newProgram(terminal: Terminal): Command {
  return new Command('strikescan')
    .description('Runs market scanners, unmodified, over the whole market.')
    .version(version(), '--version')
    .option('--home <dir>', 'state folder (default: STRIKESCAN_HOME, else .strikescan)', (text) => named('--home', text, 'a folder'))
    .option('--set <key=value>', 'a setting for this command; may be given again', (text: string, before: string[] = []) => [...before, text])
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      writeOut: (text) => void terminal.out.write(text),
      writeErr: (text) => void terminal.err.write(text),
      // Usage errors become one line in reportError.
      outputError: () => {},
      getOutHelpWidth: () => Math.min(terminal.out.columns, 120),
      getErrHelpWidth: () => Math.min(terminal.err.columns, 120),
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
}

/** The first word that is neither an option of all commands nor its value. */
function commandOf(args: string[]): string | undefined {
  for (let i = 0; i < args.length; i++) {
    if (args[i] === '--home' || args[i] === '--set') i++
    // `help run` shows the help of run.
    else if (args[i] !== 'help' && !args[i]!.startsWith('-')) return args[i]
  }
  return undefined
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}

/** The entry that the launcher calls. */
export async function main(): Promise<void> {
  const terminal = nodeTerminal(loadRuntime)
  const code = await runCommandLine(process.argv.slice(2), terminal)
  await Promise.all([terminal.out.flushed(), terminal.err.flushed()])
  // Whatever a command left open, it is over.
  process.exit(code)
}
