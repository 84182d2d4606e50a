import type { Wire } from './chunk.ts'

/** One watcher's connection, whatever it speaks. */
export interface Transport {
  readonly wire: Wire
  /** Bytes that were written and that the system has not taken yet. */
  readonly bufferedBytes: number
  /** Hands bytes over in one go. False where the peer is behind: `onDrain` then tells when it has taken all of them. */
  write(buffers: readonly Buffer[]): boolean
  onDrain(listener: () => void): void
  /** Called once, when the connection is gone, whichever side ended it. */
  onClose(listener: () => void): void
  /** Asks for a sign of life. False where there was none since the time before: the peer is dead. */
  beat(): boolean
  /** Ends in good order behind what was written, and by force where the peer does not take it in time. */
  close(code: CloseCode, reason: string): void
  /** Ends at once. */
  destroy(): void
}

/** Close codes of RFC 6455, section 7.4.1, and of its registry. */
export const CLOSE = { normal: 1000, goingAway: 1001, unsupportedData: 1003, policyViolation: 1008, internalError: 1011, tryAgainLater: 1013 } as const
export type CloseCode = (typeof CLOSE)[keyof typeof CLOSE]
