import { setTimeout as pause } from 'node:timers/promises';
import { createMetaWebhooks } from '../../test/fakes/meta/webhooks.ts';
import { createWebhookPoster } from '../load/webhook-poster.ts';
import { APP_SECRET } from './protocol.ts';
import type { TakenText } from './protocol.ts';
import { sentTextOf } from './sent-text.ts';

const STATUSES = [
  ['sent', 20],
  ['delivered', 60],
  ['read', 150],
] as const;

/** Posts what becomes of each text that was taken, as Meta does: three webhooks, in order, a little apart. */
export function createStatusReporter(target: () => string | null) {
  const webhooks = createMetaWebhooks({ whatsapp: APP_SECRET, instagram: APP_SECRET });
  const poster = createWebhookPoster();
  const report = async (taken: TakenText) => {
    for (const [status, afterMs] of STATUSES) {
      await pause(afterMs);
      const url = target();
      // A receiver that is just being stopped is not sent to again: this Meta repeats nothing.
      if (url !== null)
        await poster.post(url, webhooks.statusWebhook(sentTextOf(taken), status)).catch(() => null);
    }
  };
  return { report: (taken: TakenText) => void report(taken) };
}
