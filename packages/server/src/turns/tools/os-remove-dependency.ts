import { defineTool, read, write } from '@overskill/agent'
import { findPackageImporters } from '@overskill/workspace'
import { timeLimitMs } from '@overskill/protocol'
import { z } from 'zod'
import { writesFile } from './file-keys.ts'
import { changePackages, guardNames } from './package-change.ts'
import type { ToolWork } from './work.ts'

/** `transactional` for the same reason as os-add-dependency. */
export const osRemoveDependency = defineTool({
  name: 'os-remove-dependency',
  description:
    'Removes packages from the app: package.json is changed for you. Use it for packages that nothing imports any more, after the files that did were changed; never to tidy up packages that the app had from the start. ' +
    'The answer names the files that still import one, to be changed next. Example: {"packages": ["framer-motion"]}.',
  input: z.object({ packages: z.array(z.string()).min(1).max(20).describe('Names, without a version') }),
  effect: 'transactional',
  changes: true,
  limitMs: timeLimitMs('tool'),
  keys: () => [write('pkg'), ...writesFile('package.json'), read('tree')],
  async run({ packages }, work: ToolWork, signal) {
    const remove = [...new Set(packages)]
    return (
      guardNames(remove) ??
      changePackages({ add: [], remove }, work, signal, async () => {
        const lines = await Promise.all(
          remove.map(async (name) => {
            const importers = await findPackageImporters(work.draft, name)
            return importers.length === 0
              ? ''
              : `\n${name} is still imported in ${importers.join(', ')}: change these next.`
          }),
        )
        return `Removed ${remove.join(', ')}.${lines.join('')}`
      })
    )
  },
})
