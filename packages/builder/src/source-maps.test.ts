import { SourceMap } from 'node:module'
import { must } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { smallApp, startTestBuilder, textOf } from './test-builder.ts'

/** Where a text of the built script comes from, by its source map. Line and column from 0. */
function originOf(code: string, map: string, text: string): { file: string; line: number } {
  const line = code.slice(0, code.indexOf(text)).split('\n').length - 1
  const column = code.indexOf(text) - (code.lastIndexOf('\n', code.indexOf(text)) + 1)
  const entry = new SourceMap(JSON.parse(map) as ConstructorParameters<typeof SourceMap>[0]).findEntry(line, column)
  return 'originalSource' in entry ? { file: entry.originalSource, line: entry.originalLine } : { file: '', line: -1 }
}

test('a source map leads from the minified script to file and line, past vendor addresses and rewritten imports', async () => {
  await using builder = await startTestBuilder()
  const result = await builder.build(
    smallApp(
      `import * as R from 'radix-ui'
import { useState } from 'react'
import { Check, X } from 'lucide-react'
const eager = import.meta.glob('./words/*.ts', { eager: true })
const lazy = () => import('./lazy')
import { other } from './other'
console.log(R.Dialog, useState, Check, X, eager, lazy, other)
console.log('from-main')`,
      {
        'src/other.ts': `// a comment\n\nexport const other = () => console.log('from-other')`,
        'src/lazy.ts': `import { format } from 'date-fns'\nexport const lazy = format\nconsole.log('from-lazy')`,
        'src/words/one.ts': `export const one = 1`,
      },
    ),
  )
  const index = textOf(result, /\/index-\w+\.js$/)
  const indexMap = textOf(result, /\/index-\w+\.js\.map$/)
  expect(originOf(index, indexMap, '`from-main`')).toEqual({ file: 'src/main.tsx', line: 7 })
  expect(originOf(index, indexMap, '`from-other`')).toEqual({ file: 'src/other.ts', line: 2 })
  const lazy = textOf(result, /\/lazy-\w+\.js$/)
  expect(originOf(lazy, textOf(result, /\/lazy-\w+\.js\.map$/), '`from-lazy`')).toEqual({
    file: 'src/lazy.ts',
    line: 2,
  })
  expect(must(/sourceMappingURL=(.*)/.exec(lazy)?.[1], 'A link to the map')).toMatch(/^lazy-[0-9a-f]{10}\.js\.map$/)
})

test('a source map names files of the app and of packages, and no path of this machine', async () => {
  await using builder = await startTestBuilder()
  const result = await builder.build(smallApp(`import { Check } from 'lucide-react'; console.log(Check)`))
  const map = JSON.parse(textOf(result, /\.js\.map$/)) as { sources: string[]; sourcesContent: string[] }
  expect(map.sources).toContain('src/main.tsx')
  for (const source of map.sources) expect(source).toMatch(/^(?:src|node_modules\/lucide-react)\//)
  expect(map.sourcesContent[map.sources.indexOf('src/main.tsx')]).toContain('lucide-react')
})
