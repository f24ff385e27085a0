import { isDeepStrictEqual } from 'node:util';
import type { Log } from '../../lib/log.ts';
import type { Background, Pause } from './background.ts';
import { behindView, isMoving, unreadableView } from './behind-view.ts';
import type { BehindView } from './behind-view.ts';
import type { Behind } from './behind.ts';
import { erasureView } from './erasure-view.ts';
import type { ErasureSeen } from './erasure-view.ts';
import type { Phone } from './phones.ts';
import type { Publish } from './simulator-event.ts';
import type { Lost, LostAnswer } from './turn-steps.ts';

export interface BehindWatch {
  /** What was last seen behind each phone. */
  views(): { phone: string; behind: BehindView }[];
  /** Looks behind a phone, and goes on for as long as something moves there. */
  look(phone: Phone): void;
  /** The reply that is under way arrived, and its answer was lost. */
  met(phoneId: string, fault: LostAnswer): void;
  forget(phoneId: string): void;
}

const SOON_MS = 250;
const LATER_MS = 1_500;
/** What a phone does reaches the database a moment later. */
const LINGER_MS = 2_500;
/** After this long without a change a phone is looked at rarely, and then no more. */
const QUICK_MS = 10_000;
const LONGEST_MS = 15 * 60_000;

interface Looked {
  view: BehindView | null;
  /** When the phone last did something, or something changed behind it. */
  stirredAt: number;
  isFollowed: boolean;
  /** `reply` is null until the reply that is under way has been seen. */
  lost: { fault: LostAnswer; reply: number | null } | null;
}

/** An answer is lost while its reply is the latest one, which it stays until another is written. */
function lostOf(lost: Looked['lost'], behind: Behind | null): Lost {
  const latest = behind?.replies[0]?.number;
  if (lost === null || latest === undefined) return null;
  lost.reply ??= latest;
  return { fault: lost.fault, reply: lost.reply };
}

function neverLooked(): Looked {
  return { view: null, stirredAt: 0, isFollowed: false, lost: null };
}

/** Follows what happens behind the phones: a few times a second where something moves, and not at all elsewhere. */
export function createBehindWatch(deps: {
  read: (phone: Phone) => Promise<Behind | null>;
  /** Null while nothing of this person is being erased, or was. */
  readErasure: (phone: Phone) => Promise<ErasureSeen | null>;
  publish: Publish;
  background: Background;
  log: Log;
}): BehindWatch {
  const { read, readErasure, publish, background, log } = deps;
  const looks = new Map<string, Looked>();

  async function viewOf(phone: Phone, looked: Looked): Promise<BehindView> {
    try {
      // What was lost before the look began is of the latest reply that it shows; what is lost meanwhile, of a later one.
      const known = looked.lost;
      const behind = await read(phone);
      const lost = lostOf(known, behind);
      const isGoing = behind === null || behind.standing.erasing_at !== null;
      const erasure = isGoing ? await readErasure(phone) : null;
      return erasure === null ? behindView(behind, new Date(), lost) : erasureView(erasure);
    } catch (error) {
      log.warn({ error }, 'the simulator could not look behind a phone');
      return unreadableView();
    }
  }

  async function follow(phone: Phone, looked: Looked, pause: Pause): Promise<void> {
    while (looks.get(phone.id) === looked) {
      const view = await viewOf(phone, looked);
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
      const looked = looks.get(phone.id) ?? neverLooked();
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
    met(phoneId, fault) {
      const looked = looks.get(phoneId);
      if (looked !== undefined) looked.lost = { fault, reply: null };
    },
    forget: (phoneId) => void looks.delete(phoneId),
  };
}
