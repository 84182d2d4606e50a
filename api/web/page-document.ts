/** Names of the built files that the document loads. */
export interface DocumentAssets {
  readonly style: string
  readonly theme: string
  readonly script: string
  readonly typeService: string
}

const ICON = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Crect width='16' height='16' rx='3' fill='%23123'/%3E%3Cpath d='M4 11V6m0 1h2v3H4m4 3V3m0 2h2v4H8m4 0V5' stroke='%234bd18f' fill='none'/%3E%3C/svg%3E"

/** The one document of the page. The header stands in it, so that there is something to see before the script has come. */
export function pageDocument({ style, theme, script, typeService }: DocumentAssets): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<meta name="type-service" content="/assets/${typeService}">
<title>Strikescan</title>
<link rel="icon" href="${ICON}">
<link rel="stylesheet" href="/assets/${style}">
<script src="/assets/${theme}"></script>
<script type="module" src="/assets/${script}"></script>
</head>
<body>
<div id="app"><header class="top"><span class="brand">Strikescan</span></header><main class="page"><p class="quiet" role="status">Loading…</p></main></div>
<noscript>This page needs JavaScript. Everything it shows can also be had from the command line and at /docs.</noscript>
</body>
</html>
`
}
