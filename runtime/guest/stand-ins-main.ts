import { createAxios } from './stand-ins/axios.ts'
import { Buffer } from './stand-ins/buffer.ts'
import { createFs } from './stand-ins/fs.ts'
import { createNodeModules } from './stand-ins/node.ts'
import { createPath } from './stand-ins/path.ts'
import { createPolygonClient } from './stand-ins/polygon-client.ts'
import type { ModuleObject, StandInDeps } from './stand-ins/types.ts'
import { createUtil } from './stand-ins/util.ts'
import { createYahooFinance } from './stand-ins/yahoo-finance2.ts'
import { defineGlobal } from './language/properties.ts'

/** The modules that only scripts which import them need, by specifier; loaded for no other. */
export function start(scope: object, deps: StandInDeps): Record<string, ModuleObject> {
  const { fs, promises } = createFs(deps)
  const path = createPath()
  const axios = createAxios(deps)
  defineGlobal(scope, 'Buffer', Buffer)
  return {
    ...createNodeModules(deps),
    axios: { ...axios, default: axios },
    fs,
    'fs/promises': promises,
    path,
    'path/posix': path,
    util: createUtil(deps),
    'yahoo-finance2': createYahooFinance(deps),
    '@polygon.io/client-js': createPolygonClient(deps),
  }
}
