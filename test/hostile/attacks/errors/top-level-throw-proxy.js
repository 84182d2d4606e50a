/* {"tries": "Throws a proxy whose traps loop before its first symbol.", "run": {"code": "load_timeout"}} */
export function scan() { return 1 }
throw new Proxy(new Error('x'), { get() { for (;;) {} }, getPrototypeOf() { for (;;) {} } })
