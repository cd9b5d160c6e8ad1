/** A key found in a text: what it looks like and where it begins. The key itself is never passed on. */
export type FoundSecret = { kind: string; line: number }

/** Forms that are secret beyond doubt. Keys meant for browsers (Stripe `pk_`, Supabase anon, Google Maps) are not among them. */
const forms: readonly { kind: string; pattern: RegExp }[] = [
  { kind: 'an Anthropic key', pattern: /\bsk-ant-[a-z0-9]+-[\w-]{20,}/g },
  { kind: 'an OpenAI key', pattern: /\bsk-(?:proj|svcacct|admin)-[\w-]{20,}|\bsk-[A-Za-z0-9]{40,}/g },
  { kind: 'an AWS access key', pattern: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/g },
  { kind: 'a GitHub token', pattern: /\bgh[pousr]_[A-Za-z0-9]{36,}|\bgithub_pat_\w{60,}/g },
  { kind: 'a GitLab token', pattern: /\bglpat-[\w-]{20,}/g },
  { kind: 'a Slack token', pattern: /\bxox[abeprs]-[A-Za-z0-9-]{20,}/g },
  { kind: 'a Stripe secret key', pattern: /\b[sr]k_live_[A-Za-z0-9]{20,}/g },
  { kind: 'a SendGrid key', pattern: /\bSG\.[\w-]{20,24}\.[\w-]{40,}/g },
  { kind: 'an npm token', pattern: /\bnpm_[A-Za-z0-9]{36}\b/g },
  { kind: 'a Supabase secret key', pattern: /\bsb_secret_[\w-]{20,}/g },
  { kind: 'a private key', pattern: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{32,}/g },
]

/** Lengths are bounded, so that a text full of beginnings takes no time. */
const jwt = /\beyJ[\w-]{10,200}\.(eyJ[\w-]{10,2000})\.[\w-]{20,}/g

/** A stand-in in an example: says so, or repeats a few characters. */
const isPlaceholder = (match: string): boolean =>
  /example|your|xxxx/i.test(match) || new Set(match.slice(-16)).size <= 4

const isServiceRole = (payload: string): boolean =>
  /"role"\s*:\s*"service_role"/.test(Buffer.from(payload, 'base64url').toString('utf8'))

/** The first key in the text that `before`, the file's earlier text, has not; undefined when there is none. */
export function findSecret(text: string, before = ''): FoundSecret | undefined {
  const found = forms.flatMap(({ kind, pattern }) => [...text.matchAll(pattern)].map((match) => ({ kind, match })))
  for (const match of text.matchAll(jwt)) {
    if (isServiceRole(match[1] ?? '')) found.push({ kind: 'a Supabase service_role key', match })
  }
  const news = found.filter(({ match }) => !isPlaceholder(match[0]) && !before.includes(match[0]))
  const first = news.toSorted((a, b) => a.match.index - b.match.index)[0]
  return first && { kind: first.kind, line: text.slice(0, first.match.index).split('\n').length }
}
