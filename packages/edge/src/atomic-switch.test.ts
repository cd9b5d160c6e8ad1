import { expect, test } from 'vitest'
import { makeApp, startEdge, type RunningEdge } from './test-edge.ts'

type Seen = { version: number; problems: string[]; requests: number }

/** One browser that loads the page and its script, over and over, and notes what must not be. */
async function browse(running: RunningEdge, seen: Seen, goesOn: () => boolean): Promise<void> {
  while (goesOn()) {
    const page = await running.ask('/', { headers: { 'accept-encoding': 'identity' } })
    const [inHead, inBody] = [/app-v(\d+)\.js/.exec(page.text)?.[1], /<body>v(\d+) /.exec(page.text)?.[1]]
    if (page.status !== 200) seen.problems.push(`page ${page.status}`)
    if (inHead !== inBody) seen.problems.push(`mixed ${inHead} and ${inBody}`)
    if (Number(inBody) < seen.version) seen.problems.push(`back from ${seen.version} to ${inBody}`)
    seen.version = Number(inBody)
    const script = await running.ask(`/assets/app-v${inBody}.js`)
    if (script.status !== 200) seen.problems.push(`script ${script.status}`)
    if (!script.text.includes(`version = 'v${inBody}'`)) seen.problems.push(`script of another version than ${inBody}`)
    seen.requests += 2
  }
}

test('E41: fifty switches under load: no answer mixes versions, fails or goes back', async () => {
  await using running = await startEdge()
  const switches = 50
  await running.deploy(makeApp('v1'), 1)
  const browsers: Seen[] = Array.from({ length: 16 }, () => ({ version: 0, problems: [], requests: 0 }))
  let on = true
  const browsing = browsers.map((seen) => browse(running, seen, () => on))
  for (let version = 2; version <= switches + 1; version += 1) {
    await running.deploy(makeApp(`v${version}`), version)
    const answer = await running.ask('/')
    expect(answer.text).toContain(`app-v${version}.js`)
  }
  on = false
  await Promise.all(browsing)
  expect(browsers.flatMap(({ problems }) => problems)).toEqual([])
  expect(browsers.reduce((sum, { requests }) => sum + requests, 0)).toBeGreaterThan(switches * 4)
  expect(running.errors).toEqual([])
})
