/** The few pages that are ours and not an app's. They load nothing from anywhere. */

const style = `:root{color-scheme:light dark}
body{margin:0;min-height:100vh;display:grid;place-items:center;background:oklch(0.985 0.004 95);color:oklch(0.21 0.02 265);font:400 14px/20px system-ui,sans-serif}
main{max-width:40ch;padding:24px}h1{margin:0 0 8px;font-size:20px;line-height:28px;font-weight:560}p{margin:0;color:oklch(0.48 0.02 265)}
@media(prefers-color-scheme:dark){body{background:oklch(0.165 0.008 265);color:oklch(0.95 0.005 95)}p{color:oklch(0.7 0.012 265)}}`

/** A page of ours: title and text are HTML already, `head` goes into its head. */
export const ownPage = (title: string, text: string, head = ''): Buffer =>
  Buffer.from(
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">${head}<title>${title}</title><style>${style}</style></head><body><main><h1>${title}</h1><p>${text}</p></main></body></html>`,
  )

/** How long a page waits for an app's first deployment before it looks again, in seconds. */
export const reloadSeconds = 2

export const waitingPage = ownPage(
  'Nothing to show yet',
  'This preview appears here by itself once the app is built.',
  `<meta http-equiv="refresh" content="${reloadSeconds}">`,
)

export const notFoundPage = ownPage('No app here', 'There is no app at this address, or it is not published.')

export const failedPage = ownPage(
  'This app cannot be shown',
  'Something went wrong on our side. Try again in a moment.',
)
