import { expect, test } from 'vitest'
import { findDependencySet } from '../dependency-set.ts'
import { repositoryDir, treeOf } from '../test-builder.ts'
import { appId, openAppFiles } from './app-files.ts'
import { gatherOutput } from './output.ts'
import { openPackageStore } from './package-store.ts'
import { gatherProblems } from './problems.ts'
import { createStylesheets } from './stylesheets.ts'

const store = openPackageStore(findDependencySet(repositoryDir).dir)

const askStyles = () => Promise.reject(new Error('No style here needs code'))

function sheetsOf(tree: Record<string, string>) {
  const files = openAppFiles(treeOf(tree))
  const problems = gatherProblems(files)
  const output = gatherOutput()
  return { problems, sheets: createStylesheets({ files, store, aliases: [], output, problems, askStyles }) }
}

test('a name of a CSS module brings what the names it composes compose in turn, each once', async () => {
  const { problems, sheets } = sheetsOf({
    'src/a.module.css': `.low { composes: row; composes: line from './b.module.css'; color: red }
.row { composes: cell; composes: line from './b.module.css' }
.cell { padding: 1px }
.round { composes: trip }
.trip { composes: round }`,
    'src/b.module.css': '.line { margin: 1px }',
  })
  const { exports, imports } = await sheets.compileModule(appId('src/a.module.css'))
  expect(problems.list).toEqual([])
  const names = (name: string) => (exports[name] ?? '').replaceAll(/"[\w-]+?_(\w+)"/g, '$1').split(' + " " + ')
  expect(names('low')).toEqual(['low', 'row', 'cell', 'imported0["line"]'])
  expect(names('round')).toEqual(['round', 'trip'])
  expect(imports).toEqual([{ local: 'imported0', specifier: '/src/b.module.css' }])
})

test('sheets imported by url() are flattened with their layer and media, as those imported by name', async () => {
  const { problems, sheets } = sheetsOf({
    'src/index.css': `@layer base, late;
@import url('./base.css') layer(base);
@import url(./wide.css) screen and (min-width: 600px);
@import url('https://x.example/css2?family=A:wght@400;700');
p { color: red }`,
    'src/base.css': `@import url("parts/more.css"); body { margin: 0 }`,
    'src/parts/more.css': 'i { color: blue }',
    'src/wide.css': 'b { color: green }',
  })
  const css = new TextDecoder().decode(sheets.bundle([await sheets.compile(appId('src/index.css'))]))
  expect(problems.list).toEqual([])
  expect(css).toBe(
    `@import "https://x.example/css2?family=A:wght@400;700";@layer base{i{color:#00f}body{margin:0}}@layer late;@media screen and (width>=600px){b{color:green}}p{color:red}`,
  )
})
