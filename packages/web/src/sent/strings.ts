export const sentWords = {
  open: 'What was sent',
  title: 'What was sent to the model',
  step: 'Request',
  stepOf: (step: number, of: number) => `Request ${step} of ${of}`,
  views: 'View',
  byPart: 'By part',
  raw: 'Raw JSON',
  copy: 'Copy the whole request',
  kinds: { tools: 'Tools', system: 'System text', message: 'Message' },
  part: (place: number, role: string) => (role ? `${place} · ${role}` : String(place)),
  counted: (input: string, read: string, written: string, output: string) =>
    `${input} tokens in, ${read} of them from the cache, ${written} written to it. ${output} out.`,
  estimated: (tokens: string) => `About ${tokens} tokens, estimated from the size. The reply has not ended.`,
  tries: (count: number) =>
    `Sent ${count} times because of faults. The counts are of all tries, so the parts are estimated from the size.`,
  shares: 'How many tokens a part has is an estimate by its size; the sum is what the provider counted.',
  tokens: (tokens: string) => `~${tokens} tokens`,
  cached: 'cached',
  partlyCached: 'partly cached',
  more: (count: number) => `Show ${count.toLocaleString('en')} more characters`,
  moreParts: (count: number) => `Show ${count.toLocaleString('en')} more parts`,
  none: 'This request has a form that cannot be shown by part.',
}
