import { expect, test } from 'vitest'
import { findElision } from './elision.ts'

test.each([
  '// ... existing code ...',
  '// existing code ...',
  '// rest of the component...',
  '// remaining imports…',
  '// ...existing code',
  '  // ... keep existing code',
  '// … rest of the file unchanged',
  '/* ... rest of component ... */',
  '{/* ... existing code ... */}',
  '{/* ... rest of the form ... */}',
  '// Keep existing code',
  '// keep existing imports',
  '// Rest of the code remains the same',
  '// rest of the file unchanged',
  '// The rest of the component stays the same',
  '... existing code ...',
  '… rest of the code …',
  '... rest of the file',
  '// ... other imports',
  '// ... remaining code',
  '# ... existing code ...',
  '<!-- ... existing code ... -->',
  '<!-- rest of the file unchanged -->',
  '// ... (rest of the code)',
  '// [... existing code ...]',
  '// Keep the existing functions unchanged',
  '// ... same as before ...',
  '// code omitted for brevity',
  '// ... rest of your component',
  '// -- existing code --',
  '// Existing code remains unchanged',
  '// ... keep existing code (all state and handlers)',
  '// implementation unchanged',
  '// ... unchanged ...',
])('L8: %j stands for code left out', (line) => {
  expect(findElision('src/a.tsx', `import a from 'a'\n${line}\nexport const b = 1\n`)).toMatchObject({ line: 2 })
})

test.each([
  '// Keep existing code working when the API changes',
  '// existing users are kept',
  '// existing items are loading...',
  '// Other users are typing…',
  '// keep polling until the server answers...',
  '// Original line.',
  '// Existing routes',
  '// existing imports',
  '/* existing styles */',
  '// Keep existing state',
  '// keep the rest',
  '// Rest of the fields below',
  '// Keep other props as they are in the parent element',
  '// The rest of the items are loaded lazily',
  '// Rest of the week',
  '// remaining seconds',
  '// Existing entries win over new ones',
  '// ... and then sort them',
  '// keep the code of the country',
  '// Same as before, but sorted by date',
  '// unchanged',
  '// ...',
  '// TODO: remove the rest',
  'const { a, ...rest } = props',
  '...existing,',
  '  ...rest',
  '...existing as Item',
  '  ...existing.items.map(toRow),',
  '<Field {...rest} />',
  'return [...existing, item]',
  '// the remaining budget, in cents',
  '{/* Rest of the days */}',
  '/* Keep focus inside the dialog */',
  '// Previous and next',
  '// other',
  '// existing',
  '// Keep existing sort order',
  '// loads more ...',
  '// wait for the rest...',
  '# Shared code',
  '// Imports from other currencies',
  '// keep in step with the existing styles of the header',
  'return state // unchanged',
  '// Only the fields that changed; the rest stay as they are in the store',
])('L8: %j is an honest line', (line) => {
  expect(findElision('src/a.tsx', `const a = 1\n${line}\n`)).toBeUndefined()
})

test("text in strings and templates is the author's own", () => {
  expect(findElision('a.ts', 'export const prompt = `\n// ... existing code ...\n`\n')).toBeUndefined()
  expect(findElision('a.ts', 'export const a = 1\n// ... existing code ...\nexport const s = `x`\n')).toMatchObject({
    line: 2,
  })
})

test('prose files may say what they like', () => {
  expect(findElision('README.md', '// ... existing code ...\n')).toBeUndefined()
})

test('styles and markup are looked at too', () => {
  expect(findElision('a.css', '.a {}\n/* ... rest of the styles ... */\n')).toEqual({
    line: 2,
    text: '/* ... rest of the styles ... */',
  })
  expect(findElision('index.html', '<body>\n  <!-- ... existing content ... -->\n</body>')).toMatchObject({ line: 2 })
})

test('a line of a megabyte takes no time', () => {
  const began = process.cpuUsage() // of this process: other work on the machine does not count
  for (const line of ['/'.repeat(1_000_000), `/*${'*'.repeat(1_000_000)}`, `... ${'existing '.repeat(100_000)}`]) {
    expect(findElision('a.ts', line)).toBeUndefined()
  }
  expect(process.cpuUsage(began).user / 1_000).toBeLessThan(500)
})

test('20,000 such lines in 20,000 texts are each looked up once', () => {
  const text = 'f(`\n// ... existing code ...\n`, "a", "b", 1)\n'.repeat(20_000)
  expect(findElision('a.ts', text)).toBeUndefined()
  expect(findElision('a.ts', `${text}// ... existing code ...\n`)).toMatchObject({ line: 60_001 })
})
