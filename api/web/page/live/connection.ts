import type { LiveMessage } from '../server/types.ts'
import type { RunModel } from './run-model.ts'

export type ConnectionState =
  | { readonly is: 'connecting' }
  /** Messages of the past are coming in. */
  | { readonly is: 'catching up'; readonly from: number; readonly to: number }
  | { readonly is: 'live' }
  /** The run is over, and all of it is here. */
  | { readonly is: 'complete' }
  | { readonly is: 'lost'; readonly tries: number; readonly retryAt: number }
  | { readonly is: 'refused'; readonly message: string }

/** What a connection needs of its surroundings. */
export interface Surroundings {
  open(path: string): WebSocket
  /** The number of the run's last event. Rejects where the server does not answer; with a `status` where it refuses. */
  lastSeq(runId: string): Promise<number>
  now(): number
  later(ms: number, work: () => void): () => void
}

const FIRST_WAIT_MS = 250
const MOST_WAIT_MS = 5_000

/**
 * Follows a run into a model, across lost connections and restarts of the server: each connection begins behind the last
 * event that the model took, and one that leaves a gap is given up for a new one.
 */
export class Connection {
  readonly #runId: string
  readonly #model: RunModel
  readonly #surroundings: Surroundings
  readonly #onChange: (state: ConnectionState) => void
  readonly #onMessage: () => void
  #socket: WebSocket | null = null
  #stopWaiting: (() => void) | null = null
  #tries = 0
  #until = 0
  #from = 0
  #isEnded = false
  #state: ConnectionState = { is: 'connecting' }

  constructor(options: {
    runId: string
    model: RunModel
    surroundings: Surroundings
    onChange: (state: ConnectionState) => void
    onMessage: () => void
  }) {
    this.#runId = options.runId
    this.#model = options.model
    this.#surroundings = options.surroundings
    this.#onChange = options.onChange
    this.#onMessage = options.onMessage
  }

  start(): void {
    void this.#connect()
  }

  /** Tries at once where it waits for the next try. */
  retry(): void {
    if (this.#stopWaiting === null) return
    this.#stopWaiting()
    this.#stopWaiting = null
    void this.#connect()
  }

  send(type: 'pause' | 'resume' | 'cancel'): boolean {
    if (this.#socket?.readyState !== 1) return false
    this.#socket.send(JSON.stringify({ type }))
    return true
  }

  stop(): void {
    this.#isEnded = true
    this.#stopWaiting?.()
    this.#socket?.close()
  }

  async #connect(): Promise<void> {
    if (this.#tries === 0) this.#tell({ is: 'connecting' })
    let last: number
    try {
      last = await this.#surroundings.lastSeq(this.#runId)
    } catch (error) {
      const { status, message } = error as { status?: number; message: string }
      if (status !== undefined && status >= 400 && status < 500 && status !== 429) return this.#tell({ is: 'refused', message })
      return this.#lost()
    }
    if (this.#isEnded) return
    // A server that lost the end of its log numbers other events the same: all of them are taken anew.
    if (last < this.#model.seq) this.#model.forget()
    this.#from = this.#model.seq
    this.#until = last
    const socket = this.#surroundings.open(`/api/runs/${this.#runId}/live?after=${this.#model.seq}`)
    this.#socket = socket
    socket.onopen = () => {
      this.#tries = 0
      this.#tellProgress()
    }
    socket.onmessage = ({ data }) => this.#hear(socket, data as string)
    socket.onclose = () => {
      if (this.#socket !== socket || this.#isEnded) return
      this.#socket = null
      if (this.#model.end === null) this.#lost()
    }
  }

  #hear(socket: WebSocket, data: string): void {
    if (this.#socket !== socket) return
    const message = JSON.parse(data) as LiveMessage & { type: string }
    // An answer to something that was sent; no event of the run.
    if (message.seq === undefined) return
    if (!this.#model.take(message)) {
      this.#socket = null
      socket.close()
      return this.#lost()
    }
    this.#onMessage()
    this.#tellProgress()
  }

  #tellProgress(): void {
    if (this.#model.end !== null) return this.#tell({ is: 'complete' })
    if (this.#model.seq >= this.#until) this.#tell({ is: 'live' })
    else this.#tell({ is: 'catching up', from: this.#model.seq - this.#from, to: this.#until - this.#from })
  }

  #lost(): void {
    if (this.#isEnded) return
    const wait = Math.min(MOST_WAIT_MS, FIRST_WAIT_MS * 2 ** this.#tries++)
    this.#tell({ is: 'lost', tries: this.#tries, retryAt: this.#surroundings.now() + wait })
    this.#stopWaiting = this.#surroundings.later(wait, () => {
      this.#stopWaiting = null
      void this.#connect()
    })
  }

  #tell(state: ConnectionState): void {
    if (state.is === this.#state.is && state.is === 'live') return
    this.#state = state
    this.#onChange(state)
  }
}
