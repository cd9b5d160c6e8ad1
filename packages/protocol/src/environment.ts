/**
 * What the builder leaves in a page for the values of an app environment: the first script of its head. An artifact holds
 * it literally, so it is the same in preview and production; whoever serves the page puts the values in (AD7).
 */
export const environmentPlaceholder = '<script>globalThis.__ENV__=Object.freeze({})</script>'

/** What `import.meta.env` always has, as in Vite's production mode. */
const constants = { BASE_URL: '/', MODE: 'production', DEV: false, PROD: true, SSR: false }

/**
 * The page with the values in place of the placeholder, and of `%VITE_NAME%` wherever the page names one that has a value.
 * Values cannot end the script or a tag, whatever they hold. Pure.
 */
export function injectEnvironment(html: string, values: Readonly<Record<string, string>>): string {
  if (!html.includes(environmentPlaceholder)) return html
  const json = JSON.stringify({ ...values, ...constants })
    .replaceAll('<', String.raw`\u003c`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)
  return html
    .replaceAll(/%(VITE_\w+)%/g, (whole, name: string) => escapeText(values[name]) ?? whole)
    .replace(environmentPlaceholder, () => `<script>globalThis.__ENV__=Object.freeze(${json})</script>`)
}

/** A value as it may stand in a page's text and in a quoted attribute. */
const escapeText = (value: string | undefined): string | undefined =>
  value?.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)
