import { MailLimit, MAILED_REQUESTS } from '../../../api/privacy/mail-limit.ts';

const DAY_MS = 86_400_000;

test('of the requests for one mailbox, however it is spelled, three within a day are answered by mail', () => {
  let now = 0;
  const limit = new MailLimit(() => now);
  const spellings = ['a@example.com', 'A@Example.com', 'a+1@example.com', 'a+2@example.com'];
  expect(spellings.map((address) => limit.allows(address))).toEqual([true, true, true, false]);
  expect(limit.allows('b@example.com')).toBe(true);
  now = DAY_MS - 1;
  expect(limit.allows('a@example.com')).toBe(false);
  now = DAY_MS;
  expect(limit.allows('a@example.com')).toBe(true);
});

test('so many requests of everybody together are answered by mail within an hour', () => {
  let now = 0;
  const limit = new MailLimit(() => now);
  const allowed = () =>
    Array.from({ length: MAILED_REQUESTS.anHour + 5 }, (_, n) =>
      limit.allows(`${n}@${now}.example`),
    );
  expect(allowed().filter(Boolean)).toHaveLength(MAILED_REQUESTS.anHour);
  now = 3_600_000;
  expect(allowed().filter(Boolean)).toHaveLength(MAILED_REQUESTS.anHour);
});
