import type { InstallProgress } from '@overskill/protocol'
import type { Install } from '../editor/app-state.ts'
import { plural, size } from '../ui/figures.ts'
import { packageWords } from './strings.ts'

/** More names than this are a number. */
const namesSaid = 2

/** "framer-motion, zod and 3 more". */
export function namesText(names: readonly string[]): string {
  const said = names.slice(0, namesSaid).join(', ')
  return names.length > namesSaid ? `${said} ${packageWords.more(names.length - namesSaid)}` : said
}

/** "3 packages, 1.2 MB"; empty while nothing was fetched. */
export const fetchedText = ({ packages, bytes }: InstallProgress): string =>
  [packages > 0 && plural(packages, 'package'), bytes > 0 && size(bytes)].filter(Boolean).join(', ')

/** "Fetching framer-motion · 3 packages, 1.2 MB"; undefined when nothing is being installed. */
export function installText(install: Install | undefined): string | undefined {
  if (!install?.progress) return undefined
  const fetched = fetchedText(install.progress)
  const doing = `${packageWords.phases[install.progress.phase]} ${namesText(install.names)}`.trim()
  return fetched ? `${doing} · ${fetched}` : doing
}
