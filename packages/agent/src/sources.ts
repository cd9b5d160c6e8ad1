import { cutText } from '@overskill/protocol'
import type { RawBlock } from './model.ts'

const mostShown = 50

/**
 * The pages that a reply names as its sources: found by the provider's own search, or cited in its text (B.5 29).
 *
 * @returns Lines to show, one a page, each once: `Title (https://…)`, or the address alone. '' where there is none.
 */
export function listSources(blocks: readonly RawBlock[]): string {
  const titles = new Map<string, string>() // by address
  for (const block of blocks) {
    const found = block.type.endsWith('_tool_result') ? block['content'] : block['citations']
    for (const { url, title } of [found].flat().flatMap(readSource)) if (!titles.get(url)) titles.set(url, title)
  }
  return [...titles]
    .slice(0, mostShown)
    .map(([url, title]) => (title ? `${title} (${url})` : url))
    .join('\n')
}

function readSource(value: unknown): { url: string; title: string }[] {
  if (typeof value !== 'object' || value === null || !('url' in value) || typeof value.url !== 'string') return []
  if (!/^https?:\/\/\S{1,2000}$/.test(value.url)) return []
  const title = 'title' in value && typeof value.title === 'string' ? value.title.replaceAll(/\s+/g, ' ').trim() : ''
  return [{ url: value.url, title: cutText(title, 120) }]
}
