import type { Alias } from './aliases.ts'
import type { AskStyles } from '../styles/style-request.ts'
import type { AppFiles } from './app-files.ts'
import type { Output } from './output.ts'
import type { PackageStore } from './package-store.ts'
import type { Problems } from './problems.ts'
import type { Stylesheets } from './stylesheets.ts'
import type { Placeholders } from './vendor-names.ts'
import type { Workers } from './workers.ts'

/** What one build works with, from its first file to its page. */
export type AppSources = {
  files: AppFiles
  store: PackageStore
  aliases: readonly Alias[]
  output: Output
  problems: Problems
  stylesheets: Stylesheets
  placeholders: Placeholders
  workers: Workers
  /** Has a stylesheet compiled that needs code of the app. */
  askStyles: AskStyles
}
