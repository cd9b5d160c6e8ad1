/** How a text shows that something secret stood there. */
const masked = '[masked]'

/** Ends of names, letters only, whose values are secret. */
const secretEndings = [
  'token',
  'secret',
  'password',
  'passwd',
  'passphrase',
  'apikey',
  'accesskey',
  'privatekey',
  'authorization',
  'credential',
  'credentials',
  'signature',
  'jwt',
  'sessionid',
]
const secretNames = ['key', 'pwd', 'pass', 'auth', 'code', 'sig', 'session', 'sid', 'otp', 'pin']

/** Keys that are known by their beginning, tokens with three parts, and what follows `Bearer`. Lengths are bounded. */
const knownForms =
  /\beyJ[\w-]{8,2000}\.[\w-]{8,4000}(?:\.[\w-]{0,2000})?|\b(?:sk|rk|pk)[-_](?:ant|proj|live|test|svcacct|admin)[-_][\w-]{8,300}|\bsk-[A-Za-z0-9]{20,200}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[\w-]{30,50}|\bgh[pousr]_\w{20,200}|\bgithub_pat_\w{20,200}|\bglpat-[\w-]{16,100}|\bxox[abeprs]-[\w-]{10,200}|\bsb_secret_[\w-]{10,200}|\bsbp_\w{20,100}|\bwhsec_\w{16,200}|\bnpm_\w{30,60}\b|\bhf_\w{20,100}|\bosk_[\w-]{16,200}|\bSG\.[\w-]{16,40}\.[\w-]{16,80}/g
const bearer = /\b(Bearer|Basic) [\w.~+/=-]{8,4000}/gi
const named =
  /(["']?)([A-Za-z][\w-]{0,60})\1(\s{0,4}[:=]\s{0,4})(?:(["'])((?:(?!\4)[^\\\n]|\\.){1,4000})\4|([^\s"'&,;{}[\]()]{6,4000}))/g
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i
const random = /^(?=[^\d]*\d)(?=[^A-Za-z]*[A-Za-z])[\w+/=~-]{32,}$/

/** Whether a field, a query's name or a header of this name holds something secret. */
export function isSecretName(name: string): boolean {
  const letters = name.replace(/[^a-z]/gi, '').toLowerCase()
  return secretNames.includes(letters) || secretEndings.some((ending) => letters.endsWith(ending))
}

/** A text without what looks like a key, a token or a password in it. Pure; the same again changes nothing. */
export function maskSecrets(text: string): string {
  return text
    .replace(bearer, `$1 ${masked}`)
    .replace(knownForms, masked)
    .replace(named, (whole: string, quote: string, name: string, between: string, valueQuote?: string) =>
      // Bare words are values of queries and settings; `code: 404` and `key = index` are not secret.
      isSecretName(name) && (valueQuote || (between.trim() === '=' && !secretNames.includes(name.toLowerCase())))
        ? `${quote}${name}${quote}${between}${valueQuote ?? ''}${masked}${valueQuote ?? ''}`
        : whole,
    )
}

/** An address without its user, and without values of its query that are secret by their name or look so. Never throws. */
export function maskUrl(address: string): string {
  const [, start = '', query, fragment] = /^([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/s.exec(address) ?? []
  const place = start.replace(/^([a-z][\w+.-]*:\/\/)[^/@]*@/i, `$1${masked}@`)
  const shown = query === undefined ? '' : `?${maskPairs(query)}`
  return maskSecrets(`${place}${shown}${fragment ? `#${maskPairs(fragment)}` : ''}`)
}

function maskPairs(query: string): string {
  return query
    .split('&')
    .map((pair) => {
      const at = pair.indexOf('=')
      const value = pair.slice(at + 1)
      if (at < 0 || value === '') return pair
      const isSecret = isSecretName(pair.slice(0, at)) || (random.test(value) && !uuid.test(value))
      return isSecret ? `${pair.slice(0, at)}=${masked}` : pair
    })
    .join('&')
}
