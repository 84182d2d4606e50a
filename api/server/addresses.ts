import { BlockList, isIP } from 'node:net'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'

const LOOPBACK = new BlockList()
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4')
LOOPBACK.addAddress('::1', 'ipv6')

/** Whether only this machine can reach an address: `127.0.0.1`, `::1`, `localhost` and the like. */
export function isLoopback(host: string): boolean {
  const plain = bare(host)
  if (plain === 'localhost' || plain.endsWith('.localhost')) return true
  const version = isIP(plain)
  return version !== 0 && LOOPBACK.check(plain, version === 4 ? 'ipv4' : 'ipv6')
}

/** What of a request says where it comes from and where it believes to go. */
export interface Addressed {
  /** Header `Host`. */
  readonly host: string | undefined
  /** Header `Origin`: the page that sends it; none from clients that are no browser. */
  readonly origin: string | undefined
  /** Header `Sec-Fetch-Site`. */
  readonly fetchSite: string | undefined
  /** Whether it changes something, or opens a WebSocket, which browsers let pages of any site do. */
  readonly isGuarded: boolean
}

/** Refuses requests that a page of another site makes a browser send. */
export type AddressCheck = (request: Addressed) => void

/**
 * The check for a server that listens on `listenHost`. On a loopback address the `Host` header must be a loopback name, so
 * that no name that was rebound to this machine gets in. What changes something must come from a page of the server itself.
 * @param publicUrls further addresses of the server, such as a proxy's
 * @throws host_forbidden, origin_forbidden (from the check)
 */
export function addressCheck(listenHost: string, publicUrls: readonly string[]): AddressCheck {
  const publicOrigins = new Set(publicUrls.map((url) => new URL(url).origin))
  const publicHosts = new Set([...publicOrigins].map((origin) => new URL(origin).host))
  const isOpen = !isLoopback(listenHost)
  return ({ host, origin, fetchSite, isGuarded }) => {
    if (!isOpen && !(host !== undefined && (isLoopback(withoutPort(host)) || publicHosts.has(host.toLowerCase())))) {
      throw new StrikescanError('host_forbidden', { host: shown(host) })
    }
    if (!isGuarded) return
    if (origin !== undefined && !publicOrigins.has(origin) && !isOwn(origin, host)) throw new StrikescanError('origin_forbidden', { origin: shown(origin) })
    if (origin === undefined && (fetchSite === 'cross-site' || fetchSite === 'same-site')) throw new StrikescanError('origin_forbidden', { origin: 'another site' })
  }
}

/** A page of the server has the host that it sends its request to. */
function isOwn(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false
  const url = new URL(origin)
  return (url.protocol === 'http:' || url.protocol === 'https:') && url.host === host.toLowerCase()
}

const withoutPort = (host: string): string => host.replace(/:\d*$/, '')
const bare = (host: string): string => host.toLowerCase().replace(/^\[|\]$/g, '').replace(/\.$/, '')
const shown = (text: string | undefined): string => (text === undefined || text === '' ? '(none)' : text.slice(0, 100))
