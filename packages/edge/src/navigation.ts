import type { IncomingHttpHeaders } from 'node:http'

/**
 * Endings that name a file. A path that ends otherwise, `/users/john.doe` or `/v1.2` say, may be a route of the app; one
 * that ends so is a file that is missing, and an HTML page in its place would only hide that (L19).
 */
const fileEnding =
  /\.(?:m?js|cjs|jsx|tsx?|css|scss|less|map|json|webmanifest|html?|xml|txt|md|csv|pdf|wasm|ico|png|jpe?g|gif|webp|avif|svg|bmp|tiff?|woff2?|ttf|otf|eot|mp3|mp4|m4a|m4v|webm|ogg|oga|ogv|wav|flac|aac|mov|avi|zip|gz|br|tar|7z|rar|bin|exe|dmg|php|aspx?|jsp|cgi|env|sql|bak|ya?ml|toml|ini|conf|log|lock)$/i

/** Whether a path names a file rather than a route of the app. */
export const namesFile = (path: string): boolean => fileEnding.test(path)

/**
 * Whether a person goes to a page, as opposed to a page that loads something. Browsers say so themselves; of others, those
 * that take HTML count, and those that take anything (link previews, `curl`).
 */
export function isNavigation(headers: IncomingHttpHeaders): boolean {
  const mode = headers['sec-fetch-mode']
  if (mode !== undefined) return mode === 'navigate'
  const accept = headers.accept
  return accept === undefined || accept.includes('text/html') || accept.includes('*/*')
}
