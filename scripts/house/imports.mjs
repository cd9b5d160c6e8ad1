import { existsSync, readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, posix } from 'node:path'
import { rooms, scope } from './rooms.mjs'
import { visit } from './read-house.mjs'

const builtins = new Set(builtinModules)
const isBuiltin = (specifier) => specifier.startsWith('node:') || builtins.has(specifier)
const isRelative = (specifier) => specifier.startsWith('.')

/** Every import, re-export and `import()` of a file: what, in which line, and whether it vanishes at run time. */
export function importsOf(file) {
  if (!file.program) return []
  const found = []
  const add = (node, source, isType) =>
    typeof source?.value === 'string' &&
    found.push({
      specifier: source.value,
      line: file.lineAt(node.start),
      isType,
      isDynamic: node.type === 'ImportExpression',
    })
  visit(file.program, (node) => {
    if (node.type === 'ImportDeclaration') add(node, node.source, isTypeImport(node))
    else if (node.type === 'ExportAllDeclaration') add(node, node.source, node.exportKind === 'type')
    else if (node.type === 'ExportNamedDeclaration' && node.source) add(node, node.source, isTypeExport(node))
    else if (node.type === 'ImportExpression') add(node, node.source, false)
    else if (node.type === 'TSImportType') add(node, node.source ?? node.argument?.literal ?? node.argument, true)
  })
  return found
}

const isTypeImport = (node) =>
  node.importKind === 'type' ||
  (node.specifiers.length > 0 && node.specifiers.every((specifier) => specifier.importKind === 'type'))

const isTypeExport = (node) =>
  node.exportKind === 'type' ||
  (node.specifiers.length > 0 && node.specifiers.every((specifier) => specifier.exportKind === 'type'))

/** The room table, faces, `node:` and declared packages. */
export function createImportCheck(root) {
  const declared = new Map()
  const declaredBy = (folder) => {
    const path = join(root, folder, 'package.json')
    if (!declared.has(folder))
      declared.set(folder, existsSync(path) ? packageNames(readFileSync(path, 'utf8')) : new Set())
    return declared.get(folder)
  }
  return (file) =>
    importsOf(file).flatMap((each) => {
      const text = problem(file, each, declaredBy)
      return text ? [{ line: each.line, ...text }] : []
    })
}

const packageNames = (text) => {
  const { dependencies, devDependencies, peerDependencies, optionalDependencies } = JSON.parse(text)
  return new Set(Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies, ...optionalDependencies }))
}

function problem(file, { specifier, isType }, declaredBy) {
  const { room } = file
  const isFree = file.isTest || file.isConfig
  if (isRelative(specifier)) return outsideProblem(file, specifier)
  if (specifier.startsWith(scope)) return roomProblem(file, specifier, isType)
  if (isBuiltin(specifier))
    return room && rooms[room]?.node === false && !isFree
      ? { rule: 'node-import', text: `${room} runs in browsers too, and imports ${specifier}` }
      : undefined
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
  const only = room ? rooms[room]?.packages : undefined
  if (only && !isFree && !only.includes(name)) return { rule: 'room-import', text: `${room} may not import ${name}` }
  const names = room ? declaredBy(`packages/${room}`) : declaredBy('.')
  if (names.has(name) || names.has(`@types/${name}`) || (isFree && declaredBy('.').has(name))) return undefined
  return specifier.includes(':') || specifier.startsWith('#') || specifier.startsWith('/')
    ? undefined
    : { rule: 'undeclared-import', text: `${name} is not in package.json of ${room ?? 'the root'}` }
}

/** A relative import stays in its own room or workshop. */
function outsideProblem({ path, room }, specifier) {
  const target = posix.join(posix.dirname(path), specifier)
  const home = room ? `packages/${room}/` : `${path.split('/')[0]}/`
  if (target.startsWith(home)) return undefined
  return { rule: 'past-the-face', text: `${specifier} reaches into ${target}: import the room's face` }
}

function roomProblem({ room, isTest }, specifier, isType) {
  const [target = '', ...rest] = specifier.slice(scope.length).split('/')
  if (rest.length > 0) return { rule: 'past-the-face', text: `${specifier} reaches past ${scope}${target}` }
  if (!room || isTest || target === room) return undefined
  const { imports, types } = rooms[room] ?? { imports: [], types: [] }
  if (imports.includes(target) || (isType && types.includes(target))) return undefined
  return types.includes(target)
    ? { rule: 'room-import', text: `${room} may import only types of ${target}` }
    : { rule: 'room-import', text: `${room} may not import ${target}` }
}
