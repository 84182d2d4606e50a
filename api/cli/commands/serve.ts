import type { Command } from 'commander'
import { readFileSync } from 'node:fs'

import { newLogger } from '../../server/logging.ts'
import { isUnused, showExamples } from '../../server/first-look.ts'
import type { ServerHost } from '../../server/server-host.ts'
import { serve } from '../../server/serve.ts'
import { serverSettings } from '../../server/settings.ts'
import { examples, hostOptions, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { Terminal } from '../terminal.ts'

interface Flags extends GlobalFlags {
  host?: string
  port?: string
  token?: string
  logLevel?: string
  /** False with --no-examples. */
  examples: boolean
}

export function define(command: Command, context: CommandContext): void {
  command
    .option('--host <address>', 'address to listen on (default: 127.0.0.1, this machine alone)')
    .option('--port <n>', 'port to listen on (default: 7070); 0 takes any that is free')
    .option('--token <token>', 'what clients have to show; needed where other machines reach the server. STRIKESCAN_SERVER_TOKEN keeps it out of the list of processes')
    .option('--log-level <level>', 'least severe log lines on standard error: silent, fatal, error, warn, info, debug or trace (default: info)')
    .option('--no-examples', 'leave the examples out where the state folder is new')
    .addHelpText('after', () => examples('serve', 'serve --port 8080 --log-level warn', 'serve --host 0.0.0.0 --token "$(openssl rand -hex 32)"'))
    .action(async () => {
      context.exitCode = await serveUntilInterrupted(context.terminal, command.optsWithGlobals<Flags>())
    })
}

async function serveUntilInterrupted(terminal: Terminal, flags: Flags): Promise<number> {
  const runtime = await terminal.runtime()
  const options = hostOptions(runtime, terminal, flags, {
    ...(flags.host !== undefined && { 'server.host': flags.host }),
    ...(flags.port !== undefined && { 'server.port': flags.port }),
    ...(flags.token !== undefined && { 'server.token': flags.token }),
    ...(flags.logLevel !== undefined && { 'server.logLevel': flags.logLevel }),
    ...(!flags.examples && { 'server.examples': 'never' }),
  })
  const config = runtime.loadSettings(options)
  const settings = serverSettings(config)
  const logger = newLogger(settings.logLevel, { write: (line: string) => void terminal.err.write(line) })
  const isFirstLook = isUnused(options.home) && config.values['server.examples'] === 'auto'
  const interrupted = interruption(terminal)
  const host = (await runtime.openHost({ ...options, warn: (message) => logger.warn(message) })) as unknown as ServerHost
  try {
    const server = await serve({ host, settings, logger, version: version() })
    const resumed = host.recover()
    if (resumed > 0) logger.info({ runs: resumed }, 'runs go on where they broke off')
    terminal.out.write(`listening on ${server.url}\n`)
    if (isFirstLook) void showExamples(host, logger)
    await interrupted
    await server.drain()
    return EXIT.done
  } finally {
    await host.close()
  }
}

/** Resolves at the first interrupt; the second ends the process. */
function interruption(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    terminal.onInterrupt(() => {
      terminal.onInterrupt(() => terminal.exit(EXIT.interrupted))
      resolve()
    })
  })
}

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string }
  return manifest.version
}
