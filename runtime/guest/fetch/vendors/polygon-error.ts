import { requestId } from '../identifiers.ts'
import { jsonAnswer, type ApiAnswer, type ApiRequest } from '../types.ts'

/** Polygon's two error shapes differ by key: `error` for what was asked wrongly, `message` for what is not there. */
export function polygonError(request: ApiRequest, status: number, text: string): ApiAnswer {
  const request_id = requestId(request.url)
  return status === 404
    ? jsonAnswer(404, () => ({ status: 'NOT_FOUND', request_id, message: text }))
    : jsonAnswer(status, () => ({ status: 'ERROR', request_id, error: text }))
}
