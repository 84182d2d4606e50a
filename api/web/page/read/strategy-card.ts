import { h } from 'preact'

import { liquidityOf } from '../../../schemas/explored-text.ts'
import type { Explored, Leg } from '../server/types.ts'
import { Simulated } from '../shell/parts.ts'
import { Sideways } from '../shell/sideways.ts'
import { counted, money, number, percent } from '../shell/words.ts'
import { columnOf } from './payoff.ts'
import { PayoffPlot } from './payoff-plot.ts'
import type { View } from '../shell/view.ts'

interface Props {
  readonly row: Explored
  /** `h2` stands alone, with its ticker. */
  readonly heading?: 'h2' | 'h3'
  readonly onClose?: () => void
}

/** An explored strategy in full: why, its legs, quote, Greeks, liquidity, capital and payoff. */
export function StrategyCard({ row, heading = 'h3', onClose }: Props): View {
  const { legs, dataQuality, explorationReason, finalLiquidityContext } = row
  const liquidity = liquidityOf(row)
  return h(
    'article',
    { class: 'strategy', 'aria-label': columnOf(row, 'strategy') },
    h(
      'header',
      { class: 'row' },
      h(heading, null, heading === 'h2' && `${columnOf(row, 'ticker')} `, columnOf(row, 'strategy')),
      h('span', { class: `chip e-${row.explorationStatus}` }, row.explorationStatus.replaceAll('_', ' ')),
      liquidity !== null &&
        h('span', { class: 'chip' }, finalLiquidityContext === null ? `${liquidity} by the sample` : liquidity),
      dataQuality.includes('simulated') && h(Simulated, { what: 'chain' }),
      onClose !== undefined && [h('span', { class: 'grow' }), h('button', { type: 'button', onClick: onClose }, 'Close')],
    ),
    h('p', null, explorationReason, row.skipReason !== null && `. Skipped: ${row.skipReason}`),
    legs !== null && legs.length > 0 && h(LegsTable, { strategy: columnOf(row, 'strategy'), legs }),
    legs !== null && h('div', { class: 'strategy-body' }, h(QuoteFacts, { row }), h(GreeksFacts, { row }), h(PayoffPlot, { row })),
    finalLiquidityContext !== null &&
      !explorationReason.includes(finalLiquidityContext) &&
      h('p', { class: 'quiet' }, finalLiquidityContext),
  )
}

function LegsTable({ strategy, legs }: { strategy: string; legs: readonly Leg[] }): View {
  return h(
    Sideways,
    { label: `Legs of ${strategy}` },
    h(
      'table',
      { class: 'legs' },
      h('caption', { class: 'unseen' }, 'Legs'),
      h(
        'thead',
        null,
        h(
          'tr',
          null,
          LEG_TITLES.map((title) => h('th', { key: title, scope: 'col' }, title)),
        ),
      ),
      h('tbody', null, legs.map(legRow)),
    ),
  )
}

const LEG_TITLES = ['Side', 'Right', 'Strike', 'Expiration', 'Quantity', 'Contract']

const legRow = ({ occ, side, right, strike, expiration, quantity, multiplier }: Leg): View =>
  h(
    'tr',
    { key: occ },
    h('td', { class: `side-${side}` }, side),
    h('td', null, right),
    h('td', { class: 'number' }, number(strike)),
    h('td', null, expiration),
    h('td', { class: 'number' }, quantity),
    h('td', null, h('code', null, occ), multiplier !== undefined && multiplier !== 100 && ` of ${counted(multiplier, 'share')}`),
  )

const QuoteFacts = ({ row }: { row: Explored }): View =>
  facts([
    ['Bid / ask', `${money(row.bid)} / ${money(row.ask)}`],
    ['Mid', money(row.mid)],
    ['Spread', percent(row.spreadPct)],
    ['Open interest', number(row.openInterest)],
    ['Volume', number(row.volume)],
    ['Days left', number(row.finalDte)],
    ['Capital', money(row.capitalRequired)],
    ['Most profit', money(row.maxProfit)],
    ['Most loss', money(row.maxLoss)],
    ['Breakeven', row.breakevens === null ? '–' : row.breakevens.map(money).join(', ')],
  ])

function GreeksFacts({ row }: { row: Explored }): View {
  // The badge in the heading says that the chain is simulated.
  const flags = row.dataQuality.filter((flag) => flag !== 'simulated')
  return facts([
    ['Implied vol', percent(row.impliedVol)],
    ['Delta', number(row.greeksDelta)],
    ['Gamma', number(row.greeksGamma)],
    ['Theta a day', number(row.greeksTheta)],
    ['Vega a point', number(row.greeksVega)],
    ['Rho a point', number(row.greeksRho)],
    ['Greeks from', row.greeksSource ?? '–'],
    ...(flags.length === 0 ? [] : [['Flags', flags.join(', ')] as const]),
  ])
}

const facts = (pairs: readonly (readonly [string, string])[]): View =>
  h(
    'dl',
    { class: 'facts' },
    pairs.flatMap(([term, value]) => [h('dt', { key: term }, term), h('dd', { key: `${term} value` }, value)]),
  )
