import { setTimeout as pause } from 'node:timers/promises';
import type { ControlledProcess } from '../system/controlled-process.ts';
import type { Mayfly } from '../system/processes.ts';
import type { Servers } from '../system/servers.ts';
import type { Keeper } from './keeper.ts';
import type { Links } from './links.ts';
import type { Fault, PartName } from './plan.ts';
import type { Recorder } from './recorder.ts';
import type { SmallDisk } from './small-disk.ts';

/** All that a fault can be done to. */
export interface Stage {
  mayfly: Mayfly & { servers: Servers };
  links: Links;
  keeper: Keeper;
  recorder: Recorder;
  /** Null where no disk of its own can be had. */
  disk: SmallDisk | null;
}

/** The processes of a Mayfly, its servers among them. */
export function partsOf({
  api,
  worker,
  servers,
}: Stage['mayfly']): Record<PartName, ControlledProcess> {
  return { api, worker, temporal: servers.temporal, postgres: servers.postgres };
}

/** Makes one thing go wrong, for as long as planned. False when that cannot be done here. */
export async function commitFault(
  fault: Fault,
  { mayfly, links, keeper, recorder, disk }: Stage,
): Promise<boolean> {
  switch (fault.kind) {
    case 'kill':
    case 'stop': {
      const part = partsOf(mayfly)[fault.part];
      await keeper.without(part, async () => {
        await part[fault.kind]();
        await pause(fault.forMs);
      });
      return true;
    }
    case 'freeze':
      partsOf(mayfly)[fault.part].freeze();
      await pause(fault.forMs);
      partsOf(mayfly)[fault.part].thaw();
      return true;
    case 'cut':
    case 'hold':
      links[fault.link][fault.kind]();
      await pause(fault.forMs);
      links[fault.link].mend();
      return true;
    case 'lose an answer of Meta':
      links['worker to meta'].loseAnswer(/"message_id"|"messages":\[/, (answer) =>
        markLost(recorder, answer),
      );
      return true;
    case 'break the model':
      mayfly.model.plan(fault.how === 'unavailable' ? { status: 503 } : fault.how);
      return true;
    case 'fill the disk':
      disk?.fill();
      await pause(fault.forMs);
      disk?.free();
      return disk !== null;
  }
}

function markLost({ deliveryOf }: Recorder, answer: string): void {
  const providerId = /"(?:message_id|id)":"([^"]+)"/.exec(answer)?.[1] ?? '';
  const delivery = deliveryOf(providerId);
  if (delivery === undefined) throw new Error('an answer was lost that Meta never gave');
  delivery.isAnswerLost = true;
}
