import { h } from 'preact'

import type { Explored } from '../server/types.ts'
import { Simulated } from '../shell/parts.ts'
import { money, number, percent } from '../shell/words.ts'
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
  const { legs, dataQuality, breakevens, explorationReason, finalLiquidityContext } = row
  // The badge says it.
  const flags = dataQuality.filter((flag) => flag !== 'simulated')
  return h('article', { class: 'strategy', 'aria-label': columnOf(row, 'strategy') },
    h('header', { class: 'row' }, h(heading, null, heading === 'h2' && `${columnOf(row, 'ticker')} `, columnOf(row, 'strategy')), h('span', { class: `chip e-${row.explorationStatus}` }, row.explorationStatus.replaceAll('_', ' ')),
      row.sampledLiquidityClass !== null && h('span', { class: 'chip' }, row.sampledLiquidityClass), dataQuality.includes('simulated') && h(Simulated, { what: 'chain' }),
      onClose !== undefined && [h('span', { class: 'grow' }), h('button', { type: 'button', onClick: onClose }, 'Close')]),
    h('p', null, explorationReason, row.skipReason !== null && `. Skipped: ${row.skipReason}`),
    legs !== null && legs.length > 0 && h('div', { class: 'scrolls', tabIndex: 0, role: 'region', 'aria-label': `Legs of ${columnOf(row, 'strategy')}` }, h('table', { class: 'legs' },
      h('caption', { class: 'unseen' }, 'Legs'),
      h('thead', null, h('tr', null, ['Side', 'Right', 'Strike', 'Expiration', 'Quantity', 'Contract'].map((title) => h('th', { key: title, scope: 'col' }, title)))),
      h('tbody', null, legs.map((leg) => h('tr', { key: leg.occ }, h('td', { class: `side-${leg.side}` }, leg.side), h('td', null, leg.right), h('td', { class: 'number' }, number(leg.strike)), h('td', null, leg.expiration), h('td', { class: 'number' }, leg.quantity), h('td', null, h('code', null, leg.occ))))))),
    legs !== null && h('div', { class: 'strategy-body' },
      h('dl', { class: 'facts' },
        facts([['Bid / ask', `${money(row.bid)} / ${money(row.ask)}`], ['Mid', money(row.mid)], ['Spread', percent(row.spreadPct)], ['Open interest', number(row.openInterest)], ['Volume', number(row.volume)], ['Days left', number(row.finalDte)],
          ['Capital', money(row.capitalRequired)], ['Most profit', money(row.maxProfit)], ['Most loss', money(row.maxLoss)], ['Breakeven', breakevens === null ? '–' : breakevens.map(money).join(', ')]])),
      h('dl', { class: 'facts' },
        facts([['Implied vol', percent(row.impliedVol)], ['Delta', number(row.greeksDelta)], ['Gamma', number(row.greeksGamma)], ['Theta a day', number(row.greeksTheta)], ['Vega a point', number(row.greeksVega)], ['Rho a point', number(row.greeksRho)], ['Greeks from', row.greeksSource ?? '–'], ...(flags.length === 0 ? [] : [['Flags', flags.join(', ')] as const])])),
      h(PayoffPlot, { row })),
    finalLiquidityContext !== null && !explorationReason.includes(finalLiquidityContext) && h('p', { class: 'quiet' }, finalLiquidityContext))
}

const facts = (pairs: readonly (readonly [string, string])[]): View[] => pairs.flatMap(([term, value]) => [h('dt', { key: term }, term), h('dd', { key: `${term} value` }, value)])
