const forbidden = /^(?:utils?|helpers?|common|managers?|base|impl|v\d+|new|enhanced)$/
const kebab = /^[a-z0-9]+(?:-[a-z0-9]+)*$/
/** Documents that the world knows by these names, and what a tool writes by its own rule. */
const freeNames = /^(?:[A-Z]+(?:\.md)?|\d{4}_[a-z_]+\.sql)$/

/** Files and folders are kebab-case and say what they hold. */
export function checkNames({ path, name, room }) {
  const findings = []
  const inSource = !room || /^packages\/[^/]+\/src\//.test(path)
  if (!inSource || freeNames.test(name) || path.includes('/migrations/meta/')) return findings
  const own = path.split('/').slice(room ? 3 : 1)
  for (const part of own) {
    const [stem = '', ...endings] = part.split('.')
    if (!kebab.test(stem) || endings.some((ending) => !kebab.test(ending)))
      findings.push({ rule: 'kebab-case', text: `${part} is not kebab-case` })
    const word = [stem, ...endings.slice(0, -1)]
      .flatMap((piece) => piece.split('-'))
      .find((each) => forbidden.test(each))
    if (word) findings.push({ rule: 'forbidden-name', text: `"${word}" says nothing about what ${part} holds` })
  }
  return findings
}
