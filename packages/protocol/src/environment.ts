/**
 * What the builder leaves in a page for the values of an app environment: the first script of its head. An artifact holds
 * it literally, so it is the same in preview and production; whoever serves the page puts the values in (AD7).
 */
export const environmentPlaceholder = '<script>globalThis.__ENV__=Object.freeze({})</script>'

/** What `import.meta.env` always has, as in Vite's production mode. */
const constants = { BASE_URL: '/', MODE: 'production', DEV: false, PROD: true, SSR: false }

/** The page with the values in place of the placeholder. Values cannot end the script, whatever they hold. Pure. */
export function injectEnvironment(html: string, values: Readonly<Record<string, string>>): string {
  const json = JSON.stringify({ ...values, ...constants })
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)
  return html.replace(environmentPlaceholder, () => `<script>globalThis.__ENV__=Object.freeze(${json})</script>`)
}
