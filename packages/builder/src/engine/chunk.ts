import type { RolldownOutput } from 'rolldown'

/** One script that the bundler made of an app, as plain data. */
export type Chunk = {
  fileName: string
  name: string
  code: string
  /** Its source map, as JSON. */
  map: string | null
  /** Names of other chunks, and addresses that stand for packages. */
  imports: readonly string[]
  moduleIds: readonly string[]
  isEntry: boolean
  isDynamicEntry: boolean
  facadeModuleId: string | null
}

/**
 * Reads the chunks off the bundler's result. Maps are taken from the files that it wrote: its chunks would parse and print
 * each of them again.
 */
export function readChunks({ output }: RolldownOutput): Chunk[] {
  const maps = new Map(output.flatMap((file) => (file.type === 'asset' ? [[file.fileName, file.source]] : [])))
  return output
    .filter((file) => file.type === 'chunk')
    .map((file) => {
      const { fileName, name, code, imports, moduleIds, isEntry, isDynamicEntry, facadeModuleId } = file
      const map = maps.get(`${fileName}.map`)
      const text = map === undefined ? null : map.toString()
      return { fileName, name, code, map: text, imports, moduleIds, isEntry, isDynamicEntry, facadeModuleId }
    })
}
