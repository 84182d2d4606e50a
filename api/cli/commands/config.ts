import { Option, type Command } from 'commander'
import { examples, hostOptions, json, type CommandContext, type GlobalFlags } from '../command.ts'
import { table } from '../table.ts'

type Flags = GlobalFlags & { json?: boolean; preset: 'auto' | 'laptop' | 'workstation' | 'server'; force?: boolean }

export function define(command: Command, context: CommandContext): void {
  const { terminal } = context
  const show = command.command('show', { isDefault: true }).description('every setting, its value and where that comes from')
  show
    .option('--json', 'print the settings as JSON')
    .addHelpText('after', () => examples('config', 'config show --json', 'config show --set prefilter.limit=50'))
    .action(async () => {
      const flags = show.optsWithGlobals<Flags>()
      const runtime = await terminal.runtime()
      const config = runtime.loadSettings(hostOptions(runtime, terminal, flags))
      const settings = runtime.SETTING_KEYS.map((key) => {
        const { unit, help, allowed, variable, flag, shown } = runtime.settingInfo(key)
        return { key, value: shown(config.values[key]), unit, ...config.origins[key], allowed, help, variable, flag }
      })
      if (flags.json) return void terminal.out.write(json({ preset: config.preset, settings }))
      const rows = settings.map(({ key, value, unit, source, where }) => [key, Array.isArray(value) ? value.join(',') : String(value), unit, source, source === 'default' && where === 'built in' ? '' : where])
      const columns = [{ title: 'Setting' }, { title: 'Value', align: 'right' as const }, { title: 'Unit', yields: true }, { title: 'From', yields: true }, { title: 'Where', shrinks: true, yields: true }]
      terminal.out.write(`${config.preset.why}\n\n${table(columns, rows, terminal.out.isTerminal ? terminal.out.columns : Infinity).join('\n')}\n`)
    })
  const init = command.command('init').description('write a settings file into the state folder')
  init
    .addOption(new Option('--preset <name>', 'what to make of this machine').choices(['auto', 'laptop', 'workstation', 'server']).default('auto'))
    .option('--force', 'overwrite the settings file that is there')
    .addHelpText('after', () => examples('config init --preset server', 'config init --preset laptop --force'))
    .action(async () => {
      const flags = init.optsWithGlobals<Flags>()
      const runtime = await terminal.runtime()
      const options = hostOptions(runtime, terminal, flags)
      const path = runtime.writeSettingsFile(options.home, flags.preset, flags.force === true)
      const { preset } = runtime.loadSettings(options)
      const lines = [`wrote ${path}`, preset.why, ...preset.choices.map(({ key, value, why }) => `  ${key} = ${value}: ${why}`)]
      terminal.out.write(`${lines.join('\n')}\n`)
    })
}
