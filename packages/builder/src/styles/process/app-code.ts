import { createRequire, registerHooks } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { compileFunction, constants } from 'node:vm'
import type { StyleCode } from '../style-request.ts'

/** A package that an app's script asks for and that is not installed. */
export class MissingPackage extends Error {
  override name = 'MissingPackage'
  readonly missing: string
  constructor(missing: string, cause: unknown) {
    super(`The package "${missing}" is not installed.`, { cause })
    this.missing = missing
  }
}

const own = createRequire(import.meta.url)
const PACKAGE = /^(?:@[\w~-][\w.~-]*\/)?[\w~-][\w.~-]*/
const MISSING = new Set(['MODULE_NOT_FOUND', 'ERR_MODULE_NOT_FOUND'])

/**
 * From now on `tailwindcss` and its parts mean the builder's own copy, wherever they are asked for. What else Tailwind brings
 * along (`postcss`, `postcss-selector-parser` …) is found there too when the dependency set lacks it.
 */
export function bindToolchain(major: 3 | 4): void {
  const name = major === 3 ? 'tailwindcss-3' : 'tailwindcss'
  const toolchain = pathToFileURL(own.resolve(`${name}/package.json`)).href
  registerHooks({
    resolve(specifier, context, next) {
      if (specifier === 'tailwindcss' || specifier.startsWith('tailwindcss/'))
        return next(name + specifier.slice('tailwindcss'.length), { ...context, parentURL: import.meta.url })
      try {
        return next(specifier, context)
      } catch (error) {
        const missing = PACKAGE.exec(specifier)?.[0]
        if (missing === undefined || !isMissing(error)) throw error
        try {
          return next(specifier, { ...context, parentURL: toolchain })
        } catch {
          throw new MissingPackage(missing, error)
        }
      }
    },
  })
}

const isMissing = (error: unknown): boolean => MISSING.has((error as NodeJS.ErrnoException).code ?? '')

/** Runs code of apps as if it lay in `root`, the folder of their packages. */
export type AppCode = {
  run(script: StyleCode): unknown
  /** The default export of a package. */
  load(specifier: string): unknown
  /** The name by which stack traces call a script. */
  fileOf(path: string): string
}

export function openAppCode(root: string): AppCode {
  const fileOf = (path: string): string => join(root, path)
  return {
    fileOf,
    load: (specifier) => defaultOf(createRequire(join(root, 'package.json'))(specifier)),
    run({ path, code }) {
      const filename = fileOf(path)
      const module = { exports: {} as unknown }
      const names = ['exports', 'require', 'module', '__filename', '__dirname']
      const script = compileFunction(code, names, {
        filename,
        importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
      }) as (...values: unknown[]) => void
      script(module.exports, createRequire(filename), module, filename, dirname(filename))
      return defaultOf(module.exports)
    },
  }
}

function defaultOf(exports: unknown): unknown {
  const value = (exports as { default?: unknown } | null | undefined)?.default
  return value === undefined ? exports : value
}
