import { expect, test } from 'vitest'
import { rewriteNamespaces } from './namespace-imports.ts'
import { openSourceEdit } from './source-edit.ts'

function rewritten(text: string): string {
  const edit = openSourceEdit('src/a.tsx', text)!
  rewriteNamespaces(edit)
  return edit.edits.toString()
}

test('a namespace whose members are used becomes an import of those members', () => {
  expect(rewritten(`import * as R from 'recharts'; const x: R.Props = R.make(); const y = <R.Line a={R.b}/>`)).toBe(
    `import { make as N$R$make, Line as N$R$Line, b as N$R$b } from "recharts"; const x: R.Props = N$R$make(); const y = <N$R$Line a={N$R$b}/>`,
  )
})

test('zod is imported by the names that are used of it', () => {
  expect(rewritten(`import { z } from 'zod'; const s = z.object({ a: z.string() }); type S = z.infer<typeof s>`)).toBe(
    `import { object as N$z$object, string as N$z$string } from "zod"; const s = N$z$object({ a: N$z$string() }); type S = z.infer<typeof s>`,
  )
})

test('a namespace that is used in any other way stays whole', () => {
  for (const use of ['f(R)', 'R[name]', 'export { R }', 'const { a } = R', 'const o = { R }', '<a {...R} />', 'R?.[x]'])
    expect(rewritten(`import * as R from 'recharts'; ${use}`), use).toContain('import * as R')
})

test('a property or an attribute of the same name is not a use', () => {
  const text = `import * as R from 'recharts'; const o = { R: 1 }; o.R; const e = <a R="x" />; R.make()`
  expect(rewritten(text)).toContain('const o = { R: 1 }; o.R; const e = <a R="x" />; N$R$make()')
})

test('files of the app keep their namespaces', () => {
  for (const source of ['./x', '../x', '@/x', '/src/x'])
    expect(rewritten(`import * as R from '${source}'; R.a`)).toContain('import * as R')
})
