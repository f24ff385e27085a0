import { nowMs } from '../measure/clock.ts';
import type { Asked, Crowd } from './crowd.ts';
import { newPerson } from './people.ts';

export interface LanesLoad {
  /** How many people write at any time; each waits for the answer before writing again. */
  people: number;
  /** After this many turns somebody new takes their place. */
  turnsEach: number;
}

/** Many conversations side by side, as fast as the system answers. The answers until now, and the way to end it. */
export interface Lanes {
  asked: readonly Asked[];
  /** Lets everybody finish what they are doing. */
  end(): Promise<void>;
}

export function startLanes(crowd: Crowd, load: LanesLoad): Lanes {
  const asked: Asked[] = [];
  let isEnding = false;
  const lane = async () => {
    while (!isEnding) {
      const person = newPerson();
      for (let turn = 0; turn < load.turnsEach && !isEnding; turn += 1) {
        asked.push(await crowd.ask(person, nowMs()));
      }
    }
  };
  const lanes = Promise.all(Array.from({ length: load.people }, lane));
  return {
    asked,
    end: async () => {
      isEnding = true;
      await lanes;
    },
  };
}

/** One message each from `count` new people, at most `atOnce` of them waiting. */
export async function greetAll(crowd: Crowd, count: number, atOnce: number): Promise<Asked[]> {
  const asked: Asked[] = [];
  let begun = 0;
  const lane = async () => {
    while (begun < count) {
      begun += 1;
      asked.push(await crowd.ask(newPerson()));
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return asked;
}
