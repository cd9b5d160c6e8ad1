import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { assert, must } from '@overskill/protocol'
import { transformSync } from 'rolldown/utils'
import { WORKER_PRELUDE } from '../../engine/workers.ts'

const require = createRequire(import.meta.url)
const pageDir = join(dirname(import.meta.dirname), 'page')

/** The scripts of our own that a live page runs, by the last part of their address. Types are taken out once. */
const PAGE_SCRIPTS = ['client', 'styles', 'icons', 'environment', 'jsx-dev-runtime', 'react-faults'] as const

/** What those scripts import, by the names that they use: addresses of the page's host. */
const ADDRESSES: Record<string, string> = {
  'vite-client': '/@vite/client',
  'react-refresh': '/@react-refresh',
  'react-faults': '/@live/react-faults.js',
  styles: '/@live/styles.js',
  'icon-maker': '/@live/icon-maker',
  'react-jsx': '/@live/react-jsx',
}

const sources = new Map<string, string>(
  PAGE_SCRIPTS.map((name) => {
    const text = readFileSync(join(pageDir, `${name}.ts`), 'utf8')
    const { code, errors } = transformSync(`${name}.ts`, text, { lang: 'ts', tsconfig: false })
    assert(errors.length === 0, `The page script ${name} can be read`)
    return [
      `${name}.js`,
      code.replaceAll(/(?<=from )(["'])live:([\w-]+)\1/g, (_, _mark, to: string) =>
        JSON.stringify(must(ADDRESSES[to], to)),
      ),
    ]
  }),
)
sources.set('worker.js', `${WORKER_PRELUDE}; export {};`)

/** The text of a script of our own (`client.js`); undefined when there is none of that name. */
export const ownModule = (name: string): string | undefined => sources.get(name)

const viteDir = dirname(require.resolve('vite/package.json'))

/** Vite's own client, and the module that it imports first: the only files outside an app that a page is given. */
export const VITE_CLIENT = join(viteDir, 'dist', 'client', 'client.mjs')
export const VITE_ENV = join(viteDir, 'dist', 'client', 'env.mjs')

const viteSources = new Map([VITE_CLIENT, VITE_ENV].map((path) => [path, readFileSync(path, 'utf8')]))

export const viteModule = (id: string): string | undefined => viteSources.get(id)

export const REFRESH = '/@react-refresh'

/**
 * React's refresh runtime as Vite's plugin brings it, without its 16 ms of waiting for more updates: writes that belong
 * together come as one update here. That the place was found is checked at the start, so a new version cannot lose it.
 */
export const refreshRuntime = readRefreshRuntime()

function readRefreshRuntime(): string {
  const path = join(dirname(require.resolve('@vitejs/plugin-react')), 'refresh-runtime.js')
  const parts = readFileSync(path, 'utf8').split('}, 16)')
  assert(parts.length === 2, 'The refresh runtime waits in one place')
  return `${must(parts[0], 'Its first part')}}, 0)${must(parts[1], 'Its second part')}`
}
