import { readdirSync } from 'node:fs';
import path from 'node:path';
import { FileKeyRing } from '../../lib/crypto/file-key-ring.ts';
import { IdentifierIndex } from '../../lib/crypto/identifier-index.ts';
import { newInstagramMessageId, newWhatsAppMessageId } from '../fakes/meta/provider-ids.ts';
import { eventually } from '../support/eventually.ts';
import { insertSilentPeople } from '../support/silent-people.ts';
import { ringPathsIn, withRing } from './attacker.ts';
import { known } from './carve.ts';
import type { Known } from './carve.ts';
import {
  asksToBeForgotten,
  confirms,
  onInstagram,
  onWhatsApp,
  sayTheirSecret,
} from './conversing.ts';
import type { Whole } from './conversing.ts';
import { keyFolderOf } from './loot.ts';
import { ACCOUNTS, personalSecrets } from './personal-secrets.ts';
import type { PersonalSecrets } from './personal-secrets.ts';

/** Who talks here. All but her stay, and she is the one who asks to be forgotten. */
export interface Cast {
  her: PersonalSecrets;
  /** One of whose identifiers lies in the same bucket as her number. */
  friend: PersonalSecrets;
  /** On Instagram. */
  other: PersonalSecrets;
  /** Asks to be forgotten as well, and never confirms it. */
  waverer: PersonalSecrets;
}

export function castFor(mayfly: Whole): Cast {
  const [her, friend, other, waverer] = [1, 2, 3, 4].map(personalSecrets) as [
    PersonalSecrets,
    PersonalSecrets,
    PersonalSecrets,
    PersonalSecrets,
  ];
  return withRing(keyFolderOf(mayfly), (ring) => {
    const index = new IdentifierIndex(ring);
    const bucketOf = ({ account, identifiers }: Known, place: number) =>
      index.bucketOf(account, identifiers[place] as Known['identifiers'][number]);
    const wanted = bucketOf(known(her), 0);
    let userId = BigInt(friend.userId.slice(3));
    while (bucketOf(known({ ...friend, userId: `US.${userId}` }), 1) !== wanted) userId += 1n;
    return { her, friend: { ...friend, userId: `US.${userId}` }, other, waverer };
  });
}

/** Everybody writes and is answered; she asks to be forgotten, and has not confirmed it yet. */
export async function talk(mayfly: Whole, { her, friend, other, waverer }: Cast) {
  const people = [her, friend, other, waverer];
  mayfly.model.usually(sayTheirSecret(people));
  await Promise.all([
    ...[her, friend, waverer].map((one) => onWhatsApp(mayfly, one)),
    onInstagram(mayfly, other),
  ]);
  await answered(mayfly, people, 1);
  await asksToBeForgotten(mayfly, waverer);
  const asked = await asksToBeForgotten(mayfly, her);
  const { id: requestId } = await mayfly.db
    .selectFrom('mayfly.requests')
    .select('id')
    .orderBy('received_at', 'desc')
    .executeTakeFirstOrThrow();
  return { ...asked, requestId };
}

/** Waits until each of them had so many answers. */
async function answered({ meta }: Whole, people: readonly PersonalSecrets[], times: number) {
  await eventually(() => {
    for (const { reply } of people)
      expect(meta.sent.filter(({ text }) => text.includes(reply))).toHaveLength(times);
  });
}

/** Silent people whose keys lie in the same bucket as somebody's. */
export async function addNeighbours(mayfly: Whole, subjectId: string): Promise<string[]> {
  const { bucket } = await mayfly.db
    .selectFrom('keys.subject_keys')
    .select('bucket')
    .where('subject_id', '=', subjectId)
    .executeTakeFirstOrThrow();
  const ring = FileKeyRing.open(ringPathsIn(keyFolderOf(mayfly)));
  const neighbours = await insertSilentPeople(mayfly.db, ring, { count: 2, days: 1, bucket });
  ring.close();
  return neighbours.map(({ id }) => id);
}

/** She confirms, is forgotten and told so by mail; returns what her certificate says. */
export async function isForgotten(
  mayfly: Whole,
  her: PersonalSecrets,
  { code, phrase, requestId }: { code: string; phrase: string; requestId: string },
) {
  await confirms(mayfly, her, phrase);
  await eventually(async () => {
    const request = await mayfly.db
      .selectFrom('mayfly.requests')
      .select(['state', 'contact_bucket'])
      .where('id', '=', requestId)
      .where('closed_at', 'is not', null)
      .executeTakeFirst();
    expect(request).toEqual({ state: 'finished', contact_bucket: null });
  }, 60_000);
  const origin = `http://127.0.0.1:${mayfly.settings['PORT']}`;
  const answer = await fetch(`${origin}/privacy/requests/${code}/certificate`);
  expect(answer.status).toBe(200);
  // Three mails went: that her request and the other one are here, and that hers is done. They name no address.
  expect(readdirSync(path.join(mayfly.servers.folder, 'mayfly', 'outbox'))).toHaveLength(3);
  const [, payload = ''] = (await answer.text()).split('.');
  return JSON.parse(Buffer.from(payload, 'base64url').toString()) as {
    keys_destroyed: { buckets: number; at: string };
    expiring_elsewhere: { where: string; until: string }[];
  };
}

/** Everybody else writes once more; returns what the model was told of what they had said before. */
export async function goOn(mayfly: Whole, { friend, other, waverer }: Cast): Promise<string> {
  const asked = mayfly.model.requests.length;
  await Promise.all([
    ...[friend, waverer].map((one) =>
      onWhatsApp(mayfly, one, 'again', newWhatsAppMessageId(one.phone, 'from person')),
    ),
    onInstagram(mayfly, other, 'again', newInstagramMessageId(ACCOUNTS.instagram)),
  ]);
  await answered(mayfly, [friend, other, waverer], 2);
  return JSON.stringify(mayfly.model.requests.slice(asked).map(({ turns }) => turns));
}
