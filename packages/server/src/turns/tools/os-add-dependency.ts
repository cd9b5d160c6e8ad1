import { defineTool, write } from '@overskill/agent'
import { timeLimitMs } from '@overskill/protocol'
import { z } from 'zod'
import { writesFile } from './file-keys.ts'
import { changePackages, guardNames } from './package-change.ts'
import type { ToolWork } from './work.ts'

/**
 * `transactional`: the one thing that lasts is package.json in the draft. What is installed is a set named by what
 * package.json asks for, shared and never changed: a call that runs again after a crash finds it there, or makes it again.
 */
export const osAddDependency = defineTool({
  name: 'os-add-dependency',
  description:
    'Adds packages of the npm registry to the app, and installs them: package.json is changed for you. Use it before or beside the first file that imports a package which is not installed; several packages go in one call. ' +
    'Prefer what is installed, and small packages that run in a browser. A package is "name" for its newest version, or "name@range"; set dev for what only a build needs, such as a Tailwind plugin. ' +
    'No script of a package runs; versions younger than a day are refused. The answer names the versions. When it fails, nothing was changed. Example: {"packages": ["framer-motion", "date-fns@^4.1.0"]}.',
  input: z.object({
    packages: z.array(z.string()).min(1).max(20).describe('Names, each with a range if need be'),
    dev: z.boolean().optional().describe('Only a build needs them'),
  }),
  effect: 'transactional',
  changes: true,
  limitMs: timeLimitMs('tool'),
  keys: () => [write('pkg'), ...writesFile('package.json')],
  async run({ packages, dev }, work: ToolWork, signal) {
    const change = { add: [...new Set(packages)], remove: [], ...(dev && { dev }) }
    return (
      guardNames(change.add) ??
      changePackages(change, work, signal, ({ added, unneeded, unmet }) => {
        const names = added.map(({ name, version }) => `${name} ${version}`).join(', ')
        const installed = names === '' ? 'Nothing new had to be installed.' : `Installed ${names}.`
        const listed = unneeded.map(({ name, reason }) => `\n${name} is listed, but not installed: ${reason}.`)
        const asked = unmet.length === 0 ? '' : `\nMind: ${unmet.join('; ')}.`
        return `${installed}${listed.join('')}${asked}`
      })
    )
  },
})
