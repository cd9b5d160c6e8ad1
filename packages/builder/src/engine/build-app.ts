import type { BuildError } from '@overskill/protocol'
import type { VendorSet } from '../messages.ts'
import type { AskStyles } from '../styles/style-request.ts'
import { readAliases } from './aliases.ts'
import { appId, openAppFiles } from './app-files.ts'
import type { CssByModule } from './app-plugin.ts'
import type { AppSources } from './app-sources.ts'
import { bundlePage, bundleWorker } from './bundle.ts'
import { nameStyles } from './chunk-styles.ts'
import { finishChunks } from './finish-chunks.ts'
import { readPage, writePage } from './html.ts'
import { gatherOutput, type OutputFile } from './output.ts'
import { settleNames } from './module-exports.ts'
import { packageName } from './package-name.ts'
import { type PackageStore } from './package-store.ts'
import { gatherProblems, plainText, withoutHostPaths } from './problems.ts'
import { createStylesheets } from './stylesheets.ts'
import { createPlaceholders, readUsedNames, type UsedNames } from './vendor-names.ts'
import { gatherWorkers } from './workers.ts'

export type AppBuild =
  | { ok: true; files: OutputFile[]; vendor: VendorSet | null }
  | { ok: false; errors: readonly BuildError[] }

/** Gives the vendor set for used names, from the cache or built now. */
export type VendorSource = (used: UsedNames) => Promise<VendorSet>

/** Builds an app from memory. Never rejects for what the app contains. */
export async function buildApp(
  tree: ReadonlyMap<string, Uint8Array>,
  store: PackageStore,
  vendorFor: VendorSource,
  askStyles: AskStyles,
): Promise<AppBuild> {
  const all = new Map(tree)
  const files = openAppFiles(all)
  const problems = gatherProblems(files)
  const output = gatherOutput()
  const placeholders = createPlaceholders()
  const aliases = readAliases(files)
  const stylesheets = createStylesheets({ files, store, aliases, output, problems, askStyles })
  const workers = gatherWorkers((path, ancestors) => bundleWorker(sources, path, ancestors))
  const sources: AppSources = { files, store, aliases, output, problems, stylesheets, placeholders, workers, askStyles }
  const page = readPage(files, output, problems, (path, code) => all.set(path, new TextEncoder().encode(code)))
  if (!page) return { ok: false, errors: problems.list }

  const css: CssByModule = new Map()
  const chunks = await bundlePage(sources, page, css)
  const linked = page.stylesheets.map((path) => stylesheets.compile(appId(path)))
  const styles = await nameStyles(sources, chunks, css, await Promise.all(linked))
  if (problems.list.length > 0) return { ok: false, errors: problems.list }

  const scripts = [...chunks, ...sources.workers.chunks()]
  const codes = scripts.map((chunk) => chunk.code)
  const used = settleNames(store, readUsedNames(codes, placeholders))
  const vendor = Object.keys(used).length > 0 ? await vendorOrProblem(sources, used, vendorFor) : null
  if (problems.list.length > 0) return { ok: false, errors: problems.list }

  const links = finishChunks(scripts, { output, placeholders, vendor, styles })
  for (const path of files.paths()) {
    const bytes = path.startsWith('public/') ? files.bytes(path) : undefined
    if (bytes) output.add({ path: path.slice('public'.length), content: bytes, immutable: false })
  }
  const html = writePage(page, links)
  output.add({ path: '/index.html', content: new TextEncoder().encode(html), immutable: false })
  return { ok: true, files: [...output.files()], vendor }
}

async function vendorOrProblem(
  sources: AppSources,
  used: UsedNames,
  vendorFor: VendorSource,
): Promise<VendorSet | null> {
  try {
    return await vendorFor(used)
  } catch (error) {
    addVendorProblems(sources, error, used)
    return null
  }
}

/** A package without the name or the file that the app asks for is reported where the app asks. */
function addVendorProblems({ files, problems }: AppSources, error: unknown, used: UsedNames): void {
  const logs = ((error as { errors?: unknown }).errors ?? [error]) as { message?: string }[]
  for (const log of logs) {
    const message = plainText(log.message ?? '').split('\n')[0] ?? ''
    const name = /^"([^"]+)" is not exported by/.exec(message)?.[1]
    const specifier = Object.keys(used)
      .filter((item) => message.includes(packageName(item) ?? item) && (!name || used[item]?.includes(name)))
      .toSorted((a, b) => b.length - a.length)[0]
    const words = specifier && name ? `"${name}" is not exported by the package "${specifier}".` : message
    const quoted = [`'${specifier}'`, `"${specifier}"`]
    const path = [...files.paths()].find((file) => quoted.some((text) => files.text(file)?.includes(text)))
    if (path && specifier) problems.addAt(path, name && name !== 'default' ? [name] : quoted, words)
    else problems.add({ message: withoutHostPaths(words) || 'A package could not be bundled.' })
  }
}
