import { utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { makeApp, startEdge, testApp } from './test-edge.ts'

const preview = { app: testApp, environment: 'preview' } as const

/** An edge that has nothing itself; what it asks its source for is counted. */
async function startEmptyEdge(made: ReturnType<typeof makeApp> | undefined) {
  const asked: string[] = []
  const running = await startEdge({
    async source(hash, missing) {
      asked.push(hash)
      if (!made) throw new Error('The source is away')
      const wanted = await missing(made.artifact.files.map((file) => file.hash))
      const contents = new Map([...made.contents].filter(([content]) => wanted.includes(content)))
      return hash === made.artifact.hash ? { artifact: made.artifact, contents } : undefined
    },
  })
  return { running, asked }
}

test('an artifact that was built elsewhere is got once, when its app is first asked for, however many ask at once', async () => {
  const made = makeApp('one')
  const { running, asked } = await startEmptyEdge(made)
  await using edge = running
  edge.edge.load(
    [{ app: testApp, slug: 'one', formerSlugs: [] }],
    [{ ...preview, artifactHash: made.artifact.hash, fence: 1 }],
  )
  expect(asked).toEqual([])
  const answers = await Promise.all(Array.from({ length: 5 }, () => edge.ask('/')))
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200])
  expect(asked).toEqual([made.artifact.hash])
})

test('while the source is away a page is an error and a former address still leads on; nothing is left unhandled', async () => {
  const { running } = await startEmptyEdge(undefined)
  await using edge = running
  const production = { app: testApp, environment: 'production' } as const
  const pointers = [
    { ...preview, artifactHash: makeApp('one').artifact.hash, fence: 1 },
    { ...production, artifactHash: makeApp('one').artifact.hash, fence: 2 },
  ]
  edge.edge.load([{ app: testApp, slug: 'now', formerSlugs: ['before'] }], pointers)
  expect((await edge.ask('/', { host: 'before.localhost' })).status).toBe(308)
  expect((await edge.ask('/')).status).toBe(500)
  expect(edge.errors.splice(0)).toHaveLength(1)
})

test('E40: the same change told twice at once is made once, and both are told that it is', async () => {
  const made = makeApp('one')
  await using edge = await startEdge()
  edge.edge.putApp({ app: testApp, slug: 'one', formerSlugs: [] })
  await edge.edge.store(made.artifact, made.contents)
  const pointer = { ...preview, artifactHash: made.artifact.hash, fence: 3 }
  const both = await Promise.all([edge.edge.switchTo(pointer), edge.edge.switchTo(pointer)])
  expect(both.map(({ ok }) => ok)).toEqual([true, true])
})

test('E43: a sweep while an artifact is on its way takes nothing of what was not asked for because it was there', async () => {
  const shared = { '/_v/react.js': 'export const react = 1\n'.repeat(100) }
  const [old, made] = [makeApp('old', shared), makeApp('new', shared)]
  let swept = 0
  await using running = await startEdge({
    async source(_hash, missing) {
      const wanted = await missing(made.artifact.files.map((file) => file.hash))
      swept += (await running.edge.collectGarbage([])).artifacts
      return { artifact: made.artifact, contents: new Map(wanted.map((hash) => [hash, made.contents.get(hash)!])) }
    },
  })
  await running.edge.store(old.artifact, old.contents)
  const longAgo = new Date(Date.now() - 2 * 3_600_000)
  await utimes(join(running.dir, 'artifacts', `${old.artifact.hash}.json`), longAgo, longAgo)
  expect(await running.edge.has(made.artifact.hash)).toBe(true)
  expect(swept).toBe(1)
  expect(await running.edge.missing(made.contents.keys())).toEqual([])
})
