import { systemClock, type Clock } from '../clock.ts'
import { sampleProcesses, type ProcessSample } from './samples.ts'
import { WorkerProcess, type WorkerListener } from './worker-process.ts'

/**
 * What runs take of the world around them: time, worker processes, and what those use. Injected, so that a simulation
 * can stand in its place.
 */
export interface Surroundings {
  readonly clock: Clock
  /** Starts a worker for scans. @param files descriptors of the snapshot's bars and index, which stay the caller's */
  startWorker(id: number, dataLimitMb: number, files: number[], listener: WorkerListener): WorkerProcess
  /** Samples of those of the processes that are alive, by process id. */
  sampleProcesses(pids: number[]): Promise<Map<number, ProcessSample>>
}

export const realSurroundings: Surroundings = {
  clock: systemClock,
  startWorker: (id, dataLimitMb, files, listener) => new WorkerProcess(id, 'scan', dataLimitMb, files, listener),
  sampleProcesses,
}
