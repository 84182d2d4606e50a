/** The test kit for scanners: bars of any shape, a market of them, runs as the server makes them, and golden files. */
export * from '../../sdk/testing/index.ts'
export { matchGolden, type GoldenOptions } from './golden.ts'
export { runScanner } from './run-scanner.ts'
export type { RunScannerOptions, TestLog, TestRow, TestRun, TestWarning } from './types.ts'
