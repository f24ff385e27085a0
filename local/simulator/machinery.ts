import type { Channel } from '../../domain/channels.ts';
import type { Log } from '../../lib/log.ts';
import type { Background } from './background.ts';
import { createBehindWatch } from './behind-watch.ts';
import type { ReadBehind } from './behind.ts';
import type { WorkerControl } from './kill-worker.ts';
import { createModelSwitch } from './model-switch.ts';
import { referenceTo } from './people.ts';
import type { Phone } from './phones.ts';
import type { Publish } from './simulator-event.ts';
import { createReadErasure } from './read-erasure.ts';
import type { LostAnswer } from './turn-steps.ts';
import { createWorkerWatch } from './worker-watch.ts';

/** What is behind the phones, as far as this process can reach it: the database, the worker, the stand-in model. */
export function createMachinery(deps: {
  /** Where the status pages are; asked each time. */
  webhookBase: () => string;
  behind?: ReadBehind | undefined;
  worker?: WorkerControl | undefined;
  modelUrl?: string | undefined;
  accounts: Readonly<Record<Channel, string>>;
  publish: Publish;
  background: Background;
  log: Log;
}) {
  const { behind, worker: control, modelUrl, accounts, publish, background, log } = deps;
  const watch =
    behind === undefined
      ? null
      : createBehindWatch({
          read: ({ person }) => behind(referenceTo(person, accounts[person.channel])),
          readErasure: createReadErasure(deps),
          publish,
          background,
          log,
        });
  const worker = control === undefined ? null : createWorkerWatch({ control, publish, background });
  const model = modelUrl === undefined ? null : createModelSwitch({ modelUrl, publish });
  worker?.look();
  return {
    worker,
    model,
    /** What the page can show and do. */
    offers: {
      showsBehind: watch !== null,
      killsWorker: worker !== null,
      switchesModel: model !== null,
    },
    views: () => ({
      behind: watch?.views() ?? [],
      worker: worker?.view() ?? null,
      model: model?.mode() ?? null,
    }),
    /** Something happened on this phone. */
    stirred: (phone: Phone) => watch?.look(phone),
    /** The reply to this phone arrived, and its answer did not. */
    met: (phoneId: string, fault: LostAnswer) => watch?.met(phoneId, fault),
    forget: (phoneId: string) => watch?.forget(phoneId),
    /** A page was opened: it must not show what was true when the last one was opened. */
    lookAll(phones: readonly Phone[]) {
      for (const phone of phones) watch?.look(phone);
      worker?.look();
      if (model !== null) background.run(() => model.look());
    },
  };
}
