import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const script = fileURLToPath(new URL('check-house.mjs', import.meta.url))

/** The findings of a house of these files, in which every room named has a face and its package.json. */
async function findingsIn(
  files: Record<string, string>,
  withFaces = true,
): Promise<{ lines: string[]; status: number | null }> {
  const root = await mkdtemp(join(tmpdir(), 'house-'))
  try {
    const rooms = Object.keys(files).flatMap((path) => /^packages\/([^/]+)\//.exec(path)?.[1] ?? [])
    const faces = (withFaces ? rooms : []).map((room) => [`packages/${room}/src/index.ts`, `export {} from './a.ts'\n`])
    const packages = rooms.map((room) => [`packages/${room}/package.json`, '{"dependencies":{"zod":"1.0.0"}}'])
    const whole: Record<string, string> = { ...Object.fromEntries([...faces, ...packages]), ...files }
    for (const [path, text] of Object.entries(whole)) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), text)
    }
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' })
    expect(stderr).toBe('')
    return { lines: stdout.split('\n').filter(Boolean), status }
  } finally {
    await rm(root, { recursive: true, force: true })
  }
}

const lines = (count: number, line = 'call()\n') => line.repeat(count)
const wrapped = (head: string, count: number) => `${head}\n${lines(count - 2)}}\n`

test('a house that keeps the rules has no findings', async () => {
  const { lines: found, status } = await findingsIn({
    'packages/protocol/src/a.ts': "import { z } from 'zod'\nexport const A = z.string()\n",
    'packages/edge/src/a.ts':
      "import { A } from '@overskill/protocol'\nimport type { B } from '@overskill/builder'\nexport const a: B = A\n",
    'packages/builder/src/a.ts': "import { readFile } from 'node:fs/promises'\nexport const a = readFile\n",
    'packages/web/vite.config.ts': "import { join } from 'node:path'\nexport default { a: join }\n",
    'packages/web/src/a.tsx': wrapped('export function Home() {', 100),
    'packages/server/src/main.ts': "import { a } from '@overskill/edge'\na()\n",
    'packages/server/README.md': '# TODO is a word here',
    'benchmarks/edge.ts': "import { a } from '@overskill/edge'\na()\n",
    'packages/edge/src/a.test.ts': `import { a } from '@overskill/model-server'\n${wrapped('function f() {', 400)}`,
    'packages/model-server/src/apps/files/Big_Utils.tsx': lines(500),
    'starter/src/Utils.tsx': lines(500),
  })
  expect(found).toEqual([])
  expect(status).toBe(0)
})

test.each([
  ['301 lines', { 'packages/edge/src/a.ts': lines(301) }, 'packages/edge/src/a.ts  file-size'],
  [
    'a function of 61 lines',
    { 'packages/edge/src/a.ts': `\n${wrapped('export const f = () => {', 61)}` },
    'packages/edge/src/a.ts:2  function-size  f has 61',
  ],
  [
    'a component of 101 lines',
    { 'packages/web/src/a.tsx': wrapped('export function Home() {', 101) },
    'component-size  Home has 101',
  ],
  [
    'a hook of 61 lines in a .tsx file',
    { 'packages/web/src/a.tsx': wrapped('export function useHome() {', 61) },
    'function-size  useHome',
  ],
  ['a file in camel case', { 'packages/edge/src/someFile.ts': '' }, 'kebab-case  someFile.ts'],
  ['a folder in Pascal case', { 'packages/edge/src/Pages/a.ts': '' }, 'kebab-case  Pages'],
  ['utils', { 'packages/edge/src/string-utils.ts': '' }, 'forbidden-name  "utils"'],
  ['v2', { 'packages/edge/src/front.v2.ts': '' }, 'forbidden-name  "v2"'],
  ['a folder named common', { 'packages/edge/src/common/a.ts': '' }, 'forbidden-name  "common"'],
  [
    'a room that may not be imported',
    { 'packages/agent/src/b.ts': "import { a } from '@overskill/workspace'\n" },
    'room-import  agent may not import workspace',
  ],
  [
    'a value where only types may come',
    { 'packages/edge/src/b.ts': "import { type A, b } from '@overskill/builder'\n" },
    'room-import  edge may import only types of builder',
  ],
  [
    'a value by import() where only types may come',
    { 'packages/edge/src/b.ts': "export const b = () => import('@overskill/builder')\n" },
    'room-import  edge may import only types of builder',
  ],
  [
    'the server from the studio',
    { 'packages/web/src/b.ts': "import type { A } from '@overskill/server'\n" },
    'room-import  web may not import server',
  ],
  [
    'a path past a face',
    { 'packages/server/src/b.ts': "import { a } from '@overskill/edge/src/front.ts'\n" },
    'past-the-face',
  ],
  [
    'a relative path into another room',
    { 'packages/server/src/b.ts': "export * from '../../edge/src/front.ts'\n" },
    'past-the-face  ../../edge/src/front.ts reaches into packages/edge/src/front.ts',
  ],
  [
    'a test that reaches past a face',
    { 'packages/server/src/b.test.ts': "import '../../edge/src/front.ts'\n" },
    'past-the-face',
  ],
  ['node: in protocol', { 'packages/protocol/src/b.ts': "import 'node:fs'\n" }, 'node-import  protocol'],
  ['a bare built-in in web', { 'packages/web/src/b.ts': "import 'fs'\n" }, 'node-import  web'],
  ['a package that protocol may not use', { 'packages/protocol/src/b.ts': "import 'hono'\n" }, 'room-import  protocol'],
  ['an undeclared package', { 'packages/edge/src/b.ts': "import 'hono/cors'\n" }, 'undeclared-import  hono'],
  ['a module mock', { 'packages/edge/src/b.test.ts': "vi.mock('./a.ts')\n" }, 'module-mock'],
  ['test.skip', { 'packages/edge/src/b.test.ts': "\ntest.skip('x', () => {})\n" }, 'b.test.ts:2  skipped-test'],
  ['it.concurrent.only', { 'packages/edge/src/b.test.ts': "it.concurrent.only('x', f)\n" }, 'skipped-test'],
  ['describe.todo', { 'packages/edge/src/b.test.ts': "describe.todo('x')\n" }, 'skipped-test'],
  ['parked work', { 'packages/edge/src/b.ts': '// TO' + 'DO later\n' }, 'parked-work'],
  ['parked work in a stylesheet', { 'packages/web/src/b.css': '/* FIX' + 'ME */\n' }, 'parked-work'],
  ['a default export', { 'packages/edge/src/b.ts': 'export default 1\n' }, 'default-export'],
  [
    'a renamed default export',
    { 'packages/edge/src/b.ts': 'const a = 1\nexport { a as default }\n' },
    'default-export',
  ],
  ['a face with a statement', { 'packages/edge/src/index.ts': 'export const a = 1\n' }, 'index.ts:1  face'],
  ['a room nobody knows', { 'packages/attic/src/a.ts': '' }, 'packages/attic  unknown-room'],
  ['text that is no code', { 'packages/edge/src/b.ts': 'export const = 1\n' }, 'syntax'],
])('%s is found', async (_, files, expected) => {
  const { lines: found, status } = await findingsIn(files)
  expect(found.join('\n')).toContain(expected)
  expect(status).toBe(1)
})

test('a room without a face or a main is found', async () => {
  const { lines: found } = await findingsIn({ 'packages/cli/src/parts/a.ts': '' }, false)
  expect(found).toEqual(['packages/cli  empty-room  has neither a face nor a main'])
})

test('a circle of imports is found once, types included, and faces do not hide it', async () => {
  const { lines: found } = await findingsIn({
    'packages/edge/src/a.ts': "import { b } from './b.ts'\nexport const a = b\n",
    'packages/edge/src/b.ts': "import type { c } from './c.ts'\nexport const b = 1\n",
    'packages/edge/src/c.ts': "export * from './a.ts'\n",
  })
  expect(found).toEqual([
    'packages/edge/src/a.ts  import-cycle  is in a circle with packages/edge/src/b.ts, packages/edge/src/c.ts',
  ])
})

test('words in strings are no parked work, and a method named only is no skipped test', async () => {
  const { lines: found } = await findingsIn({
    'packages/edge/src/a.ts': "export const a = 'TO" + "DO'\nlist.only('x')\n",
    'packages/edge/src/a.test.ts': "list.only('x')\n",
  })
  expect(found).toEqual([])
})
