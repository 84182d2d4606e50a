import { Option, type Command } from 'commander'
import { named } from '../command.ts'

/** Texts of an option that may be given again. */
const collect = (text: string, before: string[] = []): string[] => [...before, text]

/** Names of files that an option may be given again for. @throws flag_bad_value where one is empty */
export const collectFiles = (flag: string) => (text: string, before: string[] = []): string[] => [...before, named(flag, text, 'the name of a file')]

/** @throws flag_bad_value where it is empty */
export const runName = (text: string): string => named('--resume', text, 'the id of a run, or last')

/** Which symbols and dates a scanner runs over, and its parameters: the flags of every command that runs one. */
export function addScopeFlags(command: Command): Command {
  return command
    .option('--symbols <list>', "symbols separated by commas, in place of the script's own")
    .option('--symbols-file <file>', 'a file of symbols: one a line or separated by commas, # for comments')
    .option('--dates <list>', "dates separated by commas, in place of the script's own")
    .option('--from <date>', 'first date of a range of sessions')
    .option('--to <date>', 'last date of the range (default: the last session)')
    .option('--as-of <date>', 'nothing after this date is seen (default: the last date)')
    .option('--param <name=value>', "a value for one of the scanner's parameters; may be given again", collect)
}

/** Everything that a run can be asked for, here or on a server. */
export function addRunFlags(command: Command): Command {
  return addScopeFlags(command)
    .addOption(new Option('--universe <name>', 'every symbol of the market').choices(['all']))
    .option('--no-prefilter', 'scan every symbol, however thinly traded')
    .option('--min-volume <shares>', 'mean daily volume that a symbol must exceed')
    .option('--min-price <dollars>', 'lowest last close')
    .option('--max-price <dollars>', 'highest last close')
    .option('--limit <symbols>', 'most symbols kept by the prefilter')
    .addOption(new Option('--split <mode>', 'run the script batch by batch').choices(['auto', 'always', 'never']))
    .option('--workers <number>', 'worker processes, or auto')
    .option('--timeout <seconds>', 'longest that the run may take')
    .option('--symbol-timeout-ms <ms>', 'longest that one symbol may take')
    .option('--memory-mb <MB>', 'hard limit of one worker process')
    .option('--explore', 'look for option contracts for the hits')
    .option('--force-full', 'explore also what the preflight would skip')
    .option('--refresh', 'fetch every chain anew')
}
