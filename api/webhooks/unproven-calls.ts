import type { Log } from '../../lib/log.ts';
import type { Metrics } from '../../lib/metrics.ts';
import { TellSeldom } from '../../lib/tell-seldom.ts';

/** Meta's doors that ask for a proof, each with the setting that the proof is checked against. */
const SETTINGS = {
  'WhatsApp webhook': 'WHATSAPP_APP_SECRETS',
  'Instagram webhook': 'INSTAGRAM_APP_SECRETS',
  'WhatsApp challenge': 'WHATSAPP_VERIFY_TOKEN',
  'Instagram challenge': 'INSTAGRAM_VERIFY_TOKEN',
  callback: 'META_APP_SECRETS',
} as const;
export type ProvenDoor = keyof typeof SETTINGS;

/** Why a call was not taken for Meta's: a wrong proof may be our own mistake, no proof at all is a stranger's. */
export type Unproven = 'wrong proof' | 'no proof';

const TOLD_EVERY_MS = 10 * 60_000;

/**
 * Counts calls that are not proven to be Meta's. Calls with a proof that does not fit, as all have while a secret of
 * ours is wrong, are logged at once and then every ten minutes at most, with the setting to look at.
 */
export function createUnprovenCalls({
  metrics,
  log,
  now = Date.now,
}: {
  metrics: Pick<Metrics, 'unproven'>;
  log: Log;
  now?: () => number;
}): (door: ProvenDoor, what: Unproven) => void {
  const tellers = new Map(
    (Object.keys(SETTINGS) as ProvenDoor[]).map((door) => {
      const tell = (count: number) =>
        log.warn(
          { event: 'not proven to be of Meta', route: door, count },
          `calls are refused because ${SETTINGS[door]} does not fit them: if Meta sends them, the setting is wrong and people go unanswered`,
        );
      return [door, new TellSeldom({ everyMs: TOLD_EVERY_MS, now, tell })];
    }),
  );
  return (door, what) => {
    metrics.unproven.inc({ type: door, reason: what });
    if (what === 'wrong proof') tellers.get(door)?.happened();
  };
}
