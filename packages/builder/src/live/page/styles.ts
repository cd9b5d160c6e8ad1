/** The stylesheets of a live page: taken in by modules, and changed rule by rule as the server tells. */
type Change = { path: readonly number[]; at: number; count: number; remove: boolean; insert: string | null }
type Update = { path: string; from: number; to: number; changes?: readonly Change[]; css?: string }
type Sheet = { element: HTMLStyleElement; revision: number; use: string }

const sheets = new Map<string, Sheet>()

if (typeof document !== 'undefined')
  for (const element of document.querySelectorAll<HTMLStyleElement>('style[data-live-style]')) {
    const { liveStyle = '', liveRevision = '0', liveUse = 'style' } = element.dataset
    sheets.set(liveStyle, { element, revision: Number(liveRevision), use: liveUse })
  }

/** Adds a sheet to the page unless it is there. What comes after in a module waits for it, so nothing shows unstyled. */
export async function takeStyle(path: string, use: string): Promise<void> {
  if (typeof document === 'undefined' || sheets.has(path)) return
  const { css, revision } = await fetchStyle(path, use)
  if (sheets.has(path)) return
  const element = document.createElement('style')
  element.dataset['liveStyle'] = path
  element.textContent = css
  const last = [...sheets.values()].at(-1)?.element
  if (last?.isConnected) last.after(element)
  else document.head.append(element)
  sheets.set(path, { element, revision, use })
}

export function dropStyle(path: string): void {
  sheets.get(path)?.element.remove()
  sheets.delete(path)
}

/** Brings a sheet from one revision to the next; all of it is fetched where that cannot be done. */
export function followStyle(update: unknown): void {
  const { path, from, to, changes, css } = update as Update
  const sheet = sheets.get(path)
  if (!sheet) return
  if (css !== undefined) sheet.element.textContent = css
  else if (from !== sheet.revision || !changes || !applyAll(sheet.element.sheet, changes))
    return void refetch(path, sheet)
  sheet.revision = to
}

async function refetch(path: string, sheet: Sheet): Promise<void> {
  const { css, revision } = await fetchStyle(path, sheet.use)
  sheet.element.textContent = css
  sheet.revision = revision
}

async function fetchStyle(path: string, use: string): Promise<{ css: string; revision: number }> {
  const response = await fetch(`/@style/${use}/${encodeURI(path)}`)
  if (!response.ok) throw new Error(`The stylesheet ${path} did not come`)
  return { css: await response.text(), revision: Number(response.headers.get('x-live-revision')) }
}

type Rules = {
  readonly cssRules: CSSRuleList
  insertRule(rule: string, index: number): number
  deleteRule(index: number): void
}

function applyAll(sheet: CSSStyleSheet | null, changes: readonly Change[]): boolean {
  try {
    return sheet !== null && changes.every((change) => apply(sheet, change))
  } catch {
    return false // a rule that this browser does not know
  }
}

function apply(sheet: CSSStyleSheet, { path, at, count, remove, insert }: Change): boolean {
  let block: Rules = sheet
  for (const index of path) {
    const rule = block.cssRules[index]
    if (!rule || !('cssRules' in rule)) return false
    block = rule as unknown as Rules
  }
  if (block.cssRules.length !== count) return false
  if (remove) block.deleteRule(at)
  if (insert !== null) block.insertRule(insert, at)
  return true
}
