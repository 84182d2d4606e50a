import type { Command } from 'commander'
import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import { FAULTS, parseFaults } from '../../simulate/faults.ts'
import { serveSimulated, type ListenOptions } from '../../simulate/server.ts'
import { examples, hostOptions, type CommandContext, type GlobalFlags } from '../command.ts'
import { EXIT } from '../errors.ts'
import type { Terminal } from '../terminal.ts'

interface Flags extends GlobalFlags {
  host: string
  port: string
  token?: string
  latencyMs: string
  rate: string
  faults: string
  seed: string
}

const LARGEST_SEED = 4_294_967_295

export function define(command: Command, context: CommandContext): void {
  command
    .option('--port <n>', 'port to listen on; 0 takes any that is free', '7071')
    .option('--host <address>', 'address to listen on', '127.0.0.1')
    .option('--token <token>', 'the only bearer token that is let in (default: any)')
    .option('--latency-ms <n>', 'time that an answer takes, give or take a tenth', '0')
    .option('--rate <n>', 'requests a minute for each token; 0 for no limit', '120')
    .option('--faults <spec>', 'what goes wrong and how often: NAME=PROBABILITY, or NAME@TICKER=PROBABILITY, separated by commas', '')
    .option('--seed <n>', 'seed of faults and latency; that of the market is the setting market.simulatedSeed', '1')
    .addHelpText('after', () => `\nFaults:\n${Object.entries(FAULTS).map(([name, text]) => `  ${name.padEnd(13)} ${text}`).join('\n')}\n${examples('simulate', 'simulate --latency-ms 80 --rate 60', 'simulate --faults html=0.01,500=0.02,reset@AAPL=1')}`)
    .action(async () => {
      const { terminal } = context
      const flags = command.optsWithGlobals<Flags>()
      const listen = listenOptions(flags)
      const runtime = await terminal.runtime()
      const { values } = runtime.loadSettings(hostOptions(runtime, terminal, flags))
      const market = await runtime.openSimulatedOptions({ seed: values['market.simulatedSeed'], symbols: values['market.simulatedSymbols'] })
      const interrupted = interruption(terminal)
      const server = await serveSimulated(market, listen)
      terminal.out.write(`listening on ${server.url}\n`)
      await interrupted
      await server.close()
      context.exitCode = EXIT.done
    })
}

function listenOptions(flags: Flags): ListenOptions {
  const rate = whole('--rate', flags.rate, 0, 1_000_000)
  return {
    host: flags.host,
    port: whole('--port', flags.port, 0, 65_535),
    token: flags.token === undefined ? null : tokenOf(flags.token),
    latencyMs: whole('--latency-ms', flags.latencyMs, 0, 60_000),
    rate: rate === 0 ? null : rate,
    faults: parseFaults(flags.faults),
    seed: whole('--seed', flags.seed, 0, LARGEST_SEED),
  }
}

function whole(flag: string, text: string, least: number, most: number): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN
  if (value >= least && value <= most) return value
  throw new StrikescanError('flag_bad_value', { flag, value: JSON.stringify(text), allowed: `a whole number from ${least} to ${most}`, hint: 'simulate --help shows what it is for.' })
}

function tokenOf(text: string): string {
  if (/^[\x21-\x7e]+$/.test(text)) return text
  throw new StrikescanError('flag_bad_value', { flag: '--token', value: 'what was given', allowed: 'letters, digits and marks without blanks', hint: 'Leave it out to let any token in.' })
}

/** Resolves at the first interrupt. */
function interruption(terminal: Terminal): Promise<void> {
  return new Promise((resolve) => {
    terminal.onInterrupt(resolve)
  })
}
