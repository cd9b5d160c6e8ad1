import { once } from 'node:events'
import { createServer } from 'node:net'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { endPostmaster } from '../database/postgres-process.ts'
import { isAlive } from '../database/postmaster-pid.ts'
import { freePort, send } from '../http/test-server.ts'
import { startTestProgram } from './test-program.ts'

const parent = await mkdtemp(join(tmpdir(), 'overskill-main-'))
const startProgram = (env: Record<string, string>) => startTestProgram(parent, env)
afterAll(async () => {
  await endPostmaster(join(parent, 'data', 'postgres'))
  await rm(parent, { recursive: true, force: true })
})

const dataDir = join(parent, 'data')

test('one line and exit 1: a bad variable, one of a feature to come, a port that is taken, a data dir that cannot be', async () => {
  const port = await freePort()
  const other = createServer().listen(port, '127.0.0.1')
  await once(other, 'listening')
  await writeFile(join(parent, 'file'), '')
  const cases: [Record<string, string>, string][] = [
    [{ PORT: 'many' }, 'PORT is "many"; it takes a number from 1 to 65535.\n'],
    [
      { CLOUDFLARE_API_TOKEN: 'some-token' },
      'CLOUDFLARE_API_TOKEN is set to a value of 10 characters (not shown), but deploying to Cloudflare is not built yet. Unset it.\n',
    ],
    [
      { PORT: String(port), OVERSKILL_DATA_DIR: join(parent, 'other') },
      `Port ${port} is taken by another program. Stop that one, or choose another port: PORT=${port + 1} ./bin/start\n`,
    ],
    [
      { OVERSKILL_DATA_DIR: join(parent, 'file', 'data') },
      `OVERSKILL_DATA_DIR ${join(parent, 'file', 'data')} cannot be used: `,
    ],
    [{ OVERSKILL_DATA_DIR: '/proc/x' }, 'OVERSKILL_DATA_DIR /proc/x cannot be used: '],
  ]
  const programs = cases.map(([env]) => startProgram(env))
  for (const [index, one] of programs.entries()) {
    expect(await one.ended).toBe(1)
    expect(one.said()).toContain(cases[index]?.[1])
    expect(one.said().trim().split('\n')).toHaveLength(1)
  }
  other.close()
})

test('it starts, says where it is, keeps others off its data dir, survives kill -9 and stops within 5 s', async () => {
  const port = await freePort()
  const env = { PORT: String(port), OVERSKILL_DATA_DIR: dataDir }
  const first = startProgram(env)
  await first.ready
  expect(first.said()).toContain(`OverSkill is ready: http://localhost:${port}`)
  expect((await stat(dataDir)).mode & 0o077).toBe(0)
  expect((await send(port, { path: '/api/health' })).status).toBe(200)
  const made = await send(port, { method: 'POST', path: '/api/apps', json: { name: 'Kept' } })
  const owner = JSON.parse(await readFile(join(dataDir, 'server.json'), 'utf8')) as Record<string, unknown>
  expect(owner).toEqual({ pid: first.child.pid, startedAt: expect.any(String) as string, port, version: '0.1.0' })

  const second = startProgram({ ...env, PORT: String(await freePort()) })
  expect(await second.ended).toBe(1)
  expect(second.said()).toMatch(
    new RegExp(
      `^OverSkill already runs on [^\\n]*: http://localhost:${port} \\(process ${first.child.pid}\\)[^\\n]*\\n$`,
    ),
  )

  first.child.kill('SIGKILL')
  await first.ended
  const again = startProgram(env)
  await again.ready
  const apps = await send(port, { path: '/api/apps' })
  expect(apps.body).toContain((JSON.parse(made.body) as { app: { id: string } }).app.id)

  const postmaster = Number.parseInt(await readFile(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8'), 10)
  const began = performance.now()
  again.child.kill('SIGINT')
  expect(await again.ended).toBe(0)
  expect(performance.now() - began).toBeLessThan(5_000)
  expect(isAlive(postmaster) && (await readFile(`/proc/${postmaster}/cmdline`, 'utf8').catch(() => ''))).toBeFalsy()
  await expect(stat(join(dataDir, 'server.json'))).rejects.toThrow('ENOENT')
})
