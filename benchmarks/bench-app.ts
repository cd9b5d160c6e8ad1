import { readdir, readFile } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { App, must, type AppEvent } from '@overskill/protocol'
import { watchApp } from './app-watch.ts'
import type { Product } from './product.ts'

const readingList = fileURLToPath(new URL('fixtures/reading-list', import.meta.url))

/** Whether a preview has come on line, or has failed to. */
export const isDeployed = (event: AppEvent): boolean =>
  (event.type === 'deployment.completed' || event.type === 'deployment.failed') &&
  event.deployment.environment === 'preview'

export const isTurnEnd = ({ type }: AppEvent): boolean => /^turn\.(?:completed|failed|stopped)$/.test(type)

export async function createApp(product: Product, body: object): Promise<App> {
  const { app } = (await product.call('POST', '/api/apps', body)) as { app: unknown }
  return App.parse(app)
}

/** The app that stands for "starter-sized": the starter and the result of the reading-list prompt, on line. Returns its files. */
export async function createReadingList(product: Product): Promise<{ app: App; files: Map<string, string> }> {
  const app = await createApp(product, { name: 'Reading list' })
  const files = await readFiles(readingList)
  const watch = await watchApp(product.port, app.id)
  try {
    const deployed = watch.next(isDeployed)
    const changes = [...files].map(([path, content]) => ({ path, content }))
    await product.call('POST', `/api/apps/${app.id}/files`, { changes })
    const { event } = await deployed
    if (event.type !== 'deployment.completed') throw new Error(`The reading list builds: ${JSON.stringify(event)}`)
    return { app, files }
  } finally {
    watch.close()
  }
}

/** The path of the page that the app opens with: the one file that changes with each turn. */
export const changedFile = 'src/pages/HomePage.tsx'

/** That file with a change that no minifier can leave out. */
export const changedContent = (files: ReadonlyMap<string, string>, mark: string): string =>
  `${must(files.get(changedFile), changedFile)}\ndocument.documentElement.dataset['mark'] = 'p-[${mark}px]'\n`

async function readFiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { withFileTypes: true, recursive: true })
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
  const read = paths.map(async (path) => [relative(folder, path), await readFile(path, 'utf8')] as const)
  return new Map(await Promise.all(read))
}
