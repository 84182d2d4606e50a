import type { ProviderRemedy } from '../../../sdk/option-provider.ts'
import { isThisMachine, type CheckedOptions } from './options.ts'

/** Options as far as remedies name them: never the token. */
type Address = Pick<CheckedOptions, 'baseUrl'>

/** For calls that the vendor refuses to whoever makes them. */
export const otherToken = ({ baseUrl }: Address): ProviderRemedy => ({
  option: 'token',
  mend: `give an access token that is valid at ${baseUrl}; live and sandbox have each their own`,
})

/** For calls that did not get to the API at all. */
export const otherAddress = ({ baseUrl }: Address): ProviderRemedy => ({
  option: 'baseUrl',
  mend: `see that the API answers at ${baseUrl}, else give its address, such as https://api.tradier.com${isSecureHere(baseUrl) ? ', or with http:// in front for one on this machine that speaks plain HTTP' : ''}`,
})

/** For an https address at which something else is spoken. */
export function otherProtocol(address: Address): ProviderRemedy {
  const { baseUrl } = address
  if (isSecureHere(baseUrl)) return otherAddress(address)
  const mend = `see that HTTPS is spoken at ${baseUrl}; plain HTTP is for this machine alone, since the token would go readable by all on the way: put HTTPS in front of that server, or bring it here by a tunnel and give http://127.0.0.1 with the tunnel's port`
  return { option: 'baseUrl', mend }
}

/** What answers on this machine, such as a simulated vendor, seldom speaks HTTPS. */
function isSecureHere(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl)
  return protocol === 'https:' && isThisMachine(hostname)
}
