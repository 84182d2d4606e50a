import { describe, expect, it } from 'vitest'
import { detectHardware, thisMachine, type Hardware, type Machine } from '../../../../runtime/config/hardware.ts'
import { choosePreset } from '../../../../runtime/config/presets.ts'

const GB = 1_073_741_824

function machine(files: Record<string, string>): Machine {
  return {
    readText: (path) => files[path] ?? null,
    parallelism: () => 16,
    totalMemory: () => 64 * GB,
    freeBytes(path) {
      if (path !== '/data') throw new Error('ENOENT')
      return 5 * GB
    },
  }
}

const V2 = '25 30 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n'

describe('detectHardware', () => {
  it('takes what the system says where nothing limits it', () => {
    const found = detectHardware('/data/a/b', machine({}))
    expect(found).toMatchObject({ cores: { count: 16 }, memory: { bytes: 64 * GB }, disk: { freeBytes: 5 * GB, path: '/data' }, confined: false })
    expect(detectHardware('/other', machine({})).disk).toBeNull()
  })

  it('reads version 2 groups, the tightest one up the tree', () => {
    const found = detectHardware('/', machine({
      '/proc/self/mountinfo': V2,
      '/proc/self/cgroup': '0::/system.slice/app.service\n',
      '/sys/fs/cgroup/system.slice/app.service/cpu.max': 'max 100000\n',
      '/sys/fs/cgroup/system.slice/app.service/memory.max': 'max\n',
      '/sys/fs/cgroup/system.slice/cpu.max': '250000 100000\n',
      '/sys/fs/cgroup/system.slice/memory.max': `${2 * GB}\n`,
      '/sys/fs/cgroup/memory.max': `${8 * GB}\n`,
    }))
    expect(found.cores).toEqual({ count: 2, from: expect.stringContaining('/sys/fs/cgroup/system.slice/cpu.max') })
    expect(found.memory).toEqual({ bytes: 2 * GB, from: expect.stringContaining('system.slice/memory.max') })
    expect(found.confined).toBe(true)
  })

  it('reads a container whose group is the root of its own namespace, and one that shows another namespace', () => {
    for (const group of ['/', '/../../elsewhere']) {
      const found = detectHardware('/', machine({
        '/proc/self/mountinfo': V2, '/proc/self/cgroup': `0::${group}\n`,
        '/sys/fs/cgroup/cpu.max': '50000 100000', '/sys/fs/cgroup/memory.max': String(GB),
      }))
      expect([found.cores.count, found.memory.bytes]).toEqual([1, GB])
    }
  })

  it('reads version 1 groups beside an unused version 2 tree', () => {
    const found = detectHardware('/', machine({
      '/proc/self/mountinfo':
        '32 31 0:29 /docker/abc /sys/fs/cgroup/cpu,cpuacct ro - cgroup cgroup rw,cpu,cpuacct\n' +
        '35 31 0:32 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n' +
        '41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n',
      '/proc/self/cgroup': '4:memory:/docker/abc/inner\n2:cpu,cpuacct:/docker/abc\n0::/\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_quota_us': '300000\n',
      '/sys/fs/cgroup/cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      '/sys/fs/cgroup/memory/inner/memory.limit_in_bytes': '9223372036854771712\n',
      '/sys/fs/cgroup/memory/memory.limit_in_bytes': `${4 * GB}\n`,
    }))
    expect([found.cores.count, found.memory.bytes]).toEqual([3, 4 * GB])
  })

  it('ignores -1, nonsense and paths with spaces do not confuse it', () => {
    const found = detectHardware('/', machine({
      '/proc/self/mountinfo': 'x\n1 2 0:1 / /c\\040g rw - cgroup cgroup rw,cpu,memory\n- - -\n',
      '/proc/self/cgroup': 'nonsense\n1:cpu,memory:/\n',
      '/c g/cpu.cfs_quota_us': '-1', '/c g/cpu.cfs_period_us': '100000', '/c g/memory.limit_in_bytes': 'many',
    }))
    expect(found.confined).toBe(false)
  })

  it('finds something sensible here', () => {
    const found = detectHardware('/', thisMachine)
    expect(found.cores.count).toBeGreaterThanOrEqual(1)
    expect(found.memory.bytes).toBeGreaterThan(100_000_000)
    expect(found.disk?.freeBytes).toBeGreaterThanOrEqual(0)
  })
})

describe('choosePreset', () => {
  const hardware = (cores: number, gigabytes: number, confined = false): Hardware => ({
    cores: { count: cores, from: '' }, memory: { bytes: gigabytes * GB, from: '' }, disk: null, confined,
  })
  const chosen = (preset: 'auto' | 'laptop' | 'workstation' | 'server', machine: Hardware) => {
    const choice = choosePreset(preset, machine)
    for (const { why } of choice.choices) expect(why).toMatch(/\.$/)
    return [choice.name, ...choice.choices.map(({ value }) => value)]
  }

  it('fits the machine', () => {
    expect(chosen('auto', hardware(2, 8))).toEqual(['laptop', 2, 1_536, 512])
    expect(chosen('auto', hardware(8, 8))).toEqual(['laptop', 7, 1_792, 512])
    expect(chosen('auto', hardware(16, 64))).toEqual(['workstation', 16, 4_096, 512])
    expect(chosen('auto', hardware(64, 256))).toEqual(['server', 64, 16_384, 512])
    expect(chosen('laptop', hardware(64, 256))).toEqual(['laptop', 63, 16_128, 512])
  })

  it('stays within a small container', () => {
    expect(chosen('auto', hardware(8, 1, true))).toEqual(['server', 3, 768, 512])
    expect(chosen('auto', hardware(1, 0.25, true))).toEqual(['server', 1, 192, 192])
    expect(chosen('laptop', hardware(4, 0.25, true))).toEqual(['laptop', 1, 128, 128])
  })
})
