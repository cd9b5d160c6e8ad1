import { keysConflict, type ToolResult } from '@overskill/agent'
import { must } from '@overskill/protocol'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { toolset } from './index.ts'
import { workOn } from './test-work.ts'

const signal = new AbortController().signal
const tool = (name: string) =>
  must(
    toolset.find((one) => one.name === name),
    name,
  )

const app = {
  'package.json': '{"name": "app", "dependencies": {"clsx": "2.1.1"}, "scripts": {"build": "vite build"}}',
  'index.html': '<div id="root"></div>',
  'src/main.tsx': 'import { clsx } from "clsx"\nimport { App } from "./App"\n',
  'src/App.tsx': 'import { Card } from "@/ui/card"\n\nexport function App() {\n  return <Card />\n}\n',
  'src/ui/card.tsx': 'export const Card = () => null\n',
  'logo.png': Uint8Array.of(0x89, 0x50, 0, 1),
}

type Case = { valid: unknown; says: RegExp; invalid: unknown; escapes?: unknown[] }

/** One row a tool: a call that works, one that its schema refuses, and ones that try to leave the app. */
const cases: Record<string, Case> = {
  'os-add-dependency': {
    valid: { packages: ['is-number@7.0.0'] },
    says: /^OK Installed is-number 7\.0\.0\.$/,
    invalid: { packages: [] },
  },
  'os-copy': {
    valid: { from: 'src/App.tsx', to: 'src/Copy.tsx' },
    says: /^OK Copied src\/App\.tsx to src\/Copy\.tsx: 5 lines\.$/,
    invalid: { from: 'a' },
    escapes: [
      { from: '../a', to: 'b' },
      { from: 'src/App.tsx', to: '../b' },
    ],
  },
  'os-delete': {
    valid: { file_path: 'src/ui/card.tsx' },
    says: /^OK Deleted src\/ui\/card\.tsx\.\nThese still import it and must be changed: src\/App\.tsx\.$/,
    invalid: {},
    escapes: [{ file_path: '/etc/passwd' }],
  },
  'os-list-files': {
    valid: {},
    says: /^OK 6 files in the app\.\nsrc\/\n {2}ui\/\n {4}card\.tsx 31 B\n {2}App\.tsx \d+ B/,
    invalid: { depth: 'all' },
    escapes: [{ path: '../' }, { path: 'src/../..' }],
  },
  'os-plan': {
    valid: {
      items: [
        { text: 'A list', status: 'doing' },
        { text: 'A form', status: 'done' },
      ],
    },
    says: /^OK The plan is shown: 2 items, 1 done\.$/,
    invalid: { items: [{ text: 'A list', status: 'later' }] },
  },
  'os-read-console-logs': {
    valid: { level: 'error', search: 'x', limit: 5, since_last_edit: true },
    says: /^OK The previewed page has told nothing that fits\./,
    invalid: { level: 'fatal' },
  },
  'os-read-network-requests': {
    valid: { status: '5xx', search: 'x', limit: 5 },
    says: /^OK The previewed page has made no request that fits\./,
    invalid: { status: 'bad' },
  },
  'os-remove-dependency': {
    valid: { packages: ['clsx'] },
    says: /^OK Removed clsx\.\nclsx is still imported in src\/main\.tsx: change these next\.$/,
    invalid: { packages: 'clsx' },
  },
  'os-rename': {
    valid: { from: 'src/ui/card.tsx', to: 'src/ui/tile.tsx' },
    says: /^OK Moved src\/ui\/card\.tsx to src\/ui\/tile\.tsx\.\nThese import the old path and must be changed: src\/App\.tsx\.$/,
    invalid: { from: 1, to: 2 },
    escapes: [
      { from: '../a', to: 'b' },
      { from: 'src/App.tsx', to: 'C:\\b' },
    ],
  },
  'os-replace': {
    valid: { file_path: 'src/App.tsx', old_string: '<Card />', new_string: '<Card big />' },
    says: /^OK Edited src\/App\.tsx at line 4: \+1 -1\.\n@@ -1,5 \+1,5 @@\n/,
    invalid: { file_path: 'src/App.tsx', old_string: '', new_string: 'x' },
    escapes: [{ file_path: '../App.tsx', old_string: 'a', new_string: 'b' }],
  },
  'os-search-files': {
    valid: { query: 'card', include: '*.tsx' },
    says: /^OK 3 lines in 3 searched files\.\nsrc\/App\.tsx:1:import/,
    invalid: { query: '' },
  },
  'os-view': {
    valid: { file_path: 'src/App.tsx', start_line: 3, end_line: 4 },
    says: /^OK src\/App\.tsx: lines 3-4 of 5, \d+ bytes\. More follows: continue with start_line 5\.\n3\texport function App\(\) \{\n4\t {2}return <Card \/>$/,
    invalid: { file_path: 'src/App.tsx', start_line: 0 },
    escapes: [{ file_path: '../../etc/passwd' }],
  },
  'os-write': {
    valid: { file_path: 'src/new.ts', content: 'export const a = 1\n' },
    says: /^OK Created src\/new\.ts: 1 lines, \+1 -0\.$/,
    invalid: { file_path: 'src/new.ts' },
    escapes: [
      '../x',
      '/x',
      'a/../../x',
      'node_modules/x.js',
      '.env',
      '.git/config',
      'a\0b',
      'src/app.tsx',
      'a\\b',
      '',
    ].map((file_path) => ({
      file_path,
      content: 'x',
    })),
  },
  'rename-app': {
    valid: { name: 'Reading List', description: 'Books.' },
    says: /^OK The app is called "Reading List"; its address name is reading-list\.$/,
    invalid: { name: 7 },
  },
}

describe('L7: every tool that is declared exists and works', () => {
  test('the list is sorted by name, and each tool has its row here', () => {
    const names = toolset.map(({ name }) => name)
    expect(names).toEqual(names.toSorted())
    expect(Object.keys(cases).toSorted()).toEqual(names)
  })

  test.each(toolset.map((one) => [one.name, one] as const))(
    '%s runs on a draft with valid input',
    async (name, one) => {
      const { valid, says } = must(cases[name], name)
      const { work } = workOn(app)
      expect(Array.isArray(one.keys(valid))).toBe(true)
      const result = await one.run(valid, work, signal)
      expect(result.ok, result.text).toBe(true)
      expect(result.text).toMatch(says)
    },
  )

  test.each(toolset.map((one) => [one.name, one] as const))(
    '%s has a schema that refuses invalid input',
    (name, one) => {
      expect(one.input.safeParse(must(cases[name], name).valid).success).toBe(true)
      expect(one.input.safeParse(must(cases[name], name).invalid).success).toBe(false)
    },
  )

  test.each(toolset.map((one) => [one.name, one] as const))(
    'B.5 38: %s refuses paths that leave the app and stages nothing',
    async (name, one) => {
      for (const input of cases[name]?.escapes ?? []) {
        const { work, draft } = workOn(app)
        expect(one.keys(input).every((key) => !key.name.includes('..'))).toBe(true)
        const result = await one.run(input, work, signal)
        expect(result, JSON.stringify(input)).toMatchObject({ ok: false, status: 'error', code: 'PATH_DENIED' })
        expect(result.text).toMatch(/^ERROR PATH_DENIED: /)
        expect(draft.staged()).toEqual([])
      }
    },
  )

  test.each(toolset.map((one) => [one.name, one] as const))(
    '%s tells the model in 3 to 8 sentences what it does, with an example',
    (_, one) => {
      expect(one.description.length).toBeGreaterThan(200)
      expect(one.description.length).toBeLessThan(1_000)
      expect(one.description).toMatch(/Example: \{.*\}\.$/)
      const schema = z.toJSONSchema(one.input)
      for (const property of Object.values(schema.properties ?? {})) expect(property).toHaveProperty('description')
      const example = JSON.parse(must(/Example: (\{.*\})\.$/.exec(one.description)?.[1], 'example')) as unknown
      expect(one.input.safeParse(example).success).toBe(true)
    },
  )

  test('the file comes before its content, so that a page can show where it is written (AGENT.md 0.4)', () => {
    for (const name of ['os-write', 'os-replace']) {
      expect(Object.keys(tool(name).input.shape)[0]).toBe('file_path')
      expect(tool(name).eager).toBe(true)
    }
  })

  test('only tools that leave files alone are allowed in plan and chat mode', () => {
    expect(toolset.filter(({ changes }) => !changes).map(({ name }) => name)).toEqual([
      'os-list-files',
      'os-plan',
      'os-read-console-logs',
      'os-read-network-requests',
      'os-search-files',
      'os-view',
    ])
  })
})

describe('resource keys', () => {
  const conflicts = (a: [string, unknown], b: [string, unknown]): boolean => {
    const others = tool(b[0]).keys(b[1])
    return tool(a[0])
      .keys(a[1])
      .some((one) => others.some((other) => keysConflict(one, other)))
  }
  const writes = (file_path: string): [string, unknown] => ['os-write', { file_path, content: '' }]

  test('writes of different files run side by side; of the same file, also in another case, in order', () => {
    expect(conflicts(writes('src/a.ts'), writes('src/b.ts'))).toBe(false)
    expect(conflicts(writes('src/a.ts'), writes('src/a.ts'))).toBe(true)
    expect(conflicts(writes('src/a.ts'), writes('src/A.ts'))).toBe(true)
    expect(conflicts(writes('src/a.ts'), writes('src/a.ts/b.ts'))).toBe(true)
    expect(conflicts(writes('src/a.ts'), ['os-copy', { from: 'src/a.ts', to: 'c.ts' }])).toBe(true)
  })

  test('whoever reads the tree waits for writers of files, and views do not', () => {
    expect(conflicts(writes('src/a.ts'), ['os-search-files', { query: 'x' }])).toBe(true)
    expect(conflicts(writes('src/a.ts'), ['os-list-files', {}])).toBe(true)
    expect(conflicts(writes('src/a.ts'), ['os-view', { file_path: 'src/b.ts' }])).toBe(false)
    expect(conflicts(['os-view', { file_path: 'a' }], ['os-view', { file_path: 'a' }])).toBe(false)
    expect(conflicts(['os-list-files', {}], ['os-search-files', { query: 'x' }])).toBe(false)
  })

  test('a bad path has no key: the call is refused anyway', () => {
    expect(tool('os-write').keys({ file_path: '../x', content: '' })).toEqual([])
  })
})

const run = (name: string, input: unknown, files: Record<string, string | Uint8Array> = app) => {
  const made = workOn(files)
  return tool(name)
    .run(input, made.work, signal)
    .then((result: ToolResult) => ({ result, ...made }))
}

describe('os-write', () => {
  test.each(['a &lt; b &amp; c', '[REDACTED]', '$& $1', '\uFEFFx\r\n'])(
    'L43: %j is stored byte for byte',
    async (content) => {
      const { draft } = await run('os-write', { file_path: 'src/x.txt', content })
      expect(await draft.readText('src/x.txt')).toEqual({ ok: true, value: content })
    },
  )

  test('B.5 35: an empty file is written, an empty path refused', async () => {
    expect((await run('os-write', { file_path: 'src/x.ts', content: '' })).result.ok).toBe(true)
    expect((await run('os-write', { file_path: '', content: 'x' })).result).toMatchObject({ code: 'PATH_DENIED' })
  })

  test('B.5 36: a 2 MB file is TOO_LARGE and nothing is staged', async () => {
    const { result, draft } = await run('os-write', { file_path: 'src/x.ts', content: 'x'.repeat(2_000_000) })
    expect(result).toMatchObject({ ok: false, code: 'TOO_LARGE', text: expect.stringContaining('1000000') })
    expect(draft.staged()).toEqual([])
  })

  test('B.5 37: a lone surrogate is stored as U+FFFD with a warning', async () => {
    const { result } = await run('os-write', { file_path: 'src/x.txt', content: 'a\ud800b' })
    expect(result.text).toMatch(/^OK Created .* Warning: .*U\+FFFD/)
  })

  test('a NUL character is BINARY', async () => {
    expect((await run('os-write', { file_path: 'src/x.ts', content: 'a\0b' })).result).toMatchObject({ code: 'BINARY' })
  })

  test('L8: an elision is refused with its line, and the file stays', async () => {
    const { result, draft } = await run('os-write', {
      file_path: 'src/App.tsx',
      content: 'a\n// ... existing code ...\n',
    })
    expect(result).toMatchObject({ code: 'ELISION', text: expect.stringContaining('Line 2') })
    expect(draft.staged()).toEqual([])
  })

  test('a file that does not parse is stored, and the answer shows where', async () => {
    const { result, draft } = await run('os-write', { file_path: 'src/x.tsx', content: 'export const a = (\n' })
    expect(result.ok).toBe(true)
    expect(result.text).toMatch(/does not parse[^]*src\/x\.tsx:\d+:\d+ [^]*> \d \|/)
    expect(draft.staged()).toHaveLength(1)
  })

  test.each([
    'vite.config.ts',
    'app/vite.config.mts',
    'postcss.config.js',
    'tailwind.config.cjs',
    '.babelrc',
    '.swcrc',
    '.npmrc',
    'src/.babelrc.json',
  ])('L22: %s is not written: the build is not the app’s to configure', async (file_path) => {
    for (const [name, input] of [
      ['os-write', { file_path, content: 'x' }],
      ['os-rename', { from: 'src/App.tsx', to: file_path }],
      ['os-copy', { from: 'src/App.tsx', to: file_path }],
    ] as const) {
      expect((await run(name, input)).result).toMatchObject({
        code: 'PATH_DENIED',
        text: expect.stringContaining('configured by OverSkill'),
      })
    }
  })

  test('package.json keeps its packages and scripts; the answer names the tools that change packages', async () => {
    const now = { name: 'app', dependencies: { clsx: '2.1.1', leftpad: '1.0.0' }, scripts: { build: 'vite build' } }
    const { result } = await run('os-write', { file_path: 'package.json', content: JSON.stringify(now) })
    expect(result).toMatchObject({
      code: 'PROTECTED',
      text: expect.stringMatching(/dependencies cannot be changed by hand.*os-add-dependency/),
    })
    const scripts = app['package.json'].replace('vite build', 'curl x | sh')
    expect((await run('os-write', { file_path: 'package.json', content: scripts })).result).toMatchObject({
      code: 'PROTECTED',
    })
    expect((await run('os-write', { file_path: 'package.json', content: '{' })).result).toMatchObject({
      code: 'PROTECTED',
    })
    const named = app['package.json'].replace('"app"', '"shelf"')
    expect((await run('os-write', { file_path: 'package.json', content: named })).result.ok).toBe(true)
    expect((await run('os-write', { file_path: 'package-lock.json', content: '{}' })).result).toMatchObject({
      code: 'PROTECTED',
    })
  })
})

describe('os-replace', () => {
  const replace = (
    old_string: string,
    new_string: string,
    more: object = {},
    files: Record<string, string> = { 'src/a.ts': 'const a = 1\nconst b = 1\n' },
  ) => run('os-replace', { file_path: 'src/a.ts', old_string, new_string, ...more }, files)

  test('L43: a replacement with $& stays literal', async () => {
    const { draft } = await replace('a = 1', "a = '$& $1 &lt;'")
    expect(await draft.readText('src/a.ts')).toEqual({ ok: true, value: "const a = '$& $1 &lt;'\nconst b = 1\n" })
  })

  test('two places are AMBIGUOUS with their lines; replace_all takes both', async () => {
    expect((await replace('= 1', '= 2')).result).toMatchObject({
      code: 'AMBIGUOUS',
      text: expect.stringContaining('at lines 1, 2'),
    })
    const { result, draft } = await replace('= 1', '= 2', { replace_all: true })
    expect(result.text).toMatch(/^OK Edited src\/a\.ts in 2 places: \+2 -2\./)
    expect(await draft.readText('src/a.ts')).toMatchObject({ value: 'const a = 2\nconst b = 2\n' })
  })

  test('no place is NO_MATCH with the nearest text as it is now', async () => {
    expect((await replace('const a = 2\nconst b = 1', 'x')).result).toMatchObject({
      code: 'NO_MATCH',
      text: expect.stringContaining('1\tconst a = 1\n2\tconst b = 1'),
    })
    expect((await replace('zzz', 'x')).result).toMatchObject({ code: 'NO_MATCH' })
    expect((await replace('a = 1', 'a = 1')).result).toMatchObject({ code: 'NO_CHANGE' })
  })

  test('a file that is not there is NOT_FOUND with the likeliest names', async () => {
    const { result } = await run('os-replace', { file_path: 'src/Ap.tsx', old_string: 'a', new_string: 'b' })
    expect(result).toMatchObject({ code: 'NOT_FOUND', text: expect.stringContaining('Similar: src/App.tsx') })
    expect((await run('os-replace', { file_path: 'logo.png', old_string: 'a', new_string: 'b' })).result).toMatchObject(
      { code: 'BINARY' },
    )
  })

  test('L8: an elision put in is refused; one that was there before is not', async () => {
    expect((await replace('const b = 1', '// ... rest of the code')).result).toMatchObject({ code: 'ELISION' })
    const files = { 'src/a.ts': 'const a = 1\n// ... existing code ...\n' }
    expect((await replace('a = 1', 'a = 2', {}, files)).result.ok).toBe(true)
  })

  test('L8: a place found loosely is not edited when the file would no longer parse', async () => {
    const files = { 'src/a.ts': 'if (a) {  \n  b()\n}\n' }
    expect((await replace('if (a) {\n  b()', 'if (a) {{\n  b()', {}, files)).result).toMatchObject({
      code: 'NO_MATCH',
      text: expect.stringContaining('no longer parse'),
    })
    expect((await replace('if (a) {\n  b()', 'if (c) {\n  b()', {}, files)).result).toMatchObject({
      ok: true,
      text: expect.stringContaining('matched by trailing whitespace'),
    })
  })
})

describe('os-view', () => {
  const long = {
    'a.txt': Array.from({ length: 3_000 }, (_, i) => `line ${i + 1}`).join('\n'),
    'wide.txt': 'x'.repeat(9_000),
    'empty.txt': '',
  }

  test('250 lines are shown without a range, 2,000 at most with one', async () => {
    const first = await run('os-view', { file_path: 'a.txt' }, long)
    expect(first.result.text).toMatch(/^OK a\.txt: lines 1-250 of 3000, .*start_line 251\./)
    const most = await run('os-view', { file_path: 'a.txt', start_line: 2, end_line: 3_000 }, long)
    expect(most.result.text).toMatch(/lines 2-2001 of 3000/)
    const last = await run('os-view', { file_path: 'a.txt', start_line: 2_999 }, long)
    expect(last.result.text).toMatch(/lines 2999-3000 of 3000, \d+ bytes\.\n2999\tline 2999\n3000\tline 3000$/)
  })

  test('a long line is cut and says so; an empty file and a range behind the end are told', async () => {
    expect((await run('os-view', { file_path: 'wide.txt' }, long)).result.text).toMatch(/… \(9000 characters\)$/)
    expect((await run('os-view', { file_path: 'empty.txt' }, long)).result.text).toBe('OK empty.txt is empty.')
    expect((await run('os-view', { file_path: 'a.txt', start_line: 4_000 }, long)).result).toMatchObject({
      code: 'OUT_OF_RANGE',
    })
  })

  test('images are named, folders and unknown files are NOT_FOUND', async () => {
    expect((await run('os-view', { file_path: 'logo.png' })).result.text).toMatch(
      /^OK logo\.png is an image of 4 bytes/,
    )
    expect((await run('os-view', { file_path: 'src' })).result).toMatchObject({
      code: 'NOT_FOUND',
      text: expect.stringContaining('is a folder'),
    })
    expect((await run('os-view', { file_path: 'src/components/card.tsx' })).result).toMatchObject({
      text: expect.stringContaining('src/ui/card.tsx'),
    })
  })
})

describe('the other tools', () => {
  test.each(['package.json', 'index.html', 'src/main.tsx', 'vite.config.ts'])(
    '%s is neither deleted nor moved',
    async (path) => {
      expect((await run('os-delete', { file_path: path })).result).toMatchObject({ code: 'PROTECTED' })
      expect((await run('os-rename', { from: path, to: 'x.tsx' })).result).toMatchObject({ code: 'PROTECTED' })
    },
  )

  test('what is not there and what is in the way are told', async () => {
    expect((await run('os-delete', { file_path: 'x' })).result).toMatchObject({ code: 'NOT_FOUND' })
    expect((await run('os-rename', { from: 'src/App.tsx', to: 'src/ui/card.tsx' })).result).toMatchObject({
      code: 'EXISTS',
    })
    expect((await run('os-copy', { from: 'x', to: 'y' })).result).toMatchObject({ code: 'NOT_FOUND' })
  })

  test('a listing opens as many levels as asked', async () => {
    expect((await run('os-list-files', { path: 'src', depth: 1 })).result.text).toMatch(
      /^OK 3 files in src\/\.\nui\/ \(1 files\)\nApp\.tsx/,
    )
    for (const path of ['.', './', '/', ''])
      expect((await run('os-list-files', { path })).result.text).toMatch(/^OK 6 files in the app/)
    const many = Object.fromEntries(Array.from({ length: 1_500 }, (_, i) => [`f${i}.txt`, '']))
    const { text } = (await run('os-list-files', {}, many)).result
    expect(text.split('\n')).toHaveLength(1_002)
    expect(text).toMatch(/… 500 more rows/)
  })

  test('a search with a bad or endless pattern is an error result', async () => {
    expect((await run('os-search-files', { query: '(', regex: true })).result).toMatchObject({ code: 'BAD_REGEX' })
    expect((await run('os-search-files', { query: 'nowhere' })).result.text).toBe('OK No line matches in 5 files.')
    expect((await run('os-search-files', { query: 'card', include: 'src/**/*.{ts,tsx}, *.html' })).result.text).toMatch(
      /in 4 searched files/,
    )
  })

  test('a name that is none, or is taken, is refused in words', async () => {
    expect((await run('rename-app', { name: '   ' })).result).toMatchObject({ code: 'INVALID_NAME' })
    expect((await run('rename-app', { name: 'x'.repeat(81) })).result).toMatchObject({ code: 'INVALID_NAME' })
    const { work } = workOn(app)
    const taken = {
      ...work,
      rename: async () => ({
        ok: false as const,
        failure: { code: 'conflict' as const, detail: 'shelf is taken; shelf-2 is free.' },
      }),
    }
    expect(await tool('rename-app').run({ name: 'Shelf' }, taken, signal)).toMatchObject({
      code: 'TAKEN',
      text: expect.stringContaining('shelf-2'),
    })
  })

  test('a plan reaches its owner whole', async () => {
    const items = [{ text: 'A', status: 'todo' }]
    expect((await run('os-plan', { items })).said.plans).toEqual([items])
  })
})

describe('packages', () => {
  const manifest = { 'package.json': '{\n  "name": "app",\n  "dependencies": {\n    "clsx": "2.1.1"\n  }\n}\n' }

  test('one that is added is installed, listed where it belongs, and told of while it comes', async () => {
    const { work, draft, said } = workOn(manifest)
    const result = await tool('os-add-dependency').run({ packages: ['is-odd'], dev: true }, work, signal)
    expect(result).toMatchObject({ ok: true, text: expect.stringMatching(/^OK Installed is-odd \d+\.\d+\.\d+\.$/) })
    const text = await draft.readText('package.json')
    expect(text.ok && text.value).toMatch(/"clsx": "2\.1\.1"\n {2}\},\n {2}"devDependencies": \{\n {4}"is-odd": "\^\d/)
    expect(said.events.at(0)).toMatchObject({
      type: 'packages.progress',
      names: ['is-odd'],
      progress: { phase: 'resolving' },
    })
    expect(said.events.at(-1)).toEqual({ type: 'packages.ended', names: ['is-odd'] })
    expect(await work.packages.missing('src/a.ts', `import 'is-odd'\nimport 'is-number'`)).toEqual([])
  })

  test('L23: one that the model made up is refused, and nothing is changed', async () => {
    const { work, draft, said } = workOn(manifest)
    const packages = ['surely-nobody-published-this-one']
    const result = await tool('os-add-dependency').run({ packages }, work, signal)
    expect(result).toMatchObject({ code: 'NOT_IN_REGISTRY', text: expect.stringContaining(`"${packages[0]}"`) })
    expect(draft.changes()).toEqual([])
    expect(said.events.at(-1)).toMatchObject({
      type: 'packages.ended',
      problem: expect.stringContaining('in the registry'),
    })
  })

  test.each(['../evil', 'file:../x', 'git+https://x.invalid/a.git', 'https://x.invalid/a.tgz', 'a b', ''])(
    '%j is no package, and nothing is asked of the network',
    async (name) => {
      const { work, said } = workOn(manifest)
      for (const each of ['os-add-dependency', 'os-remove-dependency'])
        expect(await tool(each).run({ packages: [name] }, work, signal)).toMatchObject({ code: 'BLOCKED' })
      expect(said.events).toEqual([])
    },
  )

  test('one that is not listed cannot be removed', async () => {
    const { work, draft } = workOn(manifest)
    const result = await tool('os-remove-dependency').run({ packages: ['zod'] }, work, signal)
    expect(result).toMatchObject({ code: 'NOT_FOUND', text: expect.stringContaining('"zod" is not listed') })
    expect(draft.changes()).toEqual([])
  })

  test('a file that imports one which is not installed is stored, and the answer says so; one that is being added is not named', async () => {
    const { work } = workOn(manifest)
    await tool('os-add-dependency').run({ packages: ['is-number@7.0.0'] }, work, signal)
    const content = `import { clsx } from 'clsx'\nimport { motion } from 'framer-motion'\nexport const a = [clsx, motion]\n`
    const write = () => tool('os-write').run({ file_path: 'src/a.ts', content }, work, signal)
    const words = 'src/a.ts:2 imports "framer-motion", which is not installed: add it with os-add-dependency.'
    expect(await write()).toMatchObject({ ok: true, text: expect.stringContaining(words) })

    const stop = new AbortController()
    const adding = tool('os-add-dependency').run({ packages: ['framer-motion'] }, work, stop.signal)
    expect((await write()).text).not.toContain('not installed')
    stop.abort()
    expect(await adding).toMatchObject({ code: 'INSTALL_FAILED' })
    const edit = { file_path: 'src/a.ts', old_string: 'const a', new_string: 'const b' }
    expect((await tool('os-replace').run(edit, work, signal)).text).toContain(words)
  })
})
