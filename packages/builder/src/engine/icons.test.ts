import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { must } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { ICON_MODULE, readIconModules, rewriteIcons } from './icons.ts'
import { openPackageStore } from './package-store.ts'
import { openSourceEdit } from './source-edit.ts'

/** A set whose lucide has these files. */
async function withIcons(files: Record<string, string>, check: (dir: string) => void): Promise<void> {
  const dir = await mkdtemp(join(tmpdir(), 'icons-'))
  try {
    for (const [path, text] of Object.entries(files)) {
      const file = join(dir, 'node_modules', 'lucide-react', path)
      await mkdir(dirname(file), { recursive: true })
      await writeFile(file, text)
    }
    check(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

for (const ending of ['js', 'mjs'])
  test(`icons of a release whose modules end in .${ending} are imported one by one, under each of their names`, async () => {
    const files = {
      'package.json': `{ "name": "lucide-react", "module": "dist/esm/lucide-react.${ending}" }`,
      [`dist/esm/lucide-react.${ending}`]: `export { default as Check, default as CheckIcon } from './icons/check.${ending}';`,
      [`dist/esm/icons/check.${ending}`]: 'export default null',
    }
    await withIcons(files, (dir) => {
      const edit = must(openSourceEdit('a.tsx', `import { Check as C, icons } from 'lucide-react'`), 'It parses')
      rewriteIcons(openPackageStore(dir), edit)
      const own = `lucide-react/dist/esm/icons/check.${ending}`
      expect(edit.edits.toString()).toBe(`import C from "${own}"; import { icons } from 'lucide-react';`)
      expect(own).toMatch(ICON_MODULE)
    })
  })

test('a package of that name with another form is taken whole', async () => {
  const files = {
    'package.json': '{ "name": "lucide-react", "main": "index.js" }',
    'index.js': `export { default as Check } from './icons/check.js'`,
  }
  await withIcons(files, (dir) => expect(readIconModules(openPackageStore(dir)).size).toBe(0))
})
