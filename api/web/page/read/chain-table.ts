import { useSignal } from '@preact/signals'
import { h } from 'preact'
import { useEffect, useRef } from 'preact/hooks'

import type { OptionChain, OptionContract } from '../../../../sdk/options/chain.ts'
import { request } from '../server/client.ts'
import type { ChainAnswer, Leg } from '../server/types.ts'
import { Simulated, textOf, useAsked, When } from '../shell/parts.ts'
import { useSidewaysHint } from '../shell/sideways.ts'
import { fixed, money, number, percent } from '../shell/words.ts'
import type { View } from '../shell/view.ts'

/** The chain of one expiration, strike by strike, with the chosen legs marked. */
export function ChainTable({ symbol, first, legs }: { symbol: string; first: string | null; legs: readonly Leg[] }): View {
  const expiration = useSignal<string | null>(first)
  const asked = useAsked(
    (signal) =>
      request<ChainAnswer>(
        `/api/market/chains/${encodeURIComponent(symbol)}${expiration.value === null ? '' : `?expiration=${expiration.value}`}`,
        { signal },
      ),
    [symbol, expiration.value],
  )
  return h(
    'section',
    { class: 'chain', 'aria-label': `Option chain of ${symbol}` },
    h(When<ChainAnswer>, {
      asked,
      what: 'the chain',
      children: (answer) => {
        const chain = answer.chain as OptionChain | null
        return [
          h(
            'div',
            { key: 'head', class: 'row' },
            h('h3', null, `Chain of ${symbol}`),
            answer.simulated && h(Simulated, { what: 'chain' }),
            h('span', { class: 'quiet' }, answer.source),
            h(
              'label',
              { class: 'inline' },
              'Expiration ',
              h(
                'select',
                { value: chain?.expiration ?? '', onChange: (event: Event) => void (expiration.value = textOf(event)) },
                answer.expirations.map((each) => h('option', { key: each, value: each }, each)),
              ),
            ),
            answer.underlying !== null &&
              h('span', null, `underlying ${money(answer.underlying.price)}${SOURCE_WORDS[answer.underlying.source]}`),
          ),
          chain === null
            ? h('p', { key: 'none', class: 'quiet' }, 'There is no chain of this symbol.')
            : h(Strikes, { key: 'strikes', chain, spot: answer.underlying?.price ?? null, legs }),
        ]
      },
    }),
  )
}

const SOURCE_WORDS = { chain: '', quote: ' by a quote', parity: ' by put-call parity' } as const

interface Strike {
  readonly strike: number
  call?: OptionContract
  put?: OptionContract
}

const FIELDS: readonly [string, (contract: OptionContract) => string][] = [
  ['Delta', ({ greeks }) => fixed(greeks?.delta, 3)],
  ['IV', ({ impliedVol }) => percent(impliedVol)],
  ['Vol', ({ volume }) => number(volume)],
  ['OI', ({ openInterest }) => number(openInterest)],
  ['Bid', ({ bid }) => fixed(bid, 2)],
  ['Ask', ({ ask }) => fixed(ask, 2)],
]

function Strikes({ chain, spot, legs }: { chain: OptionChain; spot: number | null; legs: readonly Leg[] }): View {
  const box = useRef<HTMLDivElement>(null)
  useSidewaysHint(box)
  useEffect(() => {
    const near = box.current!.querySelector<HTMLElement>('.leg') ?? box.current!.querySelector<HTMLElement>('.at-money')
    if (near !== null) box.current!.scrollTop = near.offsetTop - box.current!.clientHeight / 2
  }, [chain])
  const strikes = strikesOf(chain)
  const nearest =
    spot === null
      ? null
      : strikes.reduce<number | null>(
          (best, { strike }) => (best === null || Math.abs(strike - spot) < Math.abs(best - spot) ? strike : best),
          null,
        )
  const cells = (contract: OptionContract | undefined, side: 'call' | 'put'): View[] => {
    const leg = legs.find(({ occ }) => occ === contract?.occ)
    const fields = side === 'call' ? FIELDS : FIELDS.toReversed()
    return fields.map(([name, show]) =>
      h(
        'td',
        {
          key: `${side} ${name}`,
          class: `number${leg === undefined ? '' : ` leg ${leg.side}`}`,
          title: leg === undefined ? undefined : `${leg.side} ${leg.quantity}`,
        },
        contract === undefined ? '' : show(contract),
      ),
    )
  }
  const table = h(
    'div',
    { ref: box, class: 'scrolls chain-box', tabIndex: 0, role: 'region', 'aria-label': 'Strikes' },
    h(
      'table',
      null,
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          h('th', { colSpan: FIELDS.length, scope: 'colgroup' }, 'Calls'),
          h('th', { scope: 'col', rowSpan: 2, class: 'strike' }, 'Strike'),
          h('th', { colSpan: FIELDS.length, scope: 'colgroup' }, 'Puts'),
        ),
        h(
          'tr',
          null,
          FIELDS.map(([name]) => h('th', { key: `c${name}`, scope: 'col', class: 'number' }, name)),
          FIELDS.toReversed().map(([name]) => h('th', { key: `p${name}`, scope: 'col', class: 'number' }, name)),
        ),
      ),
      h(
        'tbody',
        null,
        strikes.map(({ strike, call, put }) => {
          // Strategies of one symbol may share a leg.
          const chosen = [
            ...new Set(legs.filter(({ occ }) => occ === call?.occ || occ === put?.occ).map(({ side, right }) => `${side} ${right}`)),
          ]
          return h(
            'tr',
            { key: strike, class: strike === nearest ? 'at-money' : '' },
            cells(call, 'call'),
            h(
              'th',
              { scope: 'row', class: `strike${chosen.length > 0 ? ' leg' : ''}` },
              number(strike),
              chosen.map((name) => h('small', { key: name }, name)),
            ),
            cells(put, 'put'),
          )
        }),
      ),
    ),
  )
  return h('div', { class: 'sideways' }, table)
}

function strikesOf({ contracts }: OptionChain): Strike[] {
  const strikes = new Map<string, Strike>()
  for (const contract of contracts) {
    // Roots of one ticker list the same strikes.
    const key = `${contract.root} ${contract.strike}`
    const strike = strikes.get(key) ?? { strike: contract.strike }
    strike[contract.right] = contract
    strikes.set(key, strike)
  }
  return [...strikes.values()]
}
