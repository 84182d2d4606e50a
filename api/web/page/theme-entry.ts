// Runs before anything is painted, so that a chosen theme never flashes into another.
const chosen = localStorage.getItem('theme')
if (chosen === 'dark' || chosen === 'light') document.documentElement.dataset['theme'] = chosen
