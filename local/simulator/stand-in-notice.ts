import { CHANNELS } from '../../domain/channels.ts';
import type { Channel } from '../../domain/channels.ts';
import type { StandIn } from '../../lib/config.ts';
import { CHANNEL_NAMES } from './channel-names.ts';

/** What a reader must know before believing what they see, from the names of what is stood in for. */
export function standInNotice(
  standIns: readonly StandIn[],
  simulated: readonly Channel[],
): string[] {
  const isStoodIn = (name: StandIn) => standIns.includes(name);
  return [
    metaNotice(simulated),
    isStoodIn('model')
      ? 'The model is a stand-in: it answers with sentences from the knowledge folder.'
      : 'The model is real: what you write goes to the provider that is set.',
    ...(isStoodIn('mail') ? ['Mail stays in a local outbox.'] : []),
    ...(isStoodIn('staff') ? ['Staff sign in at a local identity provider.'] : []),
    'Everything behind the webhooks is the real thing.',
  ];
}

function metaNotice(simulated: readonly Channel[]): string {
  const names = (channels: readonly Channel[]) =>
    channels.map((channel) => CHANNEL_NAMES[channel]).join(' and ');
  const real = CHANNELS.filter((channel) => !simulated.includes(channel));
  return real.length === 0
    ? 'Meta is simulated here: both apps, the webhooks and the Graph API. Nothing reaches a real account.'
    : `Meta is simulated here for ${names(simulated)}. ${names(real)} is connected to Meta itself.`;
}
