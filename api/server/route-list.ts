import type { FastifyInstance } from 'fastify'

import { StrikescanError } from '../../runtime/errors/strikescan-error.ts'

/** What there is, so that a request for something else is told what it may be. */
export class RouteList {
  readonly #methods = new Map<string, { pattern: RegExp; methods: Set<string> }>()

  /** Must be made before the routes are added. */
  constructor(app: Pick<FastifyInstance, 'addHook'>) {
    app.addHook('onRoute', ({ url, method }) => {
      const known = this.#methods.get(url) ?? { pattern: patternOf(url), methods: new Set() }
      for (const one of [method].flat()) known.methods.add(one)
      this.#methods.set(url, known)
    })
  }

  /** @throws method_unknown where the path is there for other methods, else route_unknown */
  refuse(method: string, url: string): never {
    const path = url.split('?', 1)[0]!
    const allowed = [...this.#methods.values()].filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => [...methods])
    if (allowed.length > 0 && !allowed.includes(method)) throw new StrikescanError('method_unknown', { method, address: shown(path), allowed: [...new Set(allowed)].toSorted().join(', ') })
    throw new StrikescanError('route_unknown', { address: shown(path) })
  }
}

const patternOf = (url: string): RegExp => new RegExp(`^${url.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll(/:\w+/g, '[^/]+').replaceAll('\\*', '.*')}$`)
const shown = (path: string): string => (path.length <= 100 ? path : `${path.slice(0, 97)}...`)
