/**
 * What a worker may ask of the kernel once its code is loaded: to use the descriptors it holds, its own memory, its own threads and the
 * clock, and to end. All else is refused: no file or socket can be opened, no program or process started, no other process reached, and
 * no way of asking is left that the kernel learns in a later version.
 */

/** A call of the kernel that is let through: always, or where its arguments are as stated. */
export interface Rule {
  call: number
  /** All must hold. */
  when?: Condition[]
}

/** Of half of an argument, as each is 64 bits wide and a filter compares 32. */
export interface Condition {
  argument: number
  half?: 'low' | 'high'
  /** Bits that count; all by default. */
  mask?: number
  equals: number[]
}

/** What callers are told that a call of the kernel failed with, where it must not be "not permitted". */
export interface Answer {
  call: number
  error: number
}

export interface Policy {
  /** Number of the instruction set, as the kernel's `audit.h` names it: calls by another one, which have other numbers, end the process. */
  architecture: number
  allowed: Rule[]
  answers: Answer[]
}

const EBADF = 9
const ENOSYS = 38

/** Flags of `clone` with which the C library starts a thread: it shares memory, files and signals, and is no process. */
const THREAD = 0x3d0f00
const F_GETFD = 1
const F_GETFL = 3
const MAP_TYPE = 0x0f
const MAP_PRIVATE = 2
const PR_SET_NAME = 15
const PR_SET_VMA = 0x53564d41

/** For processors of the x86-64 kind, with the numbers of its `unistd_64.h`. @param pid the process that the policy is for */
export function workerPolicy(pid: number): Policy {
  return {
    architecture: 0xc000003e,
    allowed: [
      // read, write, close, fstat, lseek, pread64, pwrite64, readv, writev: of what was handed down. None of them passes a descriptor on.
      ...always(0, 1, 3, 5, 8, 17, 18, 19, 20),
      // mprotect, munmap, brk, mremap, madvise, pkey_mprotect, pkey_alloc, pkey_free
      ...always(10, 11, 12, 25, 28, 329, 330, 331),
      // mmap. Memory that could be shared does not count against the limit of private memory.
      { call: 9, when: [{ argument: 3, mask: MAP_TYPE, equals: [MAP_PRIVATE] }] },
      // rt_sigaction, rt_sigprocmask, rt_sigreturn, restart_syscall, sigaltstack
      ...always(13, 14, 15, 219, 131),
      // futex, sched_yield, nanosleep, clock_nanosleep, membarrier, rseq, set_robust_list, set_tid_address
      ...always(202, 24, 35, 230, 324, 334, 273, 218),
      // getpid, gettid, sched_getparam, sched_getscheduler, sched_getaffinity, getcpu, getrlimit, getrusage, sysinfo, uname, times
      ...always(39, 186, 143, 145, 204, 309, 97, 98, 99, 63, 100),
      // time, gettimeofday, clock_gettime, clock_getres, getrandom
      ...always(201, 96, 228, 229, 318),
      // poll, ppoll, epoll_create1, epoll_ctl, epoll_wait, epoll_pwait, eventfd2, pipe2: an event loop within the process
      ...always(7, 271, 291, 233, 232, 281, 290, 293),
      // exit, exit_group
      ...always(60, 231),
      // tgkill: to itself, as `abort` does.
      { call: 234, when: [{ argument: 0, equals: [pid] }] },
      // clone
      { call: 56, when: [{ argument: 0, equals: [THREAD] }] },
      // fcntl. Other commands have the kernel send signals, to any process of the same user.
      { call: 72, when: [{ argument: 1, equals: [F_GETFD, F_GETFL] }] },
      // prctl: names for threads and memory. Others take back what ties the process to its parent.
      { call: 157, when: [{ argument: 0, equals: [PR_SET_NAME, PR_SET_VMA] }] },
      // prlimit64: to read limits, not to set them.
      {
        call: 302,
        when: [
          { argument: 2, half: 'low', equals: [0] },
          { argument: 2, half: 'high', equals: [0] },
        ],
      },
    ],
    answers: [
      // clone3 keeps its flags in memory, where a filter sees nothing: without it the C library takes clone.
      { call: 435, error: ENOSYS },
      // newfstatat, which finds files by name, is also how some C libraries look at a descriptor. Node does when it
      // ends, and passes over closed ones.
      { call: 262, error: EBADF },
    ],
  }
}

function always(...calls: number[]): Rule[] {
  return calls.map((call) => ({ call }))
}
