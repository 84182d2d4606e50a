import type { Hardware } from './hardware.ts'
import type { SettingKey } from './schema.ts'

const PRESETS = ['laptop', 'workstation', 'server'] as const
export type PresetName = (typeof PRESETS)[number]

/** A setting that a preset chose for this machine, with a sentence of why. */
export interface Choice {
  key: SettingKey
  value: number
  why: string
}

export interface PresetChoice {
  name: PresetName
  /** A sentence: who chose the preset, and from what. */
  why: string
  choices: Choice[]
}

/** Share of the memory that the worker processes may fill together. */
const MEMORY_SHARE: Record<PresetName, number> = { laptop: 1 / 4, workstation: 1 / 2, server: 3 / 4 }

/** Room that one worker needs to be of use, in MB: an idle one holds about 90. */
const WORKER_MB = 256
const SOFT_MB = 1_536
const HARD_MB = 512
const LEAST_MB = 128

/** The settings of a preset on this hardware; `auto` chooses the preset as well. Pure. */
export function choosePreset(asked: 'auto' | PresetName, hardware: Hardware): PresetChoice {
  const automatic = presetFor(hardware)
  const name = asked === 'auto' ? automatic.name : asked
  return {
    name,
    why: asked === 'auto' ? automatic.why : `Preset ${name} was asked for.`,
    choices: choicesOf(name, hardware),
  }
}

function presetFor(hardware: Hardware): { name: PresetName; why: string } {
  const cores = hardware.cores.count
  const gigabytes = Math.round(hardware.memory.bytes / 1_073_741_824)
  const machine = `${cores} ${cores === 1 ? 'core' : 'cores'} and ${gigabytes} GB of memory`
  if (hardware.confined) return { name: 'server', why: `Preset server: a control group grants this process ${machine} of its own.` }
  if (cores >= 32 || gigabytes >= 120) return { name: 'server', why: `Preset server: this machine has ${machine}.` }
  if (cores >= 8 && gigabytes >= 15) return { name: 'workstation', why: `Preset workstation: this machine has ${machine}.` }
  return { name: 'laptop', why: `Preset laptop: this machine has ${machine}.` }
}

function choicesOf(name: PresetName, hardware: Hardware): Choice[] {
  const totalMb = Math.floor(hardware.memory.bytes / 1_048_576)
  const budgetMb = Math.max(LEAST_MB, Math.floor(totalMb * MEMORY_SHARE[name]))
  const workers = workersOf(name, hardware.cores.count, budgetMb)
  const softMb = Math.min(budgetMb, Math.max(SOFT_MB, workers.value * WORKER_MB))
  const hardMb = Math.min(HARD_MB, softMb)
  const share = `${Math.round(MEMORY_SHARE[name] * 100)}% of ${totalMb} MB of memory`
  return [
    workers,
    {
      key: 'memory.softMb',
      value: softMb,
      why:
        softMb === budgetMb
          ? `All that the ${name} preset takes: ${share}.`
          : `Room for ${workers.value} workers, at least ${SOFT_MB} MB; ${share} would be allowed.`,
    },
    {
      key: 'limits.memoryMb',
      value: hardMb,
      why:
        hardMb === HARD_MB
          ? `Enough for thousands of bars and a script's own data in one worker.`
          : 'No more than all workers together may use.',
    },
  ]
}

function workersOf(name: PresetName, cores: number, budgetMb: number): Choice {
  const spare = name === 'laptop' && cores > 4 ? 1 : 0
  const byCores = cores - spare
  const byMemory = Math.max(1, Math.floor(budgetMb / WORKER_MB))
  const value = Math.min(byCores, byMemory, 1_024)
  const why =
    byMemory < byCores
      ? `${budgetMb} MB hold no more than ${byMemory} at ${WORKER_MB} MB each.`
      : spare > 0
        ? `One per core, less one of the ${cores} kept for the rest of the machine.`
        : 'One per core.'
  return { key: 'workers.count', value, why }
}
