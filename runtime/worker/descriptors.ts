/** Numbers of the descriptors that a worker inherits. */
export const WORKER_FD = { requests: 0, replies: 3, cell: 4, bars: 5, index: 6 } as const
