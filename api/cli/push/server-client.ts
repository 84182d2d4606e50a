import { StrikescanError } from '../../../runtime/errors/strikescan-error.ts'
import type { IntakeReport, Row, RowStatus, Run, RunRequest } from '../host-types.ts'

type Diagnostic = IntakeReport['diagnostics'][number]

const ANSWER_MS = 30_000
/** How often a server that says "later" is asked again. */
const PATIENCE = 5
const MOST_WAIT_MS = 30_000
const PAGE_ROWS = 1_000
/** Far more than the largest page of rows. */
const MOST_ANSWER_BYTES = 256 * 2 ** 20

/** Where a server is and what it is shown. `url` has no slash at its end. */
export interface ServerAddress {
  url: string
  token: string | null
}

/** What a file that the server took is known as there, by the name under which its bytes came first; or why it did not take it. */
export type Upload = { scannerId: string; version: number; filename: string; diagnostics: Diagnostic[] } | { refused: Diagnostic[] }

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

/**
 * The address of a server as a user writes it.
 * @throws push_server_invalid; push_token_in_clear where a token would leave this machine unencrypted
 */
export function serverAddress(text: string, token: string | null): ServerAddress {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '' || url.search !== '' || url.hash !== '') {
    throw new StrikescanError('push_server_invalid', { server: JSON.stringify(text) })
  }
  if (token !== null && url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) throw new StrikescanError('push_token_in_clear', { host: url.hostname })
  return { url: url.href.replace(/\/+$/, ''), token }
}

/** The API of a server, as far as a push needs it. Every call throws `push_unreachable`, `push_refused` or `push_not_strikescan`. */
export class ServerClient {
  readonly address: ServerAddress

  constructor(address: ServerAddress) {
    this.address = address
  }

  /** The headers that let this client in. */
  get headers(): Record<string, string> {
    const { token } = this.address
    return token === null ? {} : { authorization: `Bearer ${token}` }
  }

  async upload(filename: string, source: Uint8Array): Promise<Upload> {
    const form = new FormData()
    form.append('file', new Blob([source as Uint8Array<ArrayBuffer>]), filename)
    const { status, body } = await this.#ask('POST', '/api/scanners', form)
    const answer = body as { id?: unknown; version?: number; filename?: unknown; diagnostics?: Diagnostic[] }
    if ((status === 422 || status === 413) && Array.isArray(answer.diagnostics) && answer.diagnostics.length > 0) return { refused: answer.diagnostics }
    const { id } = this.#accepted<{ id: string }>('the file', status, body, 'id', (answer) => typeof answer.id === 'string')
    return { scannerId: id, version: answer.version ?? 1, filename: typeof answer.filename === 'string' ? answer.filename : filename, diagnostics: answer.diagnostics ?? [] }
  }

  async startRun(scannerId: string, request: Omit<RunRequest, 'filename' | 'source'>): Promise<Run> {
    const { status, body } = await this.#ask('POST', '/api/runs', { scannerId, ...request })
    return this.#accepted('the run', status, body, 'id', isRun)
  }

  async run(id: string): Promise<Run> {
    const { status, body } = await this.#ask('GET', `/api/runs/${encodeURIComponent(id)}`)
    return this.#accepted('the question for the run', status, body, 'id', isRun)
  }

  /** Rows in the run's order, page by page. */
  async *rows(id: string, status?: RowStatus): AsyncGenerator<Row> {
    let cursor: string | null = null
    do {
      const query = new URLSearchParams({ limit: String(PAGE_ROWS), ...(status && { status }), ...(cursor && { cursor }) })
      const answer = await this.#ask('GET', `/api/runs/${encodeURIComponent(id)}/rows?${query}`)
      const page: { rows: Row[]; nextCursor: string | null } = this.#accepted('the question for rows', answer.status, answer.body, 'rows', ({ rows }) => Array.isArray(rows))
      yield* page.rows
      cursor = page.nextCursor
    } while (cursor !== null)
  }

  /** One answer, JSON in both directions, asked for again where the server says that it is busy. */
  async #ask(method: 'GET' | 'POST', path: string, body?: FormData | object): Promise<{ status: number; body: unknown }> {
    for (let attempt = 1; ; attempt++) {
      const response = await this.#send(method, path, body)
      const wait = response.status === 429 ? waitOf(response.headers.get('retry-after')) : null
      if (wait !== null && attempt < PATIENCE) {
        await response.body?.cancel()
        await new Promise((resolve) => setTimeout(resolve, wait))
        continue
      }
      return { status: response.status, body: await this.#jsonOf(response) }
    }
  }

  async #send(method: string, path: string, body: FormData | object | undefined): Promise<Response> {
    const { url } = this.address
    const content = body === undefined ? {} : body instanceof FormData ? { body } : { body: JSON.stringify(body) }
    const headers = { ...this.headers, ...(typeof content.body === 'string' && { 'content-type': 'application/json' }) }
    try {
      return await fetch(url + path, { method, headers, redirect: 'manual', signal: AbortSignal.timeout(ANSWER_MS), ...content })
    } catch (cause) {
      throw new StrikescanError('push_unreachable', { server: url, problem: problemOf(cause) }, { cause })
    }
  }

  async #jsonOf(response: Response): Promise<unknown> {
    let text: string
    try {
      text = await textOf(response)
    } catch (cause) {
      const code = cause instanceof AnswerTooLong ? 'push_not_strikescan' : 'push_unreachable'
      throw new StrikescanError(code, { server: this.address.url, problem: problemOf(cause) }, { cause })
    }
    try {
      return JSON.parse(text) as unknown
    } catch (cause) {
      throw new StrikescanError('push_not_strikescan', { server: this.address.url, problem: `it answers with status ${response.status} and no JSON` }, { cause })
    }
  }

  #accepted<Answer>(what: string, status: number, body: unknown, field: keyof Answer & string, isAnswer: (body: Answer) => boolean): Answer {
    if (status >= 400) {
      const { error } = (body ?? {}) as { error?: { code?: unknown; message?: unknown; hint?: unknown } | null }
      const { code = status, message = 'it gives no reason', hint = '' } = error ?? {}
      // The server speaks to whoever writes headers.
      const advice = status === 401 ? 'Give it with --token, or as STRIKESCAN_TOKEN.' : String(hint)
      throw new StrikescanError('push_refused', { what, code: String(code), problem: String(message), advice })
    }
    if (typeof body !== 'object' || body === null || !isAnswer(body as Answer)) {
      throw new StrikescanError('push_not_strikescan', { server: this.address.url, problem: `its answer with status ${status} has no ${field} of the kind that was asked for` })
    }
    return body as Answer
  }
}

function isRun({ id, ledger, market }: Run): boolean {
  return typeof id === 'string' && typeof ledger === 'object' && ledger !== null && typeof market === 'object' && market !== null
}

class AnswerTooLong extends Error {}

/** The body's text, given up where it never ends. */
async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true })
    if (text.length > MOST_ANSWER_BYTES) throw new AnswerTooLong(`its answer is longer than ${MOST_ANSWER_BYTES / 2 ** 20} MB`)
  }
  return text + decoder.decode()
}

function waitOf(retryAfter: string | null): number {
  const seconds = Number(retryAfter ?? 1)
  return Math.min(MOST_WAIT_MS, Math.max(100, Number.isFinite(seconds) ? seconds * 1_000 : 1_000))
}

/** Why a request came to nothing, in a few words. */
export function problemOf(error: unknown): string {
  const { cause, name, message } = error as { cause?: { code?: string; message?: string }; name?: string; message?: string }
  if (name === 'TimeoutError') return `no answer within ${ANSWER_MS / 1_000} s`
  const code = cause?.code ?? (error as { code?: string }).code
  const known: Record<string, string> = { ECONNREFUSED: 'nothing listens there', ENOTFOUND: 'the host is unknown', ECONNRESET: 'the connection broke', UND_ERR_SOCKET: 'the connection broke' }
  // A rule of the web's fetch, which keeps clear of the ports of other services.
  if (cause?.message === 'bad port') return 'no client of the web may reach that port, which belongs to another service'
  return known[code ?? ''] ?? (cause?.message ?? message ?? String(error)).replace(/\.$/, '')
}
