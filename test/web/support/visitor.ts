import axe from 'axe-core'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium, type Browser, type Page } from 'playwright-core'
import { expect } from 'vitest'

import { findChromium } from './chromium.ts'

const SHOTS = fileURLToPath(new URL('../../../.vitest/screenshots', import.meta.url))
const PATIENCE_MS = 30_000

export const path = findChromium()

export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: path!, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
}

/** A page in a browser, and everything that went wrong in it. */
export interface Visitor {
  readonly page: Page
  /** Errors of scripts and refusals by the page's policy. */
  readonly problems: string[]
  /** Keeps a picture of what is seen. */
  picture(name: string): Promise<void>
  /** Breaches of WCAG 2.1 A and AA that axe finds, as sentences. */
  breaches(): Promise<string[]>
  close(): Promise<void>
}

export async function visit(browser: Browser, url: string, look: { width?: number; height?: number; theme?: 'dark' | 'light' } = {}): Promise<Visitor> {
  const { width = 1280, height = 860, theme = 'dark' } = look
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, bypassCSP: false })
  const page = await context.newPage()
  page.setDefaultTimeout(PATIENCE_MS)
  const problems: string[] = []
  page.on('pageerror', (error) => problems.push(error.message))
  page.on('console', (message) => {
    // What the network fails to bring is part of some tests.
    if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text())) problems.push(message.text())
  })
  await page.goto(url)
  return {
    page,
    problems,
    async picture(name) {
      mkdirSync(SHOTS, { recursive: true })
      await page.screenshot({ path: join(SHOTS, `${name}.png`) })
    },
    async breaches() {
      await page.evaluate(axe.source)
      const found = (await page.evaluate(`axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'], resultTypes: ['violations'] })`)) as axe.AxeResults
      return found.violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary?.split('\n')[1]?.trim() ?? ''}`))
    },
    close: () => context.close(),
  }
}

/** Waits until the page's own text holds words. */
export async function sees(page: Page, words: string | RegExp, where = 'body'): Promise<void> {
  await expect.poll(() => page.locator(where).first().innerText(), { timeout: PATIENCE_MS, interval: 100 }).toMatch(words)
}
