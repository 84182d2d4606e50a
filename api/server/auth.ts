import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'

const COOKIE = 'strikescan_session'
const SESSION_SECONDS = 12 * 3_600

/** What a request shows for itself. */
export interface Credentials {
  readonly authorization: string | undefined
  readonly cookie: string | undefined
}

/**
 * Who is let in. Clients send the token itself, as `Authorization: Bearer TOKEN`. Pages can not do that for WebSockets,
 * EventSource and downloads: they show it once and get a session cookie, so that it never stands in an address.
 */
export interface Guard {
  /** @throws token_missing, token_wrong */
  check(credentials: Credentials): void
  /** The `Set-Cookie` of a new session; null where no token is asked for. @param isSecure whether the page came by HTTPS */
  sessionCookie(isSecure: boolean): string | null
  /** The `Set-Cookie` that ends the session. */
  readonly endedCookie: string
}

/** @param now epoch milliseconds */
export function guard(token: string | null, now: () => number): Guard {
  const attributes = 'Path=/; HttpOnly; SameSite=Strict'
  const endedCookie = `${COOKIE}=; Max-Age=0; ${attributes}`
  if (token === null) return { check: () => {}, sessionCookie: () => null, endedCookie }
  // Bound to the token: a new token ends all sessions, a restart of the server none.
  const seal = (expires: number): string => createHmac('sha256', `strikescan session ${token}`).update(String(expires)).digest('base64url')

  const isOpen = (session: string): boolean => {
    const [expires, sealed] = session.split('.', 2)
    return /^\d{1,15}$/.test(expires!) && sealed !== undefined && Number(expires) > now() && isSame(sealed, seal(Number(expires)))
  }
  return {
    endedCookie,
    check({ authorization, cookie }) {
      const bearer = /^Bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]
      if (bearer !== undefined && isSame(bearer, token)) return
      const session = authorization === undefined ? cookieOf(cookie ?? '') : undefined
      if (session !== undefined && isOpen(session)) return
      throw new StrikescanError(authorization === undefined && session === undefined ? 'token_missing' : 'token_wrong')
    },
    sessionCookie(isSecure) {
      const expires = now() + SESSION_SECONDS * 1_000
      return `${COOKIE}=${expires}.${seal(expires)}; Max-Age=${SESSION_SECONDS}; ${attributes}${isSecure ? '; Secure' : ''}`
    },
  }
}

/** Takes the same time wherever the texts differ, and however long they are: hashes are compared. */
function isSame(given: string, wanted: string): boolean {
  return timingSafeEqual(createHash('sha256').update(given).digest(), createHash('sha256').update(wanted).digest())
}

function cookieOf(header: string): string | undefined {
  for (const part of header.split(';')) {
    const [name, value] = part.trim().split('=', 2)
    if (name === COOKIE && value !== undefined) return value
  }
  return undefined
}
