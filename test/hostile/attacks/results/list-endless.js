/* {"tries": "Returns a list of hits that never ends.", "rows": {"status": "timed_out", "code": "whole_timeout"}} */
export async function main(symbols) { return new Proxy([], { get: (target, key) => (key === 'length' ? 2 ** 53 - 1 : { symbol: symbols[0], score: 1 }) }) }
