import { signal } from '@preact/signals'

type Theme = 'dark' | 'light'

const prefersLight = matchMedia('(prefers-color-scheme: light)')

/** The theme in force. */
export const theme = signal<Theme>(current())

prefersLight.addEventListener('change', () => void (theme.value = current()))

function current(): Theme {
  const chosen = document.documentElement.dataset['theme']
  return chosen === 'dark' || chosen === 'light' ? chosen : prefersLight.matches ? 'light' : 'dark'
}

/** Goes over to the other theme, and stays there at later visits. */
export function switchTheme(): void {
  const next = theme.value === 'dark' ? 'light' : 'dark'
  document.documentElement.dataset['theme'] = next
  localStorage.setItem('theme', next)
  theme.value = next
}

/** A colour of the style sheet, for what is drawn on a canvas. */
export const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim()
