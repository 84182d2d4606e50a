import type { RunEvent } from '../../../runtime/host.ts'

/** One that watches a run over server-sent events and connects anew where the stream breaks off, from the event after the last it heard. */
export class StreamWatcher {
  readonly heard: RunEvent[] = []
  /** Gaps and repetitions. */
  readonly faults: string[] = []
  /** Resolves with the last event. */
  readonly ended: Promise<Extract<RunEvent, { type: 'end' }>>
  readonly #url: () => string
  readonly #path: string
  readonly #listener: (event: RunEvent) => void
  #isOver = false
  #lastSeq = 0
  reconnected = -1

  /** @param url the server's address as it is now; @param listener told each event once, in order */
  constructor(url: () => string, runId: string, listener: (event: RunEvent) => void = () => {}) {
    this.#url = url
    this.#path = `/api/runs/${runId}/events`
    this.#listener = listener
    this.ended = this.#watch()
  }

  stop(): void {
    this.#isOver = true
  }

  async #watch(): Promise<Extract<RunEvent, { type: 'end' }>> {
    for (;;) {
      if (this.#isOver) throw new Error('no longer watched')
      this.reconnected++
      await this.#listen().catch(() => {})
      const last = this.heard.at(-1)
      if (last?.type === 'end') return last
      await new Promise((resolve) => setTimeout(resolve, 30))
    }
  }

  async #listen(): Promise<void> {
    const answer = await fetch(`${this.#url()}${this.#path}?after=${this.#lastSeq}`, { headers: { accept: 'text/event-stream' } })
    if (answer.status !== 200) throw new Error(`status ${answer.status}`)
    let text = ''
    for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
      text += piece
      const blocks = text.split('\n\n')
      text = blocks.pop()!
      for (const block of blocks) if (this.#take(block)) return
    }
  }

  /** True for the last event. */
  #take(block: string): boolean {
    const data = block.split('\n').flatMap((line) => (line.startsWith('data:') ? [line.slice(5).trim()] : [])).join('')
    if (data === '') return false
    const event = JSON.parse(data) as RunEvent
    if (typeof event.seq !== 'number') return false
    // What came while it was behind may be told in fewer messages, each for a range of events.
    const first = (event as { seqFrom?: number }).seqFrom ?? event.seq
    if (first !== this.#lastSeq + 1) this.faults.push(`events from ${first} came after event ${this.#lastSeq}`)
    this.#lastSeq = event.seq
    this.heard.push(event)
    this.#listener(event)
    return event.type === 'end'
  }
}
