import { expect, test } from 'vitest'
import { openDraft } from './draft.ts'
import { findImporters } from './imports.ts'
import { treeOf } from './memory-blobs.ts'

const { tree, blobs } = treeOf({
  'src/ui/card.tsx': 'export const Card = () => null',
  'src/ui/index.ts': 'export * from "./card"',
  'src/App.tsx': 'import { Card } from "@/ui/card"\nconst Late = lazy(() => import("./pages/late"))',
  'src/pages/late.tsx': 'import { Card } from "../ui/card.tsx"\nimport { X } from "../ui"',
  'src/pages/js.js': 'import "../ui/card.jsx?x"',
  'src/other.ts': 'import { card } from "card" // a card\nimport "./card"',
  'src/broken.tsx': 'import { Card } from "./ui/card"\nconst a = (',
})
const draft = openDraft(tree, blobs)

test('scripts that import a file are found, by relative path, alias, extension or none', async () => {
  expect(await findImporters(draft, 'src/ui/card.tsx')).toEqual(
    expect.arrayContaining(['src/App.tsx', 'src/pages/js.js', 'src/pages/late.tsx', 'src/ui/index.ts']),
  )
  expect(await findImporters(draft, 'src/ui/card.tsx')).not.toContain('src/other.ts')
  expect(await findImporters(draft, 'src/pages/late.tsx')).toEqual(['src/App.tsx'])
})

test('an index is imported by the name of its folder', async () => {
  expect(await findImporters(draft, 'src/ui/index.ts')).toEqual(['src/pages/late.tsx'])
})
