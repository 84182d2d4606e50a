/** What the commands take from the runtime: the host's own types, narrowed to what is used, so that tests can stand in for it. */
import type * as runtime from '../../runtime/host.ts'

export type {
  ChainImportReport,
  ChainSummary,
  ComparedBy,
  Config,
  ExplorationFileOptions,
  ExplorationReport,
  ExplorationRequest,
  ExplorationRow,
  HitChange,
  HitComparison,
  HostOptions,
  ImportOptions,
  ImportProgress,
  ImportReport,
  Inspection,
  IntakeReport,
  MarketReport,
  NewsImportReport,
  PruneReport,
  ResetReport,
  Row,
  RowStatus,
  Run,
  RunComparison,
  RunEvent,
  RunHandle,
  RunRequest,
  SettingKey,
} from '../../runtime/host.ts'

export type Host = Pick<
  runtime.Host,
  'settings' | 'explain' | 'importBars' | 'importChains' | 'importNews' | 'market' | 'resetMarket' | 'inspect' | 'previewPrefilter' | 'startRun' | 'resumeRun' | 'startExploration' | 'resumeExploration' | 'explorationRows' | 'explorationColumns' | 'rows' | 'events' | 'runs' | 'findRun' | 'startReplay' | 'compareReplay' | 'compareHits' | 'forgetRun' | 'prune' | 'close'
>

/** The door as a whole. */
export type Runtime = Pick<
  typeof runtime,
  'codeFrame' | 'gatherScript' | 'unpackFiles' | 'readArtifact' | 'listBuiltInScanners' | 'makeFolder' | 'readBuiltInScanner' | 'faultOf' | 'loadSettings' | 'SETTING_KEYS' | 'settingInfo' | 'parseSettingText' | 'writeSettingsFile' | 'resolveHome' | 'runDoctor' | 'checkRowFile' | 'writeRowFile' | 'writeExplorationFile' | 'explorationRecord' | 'dayFromIso' | 'openSimulatedOptions'
> & {
  openHost(options: runtime.HostOptions): Promise<Host>
}
