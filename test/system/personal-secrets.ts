import { randomBytes } from 'node:crypto';
import { newInstagramMessageId, newWhatsAppMessageId } from '../fakes/meta/provider-ids.ts';
import { formsOf } from './byte-scan.ts';
import type { Form } from './byte-scan.ts';

/** The business's own accounts, which are nobody's secret. */
export const ACCOUNTS = { whatsapp: '106540352242922', instagram: '17841400000000000' } as const;

/** All of one person that must never be readable on the disk: no word of it occurs anywhere else. */
export interface PersonalSecrets {
  words: string;
  reply: string;
  name: string;
  username: string;
  phone: string;
  userId: string;
  mailAddress: string;
  instagramId: string;
  whatsAppMessage: string;
  instagramMessage: string;
}

/** Another person for each number up to 9999. */
export function personalSecrets(number: number): PersonalSecrets {
  const unique = () => randomBytes(9).toString('hex');
  const phone = `1555077${String(number).padStart(4, '0')}`;
  return {
    words: `words-${unique()}`,
    reply: `reply-${unique()}`,
    name: `Name${unique()}`,
    username: `user.${unique()}`,
    phone,
    mailAddress: `m${unique()}@example.org`,
    userId: `US.${BigInt(`0x${unique()}`)}`,
    instagramId: `4000000000${String(number).padStart(5, '0')}`,
    whatsAppMessage: newWhatsAppMessageId(phone, 'from person'),
    instagramMessage: newInstagramMessageId(ACCOUNTS.instagram),
  };
}

/** Every form of each of them. A WhatsApp message id is also looked for as the bytes that it stands for. */
export function formsOfAll(owner: string, of: PersonalSecrets): Form[] {
  const record = Buffer.from(of.whatsAppMessage.replace('wamid.', ''), 'base64');
  const all: [string, string | Buffer][] = [
    ...Object.entries(of),
    ['phone with plus', `+${of.phone}`],
    ['content of whatsAppMessage', record],
  ];
  return all.flatMap(([secret, value]) => formsOf(`${owner}: ${secret}`, value));
}
