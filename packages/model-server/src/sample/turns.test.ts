import { expect, test } from 'vitest'
import { rehearse, type Rehearsal, type RehearsedTurn } from '../rehearsal.ts'
import { readFolder, starterFolder } from '../write-example.ts'

const starter = readFolder(starterFolder)
const books = 'A reading list for my book club with title, author and rating, in green'

const start = (): Rehearsal => ({ files: new Map(starter), messages: [] })
const names = (turn: RehearsedTurn) => turn.steps.map((step) => step.map(({ name }) => name))
const last = (turn: RehearsedTurn) => turn.said.at(-1) ?? ''
const files = (turn: RehearsedTurn, tool: string) =>
  turn.steps
    .flat()
    .filter(({ name }) => name === tool)
    .map(({ input }) => input['file_path'])

function built(prompt = books): Rehearsal {
  const rehearsal = start()
  rehearse(rehearsal, prompt)
  return rehearsal
}

test('the first turn names, plans and looks, then writes more than eight files in one step, then closes', () => {
  const turn = rehearse(start(), books)
  expect(names(turn)[0]).toEqual(['rename-app', 'os-plan', 'os-view', 'os-view'])
  expect(names(turn)[1]!.filter((name) => name === 'os-write').length).toBeGreaterThan(8)
  expect(names(turn)[1]!.slice(-3)).toEqual(['os-replace', 'os-replace', 'os-replace'])
  expect(names(turn)[2]).toEqual(['os-plan'])
  expect(turn.said[0]).toMatch(
    /^This is the sample model: it matches keywords to a few hand-written apps; connect a key for anything else\./,
  )
  expect(turn.said[0]).not.toMatch(/\bAI\b/)
  expect(last(turn)).toMatch(/^Built “Reading list”/)
  expect(turn.steps.flat().filter(({ result }) => result.startsWith('ERROR'))).toEqual([])
})

test('no two calls of a step write the same new file', () => {
  const written = files(rehearse(start(), books), 'os-write')
  expect(new Set(written).size).toBe(written.length)
})

test('a file that could not be written is written again, and what stays missing is said', () => {
  let failures = 0
  const once = rehearse(start(), books, {
    intercept: ({ name, input }) =>
      name === 'os-write' && input['file_path'] === 'src/data/app.ts' && failures++ === 0
        ? 'ERROR TIMEOUT: late'
        : undefined,
  })
  expect(names(once)[2]).toEqual(['os-write'])
  expect(last(once)).toMatch(/^Built/)

  const never = rehearse(start(), books, {
    intercept: ({ name, input }) =>
      name === 'os-write' && input['file_path'] === 'src/data/app.ts' ? 'ERROR TOO_LARGE: The app is full.' : undefined,
  })
  expect(last(never)).toMatch(/^The app is not complete: `src\/data\/app\.ts` could not be written\. ERROR TOO_LARGE/)
})

test.each(['plan', 'chat'] as const)('in %s mode nothing is called, and what would be done is told', (mode) => {
  const rehearsal = start()
  const first = rehearse(rehearsal, books, { mode })
  expect(first.steps).toEqual([])
  expect(first.said[0]).toContain('`src/components/book-form.tsx`')
  expect(first.said[0]).toContain('Nothing has been changed.')
  rehearse(rehearsal, books)
  const second = rehearse(rehearsal, 'add a due date and make it dark', { mode })
  expect(second.steps).toEqual([])
  expect(second.said[0]).toContain('add “Due date”')
})

test('what it cannot build is declined with the list of what it can, without a call', () => {
  const turn = rehearse(start(), 'A multiplayer chess game with chat')
  expect(turn.steps).toEqual([])
  expect(last(turn)).toMatch(/nothing that fits this request, so nothing was changed/)
  expect(last(turn)).toMatch(/collection of anything[\s\S]*landing page[\s\S]*calculator/)
})

test('with an app, what it cannot change is declined with the list of what it can', () => {
  const turn = rehearse(built(), 'translate it to Klingon')
  expect(turn.steps).toEqual([])
  expect(last(turn)).toContain('Add a due date')
  expect(last(rehearse(built(), 'undo that'))).toContain('History')
})

test('a rename changes the app, its title and its data, and nothing that is stored', () => {
  const rehearsal = built()
  const turn = rehearse(rehearsal, "call it Ann's Shelf")
  expect(names(turn)).toEqual([
    ['os-view', 'os-view'],
    ['rename-app', 'os-replace', 'os-replace'],
  ])
  expect(rehearsal.files.get('src/data/app.ts')).toContain(String.raw`name: 'Ann\'s Shelf'`)
  expect(rehearsal.files.get('src/data/app.ts')).toContain("storageKey: 'books'")
  expect(rehearsal.files.get('index.html')).toContain("<title>Ann's Shelf</title>")
  expect(last(turn)).toBe("Renamed the app to “Ann's Shelf”.")
})

test('a colour changes tokens of both themes and keeps what a person has put beside them', () => {
  const rehearsal = built()
  const css = rehearsal.files.get('src/index.css')!
  rehearsal.files.set('src/index.css', css.replace('--radius: 0.5rem;', '--radius: 2rem; /* mine */'))
  rehearse(rehearsal, 'make it blue')
  const after = rehearsal.files.get('src/index.css')!
  expect(after).toContain('--radius: 2rem; /* mine */')
  expect(after.match(/--primary: oklch\([^)]* 256\)/g)).toHaveLength(2)
})

test('a theme is put into main.tsx, once however often it is asked for', () => {
  const rehearsal = built()
  rehearse(rehearsal, 'make it dark')
  rehearse(rehearsal, 'make it light')
  expect(rehearsal.files.get('src/main.tsx')).toContain('<ThemeProvider defaultTheme="light">')
  const again = rehearse(rehearsal, 'make it light')
  expect(files(again, 'os-replace')).toEqual([])
  expect(last(again)).toContain('is as it was')
})

test('a new field comes into the list and into every sample row', () => {
  const rehearsal = built()
  const turn = rehearse(rehearsal, 'add a due date')
  expect(rehearsal.files.get('src/data/fields.ts')).toContain("{ key: 'dueDate', label: 'Due date', kind: 'date' },\n]")
  expect(rehearsal.files.get('src/data/sample-books.ts')!.match(/dueDate: day\(-?\d+\),/g)).toHaveLength(4)
  expect(last(turn)).toMatch(/^Added “Due date”/)
  expect(last(rehearse(rehearsal, 'add a due date'))).toBe('“Due date” was there already.')
})

test('a field goes into lists that a person has edited, without touching the edits', () => {
  const rehearsal = built()
  const edited = `import { type Field } from '@/lib/field'
// mine: [
export const fields: Field[] = [{ key: 'title', label: "Title ] }", kind: 'text' }]
export const titleOf = () => ''
`
  rehearsal.files.set('src/data/fields.ts', edited)
  rehearse(rehearsal, 'add a price')
  expect(rehearsal.files.get('src/data/fields.ts')).toBe(
    edited.replace("kind: 'text' }]", "kind: 'text' },\n  { key: 'price', label: 'Price', kind: 'money' },\n]"),
  )
})

test('a field cannot be added to an app without fields, and that is said', () => {
  const turn = rehearse(built('A calculator'), 'add a due date')
  expect(files(turn, 'os-replace')).toEqual([])
  expect(last(turn)).toContain('Fields can only be added to a collection')
})

test('NO_MATCH leads to another look and an edit of what is there now', () => {
  const rehearsal = built()
  let hits = 0
  const turn = rehearse(rehearsal, 'make it blue', {
    intercept: ({ name }) => {
      if (name !== 'os-replace' || hits++ > 0) return undefined
      rehearsal.files.set(
        'src/index.css',
        rehearsal.files.get('src/index.css')!.replaceAll(/--primary: [^;]*;/g, '--primary: hotpink;'),
      )
      return 'ERROR NO_MATCH: old_string is not in src/index.css.'
    },
  })
  expect(names(turn).slice(2)).toEqual([['os-view'], ['os-replace', 'os-replace']])
  expect(rehearsal.files.get('src/index.css')).not.toContain('hotpink')
  expect(last(turn)).toMatch(/^Changed the colour to blue/)
})

test('when edits never match, the whole file is written, and when that fails too it is said', () => {
  const noMatch = ({ name }: { name: string }) => (name === 'os-replace' ? 'ERROR NO_MATCH: no.' : undefined)
  const rehearsal = built()
  const turn = rehearse(rehearsal, 'make it dark', { intercept: noMatch })
  expect(files(turn, 'os-write')).toEqual(['src/main.tsx'])
  expect(rehearsal.files.get('src/main.tsx')).toContain('defaultTheme="dark"')
  expect(last(turn)).toMatch(/^The app now starts dark/)

  const denied = rehearse(built(), 'make it dark', {
    intercept: (call) => noMatch(call) ?? (call.name === 'os-write' ? 'ERROR PATH_DENIED: no.' : undefined),
  })
  expect(last(denied)).not.toMatch(/now starts/)
})

test('several changes in one sentence are all made', () => {
  const rehearsal = built()
  const turn = rehearse(rehearsal, 'Call it Shelf, make it purple and dark and add notes')
  expect(last(turn)).toMatch(/Renamed the app to “Shelf”\. Changed the colour to purple.*starts dark.*Added “Notes”/)
})

test('a second app replaces the files of the first', () => {
  const rehearsal = built()
  const turn = rehearse(rehearsal, 'Build a calculator in blue')
  expect(files(turn, 'os-delete')).toContain('src/components/book-form.tsx')
  expect([...rehearsal.files.keys()].filter((path) => path.includes('book'))).toEqual([])
  expect(rehearsal.files.has('src/components/keypad.tsx')).toBe(true)
  expect(last(turn)).toMatch(/^Built “Calculator”/)
})

test('a turn that was cut off goes on where it stood', () => {
  const rehearsal = start()
  rehearse(rehearsal, books)
  rehearsal.messages.splice(5)
  expect(names(rehearse(rehearsal, 'Continue'))).toEqual([['os-plan']])
})

test('a change is made to an app that this conversation knows nothing of, and builds no other', () => {
  const rehearsal = start()
  const turn = rehearse(rehearsal, 'Call it Movie tracker')
  expect(names(turn)[1]).toEqual(['rename-app', 'os-replace'])
  expect(rehearsal.files.get('index.html')).toContain('<title>Movie tracker</title>')
  expect(last(turn)).toBe('Renamed the app to “Movie tracker”.')
})
