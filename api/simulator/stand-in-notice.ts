/** What a reader must know before believing what they see, from the names of what is stood in for. */
export function standInNotice(standIns: readonly string[]): string[] {
  const isStoodIn = (name: string) => standIns.includes(name);
  return [
    'Meta is simulated here: both apps, the webhooks and the Graph API. Nothing reaches a real account.',
    isStoodIn('model')
      ? 'The model is a stand-in: it answers with sentences from the knowledge folder.'
      : 'The model is real: what you write goes to the provider that is set.',
    ...(isStoodIn('mail') ? ['Mail stays in a local outbox.'] : []),
    ...(isStoodIn('identity') ? ['Staff sign in at a local identity provider.'] : []),
    'Everything behind the webhooks is the real thing.',
  ];
}
