import { execFileSync } from 'node:child_process'
import { mkdtemp, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { zstdDecompressSync } from 'node:zlib'
import { must } from '@overskill/protocol'
import { expect, test } from 'vitest'
import { startServer } from './start-server.ts'

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))
const names = (await readdir(fixtures)).filter((name) => /^data-dir-\d+\.tar\.zst$/.test(name))

test.each(names)(
  '%s, which an earlier program left, opens: conversation, files, preview and production are as they were',
  async (name) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'overskill-earlier-'))
    execFileSync('tar', ['-C', dataDir, '-xf', '-'], {
      input: zstdDecompressSync(await readFile(join(fixtures, name))),
    })
    await using server = await startServer({ dataDir })
    const { api } = server

    const { items } = await api.json<{ items: { id: string; slug: string; version: number }[] }>('GET', '/apps')

    const app = must(items[0], 'The app of the fixture')
    expect(app).toMatchObject({ slug: 'reading-list', version: 2, status: 'ready' })
    const { messages, turns } = await api.conversation(app.id)
    expect(turns.map(({ status }) => status)).toEqual(['completed', 'completed'])
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'assistant'])
    const paths = (await api.files(app.id)).map(({ path }) => path)
    expect(paths).toEqual(expect.arrayContaining(['package.json', 'src/main.tsx', 'src/pages/HomePage.tsx']))
    for (const host of [`preview-${app.id}`, app.slug]) {
      const page = await api.send('/', { host: `${host}.localhost:${server.port}` })
      expect(page.status, host).toBe(200)
      const script = must(/src="(\/assets\/[^"]+\.js)"/.exec(page.body)?.[1], `The script of ${host}`)
      expect((await api.send(script, { host: `${host}.localhost:${server.port}` })).status).toBe(200)
    }
    await api.json('POST', `/apps/${app.id}/versions/1/restore`)
    expect((await api.versions(app.id)).map(({ number }) => number)).toEqual([3, 2, 1])
  },
)
