#!/usr/bin/env node
// Which short puts pay best? Takes the put nearest 95% of the last close, about 30 days out, and ranks by yearly yield.
// TRADIER_TOKEN=… node tradier-put-premium.mjs
const SYMBOLS = ['AAPL', 'MSFT', 'NVDA', 'TSLA', 'AMZN', 'AMD', 'KO', 'SPY', 'QQQ', 'NOPE'];
const DATES = ['2026-11-20'];

const api = 'https://api.tradier.com/v1/markets';
const headers = { Authorization: `Bearer ${process.env.TRADIER_TOKEN}`, Accept: 'application/json' };
const sleep = (ms) => new Promise((r) => setTimeout(r, ms));
// one item comes bare, none comes as null (or as the text "null")
const asList = (x) => (x == null || x === 'null' ? [] : Array.isArray(x) ? x : [x]);

async function get(path, params) {
  const res = await fetch(`${api}/${path}?${new URLSearchParams(params)}`, { headers });
  if (!res.ok) throw new Error(`${path}: ${res.status} ${await res.text()}`);
  await sleep(500); // 120 a minute
  return res.json();
}

const results = [];
for (const date of DATES) {
  for (const symbol of SYMBOLS) {
    const history = await get('history', { symbol, interval: 'daily', start: date, end: date });
    const last = asList(history.history?.day).at(-1)?.close;
    if (!last) continue;
    const { expirations } = await get('options/expirations', { symbol, includeAllRoots: true });
    const days = (d) => Math.round((Date.parse(d) - Date.parse(date)) / 86400000);
    const expiration = asList(expirations?.date).filter((d) => days(d) >= 25 && days(d) <= 45)[0];
    if (!expiration) continue;
    const { options } = await get('options/chains', { symbol, expiration, greeks: 'true' });
    const put = asList(options?.option)
      .filter((o) => o.option_type === 'put' && o.bid > 0 && o.strike <= last * 0.95)
      .sort((a, b) => b.strike - a.strike)[0];
    if (!put) continue;
    const premium = (put.bid + put.ask) / 2;
    const yearly = (premium / put.strike) * (365 / days(expiration));
    results.push({
      symbol, date, score: Math.round(yearly * 1000) / 10, direction: 'bullish',
      contract: put.symbol, premium, delta: put.greeks?.delta ?? null, interest: put.open_interest,
    });
  }
}
results.sort((a, b) => b.score - a.score);
console.table(results);
