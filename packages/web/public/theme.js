// Runs before the first paint, so that a chosen theme never flashes the other one. The same key is in src/ui/theme.ts.
const chosen = localStorage.getItem('overskill.theme')
if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
