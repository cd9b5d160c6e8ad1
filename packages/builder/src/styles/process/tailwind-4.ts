import { compile } from 'tailwindcss'
import type { LinkedSheet, StyleModule } from '../style-request.ts'
import type { AppCode } from './app-code.ts'

export type Tailwind4 = { compile(sheet: LinkedSheet): Promise<string> }

/** Tailwind 4 with the plugins and configs of an app. Each is run once. */
export function createTailwind4(modules: readonly StyleModule[], code: AppCode): Tailwind4 {
  const loaded = new Map<StyleModule, unknown>()
  const load = (module: StyleModule): unknown => {
    if (!loaded.has(module)) loaded.set(module, module.script ? code.run(module.script) : code.load(module.specifier))
    return loaded.get(module)
  }
  return {
    async compile(sheet) {
      const compiler = await compile(sheet.text, {
        base: sheet.id,
        from: sheet.id,
        async loadModule(specifier, base, kind) {
          const module = modules.find((item) => item.specifier === specifier && item.fromId === base)
          if (!module) throw new Error(`"${specifier}" was not found.`)
          return { path: base, base, module: checked(load(module), specifier, kind) as never }
        },
        async loadStylesheet(specifier, base) {
          const found = sheet.imports.find((item) => item.specifier === specifier && item.fromId === base)
          if (!found) throw new Error(`Stylesheet "${specifier}" was not found.`)
          return { path: found.id, base: found.id, content: found.text }
        },
      })
      return compiler.build([...sheet.candidates])
    },
  }
}

/** Tailwind would say "b is not a function". */
function checked(module: unknown, specifier: string, kind: 'plugin' | 'config'): unknown {
  const isObject = typeof module === 'object' && module !== null
  const isPlugin = typeof module === 'function' || (isObject && 'handler' in module)
  if (kind === 'plugin' ? isPlugin : isObject) return module
  throw new Error(`"${specifier}" is no Tailwind ${kind}.`)
}
