/** What the commands take from the runtime: the host's own types, narrowed to what is used, so that tests can stand in for it. */
import type * as runtime from '../../runtime/host.ts'

export type {
  Config,
  HostOptions,
  ImportOptions,
  ImportProgress,
  ImportReport,
  Inspection,
  IntakeReport,
  MarketReport,
  Row,
  RowStatus,
  Run,
  RunEvent,
  RunHandle,
  RunRequest,
  SettingKey,
} from '../../runtime/host.ts'

export type Host = Pick<
  runtime.Host,
  'settings' | 'importBars' | 'market' | 'resetMarket' | 'inspect' | 'startRun' | 'resumeRun' | 'rows' | 'events' | 'close'
>

/** The door as a whole. */
export type Runtime = Pick<
  typeof runtime,
  'faultOf' | 'loadSettings' | 'SETTING_KEYS' | 'settingInfo' | 'parseSettingText' | 'writeSettingsFile' | 'resolveHome' | 'runDoctor' | 'checkRowFile' | 'writeRowFile' | 'dayFromIso'
> & {
  openHost(options: runtime.HostOptions): Promise<Host>
}
