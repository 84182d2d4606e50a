import type { HostOptions, Runtime } from './host-types.ts'

/** Loads what the commands take from the runtime. */
export async function loadRuntime(): Promise<Runtime> {
  const [doctor, hardware, home, load, parse, schema, rowFile, days] = await Promise.all([
    import('../../runtime/config/doctor.ts'),
    import('../../runtime/config/hardware.ts'),
    import('../../runtime/config/home.ts'),
    import('../../runtime/config/load.ts'),
    import('../../runtime/config/parse.ts'),
    import('../../runtime/config/schema.ts'),
    import('../../runtime/output/row-file.ts'),
    import('../../runtime/market/days.ts'),
  ])
  return {
    async openHost(options) {
      const file = '../../runtime/host.ts'
      const { openHost } = (await import(file)) as Pick<Runtime, 'openHost'>
      return openHost(options)
    },
    loadSettings: (options: HostOptions) =>
      load.loadConfig({
        file: load.readSettingsFile(options.home),
        env: options.env,
        overrides: options.overrides,
        hardware: hardware.detectHardware(options.home),
      }),
    settingKeys: schema.SETTING_KEYS,
    settingInfo: schema.settingInfo,
    parseSettingText: parse.parseSettingText,
    writeSettingsFile: load.writeSettingsFile,
    resolveHome: home.resolveHome,
    runDoctor: doctor.runDoctor,
    checkRowFile: rowFile.checkRowFile,
    writeRowFile: rowFile.writeRowFile,
    dayFromIso: days.dayFromIso,
  }
}
