import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../../lib/log.ts';
import type { Background, Pause } from './background.ts';
import { behindView, isMoving, unreadableView } from './behind-view.ts';
import type { BehindView } from './behind-view.ts';
import type { Behind } from './behind.ts';
import type { Phone } from './phones.ts';
import type { Publish } from './simulator-event.ts';

export interface BehindWatch {
  /** What was last seen behind each phone. */
  views(): { phone: string; behind: BehindView }[];
  /** Looks behind a phone, and goes on for as long as something moves there. */
  look(phone: Phone): void;
  forget(phoneId: string): void;
}

const SOON_MS = 250;
const LATER_MS = 1_500;
/** What a phone does reaches the database a moment later. */
const LINGER_MS = 2_500;
/** After so long without any change it is looked at rarely, and then no more. */
const QUICK_MS = 10_000;
const LONGEST_MS = 15 * 60_000;

interface Looked {
  view: BehindView | null;
  /** When the phone last did something, or something changed behind it. */
  stirredAt: number;
  isFollowed: boolean;
}

/** Follows what happens behind the phones: a few times a second where something moves, and not at all elsewhere. */
export function createBehindWatch(deps: {
  read: (phone: Phone) => Promise<Behind | null>;
  publish: Publish;
  background: Background;
  log: Log;
}): BehindWatch {
  const { read, publish, background, log } = deps;
  const looks = new Map<string, Looked>();

  async function viewOf(phone: Phone): Promise<BehindView> {
    try {
      return behindView(await read(phone), new Date());
    } catch (error) {
      log.warn({ error }, 'the simulator could not look behind a phone');
      return unreadableView();
    }
  }

  async function follow(phone: Phone, looked: Looked, pause: Pause): Promise<void> {
    while (looks.get(phone.id) === looked) {
      const view = await viewOf(phone);
      if (!isDeepStrictEqual(view, looked.view)) {
        looked.stirredAt = performance.now();
        looked.view = view;
        publish({ type: 'behind', phone: phone.id, behind: view });
      }
      const quietMs = performance.now() - looked.stirredAt;
      if (quietMs > LONGEST_MS || (quietMs > LINGER_MS && !isMoving(view))) return;
      await pause(quietMs < QUICK_MS ? SOON_MS : LATER_MS);
    }
  }

  return {
    views: () =>
      [...looks].flatMap(([phone, { view }]) => (view === null ? [] : [{ phone, behind: view }])),
    look(phone) {
      const looked = looks.get(phone.id) ?? { view: null, stirredAt: 0, isFollowed: false };
      looks.set(phone.id, looked);
      looked.stirredAt = performance.now();
      if (looked.isFollowed) return;
      looked.isFollowed = true;
      background.run((pause) =>
        follow(phone, looked, pause).finally(() => {
          looked.isFollowed = false;
        }),
      );
    },
    forget: (phoneId) => void looks.delete(phoneId),
  };
}
