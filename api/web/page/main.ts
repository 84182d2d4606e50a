import { h, render } from 'preact'

import { App } from './shell/app.ts'

const box = document.getElementById('app')!
// What stood there for the first moment goes.
box.replaceChildren()
render(h(App, null), box)
