import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ensureBubblewrap } from './ensure-bubblewrap.ts'

let bin: string
let said: string[]

beforeEach(async () => {
  bin = await mkdtemp(join(tmpdir(), 'bubblewrap-'))
  said = []
})
afterEach(() => rm(bin, { recursive: true }))

const ensure = (options: { isRoot?: boolean; isLinux?: boolean } = {}): void =>
  ensureBubblewrap({
    path: bin,
    isRoot: true,
    isLinux: true,
    noteFile: join(bin, 'note'),
    say: (line) => said.push(line),
    ...options,
  })

async function put(name: string, script: string): Promise<void> {
  await writeFile(join(bin, name), `#!/bin/sh\necho "$1" >> '${bin}/asked'\n${script}\n`)
  await chmod(join(bin, name), 0o755)
}
const asked = (): Promise<string> => readFile(join(bin, 'asked'), 'utf8').catch(() => '')

test('nothing is done or said where bubblewrap is there, or cannot be', async () => {
  ensure({ isLinux: false })
  await put('apt-get', 'exit 1')
  await put('bwrap', '')
  ensure()
  expect([said, await asked()]).toEqual([[], ''])
})

test('it is installed where we are root, with fresh lists when the first try fails, and that is said', async () => {
  await put(
    'apt-get',
    `[ "$1" = update ] && : > '${bin}/lists'; [ -f '${bin}/lists' ] || exit 100; [ "$1" = install ] && : > '${bin}/bwrap'; exit 0`,
  )
  ensure()
  expect(said).toEqual(['Installing bubblewrap, in which builds are confined (once)…'])
  expect(await asked()).toBe('install\nupdate\ninstall\n')
})

test('where it cannot be had, the start goes on, a line says so, and the next start does not wait for the network', async () => {
  await put('apt-get', 'exit 100')
  ensure()
  expect(said.at(-1)).toContain('reduced mode')
  expect(said.at(-1)).toContain('apt-get install bubblewrap')
  const before = await asked()
  ensure()
  expect(await asked()).toBe(before)
  expect(said).toHaveLength(3)
})

test('a person who is not root is told the command', async () => {
  await put('apt-get', '')
  ensure({ isRoot: false })
  expect(said[0]).toContain('sudo apt-get install bubblewrap')
  expect(await asked()).toBe('')
})
