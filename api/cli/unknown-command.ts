import { CommanderError, type Command } from 'commander'

/**
 * Has a command, and those below it, tell a word that names no command with those there are. Without it a word behind a command that
 * does something by itself is one argument too many.
 */
export function tellsUnknownCommands(command: Command): void {
  command.exitOverride((error) => {
    throw unknownCommand(command, error) ?? error
  })
  for (const each of command.commands) tellsUnknownCommands(each)
}

function unknownCommand(command: Command, { code, exitCode, message }: CommanderError): CommanderError | null {
  if (code !== 'commander.excessArguments' && code !== 'commander.unknownCommand') return null
  // The default command of a group is handed the word in its place.
  const group = command.commands.length > 0 ? command : command.parent
  const word = group?.args[0]
  const names = group?.commands.map((each) => each.name()) ?? []
  if (group === null || word === undefined || names.length === 0 || names.includes(word)) return null
  const whole = group.parent === null ? 'strikescan' : `strikescan ${group.name()}`
  const [meant = ''] = / *\(Did you mean [^)]*\)/.exec(message.replaceAll('\n', ' ')) ?? []
  return new CommanderError(exitCode, 'commander.unknownCommand', `error: ${whole} has no command '${word}'${meant}; there ${names.length === 1 ? 'is' : 'are'} ${names.join(', ')}`)
}
