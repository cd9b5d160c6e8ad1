import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from 'vitest'
import { describeMemory, memoryOfTree, sumOf } from './process-memory.ts'

test.runIf(process.platform === 'linux')(
  'memory counts a process, its children and theirs, and none that has ended',
  async () => {
    const sleeping = 'setInterval(() => {}, 1000); process.stdout.write("up")'
    const parent = `const { spawn } = require('node:child_process')
    const child = spawn(process.execPath, ['-e', ${JSON.stringify(sleeping)}], { stdio: ['ignore', 'inherit', 'ignore'] })
    process.once('SIGTERM', () => { child.once('exit', () => process.exit()); child.kill('SIGKILL') })`
    const child = spawn(process.execPath, ['-e', parent], { stdio: ['ignore', 'pipe', 'inherit'] })
    const exited = once(child, 'exit')
    await once(child.stdout, 'data')
    const pid = child.pid ?? 0
    const found = memoryOfTree(pid)
    child.kill('SIGTERM')
    await exited

    expect(found).toHaveLength(2)
    expect(found[0]?.pid).toBe(pid)
    expect(sumOf(found)).toBeGreaterThan(20e6)
    expect(memoryOfTree(pid)).toEqual([])
  },
)

test('processes of one name are told together, the largest first', () => {
  const one = (name: string, bytes: number) => ({ pid: 1, name, bytes })
  expect(describeMemory([one('postgres', 4e6), one('server', 90e6), one('postgres', 6e6)])).toBe(
    'server 90, postgres ×2 10',
  )
})
