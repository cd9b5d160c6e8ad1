/** The module that lazy imports go through; it exists in memory only. */
export const PRELOAD_MODULE = '\0preload'

/** Id of the element in the page that says what each lazy module needs: path in the app → URLs. */
export const PRELOAD_TABLE_ID = 'preload-table'

/**
 * Fetches what a lazy module needs while the module itself is fetched. Stylesheets are waited for, so that nothing shows
 * unstyled; one that does not come must not keep the module away.
 */
export const PRELOAD_CODE = `
const seen = new Set()
let table
const read = () => {
  if (table) return table
  const element = typeof document === 'undefined' ? null : document.getElementById('${PRELOAD_TABLE_ID}')
  return (table = JSON.parse(element?.textContent || '{}'))
}
const fetchStyle = (href) => new Promise((resolve) => {
  const link = document.createElement('link')
  link.rel = 'stylesheet'
  link.crossOrigin = ''
  link.href = href
  link.onload = link.onerror = () => resolve()
  document.head.append(link)
})
const fetchScript = (href) => {
  const link = document.createElement('link')
  link.rel = 'modulepreload'
  link.crossOrigin = ''
  link.href = href
  document.head.append(link)
}
export const preload = (key, load) => {
  const styles = []
  for (const href of read()[key] ?? []) {
    if (seen.has(href)) continue
    seen.add(href)
    if (href.endsWith('.css')) styles.push(fetchStyle(href))
    else fetchScript(href)
  }
  return styles.length === 0 ? load() : Promise.all([load(), ...styles]).then(([module]) => module)
}
`
