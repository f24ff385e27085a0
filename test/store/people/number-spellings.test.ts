import { createHmac, randomUUID } from 'node:crypto';
import type { Address } from '../../../domain/events.ts';
import { deriveKey } from '../../../lib/crypto/envelope.ts';
import { encryptBlocks } from '../../../lib/crypto/identifier-index.ts';
import { readAddress } from '../../../store/people/addresses.ts';
import { fenceSubject } from '../../../store/erasure/erasure.ts';
import { storeMessages } from '../../../store/conversation/inbox.ts';
import { findNamed } from '../../../store/people/named-subjects.ts';
import { Tombstones } from '../../../store/erasure/tombstones.ts';
import { inTransaction } from '../../../store/transaction.ts';
import { createStorage } from '../../support/storage.ts';

const { db, people, ring } = await createStorage();
const tombstones = new Tombstones(ring);
const NOW = new Date();

let count = 1000;
const next = () => String((count += 1));
/** The spellings of a number that nobody had before. */
const BOTH = {
  Brazil: () => [`5588${`9912${next()}`}`, `55889${`9912${count}`}`],
  Mexico: () => [`521551234${next()}`, `52551234${count}`],
  Argentina: () => [`549112345${next()}`, `54112345${count}`],
  Benin: () => [`2299712${next()}`, `229019712${count}`],
  "Côte d'Ivoire": () => [`2254512${next()}`, `225054512${count}`],
};
const EACH = Object.entries(BOTH).map(
  ([country, spellings]) => [country, () => spellings().map((digits) => `+${digits}`)] as const,
);

const phone = (value: string): Address => ({ kind: 'whatsapp phone', value });
const reference = (value: string) =>
  ({ channel: 'whatsapp', account: 'a', identifiers: [phone(value)] }) as const;
const meet = async (value: string) =>
  (await inTransaction(db, (trx) => people.findOrCreate(trx, reference(value), NOW))).subjectId;
const find = async (value: string) =>
  (await inTransaction(db, (trx) => people.find(trx, reference(value))))?.subjectId ?? null;
const named = (whatsapp: string) =>
  inTransaction(db, (trx) => findNamed(trx, people, { whatsapp }));

/** Somebody as they were entered when each spelling stood for itself. */
async function metBefore(value: string): Promise<string> {
  const hash = (purpose: string) =>
    createHmac('sha256', ring.secret('identifier pepper'))
      .update(JSON.stringify([purpose, 'whatsapp phone', 'a', value]))
      .digest();
  const bucket = hash('bucket').readUInt16BE(0) & 0x3ff;
  const [{ version, key }] = ring.bucketKeys(bucket);
  const block = encryptBlocks(
    deriveKey(key, 'identifier index'),
    hash('identifier').subarray(0, 16),
  );
  const id = randomUUID();
  await inTransaction(db, async (trx) => {
    await trx
      .insertInto('mayfly.subjects')
      .values({ id, channel: 'whatsapp', account: 'a', last_inbound_at: NOW })
      .execute();
    await people.createKey(trx, id);
    await trx
      .insertInto('keys.identifiers')
      .values({
        bucket,
        bucket_version: String(version),
        block,
        subject_id: id,
        kind: 'whatsapp phone',
      })
      .execute();
  });
  return id;
}

describe.each(EACH)('P-D2 a number of %s', (_country, spellings) => {
  test('is the same person whichever spelling came first, and whichever is looked up', async () => {
    for (const order of [0, 1]) {
      const written = spellings();
      const [first, second] = order === 0 ? written : written.toReversed();
      const subject = await meet(first!);
      expect(await meet(second!)).toBe(subject);
      for (const one of written) {
        expect(await find(one)).toBe(subject);
        expect(await named(one)).toEqual([{ subjectId: subject, channel: 'whatsapp' }]);
      }
    }
  });

  test('is one person when twenty webhooks of a newcomer arrive at once in both spellings', async () => {
    const written = spellings();
    const met = await Promise.all(Array.from({ length: 20 }, (_, n) => meet(written[n % 2]!)));
    expect(new Set(met).size).toBe(1);
  });

  test('stays who they are when Meta says that one spelling was changed for the other', async () => {
    const [first, second] = spellings() as [string, string];
    const subject = await meet(first);
    const changed = await inTransaction(db, (trx) =>
      people.changeIdentifiers(trx, reference(first), [phone(second)]),
    );
    expect(changed?.subjectId).toBe(subject);
    for (const one of [first, second]) expect(await find(one)).toBe(subject);
  });

  test('is found in either spelling when it was stored before the spellings were one', async () => {
    for (const stored of [0, 1]) {
      const written = spellings();
      const subject = await metBefore(written[stored]!);
      for (const one of written) {
        expect(await find(one)).toBe(subject);
        expect(await meet(one)).toBe(subject);
        expect(await named(one)).toEqual([{ subjectId: subject, channel: 'whatsapp' }]);
      }
    }
  });

  test('P-D4 brings nobody back in another spelling than the one that was erased', async () => {
    for (const stored of [0, 1]) {
      const written = spellings();
      const subject = await metBefore(written[stored]!);
      await inTransaction(db, (trx) => fenceSubject(trx, tombstones, subject, NOW));
      for (const one of written) {
        const marks = tombstones.marksOf(reference(one));
        const stoneOf = await inTransaction(db, (trx) => tombstones.find(trx, marks));
        expect(marks.map(stoneOf)).toContainEqual(NOW);
      }
    }
  });

  test('that was stored twice before names both people in a request', async () => {
    const written = spellings();
    const both = [await metBefore(written[0]!), await metBefore(written[1]!)];
    for (const one of written) {
      const subjects = (await named(one)).map(({ subjectId }) => subjectId);
      expect(subjects.toSorted()).toEqual(both.toSorted());
    }
  });

  test('is answered in the spelling in which it wrote', async () => {
    const [first, second] = spellings() as [string, string];
    await meet(second);
    const subject = await inTransaction(db, async (trx) => {
      const cipher = await people.findOrCreate(trx, reference(first), NOW);
      const content = { kind: 'text', text: 'hello' } as const;
      const message = { providerId: randomUUID(), at: NOW, content, address: phone(first) };
      await storeMessages(trx, cipher, [message]);
      return cipher;
    });
    expect(await inTransaction(db, (trx) => readAddress(trx, subject))).toEqual(phone(first));
  });

  test('that passes to another person takes nobody else with it in its other spelling', async () => {
    const [first, second] = spellings() as [string, string];
    const userId = (n: string): Address => ({ kind: 'whatsapp user id', value: `MX.${n}${count}` });
    const write = (value: string, id: Address) =>
      inTransaction(db, async (trx) => {
        const identifiers = [id, phone(value)] as const;
        const cipher = await people.findOrCreate(trx, { ...reference(value), identifiers }, NOW);
        const content = { kind: 'text', text: 'hello' } as const;
        const message = { providerId: randomUUID(), at: NOW, content, address: phone(value) };
        await storeMessages(trx, cipher, [message]);
        return cipher;
      });
    const before = await write(first, userId('1'));
    const after = await write(second, userId('2'));
    expect(after.subjectId).not.toBe(before.subjectId);
    expect(await find(first)).toBe(after.subjectId);
    expect(await inTransaction(db, (trx) => readAddress(trx, before))).toBeNull();
    expect(await inTransaction(db, (trx) => readAddress(trx, after))).toEqual(phone(second));
  });
});
