import type { Channel } from '../../domain/channels.ts';
import type { Background } from './background.ts';
import { referenceTo } from './people.ts';
import { PASSED_MS } from './pass-time.ts';
import type { PassTime } from './pass-time.ts';
import type { ActionResult } from './phone-actions.ts';
import type { Phone, Phones } from './phones.ts';

const WORDS = '25 hours later';

/** Lets time pass for the person of a phone: in what is held of them, in their session, and on the phone itself. */
export function createPassOnPhone(deps: {
  passTime: PassTime;
  phones: Phones;
  background: Background;
  accounts: Readonly<Record<Channel, string>>;
}): (phone: Phone) => Promise<ActionResult> {
  const { passTime, phones, background, accounts } = deps;
  return async (phone) => {
    const person = referenceTo(phone.person, accounts[phone.person.channel]);
    if (!(await passTime.pass(person))) return { kind: 'nobody known' };
    phones.passTime(phone, PASSED_MS, WORDS);
    background.run((pause) => passTime.endSession(person, pause));
    return { kind: 'done', acknowledgements: [] };
  };
}
