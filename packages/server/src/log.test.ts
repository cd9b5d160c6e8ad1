import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openLogFile } from './life/log-file.ts'
import { terminalSink } from './life/log-terminal.ts'
import { createLog, plainFields, redactor } from './log.ts'

test('AD16: a known secret is in no line, neither on the terminal nor in the file', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'overskill-log-'))
  const redact = redactor(['sk-very"secret', 'short'])
  const file = openLogFile(join(folder, 'logs', 'server.log'), redact)
  let terminal = ''
  const log = createLog('debug', [file.write, terminalSink({ write: (text) => (terminal += text) }, redact)])
  log.error('Refused sk-very"secret', { header: 'x-api-key: sk-very"secret', error: new Error('with sk-very"secret') })
  await file.close()
  const text = await readFile(join(folder, 'logs', 'server.log'), 'utf8')
  expect(text + terminal).not.toContain('secret"')
  expect(text + terminal).not.toContain('sk-very')
  expect(JSON.parse(text)).toMatchObject({ level: 'error', message: 'Refused [secret]' })
  await rm(folder, { recursive: true })
})

test('lines carry the fields of their parents, and errors with their causes', async () => {
  const lines: unknown[] = []
  const log = createLog('info', [(line) => lines.push(line)])
  log.child({ request: 'r1' }).child({ app: 'abc123' }).info('Hello', { ms: 3 })
  log.debug('not shown')
  expect(lines).toMatchObject([{ level: 'info', message: 'Hello', fields: { request: 'r1', app: 'abc123', ms: 3 } }])
})

test('a full log file moves aside, the oldest goes, and only the owner may read', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'overskill-log-'))
  const path = join(folder, 'server.log')
  const file = openLogFile(path, (text) => text, 1_000, 2)
  const log = createLog('info', [file.write])
  for (let i = 0; i < 100; i += 1) log.info(`line ${i} ${'x'.repeat(100)}`)
  await file.close()
  expect((await readdir(folder)).sort()).toEqual(['server.log', 'server.log.1', 'server.log.2'])
  expect((await stat(path)).mode & 0o077).toBe(0)
  expect(await readFile(path, 'utf8')).toContain('line 99')
  await rm(folder, { recursive: true })
})

test('a failed query is logged without its parameters, which are the texts of people', () => {
  const error = new Error('Failed query: insert into blobs\nparams: hash,my secret\nplan', {
    cause: new Error('disk full'),
  })
  const text = JSON.stringify(plainFields({ error }))
  expect(text).toContain('insert into blobs')
  expect(text).toContain('disk full')
  expect(text).toContain('log.test.ts')
  expect(text).not.toContain('my secret')
  expect(text).not.toContain('plan')
})
